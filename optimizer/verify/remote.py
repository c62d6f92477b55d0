"""Help by video: the pairs of remote.csv against what the recount says of each office."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from optimizer.verify.findings import Checked, Finding, finding
from optimizer.verify.recount import Recount

FILE = "remote.csv"
ROOM_FTE = 1e-6  #: of a sum: what the rounding of its pairs may add up to


def check_remote(count: Recount) -> Checked:
    """Pairs of two offices; what each gives and gets is what the recount says, in FTE and visits.

    That an office gives only what is idle and gets only what it may is in the recount: an office
    that is closed, has no placed staff or is busy has nothing to give.
    """
    pairs = count.folder.remote
    if count.settings.remote is None:
        stray = (finding("remote", FILE, f"{len(pairs)} rows", "none: remote_balance is off"),)
        return Checked(1, stray if len(pairs) else ())
    found = list(_strange(count, pairs))
    for year in count.settings.planning_years:
        staff = count.staffing[year]
        of_year = pairs[pairs["year"] == year]
        for column, end in (("given", "from_office_id"), ("got", "to_office_id")):
            told = of_year.groupby(end)["fte"].sum().reindex(staff.index).fillna(0.0)
            counted = staff[column]
            for office in staff.index[(told - counted).abs() > ROOM_FTE]:
                where = f"{FILE}, year {year}, office_id {office}, {column}"
                found.append(finding("remote", where, told[office], counted[office]))
    checked = len(pairs) + 2 * len(count.folder.sites) * len(count.settings.planning_years)
    return Checked(checked, tuple(found))


def _strange(count: Recount, pairs: pd.DataFrame) -> Iterator[Finding]:
    """Rows of another year or of unknown offices, and visits that are not those of their FTE."""
    known = set(count.folder.sites["office_id"])
    for number, pair in enumerate(pairs.to_dict("records"), start=2):
        where, year = f"{FILE} row {number}", pair["year"]
        if year not in count.settings.planning_years:
            yield finding("remote", f"{where}, column year", year, "a planning year")
            continue
        ends = (pair["from_office_id"], pair["to_office_id"])
        if not known.issuperset(ends) or ends[0] == ends[1]:
            yield finding("remote", where, " to ".join(ends), "two offices of the run")
        productivity = count.folder.years[year]["productivity_visits_per_fte_year"]
        visits = pair["fte"] * productivity / count.settings.peak_factor
        if not np.isclose(pair["visits"], visits, rtol=1e-6, atol=1e-3):
            yield finding("remote", f"{where}, column visits", pair["visits"], visits)
