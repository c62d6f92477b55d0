"""A table in a file of the user's choice, csv or parquet: there whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import pandas as pd

from geodata import builtin
from geodata.problems import InputError, Problem

SUFFIXES = (".csv", ".parquet")


def refuse_place(to: Path) -> None:
    """Raise InputError for a file of another kind, a folder, or a file of the program itself."""
    if to.suffix.lower() not in SUFFIXES:
        raise InputError(Problem("--to", repr(to.suffix), "a csv or parquet file"))
    package = Path(builtin.__file__).resolve().parent
    try:
        if to.resolve().is_relative_to(package):
            accepted = "a file outside the program"
            advice = "Name it in a config, under data."
            problem = Problem(f"--to {to}", "a file of the program itself", accepted, advice)
            raise InputError(problem)
        if to.is_dir():
            raise InputError(Problem(f"--to {to}", "a folder", "a csv or parquet file"))
    except (OSError, RuntimeError) as error:
        raise _unwritable(to, str(error)) from None


def write_table(table: pd.DataFrame, to: Path) -> Path:
    """Write the table in the place of an earlier file. Raises InputError if it can not be."""
    refuse_place(to)
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=to.parent, suffix=".tmp")
        os.close(handle)
        try:
            if to.suffix.lower() == ".parquet":
                table.to_parquet(name, index=False)
            else:
                table.to_csv(name, index=False, lineterminator="\n")
            os.chmod(name, 0o644)
            os.replace(name, to)
        finally:
            with suppress(OSError):
                os.unlink(name)
    except OSError as error:
        raise _unwritable(to, error.strerror or str(error)) from None
    return to


def _unwritable(to: Path, why: str) -> InputError:
    found = f"a place that can not be written to ({why})"
    return InputError(Problem(f"--to {to}", found, "a file you may write"))
