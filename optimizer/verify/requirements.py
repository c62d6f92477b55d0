"""The check of requirements.csv, and that a plan said to be solved meets every requirement."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd

from optimizer.verify.aims import VISIT_MINUTES
from optimizer.verify.certificate import SOLVED
from optimizer.verify.equity import MINUTES_4
from optimizer.verify.findings import (
    COUNT,
    FTE,
    MNKR,
    SHARE,
    TEXT,
    VISITS,
    Checked,
    HalfDigit,
    compare_table,
    finding,
    together,
)
from optimizer.verify.recount import Recount
from optimizer.verify.rules import REQUIREMENTS

#: All other units are counts.
HALF_DIGITS = {"mnkr": MNKR, "fte": FTE, "visits": VISITS, "share": SHARE, VISIT_MINUTES: VISITS}
HALF_DIGITS |= {"minutes": MINUTES_4}


def requirement_rows(count: Recount) -> pd.DataFrame:
    """Every requirement, recomputed; the columns of requirements.csv."""
    rows = [asdict(one) for requirement in REQUIREMENTS for one in requirement(count)]
    return pd.DataFrame(rows)


def check_requirements(count: Recount, recomputed: pd.DataFrame) -> Checked:
    """requirements.csv row by row, and that a solved plan meets every requirement.

    ``recomputed``: what ``requirement_rows`` gives.
    """
    found = count.folder.requirements
    sites = 1 + len(count.folder.sites)  # what sums of printed FTE may be off by, for each
    digits = {**HALF_DIGITS, "fte": FTE * sites}
    half_digits = np.array([digits.get(unit, COUNT) for unit in recomputed["unit"]])
    columns: dict[str, HalfDigit] = {"unit": TEXT, "holds": COUNT, "binding": COUNT}
    columns |= {"value": half_digits, "limit": half_digits, "margin": half_digits}
    rows = compare_table(
        "requirements",
        "requirements.csv",
        found,
        recomputed,
        keys=("requirement", "scope", "year"),
        columns=columns,
    )
    status = count.folder.summary.get("status")
    broken = recomputed[~recomputed["holds"]] if status in SOLVED else recomputed.iloc[:0]
    claims = [
        finding(
            "requirements",
            f"summary.json, status, against {one['requirement']} {one['scope']} {one['year']}",
            status,
            f"a requirement that is broken by {-one['margin']:.9g} {one['unit']}",
        )
        for one in broken.to_dict("records")
    ]
    return together([rows, Checked(len(recomputed), tuple(claims))])
