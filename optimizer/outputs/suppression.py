"""Small counts of people and visits, left out of what is handed to people.

Only the count itself is left out (it reads as missing); nothing else is changed to hide it, so a
total beside it may still tell it. The tables of the run folder and its `inputs/` are the analyst's:
they stay whole, for verification counts them again.
"""

import re

import pandas as pd

#: Columns of the run's tables that count people or their visits.
COUNTS = frozenset(
    {
        "population",
        "people",
        "visits",
        "lost_visits",
        "visits_before",
        "visits_after",
        "visits_today",
        "room_visits_per_year",
    }
)


def is_count(column: str) -> bool:
    """Whether a column counts people or visits: by its name, or as visits of a moment."""
    return column in COUNTS or re.fullmatch(r"visits_(\d{4}|today)", column) is not None


def suppressed(table: pd.DataFrame, below: float) -> pd.DataFrame:
    """The table with counts above 0 and below a threshold missing; 0 suppresses none."""
    found = {
        name: table[name].mask((table[name] > 0) & (table[name] < below))
        for name in table.columns
        if below > 0 and is_count(str(name)) and pd.api.types.is_numeric_dtype(table[name])
    }
    return table.assign(**found)
