"""The motive of each decision: one sentence made from its numbers, in the planner's language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel.numbers import format_decimal, format_percent

from optimizer.config import Scenario

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
    visits_before: float
    saved_mnkr: float  #: recurring cost of the site itself, less than the year before
    receiver: str
    received_share: float  #: of the visits it had, how much goes to the receiver
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
    """One sentence; what it says follows from the numbers alone."""
    words = _catalogue()[language]
    action = happening.action
    if action in ("close", "merge") and not happening.receiver:
        action = "close_unused"
    text = words[action].format(
        mode=_title(scenario, happening.mode, language),
        before=_title(scenario, happening.mode_before, language),
        visits=format_decimal(round(happening.visits), locale=language),
        moved=format_decimal(round(happening.visits_before), locale=language),
        saved=format_decimal(happening.saved_mnkr, format="0.0", locale=language),
        receiver=happening.receiver,
        share=format_percent(happening.received_share, locale=language),
        minutes=format_decimal(happening.added_minutes, format="0", locale=language),
    )
    if happening.receiver and happening.receiver_closes:
        year = happening.receiver_closes
        text += " " + words["receiver_closes"].format(receiver=happening.receiver, year=year)
    elif happening.receiver and happening.receiver_lessens[0]:
        year, mode = happening.receiver_lessens
        title = _title(scenario, mode, language)
        text += " " + words["receiver_lessens"].format(
            receiver=happening.receiver, year=year, mode=title
        )
    text += _received(happening, words, language)
    text += _staff(happening, words, language)
    for key, services in (("begins", happening.begins), ("ends", happening.ends)):
        titles = [scenario.services[one].title.in_language(language) or one for one in services]
        text += " " + words[key].format(services=", ".join(titles)) if titles else ""
    for key, value in (("gives", happening.given_fte), ("gets", happening.got_fte)):
        if value >= _LEAST_FTE:
            fte = format_decimal(value, format="0.0", locale=language)
            text += " " + words[key].format(fte=fte)
    left = (("lease", happening.lease_mnkr), ("written_off", happening.written_off_mnkr))
    for key, mnkr in left:
        if mnkr >= _LEAST_MNKR:
            amount = format_decimal(mnkr, format="0.00", locale=language)
            text += " " + words[key].format(mnkr=amount)
    if happening.weekdays:
        names = [words["weekdays"].split()[day] for day in happening.weekdays]
        text += " " + words["days"].format(days=", ".join(names))
    if happening.decided:
        reason = f": {happening.reason}" if happening.reason else ""
        text += " " + words["decided"].format(reason=reason)
    return text


def _received(happening: Happening, words: Mapping[str, str], language: str) -> str:
    """What an office takes over from those that merge into it, and the room that it gets."""
    ends = [
        words["received"].format(
            office=office,
            visits=format_decimal(round(visits), locale=language),
            fte=format_decimal(fte, format="0.0", locale=language),
        )
        for office, visits, fte in happening.receives
    ]
    text = " " + words["receives"].format(ends=", ".join(ends)) if ends else ""
    if happening.extended_visits >= (_LEAST_WITH_MERGER if ends else _LEAST_VISITS):
        text += " " + words["extended"].format(
            visits=format_decimal(round(happening.extended_visits), locale=language),
            cost=format_decimal(happening.extended_mnkr, format="0.00", locale=language),
        )
    return text


def _staff(happening: Happening, words: Mapping[str, str], language: str) -> str:
    """Where the staff goes; nothing where nobody moves or is redundant."""

    def fte(value: float) -> str:
        return str(format_decimal(value, format="0.0", locale=language))

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
    return " " + words["staff"].format(before=fte(happening.fte_before), parts=", ".join(parts))


def _title(scenario: Scenario, mode: str, language: str) -> str:
    if mode not in scenario.modes:
        return mode
    title: str | None = getattr(scenario.modes[mode].title, language, None)
    return (title or mode).lower()


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("optimizer.plan").joinpath("motives.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
