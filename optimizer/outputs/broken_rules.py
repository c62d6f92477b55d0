"""The requirements that a plan does not meet, in words; a plan that was given may break some."""

from __future__ import annotations

import pandas as pd

from optimizer.outputs.strings import Strings


def broken_sentence(requirements: pd.DataFrame, strings: Strings) -> str:
    """`Tillgänglighetskrav (2026–2027) och Personal (2027)` as a sentence; empty if all hold.

    ``requirements``: the table of a run, `requirement, year, holds`; may be empty.
    """
    if requirements.empty or requirements["holds"].all():
        return ""
    broken = requirements[~requirements["holds"]]
    rules = [
        f"{strings.text_or(f'requirement.{name}', str(name))} ({span(rows['year'], strings)})"
        for name, rows in broken.groupby("requirement", sort=False)
    ]
    return strings.text("report.summary.broken", rules=strings.joined(rules))


def span(years: pd.Series[float], strings: Strings) -> str:
    """`2025–2027`, with the time after the last year where it is asked for."""
    known = sorted({int(year) for year in years.dropna()})
    after = strings.text("report.after_years")
    if not known:
        return after
    first, last = known[0], known[-1]
    told = str(first) if first == last else f"{first}–{last}"
    return strings.joined([told, after]) if years.isna().any() else told
