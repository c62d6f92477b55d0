"""Column titles as people write them: the name, its Swedish heading, or a form's `... [name]`."""

import re
import unicodedata

from geodata.files import Raw
from geodata.problems import InputError, Problem
from geodata.schemas import Schema, in_swedish

_KEY = re.compile(r"\[([a-z0-9_]+)\]\s*$")
_UNIT = re.compile(r"\s*\([^)]*\)\s*$")


def plain(title: str) -> str:
    """A title for comparison: composed letters, no case, no unit in brackets at its end."""
    text = unicodedata.normalize("NFC", title).strip()
    return " ".join(_UNIT.sub("", text).casefold().split())


def known_by(schema: Schema) -> dict[str, str]:
    """Every plain title a column is known by, with the column's name."""
    titles: dict[str, str] = {}
    for column in in_swedish(schema).columns:
        for title in (column.name, column.name.replace("_", " "), column.swedish):
            if title:
                titles.setdefault(plain(title), column.name)
    return titles


def with_names(raw: Raw, schema: Schema) -> Raw:
    """The table with the names of the schema for the titles that mean them; others unchanged.

    Raises InputError if two titles mean one column.
    """
    titles = known_by(schema)
    columns = [column.name for column in schema.columns]
    names = []
    for title in map(str, raw.table.columns):
        key = _KEY.search(title)
        name = key.group(1) if key else None
        names.append(name if name in columns else titles.get(plain(title), name or title))
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        shown = [t for t, n in zip(raw.table.columns, names, strict=True) if n in doubled]
        found = f"columns {', '.join(map(repr, shown))}, which mean the same"
        raise InputError(Problem(raw.name, found, "each column once", "Remove or rename one."))
    return Raw(raw.name, raw.table.set_axis(names, axis=1), raw.rows, raw.decimal_comma)
