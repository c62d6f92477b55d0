"""plan.csv: what happens to each site in each year, who receives its visits, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.weekdays import Schedule
from optimizer.instance import CLOSED, RECURRING_ITEMS, Bools, Floats, Instance, Ints
from optimizer.plan.counted import CountedYear
from optimizer.plan.motives import Happening, motive
from optimizer.plan.services import changed, service_texts
from optimizer.plan.staff import receivers, visits_arriving
from optimizer.plan.weekdays import open_weekdays


def offices_table(
    case: Case, years: list[CountedYear], schedules: Mapping[int, Schedule], language: str
) -> pd.DataFrame:
    """A row for every site and planning year."""
    ever_open = case.instance.today != CLOSED
    parts = []
    for t in range(len(years) - 1):
        turn = _turn(case, years, t, schedules, ever_open)
        rows = [turn.row(site, language) for site in range(ever_open.size)]
        parts.append(pd.DataFrame(rows))
        ever_open = ever_open | turn.now.is_open
    return pd.concat(parts, ignore_index=True)


def _turn(
    case: Case,
    years: Sequence[CountedYear],
    t: int,
    schedules: Mapping[int, Schedule],
    ever_open: Bools,
) -> _Turn:
    """From year ``t`` of ``years``, today first, to the next."""
    instance, (before, now) = case.instance, years[t : t + 2]
    into = receivers(before, now)
    demanded = {one.site: one.into for one in instance.fixed if one.into >= 0}
    for site, receiver in demanded.items():
        into[site] = receiver
    actions = [
        _action(case, before, now, int(into[site]), site, bool(ever_open[site]))
        for site in range(into.size)
    ]
    for site in demanded:  # a demanded merger is one whatever the distance
        actions[site] = "merge" if actions[site] == "close" else actions[site]
    return _Turn(
        case,
        before,
        now,
        later=tuple(years[t + 2 :]),
        into=into,
        actions=tuple(actions),
        moved=visits_arriving(before, now),
        decided=_decided(instance, now, t),
        services=service_texts(case, now.states),
        weekdays=open_weekdays(schedules[now.year]) if now.year in schedules else {},
    )


@dataclass(frozen=True)
class _Turn:
    """The way from one year to the next, with what its rows tell."""

    case: Case
    before: CountedYear
    now: CountedYear
    later: tuple[CountedYear, ...]
    into: Ints  #: [J] who receives a site's visits; -1: nobody
    actions: tuple[str, ...]  #: by site
    moved: Floats  #: [J, J] visits of the users of the year before, by where they arrive now
    decided: Mapping[int, str]  #: by site with a planners' decision, why
    services: Sequence[str]  #: by site
    weekdays: Mapping[int, tuple[int, ...]]  #: by site of those that share staff

    def row(self, site: int, language: str) -> dict[str, object]:
        """plan.csv of one site."""
        instance, sites, now = self.case.instance, self.case.sites, self.now
        receiver, town = self._receiver(site), sites["municipality_code"].iloc[site]
        return {
            "office_id": instance.sites[site],
            "office": self._name(site),
            "municipality_code": town,
            "candidate": bool(instance.candidate[site]),
            "year": now.year,
            "mode": instance.modes[now.states[site]],
            "action": self.actions[site],
            "into_office_id": instance.sites[receiver] if receiver >= 0 else "",
            "visits": now.arriving[site],
            "fte": now.fte[site],
            "cost_mnkr": float(now.costs.iloc[site].sum()),
            "recurring_mnkr": _recurring(now, site),
            "leaves_municipality": self._ends(site) and town not in self._served_towns,
            "services": self.services[site],
            "motive": motive(self._happening(site), self.case.scenario, language),
        }

    @cached_property
    def _served_towns(self) -> set[str]:
        return set(self.case.sites["municipality_code"].to_numpy(dtype=object)[self.now.is_open])

    def _name(self, site: int) -> str:
        return str(self.case.sites["office"].iloc[site])

    def _ends(self, site: int) -> bool:
        return self.actions[site] in ("close", "merge")

    def _receiver(self, site: int) -> int:
        return int(self.into[site]) if self._ends(site) else -1

    def _happening(self, site: int) -> Happening:
        case, before, now = self.case, self.before, self.now
        receiver, modes = self._receiver(site), case.instance.modes
        return Happening(
            action=self.actions[site],
            mode=modes[now.states[site]],
            mode_before=modes[before.states[site]],
            visits=float(now.arriving[site]),
            visits_before=float(before.arriving[site]),
            saved_mnkr=float(_recurring(before, site) - _recurring(now, site)),
            receiver=self._name(receiver) if receiver >= 0 else "",
            receiver_closes=_closes(self.later, receiver),
            receiver_lessens=_lessens(case.instance, now, self.later, receiver),
            received_visits=float(self.moved[site, receiver]) if receiver >= 0 else 0.0,
            received_share=_share(self.moved[site], receiver),
            lost_visits=_lost_visits(case.instance, before, now, site),
            added_minutes=_added_minutes(before, now, site),
            decided=site in self.decided,
            reason=self.decided.get(site, ""),
            **self._staff(site),
            **changed(case, before.states, now.states, site),
            given_fte=0.0 if now.help is None else float(now.help.give[site]),
            got_fte=0.0 if now.help is None else float(now.help.get[site]),
            **self._received(site),
            lease_mnkr=float(now.costs["lease_tail"].iloc[site]),
            written_off_mnkr=float(now.costs["write_off"].iloc[site]),
            weekdays=self.weekdays.get(site, ()),
        )

    def _received(self, site: int) -> dict[str, Any]:
        """What the motive tells of the offices that merge into a site, and of the room it gets."""
        before, now, found = self.before, self.now, []
        for j, action in enumerate(self.actions):
            if action == "merge" and self.into[j] == site:
                fte = 0.0
                if now.staff is not None:
                    pair = (now.staff.origin == j) & (now.staff.target == site)
                    fte = float(now.staff.moved[pair].sum())
                found.append((self._name(j), float(self.moved[j, site]), fte))
        paid = now.costs["extension"].iloc[site] - before.costs["extension"].iloc[site]
        return {
            "receives": tuple(found),
            "extended_visits": float(now.extension[site] - before.extension[site]),
            "extended_mnkr": float(paid),
        }

    def _staff(self, site: int) -> dict[str, Any]:
        """What the motive tells of the staff of a site."""
        flows = self.now.staff
        if flows is None:
            return {}
        own = flows.origin == site
        names = self.case.sites["office"].to_numpy(dtype=object)
        moves = sorted(zip(-flows.moved[own], names[flows.target[own]], strict=True))
        return {
            "fte_before": float(self.before.fte[site]),
            "moves": tuple((str(name), -float(fte)) for fte, name in moves),
            "redundant_fte": float(flows.redundant[site]),
        }


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


def _closes(later: Sequence[CountedYear], site: int) -> int:
    """The first of some later years in which a site is closed; 0 if there is none."""
    closed = (year.year for year in later if site >= 0 and year.states[site] == CLOSED)
    return next(closed, 0)


def _lessens(
    instance: Instance, now: CountedYear, later: Sequence[CountedYear], site: int
) -> tuple[int, str]:
    """The first of some later years in which a site serves less than now, and its mode then."""
    if site >= 0:
        tier = instance.tier[now.states[site]]
        for year in later:
            state = int(year.states[site])
            if state != CLOSED and instance.tier[state] < tier:
                return year.year, instance.modes[state]
    return 0, ""


def _share(moved: Floats, receiver: int) -> float:
    """How much of what arrives of a site's visits the receiver gets; ``moved`` is [J]."""
    total = float(moved.sum())
    return float(moved[receiver]) / total if receiver >= 0 and total > 0 else 0.0


def _recurring(year: CountedYear, site: int) -> float:
    return float(year.costs.iloc[site][list(RECURRING_ITEMS)].sum())


def _added_minutes(before: CountedYear, now: CountedYear, site: int) -> float:
    """Minutes more, travel and waiting, for the visits the site had the year before; mean."""
    mine = before.assignment.site == site
    visits = before.demand[mine]
    if visits.sum() <= 0:
        return 0.0
    added = now.assignment.cost[mine] - before.assignment.cost[mine]
    return float((visits * added).sum() / visits.sum())


def _lost_visits(instance: Instance, before: CountedYear, now: CountedYear, site: int) -> float:
    """Visits of the year that its users of the year before lose by what has changed since."""
    mine = before.assignment.site == site
    lost_anyway = now.demand * before.assignment.loss(instance)
    return float((now.lost - lost_anyway)[mine].sum())
