"""The folder of a comparison: its tables and a summary, there whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.outputs.folder import write_whole
from optimizer.outputs.tables import write_csv

SUMMARY = "comparison.json"


def write_comparison(
    folder: Path, summary: Mapping[str, object], tables: Mapping[str, pd.DataFrame]
) -> Path:
    """Write ``comparison.json`` and a csv for each table; an earlier comparison is replaced.

    Raises InputError if something else stands there.
    """

    def write(unfinished: Path) -> None:
        for name, table in tables.items():
            write_csv(table, unfinished / f"{name}.csv")
        text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
        (unfinished / SUMMARY).write_text(text, encoding="utf-8")

    return write_whole(folder, write, lambda unfinished: None, refuse=_refuse_others)


def _refuse_others(folder: Path) -> None:
    is_ours = (folder / SUMMARY).is_file()
    if folder.exists() and not is_ours and not (folder.is_dir() and not any(folder.iterdir())):
        found = "a file or a folder that is not a comparison"
        accepted = "a new folder, an empty one, or an earlier comparison"
        raise InputError(Problem(f"--out {folder}", found, accepted, "Choose another folder."))
