"""What the plan does to every site in a year, and who receives the visits of a closed office."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.verify.options import NOBODY
from optimizer.verify.recount import Recount

LEAVES = ("close", "merge")  #: the two ways in which an office ends


def actions(count: Recount) -> pd.DataFrame:
    """A row per site and planning year: action, into_office_id, leaves_municipality.

    The action is the change against the year before (today before the first). Where the run does
    not say how far apart its sites are, `close` and `merge` cannot be told apart and the plan's own
    word is taken.
    """
    sites = count.folder.sites
    told = count.folder.plan.drop_duplicates(["office_id", "year"])
    words = told.set_index(["office_id", "year"])["action"].to_dict()
    ever_open = count.networks[count.settings.base_year]["open"].to_numpy(dtype=np.bool_)
    rows = []
    for year in count.settings.planning_years:
        before = count.networks[count.settings.year_before(year)]
        now = count.networks[year]
        changes = [
            _change(*states)
            for states in zip(
                before["open"], now["open"], before["mode"] == now["mode"], ever_open, strict=True
            )
        ]
        served = set(sites["municipality_code"][now["open"].to_numpy(dtype=np.bool_)])
        for j, (office_id, change) in enumerate(zip(sites["office_id"], changes, strict=True)):
            into = ""
            if change == "close":
                into = receiver(count, j, year)
                change = _way_of_ending(count, office_id, into, words.get((office_id, year), ""))
            leaves = change in LEAVES and sites["municipality_code"].iloc[j] not in served
            rows.append((office_id, year, change, into, leaves))
        ever_open = ever_open | now["open"].to_numpy(dtype=np.bool_)
    columns = ["office_id", "year", "action", "into_office_id", "leaves_municipality"]
    return pd.DataFrame(rows, columns=columns)


def receiver(count: Recount, closing: int, year: int) -> str:
    """The office that receives the largest share of a closing office's visits of the year before.

    Counted is the demand of the year before, by zone and need; ties go to the first office_id. A
    demanded merger names its receiver itself. Empty if the office had no visits. ``closing`` is the
    office's row in the sites.
    """
    offices = count.folder.sites["office_id"]
    demanded = count.settings.merger_into(offices.iloc[closing])
    if demanded:
        return demanded
    gone = count.flows[count.settings.year_before(year)]
    left = gone.site == closing
    to, visits = count.flows[year].site[left], gone.demand[left]
    served = to != NOBODY
    received = np.bincount(to[served], weights=visits[served], minlength=len(offices)).round(6)
    return str(offices.iloc[int(received.argmax())]) if received.any() else ""


def _way_of_ending(count: Recount, office_id: str, into: str, told: str) -> str:
    """`merge` if the receiving office is demanded or within the merger distance, else `close`."""
    if count.settings.merger_into(office_id):
        return "merge"
    if not into:
        return "close"
    distances = count.folder.site_minutes
    if not distances:
        return told if told in LEAVES else "close"
    return "merge" if distances[office_id][into] <= count.settings.merger_minutes else "close"


def _change(was_open: bool, is_open: bool, same_mode: bool, ever_open: bool) -> str:
    """The action that follows from two years; `close` stands for a merger too."""
    if was_open and is_open:
        return "keep" if same_mode else "convert"
    if was_open:
        return "close"
    if is_open:
        return "open"
    return "stays_closed" if ever_open else "not_opened"
