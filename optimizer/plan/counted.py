"""A plan counted year by year, today first, with everything by site that the tables need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.evaluate import Assignment, Evaluation, assign
from optimizer.engine.leases import endings
from optimizer.engine.remote import VideoHelp, video_help
from optimizer.engine.staff import StaffFlows
from optimizer.instance import CLOSED, ENDINGS, Bools, Floats, Ints, Remote


@dataclass(frozen=True, kw_only=True)
class CountedYear:
    """One year of a plan, or today."""

    year: int
    states: Ints  #: [J]
    before: Ints  #: [J] states of the year before (today: the same)
    assignment: Assignment
    minutes: Floats  #: [I, C] travel
    waiting: Floats  #: [I, C]
    demand: Floats  #: [I, C]
    lost: Floats  #: [I, C]
    planned: Floats  #: [J] visits that staff and room are planned for
    arriving: Floats  #: [J]
    fte: Floats  #: [J]
    extension: Floats  #: [J] visits a year
    help: VideoHelp | None  #: [J] by video; none today or where it is switched off
    costs: pd.DataFrame  #: a row per site, RECURRING_ITEMS and ONE_OFFS, mnkr
    staff: StaffFlows | None = None  #: from the year before; none today or where not followed

    @property
    def is_open(self) -> Bools:
        """[J] which sites are open."""
        return np.asarray(self.states != CLOSED)

    @property
    def counted(self) -> float:
        """Visits that arrive, or that an open site would serve but distance loses."""
        return float(self.arriving.sum() + self.lost[~self.assignment.stranded].sum())


def counted_years(case: Case, evaluation: Evaluation) -> list[CountedYear]:
    """Today and every planning year."""
    instance = case.instance
    nothing = dict.fromkeys(ENDINGS, np.zeros(instance.today.size))
    today = assign(instance, instance.today)
    years = [_year(case, _terms_of_today(case), (instance.today, instance.today), today, nothing)]
    paid = endings(instance, np.arange(instance.today.size), evaluation.states)
    for t in range(len(instance.years)):
        before = evaluation.states[:, t - 1] if t else instance.today
        kept = evaluation.staff[t].kept if evaluation.staff else None
        years.append(
            _year(
                case,
                _terms(case, t),
                (before, evaluation.states[:, t]),
                evaluation.assignments[t],
                {name: cost[:, t] for name, cost in paid.items()},
                kept=kept,
            )
        )
    return years


@dataclass(frozen=True)
class _Terms:
    """What a year is counted by."""

    year: int
    demand: Floats  #: [I, C]
    per_fte: float  #: planned visits a year
    wage: float  #: mnkr per FTE
    remote: Remote | None
    prices: float = 1.0  #: index, the base year 1; those of rents and pay
    rents: float = 1.0
    pay: float = 1.0


def _terms_of_today(case: Case) -> _Terms:
    base = case.years.iloc[0]
    per_fte = float(base["productivity_visits_per_fte_year"]) / case.scenario.demand.peak_on_record
    wage = float(base["wage_mnkr_per_fte"])
    return _Terms(int(base["year"]), case.demand_today, per_fte, wage, remote=None)


def _terms(case: Case, t: int) -> _Terms:
    """Of planning year ``t``."""
    instance, costs = case.instance, case.scenario.costs
    year, money = instance.years[t], instance.money
    return _Terms(
        year,
        instance.demand[t],
        float(instance.visits_per_fte[t]),
        float(money.wage_per_fte[t]),
        instance.remote,
        float(money.price_index[t]),
        costs.rent_index(year),
        costs.wage_index(year),
    )


def _year(
    case: Case,
    terms: _Terms,
    states: tuple[Ints, Ints],
    assignment: Assignment,
    ends: Mapping[str, Floats],
    *,
    kept: Floats | None = None,
) -> CountedYear:
    """One year under its ``terms``; ``states`` [J] are those of the year before and its own."""
    instance, (before, now) = case.instance, states
    zones, stranded = np.arange(terms.demand.shape[0])[:, None], assignment.stranded
    travel = instance.minutes[zones, assignment.site]
    waiting = instance.waiting[assignment.site, now[assignment.site]]
    lost = terms.demand * assignment.loss(instance)
    arrive = terms.demand - lost
    counted = arrive if instance.staffing_after_decay else terms.demand
    planned = _by_site(assignment.site, counted, now.size)
    is_open, least = now != CLOSED, instance.fte_min[now]
    fte = np.where(is_open, np.maximum(least, planned / terms.per_fte), 0.0)
    helped = None
    if terms.remote is not None:
        able = is_open & terms.remote.states[now]
        helped = video_help(least, planned / terms.per_fte, able, terms.remote.share)
        fte = fte - helped.get
    if kept is not None:
        fte = fte + kept
    extension = np.where(is_open, np.maximum(0.0, planned - instance.room), 0.0)
    costs = _costs(case, terms, states, extension).assign(**ends)
    costs["front_staff"] = fte * terms.wage
    if terms.remote is not None and helped is not None:
        costs["remote_equipment"] = terms.prices * terms.remote.cost_per_fte * helped.get
    return CountedYear(
        year=terms.year,
        states=now,
        before=before,
        assignment=assignment,
        minutes=np.where(stranded, assignment.cost, travel),
        waiting=np.where(stranded, 0.0, waiting),
        demand=terms.demand,
        lost=lost,
        planned=planned,
        arriving=_by_site(assignment.site, arrive, now.size),
        fte=fte,
        extension=extension,
        help=helped,
        costs=costs,
    )


def _by_site(site: Ints, visits: Floats, n_sites: int) -> Floats:
    served = site >= 0
    total = np.bincount(site[served], weights=visits[served], minlength=n_sites)
    return np.asarray(total, dtype=np.float64)


def _costs(case: Case, terms: _Terms, states: tuple[Ints, Ints], extension: Floats) -> pd.DataFrame:
    """Every item of cost by site, mnkr; that of staff, video and endings not counted yet."""
    instance, money, (before, now) = case.instance, case.instance.money, states
    annual = annual_costs(case)
    rows = np.arange(now.size)
    room, room_rent = (
        case.sites[column].to_numpy(dtype=np.float64) / 1000.0
        for column in (
            "extension_mnkr_per_1000_visits",
            "extension_rent_mnkr_per_1000_visits",
        )
    )
    travel = annual["staff_travel_mnkr"][rows, now]
    travel_pay = annual["staff_travel_pay_mnkr"][rows, now]
    opened = (before == CLOSED) & (now != CLOSED)
    converted = instance.converted(before, now)
    index, rents, pay = terms.prices, terms.rents, terms.pay
    return pd.DataFrame(
        {
            "front_staff": 0.0,
            "premises": rents * annual["premises_mnkr"][rows, now],
            "local": index * annual["local_mnkr"][rows, now],
            "staff_travel": index * (travel - travel_pay) + pay * travel_pay,
            "extension": (index * (room - room_rent) + rents * room_rent) * extension,
            "remote_equipment": 0.0,
            **dict.fromkeys(ENDINGS, 0.0),
            "conversion": index * money.conversion[now] * converted,
            "opening": index * money.opening * opened,
            "redundancy": 0.0,
            "relocation": 0.0,
            "hiring": 0.0,
            "equipment": index * instance.equipment_of(before, now),
        },
        index=pd.Index(instance.sites, name="office_id"),
    )


def annual_costs(case: Case) -> dict[str, Floats]:
    """[J, M+1] premises, local cost, staff travel and its pay by state, mnkr of the base year."""
    instance, table = case.instance, case.site_modes
    site = pd.Index(instance.sites).get_indexer(pd.Index(table["office_id"]))
    modes = pd.Index(dict.fromkeys(instance.modes))
    mode = modes.get_indexer(pd.Index(table["mode"]))
    found = {}
    for name in ("premises_mnkr", "local_mnkr", "staff_travel_mnkr", "staff_travel_pay_mnkr"):
        amounts = np.zeros((len(instance.sites), len(modes)))
        amounts[site, mode] = table[name].to_numpy(dtype=np.float64)
        found[name] = amounts[:, instance.mode_id]
    return found


def counting_states(case: Case) -> Bools:
    """[M+1] the states that count as a service point."""
    modes = case.scenario.modes
    return np.array(
        [name in modes and modes[name].counts_for_coverage for name in case.instance.modes]
    )
