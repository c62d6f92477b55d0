"""plan.csv: what happens to each site in each year, who receives its visits, and why."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.weekdays import Schedule
from optimizer.instance import CLOSED, Floats, Instance
from optimizer.plan.counted import COST_ITEMS, CountedYear
from optimizer.plan.motives import Happening, motive
from optimizer.plan.services import changed, service_texts
from optimizer.plan.staff import receivers, visits_moved
from optimizer.plan.weekdays import open_weekdays


def offices_table(
    case: Case, years: list[CountedYear], schedules: Mapping[int, Schedule], language: str
) -> pd.DataFrame:
    """A row for every site and planning year."""
    instance = case.instance
    towns = case.sites["municipality_code"].to_numpy(dtype=object)
    names = case.sites["office"].to_numpy(dtype=object)
    ever_open = instance.today != CLOSED
    parts = []
    for t, (before, now) in enumerate(pairwise(years)):
        decided = _decided(instance, now, t)
        into = receivers(before, now)
        demanded = {
            decision.site: decision.into for decision in instance.fixed if decision.into >= 0
        }
        for j, receiver in demanded.items():
            into[j] = receiver
        served = set(towns[now.is_open])
        services = service_texts(case, now.states)
        weekdays = open_weekdays(schedules[now.year]) if now.year in schedules else {}
        moved = visits_moved(before, now)
        actions = [
            _action(case, before, now, into[j], j, bool(ever_open[j]))
            for j in range(len(instance.sites))
        ]
        for j in demanded:  # a demanded merger is one whatever the distance
            actions[j] = "merge" if actions[j] == "close" else actions[j]
        merged = {j: int(into[j]) for j, action in enumerate(actions) if action == "merge"}
        rows = []
        for j, office_id in enumerate(instance.sites):
            action = actions[j]
            ends = action in ("close", "merge")
            receiver = int(into[j]) if ends else -1
            happening = Happening(
                action=action,
                mode=instance.modes[now.states[j]],
                mode_before=instance.modes[before.states[j]],
                visits=float(now.arriving[j]),
                visits_before=float(before.planned[j]),
                saved_mnkr=float(_recurring(before, j) - _recurring(now, j)),
                receiver=str(names[receiver]) if receiver >= 0 else "",
                receiver_closes=_closes(years[t + 2 :], receiver),
                received_share=_share(moved[j], receiver),
                added_minutes=_added_minutes(before, now, j),
                decided=j in decided,
                reason=decided.get(j, ""),
                **_staff(case, before, now, j),
                **changed(case, before.states, now.states, j),
                given_fte=0.0 if now.help is None else float(now.help.give[j]),
                got_fte=0.0 if now.help is None else float(now.help.get[j]),
                **_received(case, before, now, moved, merged, j),
                lease_mnkr=float(now.costs["lease_tail"].iloc[j]),
                written_off_mnkr=float(now.costs["write_off"].iloc[j]),
                weekdays=weekdays.get(j, ()),
            )
            rows.append(
                {
                    "office_id": office_id,
                    "office": names[j],
                    "municipality_code": towns[j],
                    "candidate": bool(instance.candidate[j]),
                    "year": now.year,
                    "mode": instance.modes[now.states[j]],
                    "action": action,
                    "into_office_id": instance.sites[receiver] if receiver >= 0 else "",
                    "visits": now.arriving[j],
                    "fte": now.fte[j],
                    "cost_mnkr": float(now.costs.iloc[j].sum()),
                    "leaves_municipality": ends and towns[j] not in served,
                    "services": services[j],
                    "motive": motive(happening, case.scenario, language),
                }
            )
        ever_open = ever_open | now.is_open
        parts.append(pd.DataFrame(rows))
    return pd.concat(parts, ignore_index=True)


def _action(
    case: Case, then: CountedYear, after: CountedYear, into: int, site: int, ever_open: bool
) -> str:
    before, now = then.states[site], after.states[site]
    if before != CLOSED and now != CLOSED:
        return "convert" if case.instance.converted(before, now) else "keep"
    if before != CLOSED:
        near = case.scenario.demand.merger_minutes
        return "merge" if into >= 0 and case.site_minutes[site, into] <= near else "close"
    if now != CLOSED:
        return "open"
    return "stays_closed" if ever_open else "not_opened"


def _decided(instance: Instance, now: CountedYear, t: int) -> dict[int, str]:
    """Sites on which a planners' decision stands in the year, and why.

    It stands from its first year, and where it is to close a site from when that is done.
    """
    found: dict[int, str] = {}
    for decision in instance.fixed:
        done = decision.kind in ("close", "merge") and now.states[decision.site] == CLOSED
        if done or not decision.allowed[:, t].all():
            told = [found.get(decision.site, ""), decision.reason]
            found[decision.site] = "; ".join(dict.fromkeys(one for one in told if one))
    return found


def _closes(later: list[CountedYear], site: int) -> int:
    """The first of some later years in which a site is closed; 0 if there is none."""
    closed = (year.year for year in later if site >= 0 and year.states[site] == CLOSED)
    return next(closed, 0)


def _share(moved: Floats, receiver: int) -> float:
    """How much of a site's visits goes to the receiver; ``moved`` is [J]."""
    total = float(moved.sum())
    return float(moved[receiver]) / total if receiver >= 0 and total > 0 else 0.0


def _received(
    case: Case,
    before: CountedYear,
    now: CountedYear,
    moved: Floats,
    merged: Mapping[int, int],
    site: int,
) -> dict[str, Any]:
    """What the motive tells of the offices that merge into a site, and of the room it gets."""
    names = case.sites["office"].to_numpy(dtype=object)
    found = []
    for j, into in merged.items():
        if into == site:
            fte = 0.0
            if now.staff is not None:
                pair = (now.staff.origin == j) & (now.staff.target == site)
                fte = float(now.staff.moved[pair].sum())
            found.append((str(names[j]), float(moved[j, site]), fte))
    paid = now.costs["extension"].iloc[site] - before.costs["extension"].iloc[site]
    return {
        "receives": tuple(found),
        "extended_visits": float(now.extension[site] - before.extension[site]),
        "extended_mnkr": float(paid),
    }


def _staff(case: Case, before: CountedYear, now: CountedYear, site: int) -> dict[str, Any]:
    """What the motive tells of the staff of a site."""
    flows = now.staff
    if flows is None:
        return {}
    own = flows.origin == site
    names = case.sites["office"].to_numpy(dtype=object)
    moves = sorted(zip(-flows.moved[own], names[flows.target[own]], strict=True))
    return {
        "fte_before": float(before.fte[site]),
        "moves": tuple((str(name), -float(fte)) for fte, name in moves),
        "redundant_fte": float(flows.redundant[site]),
    }


def _recurring(year: CountedYear, site: int) -> float:
    return float(year.costs.iloc[site][list(COST_ITEMS)].sum())


def _added_minutes(before: CountedYear, now: CountedYear, site: int) -> float:
    """Minutes more, travel and waiting, for the visits the site had the year before; mean."""
    mine = before.assignment.site == site
    visits = before.demand[mine]
    if visits.sum() <= 0:
        return 0.0
    added = now.assignment.cost[mine] - before.assignment.cost[mine]
    return float((visits * added).sum() / visits.sum())
