"""The budget in prices of each year, where the appropriation is compensated for prices and pay."""

from __future__ import annotations

import pandas as pd

COLUMN = "year_prices_mnkr"
#: the items that people are shown in prices of the year; what is carried over is the same sum
#: of kronor on both sides of New Year
SHOWN = ("cost", "means", "carry_in", "carry_out")
SUFFIX = "_year_prices"


def in_year_prices(budget: pd.DataFrame) -> pd.DataFrame:
    """Rows of the items SHOWN in prices of the year, as items of their own; none where all is one.

    Columns as in the budget: year, item (`cost_year_prices`), amount_mnkr.
    """
    if COLUMN not in budget or (budget[COLUMN] - budget["amount_mnkr"]).abs().max() < 1e-6:
        return budget.iloc[:0]
    rows = budget[budget["item"].isin(SHOWN)]
    return rows.assign(item=rows["item"] + SUFFIX, amount_mnkr=rows[COLUMN])
