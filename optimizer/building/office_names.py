"""The offices that the config decides upon: whether they are there, and what of one clashes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.building.named_sites import find_site, rows_named
from optimizer.config import Sound
from optimizer.config.checks.decisions import decisions_agree
from optimizer.config.data import Data
from optimizer.config.finding import Finding, KeyPath

#: The keys that name an office, by the list of decisions, as the config and the schema call them.
KEYS = {
    "keep": {"office": "office"},
    "close": {"office": "office"},
    "mode": {"office": "office"},
    "merge": {"from": "from_office", "into": "into"},
    "offer": {"office": "office"},
}


def misnamed(sound: Sound, sites: pd.DataFrame, *, whole: bool) -> Iterator[Problem]:
    """Words that name no office, or several; where not ``whole``, ids may stand twice in sites."""
    data = sound.scenario.data
    for path, word in _words(sound):
        if not whole and rows_named(sites, word):
            continue
        try:
            find_site(sites, word, _where(sound, path), data.tables_of_sites, _look_up(data))
        except InputError as error:
            yield from error.problems


def clashing(sound: Sound, sites: pd.DataFrame) -> Iterator[Problem]:
    """Decisions on one office that goes by two names and that can not hold together."""
    if not sound.valid("years"):
        return
    meant: dict[KeyPath, _Office] = {}
    for path, word in _words(sound):
        rows = rows_named(sites, word)
        if len(rows) == 1:
            site = sites.iloc[rows[0]]
            meant[path] = _Office(word, str(site["office_id"]), str(site["office"]))
    told = {finding.path for finding in decisions_agree(sound.scenario)}
    for finding in decisions_agree(_by_id(sound, meant).scenario):
        if finding.path not in told:
            found = _in_the_words(finding, meant)
            where = _where(sound, finding.path)
            yield Problem(where, found, finding.accepted, finding.advice)


@dataclass(frozen=True)
class _Office:
    """An office in the word of the config, and as the tables have it."""

    word: str
    office_id: str
    name: str

    def told(self) -> str:
        """The word, and what it stands for."""
        other = self.name if self.word == self.office_id else self.office_id
        return f"{self.word!r}, which is {other}"


def _words(sound: Sound) -> Iterator[tuple[KeyPath, str]]:
    for kind, keys in KEYS.items():
        for number, one in enumerate(getattr(sound.scenario.offices, kind)):
            for key, name in keys.items():
                yield ("offices", kind, number, key), getattr(one, name)


def _by_id(sound: Sound, meant: dict[KeyPath, _Office]) -> Sound:
    """The decisions with the ids of the offices in place of their words."""
    offices = sound.scenario.offices
    lists = {
        kind: tuple(
            one.model_copy(
                update={
                    name: meant[path].office_id
                    for key, name in keys.items()
                    if (path := ("offices", kind, number, key)) in meant
                }
            )
            for number, one in enumerate(getattr(offices, kind))
        )
        for kind, keys in KEYS.items()
    }
    changed = {"offices": offices.model_copy(update=lists)}
    return Sound(sound.scenario.model_copy(update=changed))


def _in_the_words(finding: Finding, meant: dict[KeyPath, _Office]) -> str:
    one = meant.get(finding.path)
    if one is None:
        return finding.found
    known = repr(one.office_id)
    if f"{known} " in finding.found:
        return finding.found.replace(f"{known} ", f"{one.told()}, ")
    return finding.found.replace(known, one.told())


def _where(sound: Sound, path: KeyPath) -> str:
    return sound.scenario.where(sound.place(path))


def _look_up(data: Data) -> str:
    if data.offices == "builtin":
        return "`servicenet data show offices` tells of them."
    return "Look it up there."
