"""An explanation in sentences, as the command line prints it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from optimizer.whatif.explain import Explanation
from optimizer.whatif.levers import Flip, Rung

_WORDS = {
    "keep": "To keep it",
    "as_today": "To leave it as today",
    "close": "To close it",
    "open": "To open it",
    "leave_closed": "To leave it closed",
    "release": "Without that",
}
_LEVERS = {
    "budget": ("{:+g} mnkr a year in all", 0.0),
    "own_cost": ("{:+.2f} mnkr a year in its own cost", 0.0),
    "own_visits": ("{:.2f} times its own visits", 1.0),
}


def told(one: Explanation, unit: str) -> list[str]:
    """The sentences of one site; ``unit`` of its regret."""
    lines = [f"{one.office_id} {one.office}: {one.decision}."]
    if one.motive:
        lines.append(f"  {one.motive}")
    return [*lines, *(f"  {text}" for text in _opposite(one, unit))]


def _opposite(one: Explanation, unit: str) -> Iterator[str]:
    words = _WORDS[one.opposite]
    if one.locks:
        yield f"The config decides on it: {', '.join(one.locks)}."
    if one.outcome == "ruled_out":
        yield f"{words}: the rules of the config leave it no such mode."
        return
    if one.outcome == "no_plan":
        yield f"{words}: no plan does; proved."
        return
    if one.outcome == "not_found":
        yield f"{words}: no plan was found in the time given, none is proved away."
        return
    yield _regret(one, words, unit)
    if one.lock_price is not None:
        yield f"So the decision costs the network {_million(one.lock_price)} million, as found."
    if one.gained is not None and one.lost is not None:
        yield (
            f"Some would gain {_million(one.gained)} million visit-minutes by it, all others lose "
            f"{_million(one.lost)}."
        )
    for words, effects in (("gains", one.gain), ("loses", one.lose)):
        if effects:
            towns = ", ".join(f"{e.municipality} {e.visit_minutes / 1e3:+,.0f}" for e in effects)
            yield f"Who {words} most, thousand visit-minutes in the last year: {towns}."
    if one.breaks:
        yield f"With nothing else changed it breaks {', '.join(one.breaks)}."
    if one.free_at_mnkr is not None and one.free_at_mnkr > 0:
        yield (
            f"With {one.free_at_mnkr:.2f} mnkr more a year, or as much less of its own cost, it "
            "needs nothing of the others."
        )
    if one.flips:
        yield "What alone would turn the decision, as far as searched:"
        yield from (f"  {_flip(flip)}" for flip in one.flips)
    if one.changes:
        yield "Instead:"
        yield from (f"  {c.office_id} {c.office}: {c.plan} -> {c.instead}" for c in one.changes)
    if one.better_plan:
        yield "The search found a plan better than the one explained: solve again."


def _regret(one: Explanation, words: str, unit: str) -> str:
    low, high = _million(one.regret_low), _million(one.regret_high)
    proved = f"between {low} and {high} by the bounds"
    if one.regret_low is None:
        proved = f"at most {high} by the bounds"
    return f"{words}: {_million(one.regret)} million {unit} more in all years, as found; {proved}."


def _flip(flip: Flip) -> str:
    words, nothing = _LEVERS[flip.lever]
    if flip.turns_at is None:
        return f"{words.format(flip.stays_at)} does not."
    turns = words.format(flip.turns_at)
    if flip.stays_at == nothing:
        return f"{turns} does."
    return f"{turns} does, {words.format(flip.stays_at)} does not."


def ladder_told(ladder: Sequence[Rung], objective: float, unit: str) -> list[str]:
    """What more or less money gives: a line for each rung."""
    if not ladder:
        return []
    lines = ["More or less money in every year, best plans found:"]
    for step in sorted(ladder, key=lambda one: one.mnkr):
        if step.objective is None:
            lines.append(f"  {step.mnkr:+g} mnkr: no plan found")
        else:
            more = (step.objective - objective) / 1e6
            lines.append(f"  {step.mnkr:+g} mnkr: {more:+.3f} million {unit}")
    return lines


def steps_told(roadmap: pd.DataFrame, unit: str) -> list[str]:
    """A roadmap's changes in their order: a line for each, with what it saves and adds itself."""
    return [
        f"  {row['step']}. {row['office_id']} {row['office']}: {row['from_mode']} -> "
        f"{row['to_mode']}, {row['step_saving_mnkr']:+,.2f} mnkr a year, "
        f"{row['step_minutes']:+,.0f} {unit}"
        + (f"; then broken: {row['broken']}" if row["broken"] else "")
        for row in roadmap.to_dict("records")
        if row["step"]
    ]


def summary_told(explanations: Sequence[Explanation]) -> list[str]:
    """How much is certain of all sites together."""
    found = [one for one in explanations if one.outcome == "found" and not one.locks]
    ended = [one for one in found if one.opposite in ("keep", "as_today")]
    if len(found) < 2:
        return []
    lines = [
        f"{len(explanations)} sites: for {len(found)} the best plan with the opposite is known; "
        f"for {sum(one.separated for one in found)} it is proved worse than the plan."
    ]
    if ended:
        apart = sum(one.separated for one in ended)
        lines.append(f"Of {len(ended)} closures and conversions that is so for {apart}.")
    return lines


def _million(value: float | None) -> str:
    return "-" if value is None else f"{value / 1e6:.3f}"
