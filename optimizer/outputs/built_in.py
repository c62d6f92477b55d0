"""The tables of a run as a reader meets them: built-in ones in one language, and own files."""

from __future__ import annotations

import ntpath
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from geodata import builtin
from geodata.overlay import PLUS, parts_of
from optimizer.outputs.strings import Strings

#: column of the catalogue of tables and the section of texts that tells it
TOLD = {
    "title": "tables.builtin",
    "source": "tables.builtin_source",
    "licence": "tables.builtin_licence",
    "note": "tables.builtin_note",
}

#: the built-in tables behind a key of `data` that names built-in ones
BEHIND = {
    "offices": (
        "offices",
        "office_services",
        "observations",
        "figures",
        "visits_by_region",
        "cases_by_agency",
    ),
    "zones": ("localities", "municipalities"),
}
BEHIND_ESTIMATE = ("crossings", "water_barriers", "road_checks")


def built_in_tables(strings: Strings) -> pd.DataFrame:
    """The catalogue of tables by name: title, source, year, licence, kind, rows and note.

    A text that the catalogue of strings does not have is given as the table says it.
    """
    rows = builtin.catalogue()
    for column, section in TOLD.items():
        rows[column] = [
            strings.text_or(f"{section}.{name}", text)
            for name, text in zip(rows["table"], rows[column], strict=True)
        ]
    return rows.set_index("table")


def tables_used(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the built-in tables that a run with this config was counted from."""
    data = config.get("data") or {}
    names = [name for key, behind in BEHIND.items() if _parts(data.get(key))[0] for name in behind]
    regions = data.get("regions")
    divisions = regions.values() if isinstance(regions, Mapping) else ()
    if any(_parts(value)[0] for value in divisions):
        names.append("regions")
    if str((data.get("travel") or {}).get("provider", "")) == "estimate":
        names += BEHIND_ESTIMATE
    return tuple(dict.fromkeys(names))


def own_tables(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The key in `data` (of a division its name) and the file's name of each own table."""
    data = config.get("data") or {}
    regions = data.get("regions")
    divisions = dict(regions) if isinstance(regions, Mapping) else {}
    named = {key: data.get(key) for key in BEHIND} | divisions | {"visits": data.get("visits")}
    for key, value in named.items():
        file = _parts(value)[1]
        if file:
            yield key, file


def without_folders(source: str) -> str:
    """A source of data as people may see it: files by their names alone, addresses whole."""
    base, file = parts_of(source)
    if file:
        return f"{base}{PLUS}{_name(file)}"
    return base if base.startswith("builtin") or "://" in base else _name(base)


def _parts(source: object) -> tuple[str, str]:
    """The built-in table of a source and the user's own file, by its name alone; '' for neither."""
    base, file = parts_of(str(source or ""))
    if not base.startswith("builtin"):
        base, file = "", base
    return base, _name(file)


def _name(file: str) -> str:
    """The name of a file and the sheet in it, with either kind of slash before it."""
    path, mark, sheet = file.partition("#")
    return f"{ntpath.basename(path.rstrip('/'))}{mark}{sheet}"
