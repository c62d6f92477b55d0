"""The chart of a frontier, as a page and as a picture."""

from optimizer.outputs.frontier.chart import write_html, write_svg

__all__ = ["write_html", "write_svg"]
