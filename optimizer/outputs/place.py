"""The place of a run folder: one writer at a time, and nothing left of writers that were killed.

Beside a folder `base` may stand `.base.lock` (a run holds it while it works), `.base.????????.tmp`
(not finished) and `.base.????????.old` (the earlier run, while it is replaced). None of them is a
run; the next run into the same folder clears what a killed one has left.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from geodata.problems import InputError, Problem

UNFINISHED, ASIDE = ".tmp", ".old"
_BESIDE = r"\.[a-z0-9_]{8}\.(tmp|old)"  # after the name, as `neighbour` makes it
_FIXED = "the folder that the command is given in, or that a disk is mounted at: it stays"
_WAIT_SECONDS = 1.0
_LITTLE_BYTES = 1 << 16
_NOTHING_WRITTEN = "Nothing was written. Make room, or choose another folder."
#: What a disk says that can not take a file: full, over quota, too large, read-only, forbidden.
_OF_THE_DISK = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EIO,
        errno.EBUSY,
        errno.EXDEV,
    }
)


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the place of a folder while something is made for it; clear what killed runs left.

    May be held again by who holds it. Parents that are made for it are taken away again if nothing
    has come into them. Raises InputError if another run holds it.
    """
    path = real(folder)
    with _parents_of(path), _locked(path, folder):
        yield


@contextmanager
def _parents_of(path: Path) -> Iterator[None]:
    """Remember which parents are not there yet; remove those that are empty at the end."""
    absent = [parent for parent in path.parents if not os.path.lexists(parent)]
    try:
        yield
    finally:
        for parent in absent:
            with suppress(OSError):
                parent.rmdir()


@contextmanager
def _locked(path: Path, folder: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.parent / f".{path.name}.lock", is_singleton=True)
        lock.acquire(timeout=_WAIT_SECONDS)
    except Timeout:
        if not os.path.exists(lock.lock_file):  # nobody holds it: it can not be made
            raise unwritable(folder, "no files can be made there") from None
        found = "another run that is being written there"
        accepted = "a folder that no other run is writing"
        advice = "Wait until it has ended, or choose another folder."
        raise InputError(Problem(f"--out {folder}", found, accepted, advice)) from None
    except OSError as error:
        raise unwritable(folder, error.strerror or str(error)) from None
    try:
        if lock.lock_counter == 1:
            _clear(path)
        yield
    finally:
        if lock.lock_counter == 1:
            with suppress(OSError):  # while it is held, so that nobody can hold it twice
                os.unlink(lock.lock_file)
        lock.release()


def neighbour(folder: Path, kind: str) -> Path:
    """A new temporary folder beside one, of a kind (UNFINISHED, ASIDE)."""
    path = real(folder)
    return Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=kind, dir=path.parent))


@contextmanager
def told_by_the_disk(folder: Path, *, advice: str = _NOTHING_WRITTEN) -> Iterator[None]:
    """Turn what a full or forbidding disk says into InputError; ``advice``: what to do then."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # the libraries that write have errors of their own
        found = _of_the_disk(error, folder)
        if found is None:
            raise
        raise _refusal(folder, found, advice) from None


@contextmanager
def looking_at(folder: Path) -> Iterator[None]:
    """Turn what the system says of a place that can not be looked at into InputError."""
    try:
        yield
    except OSError as error:  # a name too long, a folder that may not be looked into
        raise unwritable(folder, error.strerror or str(error)) from None


def unwritable(folder: Path, why: str) -> InputError:
    """The error for a place that nothing can be written to."""
    return _refusal(folder, f"a place that can not be written to ({why})", _NOTHING_WRITTEN)


def _refusal(folder: Path, found: str, advice: str) -> InputError:
    accepted = "a place with room that you may write to"
    return InputError(Problem(f"--out {folder}", found, accepted, advice))


def refuse_fixed(folder: Path) -> None:
    """Raise InputError for a folder that can not be replaced by another.

    The one that the command is given in, or one it is in, would be gone for whoever is in it; a
    mounted one the system keeps.
    """
    with looking_at(folder):
        path = real(folder)
        here = Path(os.path.realpath(os.curdir))
        fixed = path.is_dir() and (path in (here, *here.parents) or os.path.ismount(path))
    if fixed:
        accepted, advice = "a folder that can be replaced", "Name a new folder in it."
        raise InputError(Problem(f"--out {folder}", _FIXED, accepted, advice))


@contextmanager
def ended_by_request() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that nothing half-made is left behind."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _of_the_disk(error: BaseException, folder: Path) -> str | None:
    """What the disk said, if it was the disk; a library may hide it, but not how full it is."""
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return f"a place that can not be written to ({error.strerror or error})"
    with suppress(OSError):
        if shutil.disk_usage(real(folder).parent).free < _LITTLE_BYTES:
            return "a full disk"
    return None


def _clear(path: Path) -> None:
    """Put back an earlier run that was set aside, and remove what killed runs left."""
    left = re.compile(rf"\.{re.escape(path.name)}{_BESIDE}")
    for each in sorted(path.parent.iterdir()):
        if not left.fullmatch(each.name) or not each.is_dir() or each.is_symlink():
            continue
        earlier = each / path.name
        if each.name.endswith(ASIDE) and earlier.is_dir() and not path.exists():
            os.rename(earlier, path)
        shutil.rmtree(each, ignore_errors=True)


def real(folder: Path) -> Path:
    """Where a folder really is: a link to one that is there is followed."""
    return Path(os.path.realpath(folder) if os.path.isdir(folder) else os.path.abspath(folder))
