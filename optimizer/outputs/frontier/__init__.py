"""The chart of a frontier, as a page and as a picture."""

from optimizer.outputs.frontier.chart import write_chart

__all__ = ["write_chart"]
