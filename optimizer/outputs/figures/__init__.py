"""Maps and charts of a run as SVG: in the report, and as files for other documents."""

from optimizer.outputs.figures.figure import Figure
from optimizer.outputs.figures.files import write_figures

__all__ = ["Figure", "write_figures"]
