"""The run folder: there whole, or not at all. An earlier run stands until the new one is whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from geodata.problems import InputError, Problem
from optimizer.case import Case
from optimizer.outputs.inputs import write_inputs
from optimizer.outputs.manifest import write_manifest, write_summary
from optimizer.outputs.tables import write_tables
from optimizer.plan import Plan

Step = Callable[[Path], None]


def write_run(
    folder: Path,
    case: Case,
    plan: Plan,
    certificate: Mapping[str, object],
    *,
    formats: tuple[str, ...],
    command: str,
    more: Step,
    check: Step,
) -> Path:
    """Write a run into a temporary neighbour, check it there, and rename it into place.

    ``more`` writes further files (the map), ``check`` may refuse the whole by an exception; then
    nothing is left behind and an earlier run of the name is as it was.
    """

    def write(unfinished: Path) -> None:
        write_inputs(unfinished / "inputs", case)
        write_tables(unfinished, plan, formats)
        write_summary(unfinished, case, plan, certificate)
        more(unfinished)
        seed = case.scenario.solver.seed
        write_manifest(unfinished, seed, certificate.get("status"), command)

    return write_whole(folder, write, check)


def write_whole(folder: Path, write: Step, check: Step) -> Path:
    """Write a folder into a temporary neighbour, check it there, and rename it into place."""
    refuse_foreign(folder)
    unfinished = unfinished_neighbour(folder)
    try:
        write(unfinished)
        check(unfinished)
        _into_place(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def refuse_foreign(folder: Path) -> None:
    """Raise InputError if something that is not a run stands where the run should go."""
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
    parent = folder.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".tmp", dir=parent))
    except OSError as error:
        raise InputError(
            Problem(
                f"--out {folder}",
                f"a place that can not be written to ({error.strerror})",
                "a folder in a place that you may write to",
                "Choose another folder.",
            )
        ) from None
    path.chmod(0o755)
    return path


def _into_place(unfinished: Path, folder: Path) -> None:
    """Swap the finished folder in; the earlier one is removed last."""
    if not folder.exists():
        os.rename(unfinished, folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".old", dir=folder.parent))
    os.rename(folder, aside / folder.name)
    try:
        os.rename(unfinished, folder)
    except OSError:
        os.rename(aside / folder.name, folder)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
