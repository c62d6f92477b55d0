"""The tables of a run with today and each planning year side by side, as people read them."""

from optimizer.outputs.side_by_side.access import nation_access
from optimizer.outputs.side_by_side.offices import office_rows
from optimizer.outputs.side_by_side.regions import region_rows
from optimizer.outputs.side_by_side.run import Run, read_run
from optimizer.outputs.side_by_side.titles import Titles, titles_of

__all__ = ["Run", "Titles", "nation_access", "office_rows", "read_run", "region_rows", "titles_of"]
