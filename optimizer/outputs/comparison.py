"""The folder of a comparison: its tables, a summary and a map, there whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.outputs.folder import write_whole
from optimizer.outputs.map import Apart, write_comparison_map
from optimizer.outputs.motives import Motives
from optimizer.outputs.place import looking_at, refuse_fixed
from optimizer.outputs.tables import write_csv

SUMMARY = "comparison.json"


def write_comparison(
    folder: Path,
    summary: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame],
    *,
    runs: Sequence[Path],
    language: str,
    apart: Apart,
    motives: Mapping[Path, Motives],
) -> Path:
    """Write ``comparison.json``, a csv for each table, and one ``map.html`` of all the runs.

    ``apart``: what the map says of questions and inputs that differ. ``motives``: of runs in
    another language, by folder. An earlier comparison is
    replaced. Raises InputError if something else stands there.
    """

    def write(unfinished: Path) -> None:
        for name, table in tables.items():
            write_csv(table, unfinished / f"{name}.csv")
        text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
        (unfinished / SUMMARY).write_text(text, encoding="utf-8")
        write_comparison_map(runs, unfinished, language=language, apart=apart, motives=motives)

    return write_whole(folder, write, lambda unfinished: None, refuse=refuse_others)


def refuse_others(folder: Path) -> None:
    """Raise InputError if something stands at ``folder`` that is no earlier comparison."""
    refuse_fixed(folder)
    with looking_at(folder):
        is_ours = (folder / SUMMARY).is_file()
        is_empty = folder.is_dir() and not any(folder.iterdir())
    if folder.exists() and not is_ours and not is_empty:
        found = "a file or a folder that is not a comparison"
        accepted = "a new folder, an empty one, or an earlier comparison"
        raise InputError(Problem(f"--out {folder}", found, accepted, "Choose another folder."))
