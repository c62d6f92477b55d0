"""requirements.csv: every requirement with its value, limit, margin, and whether it binds."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.changes import closing, out_of_step
from optimizer.engine.evaluate import Evaluation, mode_moves_allowed
from optimizer.engine.leases import too_soon
from optimizer.engine.remote import VideoHelp
from optimizer.engine.weekdays import Schedule
from optimizer.instance import CLOSED
from optimizer.instance.aim import KRONOR, VISIT_MINUTES
from optimizer.plan import covering
from optimizer.plan.at_fault import strange_modes, wrong_offers
from optimizer.plan.counted import CountedYear
from optimizer.plan.money import AFTER

#: What may be left where a limit binds: of an amount of money a share of the limit, for a network
#: changes in steps and never spends its means to the last krona; of anything else nothing.
BINDS_SHARE, BINDS = 0.001, 1e-6
CLOSURES = "closures:"  #: the rows of transition that have a limit
#: Requirements whose rows say whether something adds up or is kept to: what they ask for is met or
#: is not, and nothing is left of it.
COUNTS = frozenset(
    (
        "one_mode",
        "assignment",
        "offer",
        "partners",
        "fixed_decisions",
        "no_one_left_behind",
        "staggered_days",
        "equity",
    )
)

Row = tuple[str, str, str, float, float, str, float]


def requirements_table(
    case: Case,
    years: list[CountedYear],
    budget: pd.DataFrame,
    schedules: Mapping[int, Schedule],
    evaluation: Evaluation,
) -> pd.DataFrame:
    """A row for each requirement, scope and year. Margin: what is left; negative if broken."""
    rows = [
        *_structure(case, years),
        *_coverage(case, years),
        *(_budget(budget) if case.instance.budget_holds else ()),
        *_changes(case, years),
        *_limits(case, years),
        *_open_sites(case, years),
        *_access(case, years),
        *_decisions(case, years),
        *_staggered_days(schedules),
        *_earlier_aims(case, evaluation),
    ]
    names = ["requirement", "scope", "year", "value", "limit", "unit", "margin"]
    table = pd.DataFrame(rows, columns=names)
    tolerance = np.maximum(1e-6, 1e-9 * table["limit"].abs())
    share = np.where(table["unit"] == "mnkr", BINDS_SHARE, 1e-9)
    near = np.maximum(BINDS, share * table["limit"].abs())
    table["holds"] = table["margin"] >= -tolerance
    told = zip(table["requirement"], table["scope"], strict=True)
    limited = np.array([limits(*one) for one in told], dtype=bool)
    table["binding"] = (table["margin"].abs() <= near) & limited
    return table


def limits(requirement: str, scope: str) -> bool:
    """Whether a row has a limit that could bind, and does not only count what is broken."""
    if requirement == "transition":
        return scope.startswith(CLOSURES)
    return requirement not in COUNTS and scope != covering.BALANCE


def _structure(case: Case, years: list[CountedYear]) -> list[Row]:
    """one_mode, assignment, staffing, room, transition, partners: one row a year each."""
    rows: list[Row] = []
    instance = case.instance
    rules = case.scenario.requirements
    for t, (last, now) in enumerate(pairwise(years)):
        year, n_sites = str(now.year), float(now.states.size)
        known = float(((now.states >= CLOSED) & (now.states < len(instance.states))).sum())
        demand, counted = float(now.demand.sum()), now.counted
        rows += [
            ("one_mode", "nation", year, known, n_sites, "sites", known - n_sites),
            ("assignment", "nation", year, counted, demand, "visits", -abs(counted - demand)),
            covering.staffing(case, now, t),
            *covering.room(case, now),
            *covering.equity(case, now),
        ]
        if instance.staff is not None:
            before = last.fte if t else instance.staff.today
            rows += covering.staff_balance(instance.staff, before, now)
        if instance.services:
            wrong = float(wrong_offers(instance, now.before, now.states).sum())
            rows.append(("offer", "nation", year, wrong, 0.0, "sites", -wrong))
        if now.help is not None:
            rows += _remote_balance(now.help, year)
        if rules.transition.on:
            wrong = float((~mode_moves_allowed(instance, now.before, now.states)).sum())
            rows.append(("transition", "nation", year, wrong, 0.0, "changes", -wrong))
        if rules.partners.on:
            count = float(strange_modes(instance, now.states).sum())
            rows.append(("partners", "nation", year, count, 0.0, "sites", -count))
    return rows


def _remote_balance(found: VideoHelp, year: str) -> list[Row]:
    """Help got against what busy offices may get, help given against what is idle."""
    name, got, given = "remote_balance", float(found.get.sum()), float(found.give.sum())
    most, idle = float(found.wanted.sum()), float(found.idle.sum())
    return [
        (name, "busy", year, got, most, "fte", most - got),
        (name, "quiet", year, given, idle, "fte", idle - given),
    ]


def _staggered_days(schedules: Mapping[int, Schedule]) -> list[Row]:
    """Days of a week on which neither an office nor one near it opens, against the fewest."""
    rows: list[Row] = []
    for year, schedule in schedules.items():
        days, fewest = float(schedule.uncovered.sum()), float(schedule.fewest)
        rows.append(("staggered_days", "nation", str(year), days, fewest, "days", fewest - days))
    return rows


def _earlier_aims(case: Case, evaluation: Evaluation) -> list[Row]:
    """What earlier aims of a lexicographic order have left, over all planning years."""
    rows: list[Row] = []
    last = str(case.instance.years[-1])
    for ceiling in case.instance.ceilings:
        aim = ceiling.aim
        value = float(aim.value(evaluation.minutes, evaluation.ledger.spent).sum())
        scale, unit = (KRONOR, "mnkr") if aim.mnkr else (1.0, VISIT_MINUTES)
        value, most = value / scale, ceiling.most / scale
        rows.append(("objective", aim.kind, last, value, most, unit, most - value))
    return rows


def _coverage(case: Case, years: list[CountedYear]) -> list[Row]:
    rows: dict[tuple[str, str], Row] = {}
    for rule in case.instance.coverage:
        for now in years[1 + rule.from_year :]:
            points = float(rule.states[now.states[rule.sites]].sum())
            scope, least, year = rule.scope, float(rule.min_points), str(now.year)
            row = (rule.requirement, scope, year, points, least, "sites", points - least)
            standing = rows.get((scope, str(now.year)))
            if standing is None or standing[4] < least:
                rows[scope, str(now.year)] = row
    return list(rows.values())


def _budget(budget: pd.DataFrame) -> list[Row]:
    amount = budget.set_index(["year", "item"])["amount_mnkr"].to_dict()
    rows: list[Row] = []
    for year in budget.loc[budget["item"] == "margin", "year"]:
        cost, margin = float(amount[year, "cost"]), float(amount[year, "margin"])
        limit = float(amount[year, "means"]) if year == AFTER else cost + margin
        rows.append(("budget_by_year", "nation", year, cost, limit, "mnkr", margin))
    return rows


def _changes(case: Case, years: list[CountedYear]) -> list[Row]:
    """`transition`, rule by rule: closures of a year, before notice, and out of step."""
    instance, rule = case.instance, case.scenario.requirements.transition
    rows: list[Row] = []
    states = np.column_stack([now.states for now in years[1:]])
    closes, apart = closing(instance, states), out_of_step(instance, states)
    soon = too_soon(instance, states)
    own_notice = bool((case.sites["notice_months"].fillna(0.0) > 0).any())
    for t, now in enumerate(years[1:]):
        year = str(now.year)
        for limit in instance.closures:
            count, most = float(closes[limit.sites, t].sum()), float(limit.at_most)
            rows.append(("transition", limit.scope, year, count, most, "sites", most - count))
        if rule.on and (rule.notice_months or own_notice):
            early = float(soon[:, t].sum())
            rows.append(("transition", "notice:nation", year, early, 0.0, "sites", -early))
        if rule.on and rule.consultation_months:
            empty = 0.0
            if instance.consulted is not None:
                empty = float(instance.consulted.empty(now.states, t).sum())
            scope, unit = "consultation:nation", "municipalities"
            rows.append(("transition", scope, year, empty, 0.0, unit, -empty))
        if instance.towns is not None:
            pairs = float(apart[t])
            rows.append(("transition", "replaced:nation", year, pairs, 0.0, "changes", -pairs))
    return rows


def _limits(case: Case, years: list[CountedYear]) -> list[Row]:
    rows: list[Row] = []
    for rule in case.instance.limits:
        for now in years[1:]:
            count = float(rule.count(now.states))
            most = float(rule.at_most)
            year = str(now.year)
            rows.append(("mode_limits", rule.scope, year, count, most, "sites", most - count))
    return rows


def _open_sites(case: Case, years: list[CountedYear]) -> list[Row]:
    """Open sites against the number asked for; too few of an exact number count as too many."""
    rule, asked = case.instance.open_sites, case.scenario.requirements.open_sites
    if rule is None or asked is None:
        return []
    rows: list[Row] = []
    scope = "at most" if asked.exactly is None else "exactly"
    for now in years[1 + rule.from_year :]:
        count, most = float(now.is_open.sum()), float(rule.most)
        margin = most - count if asked.exactly is None else -abs(most - count)
        rows.append(("open_sites", scope, str(now.year), count, most, "sites", margin))
    return rows


def _access(case: Case, years: list[CountedYear]) -> list[Row]:
    rows: list[Row] = []
    for rule in case.instance.access:
        for now in years[1 + rule.from_year :]:
            reached = rule.reached(rule.states[now.states])
            if rule.kind == "no_one_left_behind":
                beyond = rule.total - reached
                value, limit, unit, margin = beyond, 0.0, "zones", -beyond
            else:
                value, limit, unit = reached / rule.total, rule.least / rule.total, "share"
                margin = value - limit
            rows.append((rule.kind, rule.scope, str(now.year), value, limit, unit, margin))
    return rows


def _decisions(case: Case, years: list[CountedYear]) -> list[Row]:
    rows: list[Row] = []
    for decision in case.instance.fixed:
        scope = decision.scope(case.instance.sites)
        for t, now in enumerate(years[1:]):
            if decision.allowed[:, t].all():
                continue  # not in force yet
            kept = float(decision.allowed[now.states[decision.site], t])
            into = decision.into
            if into >= 0 and not case.instance.receiving(into)[now.states[into]]:
                kept = 0.0
            rows.append(("fixed_decisions", scope, str(now.year), kept, 1.0, "decision", kept - 1))
    return rows
