"""The folder of an answer about runs: a JSON document and tables, there whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.outputs.folder import write_whole
from optimizer.outputs.place import looking_at, refuse_fixed
from optimizer.outputs.tables import write_csv


def refuse_other(folder: Path, document: str) -> None:
    """Raise InputError if something stands at ``folder`` that is no earlier answer of the kind."""
    refuse_fixed(folder)
    with looking_at(folder):
        is_ours = (folder / document).is_file()
        is_empty = folder.is_dir() and not any(folder.iterdir())
    if folder.exists() and not is_ours and not is_empty:
        found = f"a file or a folder without {document}"
        accepted = "a new folder, an empty one, or an earlier answer of the same command"
        raise InputError(Problem(f"--out {folder}", found, accepted, "Choose another folder."))


def write_answer(
    folder: Path,
    document: str,
    content: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame],
) -> Path:
    """Write ``document`` (JSON) and a csv for each table; an earlier answer is replaced."""

    def write(unfinished: Path) -> None:
        for name, table in tables.items():
            write_csv(table, unfinished / f"{name}.csv")
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        (unfinished / document).write_text(text, encoding="utf-8")

    def refuse(place: Path) -> None:
        refuse_other(place, document)

    return write_whole(folder, write, lambda unfinished: None, refuse=refuse)
