"""Reads the YAML of a sweep, or says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from geodata.problems import InputError, Problem
from optimizer.config import load
from optimizer.config.finding import Finding, KeyPath
from optimizer.config.reading import EMPTY, read
from optimizer.config.sentences import findings_of
from optimizer.config.shipped import shipped_config
from optimizer.config.value import Value
from optimizer.whatif.sweep.keys import KeyRefused, content_of, paths_of
from optimizer.whatif.sweep.statement import KINDS, Sweep

_FOLDER = "sweep"  #: of the shipped sweeps


@dataclass(frozen=True)
class Source:
    """A sweep with the files it comes from."""

    sweep: Sweep
    file: str  #: name of the sweep's file, for sentences
    folder: Path  #: that relative paths in the sweep resolve against
    config: Path  #: the config that every point starts from


def read_sweep(path: Path) -> Source:
    """The sweep of a file. Raises InputError with every problem found."""
    path = _found(Path(path))
    value = _value(path)
    value.content.setdefault("name", value.like(path.stem))
    kind = value.child("kind")
    model = KINDS.get(str(kind.content)) if kind is not None else None
    if model is None:
        found = "nothing" if kind is None else repr(kind.plain())
        accepted = f"must be one of {', '.join(KINDS)}"
        raise InputError(Problem(f"{path.name}: kind", found, accepted))
    try:
        sweep = model.model_validate(value.plain())
    except ValidationError as error:
        problems = [
            Problem(value.where(_as_written(one.path)), one.found, one.accepted, _advice(one))
            for one in findings_of(error, model)
        ]
        raise InputError([*problems, *_unknown_keys(value.plain(), path)]) from None
    folder = path.resolve().parent
    return Source(sweep, path.name, folder, _config(sweep.config, path.name, folder))


def _unknown_keys(content: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Keys of the config that there are none of, in a sweep that is wrong in other ways."""
    try:
        name = str(content.get("config", Sweep.model_fields["config"].default))
        config = _config(name, path.name, path.resolve().parent)
        known = content_of(load(config))
    except InputError:  # it is told once the sweep itself is right
        return
    for where, keys in _settings(content, f"{path.name}: "):
        for key in keys:
            try:
                paths_of(str(key), known)
            except KeyRefused as refused:
                yield refused.problem(f"{where}.{key}")


def _settings(content: Mapping[str, Any], where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The mappings of config keys in a sweep, each with its place, as far as they are any."""
    for name in ("set", "axes", "ranges"):
        if isinstance(content.get(name), Mapping):
            yield f"{where}{name}", content[name]
    points = content.get("points")
    for at, point in enumerate(points if isinstance(points, list) else ()):
        if isinstance(point, Mapping) and isinstance(point.get("set"), Mapping):
            yield f"{where}points[{at}].set", point["set"]
    if isinstance(content.get("scenarios"), Mapping):
        yield from _settings(content["scenarios"], f"{where}scenarios.")


def _value(path: Path) -> Value:
    """What the file holds; an empty one is told as a sweep without anything."""
    try:
        return read(path)
    except InputError as error:
        raise InputError(
            replace(one, accepted="must hold a sweep", advice="Start with `kind:`.")
            if one.found == EMPTY
            else one
            for one in error.problems
        ) from None


def _advice(finding: Finding) -> str:
    """What to do; a sweep extends nothing."""
    return "Add it to the sweep." if finding.found == "nothing" else finding.advice


def _as_written(path: KeyPath) -> KeyPath:
    """The path as the file has it: without the kind, which tells the types of scenarios apart."""
    inner = path[:1] == ("scenarios",) and path[1:2] and path[1] in KINDS
    return (*path[:1], *path[2:]) if inner else path


def _found(path: Path) -> Path:
    """The file itself, or a shipped sweep of that name."""
    if path.is_file() or path.is_absolute():
        return path
    return shipped_config(str(path)) or shipped_config(f"{_FOLDER}/{path}") or path


def _config(name: str, file: str, folder: Path) -> Path:
    beside = folder / name
    if beside.is_file():
        return beside
    shipped = shipped_config(name)
    if shipped is None:
        accepted = "must name a config beside the sweep, or a shipped one"
        advice = "Check the spelling; base.yaml is the national case."
        raise InputError(Problem(f"{file}: config", repr(name), accepted, advice))
    return shipped
