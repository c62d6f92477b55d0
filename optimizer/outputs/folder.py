"""The run folder: there whole, or not at all. An earlier run stands until the new one is whole."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from geodata.problems import InputError, Problem
from optimizer.building.case import Case
from optimizer.outputs.inputs import write_inputs
from optimizer.outputs.manifest import write_manifest, write_summary
from optimizer.outputs.place import (
    ASIDE,
    UNFINISHED,
    claimed,
    ended_by_request,
    looking_at,
    neighbour,
    real,
    refuse_fixed,
    told_by_the_disk,
)
from optimizer.outputs.tables import write_tables
from optimizer.plan import Plan

_HERE, _EXCHANGE = -100, 2  # of <fcntl.h>: AT_FDCWD, RENAME_EXCHANGE

Step = Callable[[Path], None]


def write_run(
    folder: Path,
    case: Case,
    plan: Plan,
    certificate: Mapping[str, object],
    *,
    command: str,
    more: Step,
    check: Step,
    left: Sequence[Mapping[str, object]] = (),
    begun_from: Mapping[str, object] | None = None,
) -> Path:
    """Write a run into a temporary neighbour, check it there, and rename it into place.

    ``more`` writes further files (the map), ``check`` may refuse the whole by an exception; then
    nothing is left behind and an earlier run of the name is as it was. ``left``: what has left this
    machine beside travel, for the manifest; ``begun_from``: the run that the search began with.
    """

    def write(unfinished: Path) -> None:
        write_inputs(unfinished / "inputs", case)
        write_tables(unfinished, plan)
        write_summary(unfinished, case, plan, certificate)
        more(unfinished)
        seed = case.scenario.solver.seed
        write_manifest(unfinished, seed, certificate.get("status"), command, left, begun_from)

    return write_whole(folder, write, check)


def write_whole(folder: Path, write: Step, check: Step, *, refuse: Step | None = None) -> Path:
    """Write a folder into a temporary neighbour, check it there, and swap it into place.

    ``refuse`` raises InputError if something else stands there; refuse_foreign if not given.
    Raises InputError too if another run is writing there or the disk can not take it.
    """
    (refuse or refuse_foreign)(folder)
    with claimed(folder), ended_by_request(), told_by_the_disk(folder):
        place = real(folder)
        unfinished = unfinished_neighbour(folder)
        try:
            write(unfinished)
            check(unfinished)
            _onto_the_disk(unfinished)
            _into_place(unfinished, place)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def refuse_foreign(folder: Path) -> None:
    """Raise InputError if something that is not a run stands where the run should go."""
    refuse_fixed(folder)
    with looking_at(folder):
        is_run = (folder / "summary.json").is_file() and (folder / "manifest.json").is_file()
        is_empty = folder.is_dir() and not any(folder.iterdir())
    if (folder.exists() or folder.is_symlink()) and not is_run and not is_empty:
        raise InputError(
            Problem(
                f"--out {folder}",
                "a file or a folder that is not a run",
                "a new folder, an empty one, or an earlier run to replace",
                "Choose another folder.",
            )
        )


def unfinished_neighbour(folder: Path) -> Path:
    """A new temporary folder beside the one asked for; InputError if that can not be."""
    with told_by_the_disk(folder):
        real(folder).parent.mkdir(parents=True, exist_ok=True)
        path = neighbour(folder, UNFINISHED)
        path.chmod(0o755)
        return path


def _onto_the_disk(folder: Path) -> None:
    """Have the files on the disk before their folder takes its name, lest power fails between."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            with suppress(OSError):  # some systems do not do this for folders
                os.fsync(handle)
        finally:
            os.close(handle)


def _into_place(unfinished: Path, folder: Path) -> None:
    """Swap the finished folder in; the earlier one is removed last."""
    if not folder.exists():
        os.rename(unfinished, folder)
    elif not _exchanged(unfinished, folder):
        aside = neighbour(folder, ASIDE)
        try:
            os.rename(folder, aside / folder.name)
            os.rename(unfinished, folder)
        except BaseException:
            if (aside / folder.name).exists():
                os.rename(aside / folder.name, folder)
            os.rmdir(aside)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Swap two folders in a single step, where the system can (Linux: renameat2)."""
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    if renameat2 is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
