"""A division drawn on a map: the municipalities that lie in each of its areas."""

from dataclasses import replace

import numpy as np
import shapely

from geodata.boundaries import SWEREF99_TM, municipality_shapes
from geodata.files import Raw
from geodata.problems import MOST_SHOWN, InputError, Problem

WHOLE = 0.8  #: share of a municipality's land that must lie in one region: outlines are coarse
NOWHERE = 0.02  #: share below which a municipality lies in no region


def drawn(raw: Raw) -> Raw:
    """The areas of a division as a row for each municipality, by the largest overlap.

    Municipalities outside every area get no row. Raises InputError for those that no area holds
    as a whole: a division is made of municipalities.
    """
    assert raw.areas is not None
    towns = municipality_shapes().to_crs(SWEREF99_TM)
    outlines = shapely.make_valid(towns.geometry.to_numpy())
    tree = shapely.STRtree(raw.areas)
    town, area = tree.query(outlines, predicate="intersects")
    common = shapely.area(shapely.intersection(outlines[town], raw.areas[area]))
    shares = np.zeros((len(outlines), len(raw.areas)))
    shares[town, area] = common / shapely.area(outlines)[town]
    best, most = shares.argmax(axis=1), shares.max(axis=1)
    names = (towns["municipality_code"] + " " + towns["municipality"]).tolist()
    split = np.flatnonzero((most > NOWHERE) & (most < WHOLE))
    if split.size:
        raise InputError(_split(raw, [f"{names[row]} ({most[row]:.0%} in one)" for row in split]))
    held = np.flatnonzero(most >= WHOLE)
    table = raw.table.iloc[best[held]].reset_index(drop=True)
    codes = towns["municipality_code"].to_numpy()[held]
    rows = raw.rows[best[held]]
    return replace(raw, table=table.assign(municipality_code=codes), rows=rows, areas=None)


def _split(raw: Raw, towns: list[str]) -> Problem:
    shown = ", ".join(towns[:MOST_SHOWN])
    found = f"{len(towns)} municipalities in several regions or partly in none: {shown}"
    advice = "Draw it so, or give municipality_code."
    return Problem(raw.name, found, "regions of whole municipalities", advice, raw.place())
