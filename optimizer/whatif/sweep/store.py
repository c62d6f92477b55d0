"""Finished points on disk: a file each, there whole or not at all, found again by content.

A file is written beside its place, flushed to the disk and renamed. It carries the hash of what it
says; one that does not agree with it is as good as absent, and its point is solved again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geodata.problems import InputError, Problem
from optimizer.outputs.place import told_by_the_disk
from optimizer.whatif.sweep.record import LASTING, Record

MARK = "sweep.json"  #: the file that makes a folder a sweep's
_POINTS = "points"
GO_ON = "What is finished is kept. Make room, and give the same command to go on."
_LEFT_SECONDS = 3600.0  #: after which an unfinished file is nobody's


class Store:
    """The folder of a sweep. Safe under several sweeps at a time: each file is replaced whole.

    Whatever is written raises InputError where the disk is full or forbids it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._points = folder / _POINTS

    def refuse_foreign(self) -> None:
        """Raise InputError if something that is not a sweep stands in the folder's place."""
        folder = self.folder
        try:
            if not (folder.exists() or folder.is_symlink()) or (folder / MARK).is_file():
                return
            if folder.is_dir() and _is_bare(folder):
                return
        except OSError as error:  # a name too long, a folder that may not be looked into
            raise self._unwritable(error) from None
        found = "a file or a folder that is not a sweep"
        accepted = "a new folder, an empty one, or an earlier sweep to go on with"
        raise InputError(Problem(f"--out {folder}", found, accepted, "Choose another folder."))

    def open(self) -> None:
        """Make the folder. Raises InputError if that can not be."""
        try:
            self._points.mkdir(parents=True, exist_ok=True)
            self._tidy()
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> InputError:
        found = f"a place that can not be written to ({error.strerror})"
        accepted = "a folder in a place that you may write to"
        return InputError(Problem(f"--out {self.folder}", found, accepted))

    def find(self, key: str) -> Record | None:
        """The finished point of a content, if it is there whole and would come out the same."""
        try:
            document = json.loads((self._points / f"{key}.json").read_bytes())
            record = Record.of(document["record"])
            whole = document["sha256"] == _hash(document["record"]) and record.key == key
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return record if whole and record.complete and record.outcome in LASTING else None

    def keep(self, record: Record) -> None:
        """Write a finished point."""
        content = record.as_dict()
        document = {"sha256": _hash(content), "record": content}
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        self._replace(self._points / f"{record.key}.json", text.encode())

    def read(self, name: str) -> dict[str, Any]:
        """A JSON document that ``write`` wrote; empty if it is not there or not whole."""
        try:
            found = json.loads((self.folder / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, name: str, content: object) -> Path:
        """Write a JSON document of the sweep itself."""
        text = json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n"
        path = self.folder / name
        self._replace(path, text.encode())
        return path

    def write_by(self, name: str, write: Callable[[Path], None]) -> Path:
        """Write a file by a function that is given a path to write to."""
        path = self.folder / name
        with told_by_the_disk(self.folder, advice=GO_ON), _unfinished(path) as (descriptor, place):
            os.close(descriptor)
            write(place)
            os.replace(place, path)
        return path

    def remove(self, names: Iterable[str]) -> None:
        """Take files of the sweep itself away, where they are there."""
        with told_by_the_disk(self.folder, advice=GO_ON):
            for name in names:
                path = self.folder / name
                if path.is_file():
                    path.unlink()

    def _replace(self, path: Path, content: bytes) -> None:
        with told_by_the_disk(self.folder, advice=GO_ON), _unfinished(path) as (descriptor, place):
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(place, path)

    def _tidy(self) -> None:
        """Remove what a killed sweep has left unfinished, unless it may be another one's still."""
        for place in (self.folder, self._points):
            for left in place.glob(".*.tmp"):
                if left.is_file() and time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                    left.unlink(missing_ok=True)


def _is_bare(folder: Path) -> bool:
    """Whether a folder is empty, or all there is of a sweep that ended before its first file."""
    kept = [path for path in folder.iterdir() if not path.match(".*.tmp")]
    return not kept or (
        [path.name for path in kept] == [_POINTS] and not any((folder / _POINTS).iterdir())
    )


@contextmanager
def _unfinished(path: Path) -> Iterator[tuple[int, Path]]:
    """A new file beside a path, open, that is gone in the end whatever happens."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        os.chmod(name, 0o644)
        yield descriptor, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _hash(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
