"""A roadmap: in which order the changes of a plan give most, so that a part can be done first.

Step by step the change is taken that saves most for the access it costs, counted exactly as a
whole network each time: what a closure costs depends on which are closed already. A change that
breaks a rule, other than the budget, that the network before kept waits while there is another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Ints

_LEAST_MINUTES = 1.0  #: what costs no access counts as this much, so that its saving decides


def roadmap_table(case: Case, plan: Ints) -> pd.DataFrame:
    """A row for each change of ``plan`` [J, T], in the order to carry them out; row 0 is today.

    saving_mnkr_a_year: less cost, fees of lost visits taken off, in every year after the last.
    added_minutes: visit-minutes of the planning years above today's network. Both are of all
    changes so far; step_saving_mnkr and step_minutes are the change's own. margin_<year>_mnkr is
    what the budget leaves (below 0: it does not fit), broken the other rules that do not hold.
    """
    instance = case.instance
    today = instance.unchanged()
    first = now = evaluate(instance, today)
    left = np.flatnonzero((plan != today).any(axis=1)).tolist()
    rows = [_row(case, 0, None, first, first, now)]
    states = today.copy()
    while left:
        found = {site: evaluate(instance, _with(states, plan, site)) for site in left}
        site = max(left, key=lambda j: (*_worth(now, found[j]), -j))
        before, now = now, found[site]
        states = _with(states, plan, site)
        left.remove(site)
        rows.append(_row(case, len(rows), site, first, before, now))
    return pd.DataFrame(rows)


def roadmap_sentences(table: pd.DataFrame) -> list[str]:
    """What a person reads first: how many changes give half of the saving, and at what price."""
    last = table.iloc[-1]
    changes = len(table) - 1
    if not changes:
        return ["The plan changes nothing: today's network fits the budget."]
    half = table[table["saving_mnkr_a_year"] >= 0.5 * last["saving_mnkr_a_year"]].iloc[0]
    lines = [
        f"1 change saves {last['saving_mnkr_a_year']:,.1f} mnkr a year and adds "
        f"{last['added_minutes']:,.0f} visit-minutes."
        if changes == 1
        else f"{changes} changes save {last['saving_mnkr_a_year']:,.1f} mnkr a year and add "
        f"{last['added_minutes']:,.0f} visit-minutes; the first {half['step']} of them save "
        f"{half['saving_mnkr_a_year']:,.1f} mnkr and add {half['added_minutes']:,.0f}."
    ]
    margins = table[[name for name in table.columns if str(name).startswith("margin_")]]
    fits = table[(margins >= -1e-6).all(axis=1)]
    if len(fits):
        lines.append(f"Every year's budget holds from step {fits['step'].iloc[0]} on.")
    return lines


def _with(states: Ints, plan: Ints, site: int) -> Ints:
    changed = states.copy()
    changed[site] = plan[site]
    return changed


def _rules(evaluation: Evaluation) -> set[str]:
    """The rules that do not hold, the budget aside: that is what the changes are for."""
    return {text for text in evaluation.broken if not text.startswith("budget_by_year")}


def _worth(before: Evaluation, after: Evaluation) -> tuple[bool, bool, float]:
    """How good a step is: it keeps the rules, it saves, and how much for a lost minute."""
    keeps = bool(np.isfinite(after.objective)) and _rules(after) <= _rules(before)
    saving = after.ledger.margin_after - before.ledger.margin_after
    minutes = after.objective - before.objective
    if saving <= 0:  # what costs money waits for what saves it; most access for its cost first
        return keeps, False, -minutes
    return keeps, True, saving / max(minutes, _LEAST_MINUTES)


def _row(
    case: Case, step: int, site: int | None, first: Evaluation, before: Evaluation, now: Evaluation
) -> dict[str, Any]:
    instance = case.instance
    last = now.states[:, -1]
    margins = zip(instance.years, now.ledger.margin, strict=True)
    return {
        "step": step,
        "office_id": "" if site is None else instance.sites[site],
        "office": "" if site is None else str(case.sites["office"].iloc[site]),
        "from_mode": "" if site is None else instance.modes[instance.today[site]],
        "to_mode": "" if site is None else instance.modes[last[site]],
        "step_saving_mnkr": now.ledger.margin_after - before.ledger.margin_after,
        "step_minutes": now.objective - before.objective,
        "saving_mnkr_a_year": now.ledger.margin_after - first.ledger.margin_after,
        "added_minutes": now.objective - first.objective,
        **{f"margin_{year}_mnkr": float(margin) for year, margin in margins},
        "broken": "; ".join(sorted(_rules(now))),
    }
