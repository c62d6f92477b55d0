"""The motive of each decision: sentences made from its numbers, in the planner's language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel.numbers import format_decimal, format_percent

from optimizer.config import Scenario
from optimizer.rounding import rounded

_LEAST_FTE = 0.05  #: less is not told
_LEAST_MNKR = 0.005
_LEAST_VISITS, _LEAST_WITH_MERGER = 50.0, 1.0  #: of room added; what a merger takes is told sooner
_NAMED = 3  #: offices that staff moves to; the others are told as a sum


@dataclass(frozen=True)
class Happening:
    """What happens to a site in a year."""

    action: str
    mode: str
    mode_before: str
    visits: float
    visits_before: float  #: that arrived the year before
    saved_mnkr: float  #: recurring cost of the site itself, less than the year before
    receiver: str
    received_visits: float  #: that arrive there, of those who used the site the year before
    received_share: float  #: of their visits that arrive anywhere
    lost_visits: float  #: of theirs, more than were lost the year before
    added_minutes: float
    decided: bool
    reason: str
    receiver_closes: int = 0  #: the later year in which the receiver closes too; 0: it does not
    receiver_lessens: tuple[int, str] = (0, "")  #: the later year in which it serves less; its mode
    fte_before: float = 0.0
    moves: tuple[tuple[str, float], ...] = ()  #: where staff goes, FTE, most first
    redundant_fte: float = 0.0
    begins: tuple[str, ...] = ()  #: services it begins to offer
    ends: tuple[str, ...] = ()  #: services it no longer offers
    given_fte: float = 0.0  #: by video to other offices
    got_fte: float = 0.0
    receives: tuple[tuple[str, float, float], ...] = ()  #: merged office, its visits, its FTE
    extended_visits: float = 0.0  #: room added in the year, visits a year
    extended_mnkr: float = 0.0  #: what it costs a year
    lease_mnkr: float = 0.0  #: rent still due of premises that it leaves
    written_off_mnkr: float = 0.0  #: its improvements, written off at once
    weekdays: tuple[int, ...] = ()  #: proposed, beside an office near it; Monday is 0


def motive(happening: Happening, scenario: Scenario, language: str) -> str:
    """Sentences that follow from the numbers alone."""
    words = _catalogue()[language]
    told = [
        _action(happening, scenario, language),
        _lost(happening, scenario, language),
        _receiver_later(happening, scenario, language),
        _received(happening, scenario, language),
        _staff(happening, words, language),
        *_services(happening, scenario, language),
        *_amounts(happening, words, language),
        _weekdays(happening, words),
    ]
    if happening.decided:
        reason = f": {happening.reason}" if happening.reason else ""
        told.append(words["decided"].format(reason=reason))
    return " ".join(one for one in told if one)


def _number(value: float, language: str, decimals: int = 0) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = str(format_decimal(rounded(value, decimals), format=pattern, locale=language))
    return text.replace("-", "−")


def _count(visits: float, scenario: Scenario, language: str) -> str:
    """A number of visits; `fewer than 10` where the config asks to hide small counts."""
    below = scenario.output.suppress_below
    if 0 < visits < below:
        return _catalogue()[language]["fewer"].format(below=_number(below, language))
    return _number(visits, language)


def _action(happening: Happening, scenario: Scenario, language: str) -> str:
    """What is done, what it saves, and where the visits go."""
    action = happening.action
    if action in ("close", "merge") and not happening.receiver:
        action = "close_unused"
    share = rounded(happening.received_share, 2)
    return _catalogue()[language][action].format(
        mode=_title(scenario, happening.mode, language),
        before=_title(scenario, happening.mode_before, language),
        visits=_count(happening.visits, scenario, language),
        had=_count(happening.visits_before, scenario, language),
        saved=_number(happening.saved_mnkr, language, 1),
        receiver=happening.receiver,
        received=_count(happening.received_visits, scenario, language),
        share=format_percent(share, locale=language),
        minutes=_number(happening.added_minutes, language),
    )


def _lost(happening: Happening, scenario: Scenario, language: str) -> str:
    """The visits that no longer arrive anywhere when the site ends."""
    ends = happening.action in ("close", "merge") and bool(happening.receiver)
    if not ends or rounded(happening.lost_visits) < 1:
        return ""
    visits = _count(happening.lost_visits, scenario, language)
    return _catalogue()[language]["lost"].format(visits=visits)


def _receiver_later(happening: Happening, scenario: Scenario, language: str) -> str:
    """That the receiver closes or serves less in a later year."""
    words, receiver = _catalogue()[language], happening.receiver
    year, mode = happening.receiver_lessens
    if receiver and happening.receiver_closes:
        year = happening.receiver_closes
        return words["receiver_closes"].format(receiver=receiver, year=year)
    if receiver and year:
        title = _title(scenario, mode, language)
        return words["receiver_lessens"].format(receiver=receiver, year=year, mode=title)
    return ""


def _services(happening: Happening, scenario: Scenario, language: str) -> Iterator[str]:
    """The services that begin and end."""
    for key, services in (("begins", happening.begins), ("ends", happening.ends)):
        titles = [scenario.services[one].title.in_language(language) or one for one in services]
        if titles:
            yield _catalogue()[language][key].format(services=", ".join(titles))


def _amounts(happening: Happening, words: Mapping[str, str], language: str) -> Iterator[str]:
    """Help by video, and what leaving the premises costs."""
    for key, value in (("gives", happening.given_fte), ("gets", happening.got_fte)):
        if value >= _LEAST_FTE:
            yield words[key].format(fte=_number(value, language, 1))
    for key, mnkr in (("lease", happening.lease_mnkr), ("written_off", happening.written_off_mnkr)):
        if mnkr >= _LEAST_MNKR:
            yield words[key].format(mnkr=_number(mnkr, language, 2))


def _weekdays(happening: Happening, words: Mapping[str, str]) -> str:
    if not happening.weekdays:
        return ""
    names = [words["weekdays"].split()[day] for day in happening.weekdays]
    return words["days"].format(days=", ".join(names))


def _received(happening: Happening, scenario: Scenario, language: str) -> str:
    """What an office takes over from those that merge into it, and the room that it gets."""
    words = _catalogue()[language]
    ends = [
        words["received"].format(
            office=office,
            visits=_count(visits, scenario, language),
            fte=_number(fte, language, 1),
        )
        for office, visits, fte in happening.receives
    ]
    told = [words["receives"].format(ends=", ".join(ends))] if ends else []
    if happening.extended_visits >= (_LEAST_WITH_MERGER if ends else _LEAST_VISITS):
        visits = _count(happening.extended_visits, scenario, language)
        cost = _number(happening.extended_mnkr, language, 2)
        told.append(words["extended"].format(visits=visits, cost=cost))
    return " ".join(told)


def _staff(happening: Happening, words: Mapping[str, str], language: str) -> str:
    """Where the staff goes; nothing where nobody moves or is redundant."""

    def fte(value: float) -> str:
        return _number(value, language, 1)

    told = [one for one in happening.moves if one[1] >= _LEAST_FTE]
    first, others = (told, []) if len(told) <= _NAMED + 1 else (told[:_NAMED], told[_NAMED:])
    ends = [words["move_end"].format(fte=fte(value), office=office) for office, value in first]
    if others:
        rest = fte(sum(value for _, value in others))
        ends.append(words["move_others"].format(fte=rest, count=len(others)))
    parts = [words["moves"].format(ends=", ".join(ends))] if ends else []
    if happening.redundant_fte >= _LEAST_FTE:
        parts.append(words["redundant"].format(fte=fte(happening.redundant_fte)))
    if not parts:
        return ""
    return words["staff"].format(before=fte(happening.fte_before), parts=", ".join(parts))


def _title(scenario: Scenario, mode: str, language: str) -> str:
    if mode not in scenario.modes:
        return mode
    title: str | None = getattr(scenario.modes[mode].title, language, None)
    return (title or mode).lower()


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("optimizer.plan").joinpath("motives.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
