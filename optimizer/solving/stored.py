"""Relaxations that have grown, kept on disk from one command to the next.

A file has the name of the question it bounds but for the states that sites may have, of the
program's code and of the solver: all else is another file. (With other means a relaxation that has
grown long takes longer to solve again than a new one: 45 s from a cut of 150 mnkr to one of 100.)
What is read is compared all the same before it is used (exchange.py), and proves its bounds by its
multipliers like any other. Files are pickles: only values of the classes of a relaxation are made
of them, and only files are read that this user has written, in a folder where nobody else can
write. A store that fails is a store that is empty.
"""

from __future__ import annotations

import gzip
import os
import pickle
import platform
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from geodata.bounded_folder import make_room, written_whole
from optimizer.instance import Instance
from optimizer.solving.rounds import Rounds

MOST_BYTES = 1_000_000_000  #: of all files together
MOST_VISITS = 50_000  #: zones and needs of a year; more would take long to write and read
SLOW_SECONDS = 2.0  #: that the first relaxation of a large problem takes
_SUFFIX = ".relaxation"
_ROOMS = ("engine", "instance", "model", "solving")  #: what a relaxation comes of
#: what else is in one, by module
_ARRAYS = {
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy.core.numeric": {"_frombuffer"},
    "scipy.sparse._csc": {"csc_array"},
    "scipy.sparse._csr": {"csr_array"},
}
_OTHERS_WRITE = 0o022
#: what an instance says of the states that sites may have
_STATES = frozenset({"allowed", "possible", "fixed"})

_Path = tuple[str | int, ...]  #: fields of an instance, and places in a tuple


class Stored:
    """A folder of relaxations, bounded in size; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, most_bytes: int = MOST_BYTES) -> None:
        self.folder, self.most_bytes = folder, most_bytes

    def has(self, instance: Instance, *, seed: int) -> bool:
        """Whether there is anything of the question of an instance."""
        return bool(self._kept(_name(instance, seed)))

    def take(self, instance: Instance, *, seed: int, stop: threading.Event) -> Rounds | None:
        """A relaxation that goes on with this question; None where none serves.

        The one that began with the same states comes first, then those worked on longest.
        """
        begun = _states(instance)
        for file in sorted(self._kept(_name(instance, seed)), key=lambda one: _begun(one) != begun):
            found = self._read(file, instance)
            if found is not None and found.ask(instance, seed=seed, stop=stop):
                return found
        return None

    def put(self, rounds: Rounds) -> None:
        """Keep what has grown, unless what is there of the same beginning has more work in it.

        Whole or not at all; those used longest ago go where there are too many.
        """
        instance = rounds.begun_with
        if self.folder is None or rounds.first_seconds <= SLOW_SECONDS:
            return
        if instance.demand[-1].size > MOST_VISITS:
            return
        name, begun, worked = _name(instance, rounds.seed), _states(instance), rounds.worked_seconds
        before = [one for one in self._kept(name) if _begun(one) == begun]
        if before and _worked(before[0]) > worked:
            return
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = self.folder / f"{name}.{begun}.{worked:06.0f}{_SUFFIX}"
            with written_whole(file) as unfinished, gzip.open(unfinished, "wb", 1) as stream:
                _Writing(stream, instance).dump(rounds)
            for other in before:
                if other != file:
                    with suppress(OSError):
                        other.unlink()
            make_room(self.folder, _SUFFIX, self.most_bytes)

    def _read(self, file: Path, instance: Instance) -> Rounds | None:
        if not (_own(file) and _own(file.parent)):
            return None
        try:
            with gzip.open(file) as stream:
                found = _Reading(stream, instance).load()
                stream.read()  # to its end, where its checksum is
            os.utime(file)  # used lately: the last to go
        except Exception:  # torn, or taken away meanwhile: whatever unpickling makes of it
            with suppress(OSError):
                file.unlink()
            return None
        return found if isinstance(found, Rounds) else None

    def _kept(self, name: str) -> list[Path]:
        """The files of a name, those worked on longest first."""
        files = () if self.folder is None else self.folder.glob(f"{name}.*{_SUFFIX}")
        return sorted(files, key=_worked, reverse=True)


class _Writing(pickle.Pickler):
    """Arrays of the instance are named, not written: who reads them has the same."""

    def __init__(self, stream: gzip.GzipFile, instance: Instance) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self._at = {
            id(value): path for path, value in _question(instance) if isinstance(value, np.ndarray)
        }

    def persistent_id(self, value: Any) -> _Path | None:
        """Where the instance has an array."""
        return self._at.get(id(value)) if isinstance(value, np.ndarray) else None


class _Reading(pickle.Unpickler):
    def __init__(self, stream: gzip.GzipFile, instance: Instance) -> None:
        super().__init__(stream)
        self._instance = instance

    def find_class(self, module: str, name: str) -> Any:
        """A class of a relaxation. Raises UnpicklingError for anything else."""
        if name in _ARRAYS.get(module, ()):
            return super().find_class(module, name)
        rooms = tuple(f"optimizer.{room}." for room in _ROOMS)
        if module.startswith(rooms) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not of a relaxation")

    def persistent_load(self, path: _Path) -> Any:
        """The array that the instance has there."""
        value: Any = self._instance
        for part in path:
            value = value[part] if isinstance(part, int) else getattr(value, part)
        return value


def _question(instance: Instance) -> Iterator[tuple[_Path, Any]]:
    """What tells a question from others: plain values and arrays, each with its place."""
    for field in fields(instance):
        if field.name not in _STATES:
            yield from _parts(getattr(instance, field.name), (field.name,))


def _parts(value: Any, path: _Path) -> Iterator[tuple[_Path, Any]]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _parts(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, tuple):
        for at, one in enumerate(value):
            yield from _parts(one, (*path, at))
    else:
        yield path, value


def _name(instance: Instance, seed: int) -> str:
    found = blake2b(digest_size=20)
    found.update(repr((seed, _program())).encode())
    for path, value in _question(instance):
        if isinstance(value, np.ndarray):
            found.update(repr((path, value.dtype.str, value.shape)).encode())
            found.update(np.ascontiguousarray(value).tobytes())
        else:
            found.update(repr((path, value)).encode())
    return found.hexdigest()


@cache
def _program(optimizer: Path = Path(__file__).parent.parent) -> str:
    """The code that a relaxation comes of, and what it runs on."""
    found = blake2b(digest_size=20)
    packages = [f"{name} {version(name)}" for name in ("highspy", "numpy", "scipy")]
    found.update(repr((platform.python_version(), packages)).encode())
    for room in _ROOMS:
        for file in sorted((optimizer / room).rglob("*.py")):
            found.update(file.relative_to(optimizer).as_posix().encode() + file.read_bytes())
    return found.hexdigest()


def _states(instance: Instance) -> str:
    return blake2b(np.packbits(instance.allowed).tobytes(), digest_size=8).hexdigest()


def _begun(file: Path) -> str:
    return file.name.split(".")[1]


def _worked(file: Path) -> int:
    return int(file.name.split(".")[2])


def _own(path: Path) -> bool:
    """Whether nobody but this user can have written it; True where systems have no such owners."""
    if not hasattr(os, "getuid"):
        return True
    try:
        status = path.stat()
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & _OTHERS_WRITE
