"""What lies in each region of a division."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from optimizer.instance import Bools


def places_by_region(
    places: pd.DataFrame, divisions: pd.DataFrame, division: str
) -> Iterator[tuple[str, Bools]]:
    """Each region's code, and which rows of ``places`` have a municipality of it; codes in order.

    ``places`` are sites or zones with their municipality_code.
    """
    table = divisions[divisions["division"] == division]
    for code, members in table.groupby("region_code", sort=True):
        inside = places["municipality_code"].isin(members["municipality_code"])
        yield str(code), inside.to_numpy(dtype=bool)
