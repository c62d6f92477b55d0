"""Config keys with dots, as a sweep names them: `modes.*.fte_min`, `requirements.mode_limits[0]`.

A key is looked up in the config that the points start from: it must be one the schema knows, and a
name of the user's own (a mode, a year) must be there.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import product
from typing import Any

from geodata.problems import Problem
from optimizer.config import Scenario
from optimizer.config.finding import Key, KeyPath, listed
from optimizer.config.merging import ALTERNATIVES, OF_THE_FILE
from optimizer.config.sentences import known_keys

EVERY = "*"
TIMES = "times"
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_WHOLE = re.compile(r"[^.\[\]]+(\.[^.\[\]]+|\[\d+\])*")


class KeyRefused(Exception):  # noqa: N818 - caught and told as a Problem
    """A key that no config has: what was found, what is accepted, what to do."""

    def __init__(self, found: str, accepted: str, advice: str = "") -> None:
        super().__init__(found)
        self.found, self.accepted, self.advice = found, accepted, advice

    def problem(self, where: str) -> Problem:
        """The problem, at the place of the sweep's file."""
        return Problem(where, self.found, self.accepted, self.advice)


def content_of(scenario: Scenario) -> Mapping[str, Any]:
    """A config as nested mappings and lists."""
    content = _lists(scenario.model_dump(by_alias=True))
    assert isinstance(content, Mapping)
    return content


def _lists(value: Any) -> Any:
    """Tuples as lists, as a config file has them."""
    if isinstance(value, Mapping):
        return {key: _lists(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(item) for item in value]
    return value


def paths_of(key: str, content: Mapping[str, Any]) -> list[KeyPath]:
    """The paths in a config that a key means; more than one where it has `*`. Raises KeyRefused."""
    if not _WHOLE.fullmatch(key):
        raise KeyRefused(repr(key), "must be a config key with dots", "Such as budget.carry_in.")
    steps: list[Key] = [int(at) if at else word for word, at in _STEP.findall(key)]
    if steps[0] in (*OF_THE_FILE, "extends"):
        raise KeyRefused(repr(key), "must be a key that changes the question")
    return list(_expanded((), steps, content))


def _expanded(before: KeyPath, steps: list[Key], content: Any) -> Iterator[KeyPath]:
    if not steps:
        yield before
        return
    step, rest = steps[0], steps[1:]
    known = known_keys(before)
    if step == EVERY and isinstance(content, Mapping):
        names: list[Key] = list(content)
    elif isinstance(step, int):
        if not isinstance(content, list) or step >= len(content):
            size = len(content) if isinstance(content, list) else 0
            raise KeyRefused(f"[{step}]", f"must be a place in a list of {size}")
        names = [step]
    else:
        names = [_name(step, known, content)]
    for name in names:
        yield from _expanded((*before, name), rest, _inside(content, name))


def _name(step: Key, known: tuple[str, ...], content: Any) -> Key:
    """The key as the config writes it: years are whole numbers there."""
    theirs: list[Key] = list(content) if isinstance(content, Mapping) else []
    names = list(known) or theirs
    for name in names:
        if str(name) == str(step):
            return name
    close = difflib.get_close_matches(str(step), [str(name) for name in names], n=1)
    advice = f"Did you mean {close[0]}?" if close else f"Known here: {listed(names)}."
    raise KeyRefused(repr(step), "must be a known key of the config", advice)


def _inside(content: Any, key: Key) -> Any:
    if isinstance(content, Mapping):
        return content.get(key)
    if isinstance(content, list) and isinstance(key, int) and key < len(content):
        return content[key]
    return None


def value_at(content: Any, path: KeyPath) -> Any:
    """What stands at a path; None if nothing does."""
    for key in path:
        content = _inside(content, key)
    return content


def scaled(value: Any, factor: float) -> Any:
    """A number, or every number of a mapping or list, times a factor. Raises KeyRefused."""
    if isinstance(value, Mapping):
        return {key: scaled(item, factor) for key, item in value.items()}
    if isinstance(value, list):
        return [scaled(item, factor) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise KeyRefused(repr(value), "must be a number in the base for `times` to multiply")
    product = round(value * factor, 12)
    return int(product) if isinstance(value, int) and product == int(product) else product


def put(overrides: dict[str, Any], path: KeyPath, value: Any, base: Mapping[str, Any]) -> None:
    """Set a path in nested overrides; a list on the way is the base's, changed in one place."""
    at: Any = overrides
    for depth, key in enumerate(path[:-1]):
        if isinstance(at, dict) and key not in at:
            below = value_at(base, path[: depth + 1])
            at[key] = deepcopy(below) if isinstance(below, list) else {}
        at = at[key]
    at[path[-1]] = value


def clashes(keys: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of keys that speak of the same thing: one inside the other, or alternatives."""
    for at, one in enumerate(keys):
        yield from clashes_between([one], keys[at + 1 :])


def clashes_between(some: list[str], others: list[str]) -> Iterator[tuple[str, str]]:
    """The same of a key of the one list and a key of the other."""
    for one, other in product(some, others):
        a, b = _steps(one), _steps(other)
        same = all(x == y or EVERY in (x, y) for x, y in zip(a, b, strict=False))
        if same or _alternatives(a, b):
            yield one, other


def written_out(settings: Mapping[str, Any]) -> list[str]:
    """The keys of settings down to single values: `budget: {cut: 3}` is budget.cut."""
    found: list[str] = []
    for key, value in settings.items():
        if isinstance(value, Mapping) and value and set(value) != {TIMES}:
            below = {f"{key}.{name}": one for name, one in value.items()}
            found += written_out(below)
        else:
            found.append(key)
    return found


def _steps(key: str) -> tuple[str, ...]:
    return tuple(word or at for word, at in _STEP.findall(key))


def _alternatives(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    for path, names in ALTERNATIVES.items():
        depth = len(path)
        if one[:depth] == other[:depth] == path and len(one) > depth < len(other):
            a, b = one[depth], other[depth]
            if a != b and a in names and b in names:
                return True
    return False
