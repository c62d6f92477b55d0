"""The points of a sweep: each a name, its values, and the scenario they make, checked whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from geodata.problems import InputError, Problem
from optimizer.building.reading import tables_told
from optimizer.config import Scenario, load
from optimizer.config.merging import merged
from optimizer.config.value import wrap
from optimizer.whatif.sweep.beyond import NOTHING, Beyond
from optimizer.whatif.sweep.content import content_hash
from optimizer.whatif.sweep.keys import (
    TIMES,
    KeyRefused,
    clashes,
    clashes_between,
    content_of,
    paths_of,
    put,
    scaled,
    value_at,
    written_out,
)
from optimizer.whatif.sweep.reading import Source
from optimizer.whatif.sweep.sampling import drawn
from optimizer.whatif.sweep.statement import (
    MOST_POINTS,
    FrontierSweep,
    Grid,
    Listed,
    RobustSweep,
    Sample,
    Scenarios,
)

_SHOWN = 20  #: problems of points told at once
_ONE = "Remove one of them."


@dataclass(frozen=True)
class Point:
    """One question of a sweep."""

    name: str
    values: Mapping[str, Any]  #: by config key, as the sweep gives them
    scenario: Scenario
    key: str  #: the content hash; points of the same key are solved once
    beyond: Beyond = NOTHING  #: what it asks that no config key states

    @property
    def text(self) -> str:
        """The resolved config as JSON: all that is needed to solve the point."""
        return self.scenario.model_dump_json(by_alias=True)


class PointsRefused(InputError):  # noqa: N818 - caught and told as problems
    """Some points are wrong; those that are not are known."""

    def __init__(self, problems: Iterable[Problem], sound: Sequence[Point] = ()) -> None:
        super().__init__(problems)
        self.sound = sound


@dataclass(frozen=True)
class Base:
    """The config that points start from, with what the sweep sets for all of them."""

    source: Source
    scenario: Scenario
    content: Mapping[str, Any]  #: the scenario as nested mappings and lists
    overrides: Mapping[str, Any]  #: what the sweep sets for all points, nested

    def point(
        self,
        name: str,
        values: Mapping[str, Any],
        where: str,
        *,
        beyond: Beyond = NOTHING,
    ) -> Point:
        """The point of some values. Raises InputError that names the point."""
        overrides: dict[str, Any] = {}
        problems = list(_put_all(overrides, values, self.content, where))
        try:
            scenario = _loaded(self.source, (self.overrides, overrides), name)
        except InputError as error:
            if not problems:
                raise
            problems += _at_own_keys(error, values, self.content)
        if problems:
            raise InputError(problems)
        _in_minutes(self.source, scenario, where)
        return Point(name, values, scenario, content_hash(scenario) + beyond.key, beyond)


def base_of(source: Source) -> Base:
    """The base of a sweep. Raises InputError if the config or `set` is wrong."""
    with tables_told():
        plain = content_of(load(source.config))
    overrides: dict[str, Any] = {}
    where = f"{source.file}: set"
    problems = [*_clashing(list(source.sweep.set), where)]
    problems += _put_all(overrides, source.sweep.set, plain, where)
    if problems:
        raise InputError(problems)
    scenario = _loaded(source, (overrides,), source.sweep.name)
    _in_minutes(source, scenario, f"{source.file}: config")
    return Base(source, scenario, content_of(scenario), overrides)


def _in_minutes(source: Source, scenario: Scenario, where: str) -> None:
    """Raise InputError where minutes are compared and the config makes something else small."""
    kind, sweep = scenario.objective.kind, source.sweep
    of_cost = isinstance(sweep, FrontierSweep) and sweep.best == "cost" and kind == "cost"
    if kind != "access" and not of_cost and not isinstance(sweep, Grid | Listed | Sample):
        accepted = "objective.kind access where the minutes of plans are compared"
        advice = "Use kind: grid or list."
        raise InputError(Problem(where, f"objective.kind {kind}", accepted, advice))


def points_of(base: Base) -> list[Point]:
    """Every point of a grid, list, sample or robust sweep, in order.

    Raises InputError for unknown keys, keys that clash, and values that no config may have.
    """
    sweep = base.source.sweep
    if isinstance(sweep, RobustSweep):
        return _points(base, sweep.scenarios, f"{base.source.file}: scenarios")
    assert isinstance(sweep, Grid | Listed | Sample)
    return _points(base, sweep, base.source.file)


def _points(base: Base, spec: Scenarios, where: str) -> list[Point]:
    inner = f"{where}." if " " in where else f"{where}: "
    problems = [*_unsound(spec, inner), *_said_twice(spec, base.source.sweep.set, inner)]
    if problems:
        raise InputError(_distinct([*problems, *_each_alone(base, spec, inner)]))
    points = []
    for name, values, place in _named(spec, inner):
        try:
            points.append(base.point(name, values, place))
        except InputError as error:
            problems += error.problems
            if len(problems) >= _SHOWN:
                break
    if problems:
        raise PointsRefused(_distinct(problems), points)
    return points


def _each_alone(base: Base, spec: Scenarios, where: str) -> Iterator[Problem]:
    """What is wrong with each key and its values by themselves, where they do not go together."""
    for name, values, place in _alone(spec, where):
        try:
            base.point(name, values, place)
        except InputError as error:
            told = [one for one in error.problems if one.where.startswith(f"{place}.")]
            yield from told or _at_own_keys(error, values, base.content)


def _alone(spec: Scenarios, where: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Name, value and place of each key by itself."""
    if isinstance(spec, Listed):
        for name, values, place in _named(spec, where):
            yield from ((name, {key: value}, place) for key, value in values.items())
    elif isinstance(spec, Grid):
        for key, row in spec.axes.items():
            yield from ((key, {key: value}, f"{where}axes") for value in row[:_SHOWN])
    else:
        for key, value in drawn(spec)[0].items():
            yield key, {key: value}, f"{where}ranges"


def _at_own_keys(
    error: InputError, values: Mapping[str, Any], content: Mapping[str, Any]
) -> Iterator[Problem]:
    """Of the problems of a config, those at the keys themselves, and with the files they name."""
    files = tuple(value for value in values.values() if isinstance(value, str) and value)
    paths: list[str] = []
    for key in values:
        with suppress(KeyRefused):
            paths += [".".join(map(str, path)) for path in paths_of(key, content)]
    for problem in error.problems:
        at = problem.where.rpartition(": ")[2].replace("[", ".").replace("]", "")
        own = any(at == path or at.startswith(f"{path}.") for path in paths)
        if own or at.endswith(files):
            yield problem


def _named(spec: Scenarios, where: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Name, values and place in the file of each point."""
    if isinstance(spec, Listed):
        for at, point in enumerate(spec.points):
            yield point.name, point.set, f"{where}points[{at}].set"
    elif isinstance(spec, Grid):
        every = product(*spec.axes.values())
        for at, row in enumerate(every, start=1):
            yield f"p{at:04d}", dict(zip(spec.axes, row, strict=True)), f"{where}axes"
    else:
        for at, values in enumerate(drawn(spec), start=1):
            yield f"p{at:04d}", values, f"{where}ranges"


def _unsound(spec: Scenarios, where: str) -> Iterator[Problem]:
    """What is wrong with the points before any value is looked at."""
    if isinstance(spec, Listed):
        yield from _same_names(spec, where)
        for at, point in enumerate(spec.points):
            yield from _clashing(list(point.set), f"{where}points[{at}].set")
        return
    if isinstance(spec, Sample):
        yield from _clashing(list(spec.ranges), f"{where}ranges")
        return
    yield from _clashing(list(spec.axes), f"{where}axes")
    many = prod(len(values) for values in spec.axes.values())
    if many > MOST_POINTS:
        accepted = f"must make at most {MOST_POINTS:,} points"
        yield Problem(f"{where}axes", f"{many:,} combinations", accepted, "Use kind: sample.")
    for key, values in spec.axes.items():
        if len({json.dumps(value, sort_keys=True, default=str) for value in values}) < len(values):
            yield Problem(f"{where}axes.{key}", "a value twice", "must name each value once")


def _same_names(spec: Listed, where: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, point in enumerate(spec.points):
        if point.name.lower() in seen:  # run folders may lie on a disk that ignores case
            accepted = "must differ from the names of the other points, also in small letters"
            yield Problem(f"{where}points[{at}].name", repr(point.name), accepted)
        seen.add(point.name.lower())


def _clashing(keys: list[str], where: str) -> Iterator[Problem]:
    for one, other in clashes(keys):
        found = f"both {one} and {other}"
        accepted = "must name keys that do not overlap or replace each other"
        yield Problem(where, found, accepted, _ONE)


def _said_twice(spec: Scenarios, fixed: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Axes that replace what `set` says, which would be lost.

    A listed point has the last word, as it is written out beside the others.
    """
    if isinstance(spec, Listed):
        return
    if isinstance(spec, Sample):
        place, keys = "ranges", [key for key, drawn_of in spec.ranges.items() if not drawn_of.times]
    else:
        place, keys = "axes", [key for key, row in spec.axes.items() if not _all_times(row)]
    for one, other in clashes_between(written_out(fixed), keys):
        accepted = "must name keys that do not overlap or replace those of `set`"
        yield Problem(f"{where}{place}", f"{other}, and {one} in `set`", accepted, _ONE)


def _all_times(row: Sequence[Any]) -> bool:
    """Whether every value of an axis multiplies what is there."""
    return all(isinstance(value, Mapping) and set(value) == {TIMES} for value in row)


def _put_all(
    overrides: dict[str, Any], values: Mapping[str, Any], base: Mapping[str, Any], where: str
) -> Iterator[Problem]:
    for key, value in values.items():
        try:
            for path in paths_of(key, base):
                mine = deepcopy(value)
                if isinstance(value, Mapping) and set(value) == {TIMES}:
                    mine = scaled(value_at(base, path), _factor(value[TIMES]))
                put(overrides, path, mine, base)
        except KeyRefused as refused:
            yield refused.problem(f"{where}.{key}")


def _factor(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise KeyRefused(repr(value), "must be a number for `times` to multiply by")
    return float(value)


def _loaded(source: Source, overrides: Sequence[Mapping[str, Any]], name: str) -> Scenario:
    """The config with overrides on it, the last one on top, under a name of its own."""
    whole = name == source.sweep.name
    title = source.sweep.name if whole else f"{source.sweep.name}: {name}"
    place = source.file if whole else f"{source.file} point {name}"
    about = {"name": name, "title": {"sv": title, "en": title}, "question": None}
    value = wrap(about, place, source.folder)
    for one in overrides:
        value = merged(value, wrap(one, place, source.folder))
    return load(source.config, value)


def _distinct(problems: list[Problem]) -> list[Problem]:
    """One problem for each sentence, the point's name aside, so that a grid tells it once."""
    seen: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        key = problem.where.partition(": ")[2], problem.found, problem.accepted
        seen.setdefault(key, problem)
    return list(seen.values())
