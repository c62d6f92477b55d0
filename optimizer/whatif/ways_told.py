"""What rules of one kind give, in a sentence: as they stand, the least that is proved, what to do.

What to do names the values that a plan was found with, or where none was the least that is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from geodata.problems import Problem, number_of
from optimizer.solving.elastic import PACE, Give
from optimizer.whatif.left_behind import Kept
from optimizer.whatif.means import lacking
from optimizer.whatif.rounded_up import rounded_up

_SHOWN = 6

#: the key of `budget` that a config states its means by, and what to do with it to have more
Means = Literal["cut", "appropriation"]
MORE: dict[Means, str] = {
    "cut": "Lower budget.cut",
    "appropriation": "Raise budget.appropriation",
}


@dataclass(frozen=True)
class Told:
    """Rules of one kind in a way out."""

    label: str  #: of the way
    least: tuple[Give, ...]  #: that they have to give, as is proved; empty where nothing is
    found: tuple[Give, ...]  #: what they gave for a plan; empty where none was found
    outcome: str  #: whether a plan was found with all of the way; empty where that is told later
    means: Means = "cut"
    lacked: float | None = None  #: mnkr more in every year with which a plan was found
    kept: Kept | None = None  #: minutes that a plan keeps every zone within

    @property
    def gives(self) -> tuple[Give, ...]:
        """What is advised: what a plan was found with, or the least."""
        return self.found or self.least

    @property
    def kind(self) -> str:
        """The requirement."""
        return self.gives[0].requirement

    def problem(self, found: str, accepted: str, advice: str, *, at: str = "") -> Problem:
        """The sentence; ``at`` is the key where it is not the requirement's."""
        where = f"{self.label}, {at or f'requirements.{self.kind}'}"
        return Problem(where, found, accepted, f"{advice} {self.outcome}".strip())

    def bound(self, text: str, *, word: str = "at least") -> str:
        """``text`` as a bound where it is proved, else as one of the ways."""
        return f"{word} {text}" if self.least else f"such as {text}"

    def bounds(self, values: Sequence[tuple[str, str]], *, word: str = "at least") -> str:
        """The same of several scopes, each with its value."""
        if self.least:
            return listed([f"{scope} {word} {value}" for scope, value in values])
        return f"such as {listed([f'{scope} {value}' for scope, value in values])}"


def told(one: Told) -> Problem:
    """The sentence on rules of one kind."""
    return _WORDS[one.kind](one)


def listed(words: Sequence[str]) -> str:
    """A few of the words, and how many more there are."""
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more


def _money(one: Told) -> Problem:
    gives = one.least
    least = one.bound(f"{lacking(gives[0].amount)} more in {gives[0].scope}")
    if len(gives) > 1:  # what is saved in one year serves the next: only the sum is the least
        parts = listed([f"{lacking(give.amount)} in {give.scope}" for give in gives])
        total = lacking(sum(give.amount for give in gives))
        least = f"at least {total} more in all, such as {parts}"
    found = "means below the cost of the cheapest network that keeps the other rules"
    if one.lacked is not None and not one.found:
        return one.problem(
            found, least, f"{MORE[one.means]} by {lacking(one.lacked)} in every year."
        )
    by = "by" if one.found or len(gives) > 1 else "by at least"
    years = ", ".join(f"{give.scope} {by} {lacking(give.amount)}" for give in one.gives)
    return one.problem(found, least, f"{MORE[one.means]} for {years}.")


def _at_most(one: Told) -> Problem:
    """Limits on numbers, and what each must be raised to."""
    key = "requirements.transition.closures" if one.kind == "transition" else ""
    return one.problem(
        listed([f"{_scope(give)} at most {give.limit:g}" for give in one.gives]),
        one.bounds([(_scope(give), str(_raised(give))) for give in one.least or one.found]),
        f"Raise at_most to {_each([(_scope(give), str(_raised(give))) for give in one.gives])}.",
        at=key,
    )


def _open_sites(one: Told) -> Problem:
    give = one.gives[0]
    least = _moved(one.least[0] if one.least else give)
    key, change = ("at_most or exactly", "Raise") if give.rises else ("exactly", "Lower")
    word = "at least" if give.rises else "at most"
    accepted = one.bound(f"{least:g}", word=word)
    return one.problem(
        f"{give.limit:g} open sites", accepted, f"{change} {key} to {_moved(give):g}."
    )


def _regions(one: Told) -> Problem:
    sites = one.kind == "region_coverage"
    fewer = sum(_whole(give.amount) for give in one.least or one.found)
    what = number_of(fewer, "site") if sites else f"{number_of(fewer, 'office')} with the service"
    later = "let it begin later" if sites else "let it be added at more sites"
    advice = _fewer_points(one.found) if one.found else f"Lower min_points there, or {later}."
    return one.problem(
        f"asked for in {listed([give.scope for give in one.gives])}",
        f"{one.bound(what)} fewer in all",
        advice,
    )


def _fewer_points(gives: Sequence[Give]) -> str:
    """A rule holds for every region of its division, so it is lowered for all of them."""
    rules: dict[str, int] = {}
    for give in gives:
        of, left = give.scope.rpartition(":")[0], int(give.limit) - _whole(give.amount)
        rules[of] = min(left, rules.get(of, left))
    parts = [
        f"lower min_points for {of} to {left}" if left > 0 else f"take the rule for {of} away"
        for of, left in rules.items()
    ]
    text = ", and ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _people(one: Told) -> Problem:
    shares = [(give.scope, f"{_lowered(give):.4f}") for give in one.least or one.found]
    advice = "Lower share, or raise minutes or km."
    if one.found:
        advice = f"Lower share to {_each([(g.scope, f'{_lowered(g):.4f}') for g in one.found])}."
    return one.problem(
        listed([f"{give.scope} a share of {give.limit:.4f}" for give in one.gives]),
        one.bounds(shares, word="at most"),
        advice,
    )


def _services(one: Told) -> Problem:
    return _people(one) if all(give.of_people for give in one.gives) else _regions(one)


def _left_behind(one: Told) -> Problem:
    zones = number_of(sum(_whole(give.amount) for give in one.least or one.found), "zone")
    found, accepted = "a limit for every zone", f"limits that at least {zones} may miss"
    if one.kept is None or not one.kept.values():
        return one.problem(found, accepted, "Raise added_minutes or within_minutes.")
    if not one.least:
        accepted = f"such as {one.kept.values(to=' ')}"
    beyond = f"beyond the limit as it stands: {one.kept.beyond}"
    return one.problem(found, accepted, f"Raise {one.kept.values()}; {beyond}.")


def _decisions(one: Told) -> Problem:
    names = [f"offices.{give.scope.replace(':', ': ', 1)}" for give in one.gives]
    found = "a decision" if len(names) == 1 else "decisions"
    return one.problem(
        f"{found} that the other rules do not allow",
        "none, or from a later year",
        "Take away." if one.found else "Take away, or let begin later.",
        at=", ".join(names) if one.found else listed(names),
    )


def _redundant(one: Told) -> Problem:
    give, least = one.gives[0], (one.least or one.found)[0]
    return one.problem(
        f"at most {give.limit:g} redundant FTE",
        one.bound(f"{_tenths(least):.1f}"),
        f"Raise most_redundant_fte to {_tenths(give):.1f}.",
    )


def _each(values: Sequence[tuple[str, str]]) -> str:
    """One value by itself, several each with its scope."""
    if len(values) == 1:
        return values[0][1]
    return ", ".join(f"{value} for {scope}" for scope, value in values)


def _scope(give: Give) -> str:
    return give.scope.removeprefix(PACE)


def _raised(give: Give) -> int:
    return _whole(give.limit + give.amount)


def _moved(give: Give) -> float:
    more = _whole(give.amount)
    return give.limit + (more if give.rises else -more)


def _lowered(give: Give) -> float:
    """A share that is enough, in four decimals."""
    return max(0.0, float(np.floor((give.limit - give.amount) * 1e4 + 1e-6)) / 1e4)


def _tenths(give: Give) -> float:
    return rounded_up(give.limit + give.amount, 1)


def _whole(amount: float) -> int:
    return int(rounded_up(amount))


_WORDS: Mapping[str, Callable[[Told], Problem]] = {
    "budget_by_year": _money,
    "mode_limits": _at_most,
    "open_sites": _open_sites,
    "access_standard": _people,
    "no_one_left_behind": _left_behind,
    "region_coverage": _regions,
    "service_coverage": _services,
    "fixed_decisions": _decisions,
    "staff_balance": _redundant,
    "transition": _at_most,
}
