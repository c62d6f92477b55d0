"""An explanation in sentences, as the command line prints it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

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
    if one.decisions:
        yield from _decided(one)
    if one.outcome == "ruled_out":
        yield f"{words}: the rules of the config leave it no such mode."
        return
    if one.outcome == "no_plan":
        yield f"{words}: no plan does; proved."
        yield from _in_the_way(one)
        yield from _turning(one)
        return
    if one.outcome == "not_found":
        yield f"{words}: no plan was found in the time given, none is proved away."
        yield from _in_the_way(one)
        yield from _turning(one)
        return
    if one.better_plan:
        yield "The search found a plan better than the one explained: solve again first."
    yield _regret(one, words, unit)
    if one.locks and one.lock_price is not None:
        yield f"So the decision costs the network {_million(one.lock_price)} million, as found."
    if one.gained is not None and one.lost is not None:
        if one.gained:
            yield (
                f"Some would gain {_million(one.gained)} million visit-minutes by it, all others "
                f"lose {_million(one.lost)}."
            )
        else:
            yield f"Nobody would gain by it; {_million(one.lost)} million visit-minutes are lost."
    for verb, effects in (("gains", one.gain), ("loses", one.lose)):
        if effects:
            towns = ", ".join(f"{e.municipality} {e.visit_minutes / 1e3:+,.0f}" for e in effects)
            yield f"Who {verb} most, thousand visit-minutes in the last year: {towns}."
    yield from _in_the_way(one)
    yield from _turning(one)
    if one.changes:
        yield "Instead:"
        yield from (f"  {c.office_id} {c.office}: {c.plan} -> {c.instead}" for c in one.changes)


def _decided(one: Explanation) -> Iterator[str]:
    """Decisions that leave the opposite allowed, and their price."""
    yield f"The config also decides on it: {', '.join(one.decisions)}."
    if one.lock_price is None:
        yield "No plan without that was found in the time given."
    else:
        yield f"Without that the network gains {_million(one.lock_price)} million, as found."


def _in_the_way(one: Explanation) -> Iterator[str]:
    """What the opposite breaks by itself, and the money it would take."""
    if one.breaks:
        yield f"With nothing else changed it breaks {', '.join(one.breaks)}."
    elif one.outcome == "no_plan" and one.missing_mnkr is None:
        yield "The rules of change from year to year leave the site itself no such way."
    if one.free_at_mnkr is not None and one.free_at_mnkr > 0:
        yield (
            f"With {one.free_at_mnkr:.2f} mnkr more a year, or as much less of its own cost, it "
            "needs nothing of the others."
        )


def _turning(one: Explanation) -> Iterator[str]:
    """What alone would turn the decision."""
    if one.flips:
        yield "What alone would turn the decision, as far as searched:"
        yield from (f"  {_flip(flip)}" for flip in one.flips)


def _regret(one: Explanation, words: str, unit: str) -> str:
    """What the opposite costs all, more or less than the plan, and within what that is proved."""
    regret = one.regret or 0.0
    way = "less" if regret < 0 else "more"
    low, high = one.regret_low, one.regret_high
    proved = f"at most {_way(high)} by the bounds"
    if low is not None:
        both = low >= 0 or high is None
        ends = (_million(low), _million(high)) if both else (_way(low), _way(high))
        proved = f"between {ends[0]} and {ends[1]} by the bounds"
    found = f"{_million(abs(regret))} million {unit} {way} in all years, as found"
    return f"{words}: {found}." if one.better_plan else f"{words}: {found}; {proved}."


def _way(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{_million(abs(value))} {'less' if value < 0 else 'more'}"


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
    if len(explanations) < 2:
        return []
    asked = [one for one in explanations if not one.locks and one.outcome != "ruled_out"]
    found = [one for one in asked if one.outcome == "found"]
    counts = (
        (sum(one.impossible for one in asked), "has", "have", "no plan at all otherwise, proved"),
        (_count(asked, "not_found"), "has", "have", "none that was found in the time given"),
        (len(explanations) - len(asked), "is", "are", "decided by the config"),
    )
    lines = [
        f"{len(explanations)} sites: for {len(found)} a plan with the opposite was found; for "
        f"{sum(one.separated for one in found)} of them it is proved worse than the plan.",
        *(f"{n} {one if n == 1 else more} {what}." for n, one, more, what in counts if n),
    ]
    ended = [one for one in asked if one.opposite in ("keep", "as_today")]
    if ended:
        certain = sum(one.separated or one.impossible for one in ended)
        lines.append(_proved_told(len(ended), certain))
    better = sum(one.better_plan for one in explanations)
    if better:
        first = f"For {better} a plan better than the one explained was found: solve again first."
        lines.insert(0, first)
    return lines


def _proved_told(ended: int, certain: int) -> str:
    """How many of the closures and conversions are proved."""
    why = "the opposite is worse or has no plan."
    if ended == 1:
        known = f"is proved: {why}" if certain else "is not proved."
        return f"The one closure or conversion {known}"
    verb = "is" if certain == 1 else "are"
    return f"Of {ended} closures and conversions {certain} {verb} proved: {why}"


def _count(explanations: Sequence[Explanation], outcome: str) -> int:
    return sum(one.outcome == outcome for one in explanations)


def _million(value: float | None) -> str:
    return "-" if value is None else f"{value / 1e6:.3f}"


def better_told(less: float, unit: str, file: Path) -> list[str]:
    """That a better plan was come upon, and where it is."""
    return [f"The best of the better plans, by {_million(less)} million {unit}, is in {file}."]
