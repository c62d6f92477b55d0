"""Open weekdays in words, from the short names of weekdays.csv."""

from __future__ import annotations

import pandas as pd

from optimizer.outputs.strings import Strings


def in_words(days: str, strings: Strings) -> str:
    """`mon;wed` as "måndag, onsdag"; a dash without any."""
    names = [strings.text(f"weekday.{day}") for day in days.split(";") if day]
    return ", ".join(names) or "–"


def by_group(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """The rows of a year, the offices of a group together."""
    of_year = table[table["year"] == year]
    return of_year.sort_values(["group", "office_id"], kind="stable", ignore_index=True)
