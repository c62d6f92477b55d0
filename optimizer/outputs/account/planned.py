"""The visits that staff and room are planned for at the offices of the last year."""

from __future__ import annotations

import pandas as pd

from optimizer.outputs.account.source import CLOSED, Source
from optimizer.outputs.account.today import choice_among, with_waiting
from optimizer.outputs.run_tables import GENERAL


def planned_visits(source: Source, ways: pd.DataFrame) -> pd.Series[float]:
    """Visits by office_id in the last year, services with visits of their own included.

    Before any stay away, unless the config plans after that; those who stay away because no office
    is in reach are planned for where they would go.
    """
    general = ways.rename(columns={"to_office": "office_id"}).assign(service=GENERAL)
    other = source.run.service_ways
    other = other.assign(wanted=other["visits"] + other["lost_visits"], lost=other["lost_visits"])
    columns = ["zone_id", "service", "need", "office_id", "wanted", "lost"]
    both = pd.concat([general[["year", *columns]], other[["year", *columns]]])
    last = both.loc[both["year"] == source.last_year, columns].copy()
    last["planned"] = last["wanted"] - last["lost"] if after_decay(source) else last["wanted"]
    nowhere = (last["office_id"] == "") & (last["planned"] > 0)
    if nowhere.any():
        network = network_of_last_year(source)
        services = last.loc[nowhere, "service"].unique()
        choices = [choice_among(source, network, one).assign(service=one) for one in services]
        lost = last[nowhere].drop(columns="office_id")
        lost = lost.merge(pd.concat(choices), on=["zone_id", "service", "need"])
        last = pd.concat([last[~nowhere], lost])
    return last.groupby("office_id")["planned"].sum()


def after_decay(source: Source) -> bool:
    """Whether staff and room are planned for visits that still come, and not for all wanted."""
    staffing = (source.run.config.get("requirements") or {}).get("staffing") or {}
    return bool(staffing.get("demand") == "after_decay")


def network_of_last_year(source: Source) -> pd.DataFrame:
    """The open sites of the last year in order, with what their mode is and costs there."""
    plan = source.run.plan
    last = plan[(plan["year"] == source.last_year) & (plan["mode"] != CLOSED)]
    known = ["office_id", "mode", *(["services"] if "services" in last else [])]
    joined = last[known].merge(source.run.site_modes, on=["office_id", "mode"])
    joined["room_visits_per_year"] = joined["office_id"].map(source.rooms).astype(float)
    return with_waiting(source, joined).sort_values("office_id", kind="stable", ignore_index=True)
