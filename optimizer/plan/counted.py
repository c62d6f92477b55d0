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

COST_ITEMS = (
    *("front_staff", "premises", "local", "staff_travel", "extension", "remote_equipment"),
)


@dataclass(frozen=True)
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
    costs: pd.DataFrame  #: a row per site, COST_ITEMS and ONE_OFFS, mnkr
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
    today = assign(instance, instance.today)
    base = case.years.iloc[0]
    years = [
        _year(
            case,
            int(base["year"]),
            instance.today,
            instance.today,
            today,
            demand=case.demand_today,
            per_fte=float(base["productivity_visits_per_fte_year"])
            / case.scenario.demand.peak_factor,
            wage=float(base["wage_mnkr_per_fte"]),
            index=1.0,
            remote=None,
            kept=None,
            ends=dict.fromkeys(ENDINGS, np.zeros(instance.today.size)),
        )
    ]
    paid = endings(instance, np.arange(instance.today.size), evaluation.states)
    for t, year in enumerate(instance.years):
        states = evaluation.states[:, t]
        before = evaluation.states[:, t - 1] if t else instance.today
        years.append(
            _year(
                case,
                year,
                states,
                before,
                evaluation.assignments[t],
                demand=instance.demand[t],
                per_fte=float(instance.visits_per_fte[t]),
                wage=float(instance.money.wage_per_fte[t]),
                index=float(instance.money.price_index[t]),
                remote=instance.remote,
                kept=evaluation.staff[t].kept if evaluation.staff else None,
                ends={name: cost[:, t] for name, cost in paid.items()},
            )
        )
    return years


def _year(
    case: Case,
    year: int,
    states: Ints,
    before: Ints,
    assignment: Assignment,
    *,
    demand: Floats,
    per_fte: float,
    wage: float,
    index: float,
    remote: Remote | None,
    kept: Floats | None,
    ends: Mapping[str, Floats],
) -> CountedYear:
    instance = case.instance
    n_sites = states.size
    zones = np.arange(demand.shape[0])[:, None]
    stranded = assignment.stranded
    travel = instance.minutes[zones, assignment.site]
    minutes = np.where(stranded, assignment.cost, travel)
    waiting = instance.waiting[assignment.site, states[assignment.site]]
    waiting = np.where(stranded, 0.0, waiting)
    lost = demand * assignment.loss(instance)
    arrive = demand - lost
    basis = arrive if instance.staffing_after_decay else demand
    planned = _by_site(assignment.site, basis, n_sites)
    is_open = states != CLOSED
    fte = np.where(is_open, np.maximum(instance.fte_min[states], planned / per_fte), 0.0)
    helped = None
    if remote is not None:
        least, able = instance.fte_min[states], is_open & remote.states[states]
        helped = video_help(least, planned / per_fte, able, remote.share)
        fte = fte - helped.get
    if kept is not None:
        fte = fte + kept
    extension = np.where(is_open, np.maximum(0.0, planned - instance.room), 0.0)
    planned_year = year in instance.years
    rents = case.scenario.costs.rent_index(year) if planned_year else 1.0
    pay = case.scenario.costs.wage_index(year) if planned_year else 1.0
    costs = _costs(
        case,
        states,
        before,
        fte * wage,
        extension,
        index=index,
        rent_index=rents,
        pay_index=pay,
        ends=ends,
    )
    if remote is not None and helped is not None:
        costs["remote_equipment"] = index * remote.cost_per_fte * helped.get
    return CountedYear(
        year,
        states,
        before,
        assignment,
        minutes,
        waiting,
        demand,
        lost,
        planned,
        _by_site(assignment.site, arrive, n_sites),
        fte,
        extension,
        helped,
        costs,
    )


def _by_site(site: Ints, visits: Floats, n_sites: int) -> Floats:
    served = site >= 0
    total = np.bincount(site[served], weights=visits[served], minlength=n_sites)
    return np.asarray(total, dtype=np.float64)


def _costs(
    case: Case,
    states: Ints,
    before: Ints,
    wages: Floats,
    extension: Floats,
    *,
    index: float,
    rent_index: float,
    pay_index: float,
    ends: Mapping[str, Floats],
) -> pd.DataFrame:
    """Every item of cost by site, mnkr."""
    instance, money = case.instance, case.instance.money
    annual = annual_costs(case)
    rows = np.arange(states.size)
    room = case.sites["extension_mnkr_per_1000_visits"].to_numpy(dtype=np.float64) / 1000.0
    room_rent = (
        case.sites["extension_rent_mnkr_per_1000_visits"].to_numpy(dtype=np.float64) / 1000.0
    )
    travel = annual["staff_travel_mnkr"][rows, states]
    travel_pay = annual["staff_travel_pay_mnkr"][rows, states]
    opened = (before == CLOSED) & (states != CLOSED)
    converted = instance.converted(before, states)
    return pd.DataFrame(
        {
            "front_staff": wages,
            "premises": rent_index * annual["premises_mnkr"][rows, states],
            "local": index * annual["local_mnkr"][rows, states],
            "staff_travel": index * (travel - travel_pay) + pay_index * travel_pay,
            "extension": (index * (room - room_rent) + rent_index * room_rent) * extension,
            "remote_equipment": 0.0,
            **ends,
            "conversion": index * money.conversion[states] * converted,
            "opening": index * money.opening * opened,
            "redundancy": 0.0,
            "relocation": 0.0,
            "hiring": 0.0,
            "equipment": index * instance.equipment_of(before, states),
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
