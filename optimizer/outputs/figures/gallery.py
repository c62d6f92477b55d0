"""The list of figures of a run, in order."""

from __future__ import annotations

from optimizer.outputs.figures.atlas import added_map, minutes_map, offices_map, region_maps
from optimizer.outputs.figures.charts import budget_chart, modes_chart, people_chart, reach_chart
from optimizer.outputs.figures.drawing import Drawing
from optimizer.outputs.figures.figure import Figure


def all_figures(drawing: Drawing) -> list[Figure]:
    """Every figure that the run has the tables for."""
    drawn = [
        offices_map(drawing),
        minutes_map(drawing),
        added_map(drawing),
        *(figure for _, figure in region_maps(drawing)),
        budget_chart(drawing),
        reach_chart(drawing),
        people_chart(drawing),
        modes_chart(drawing),
    ]
    return [figure for figure in drawn if figure is not None]
