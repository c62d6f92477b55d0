"""Columns that nobody reads and that look as if they were meant for one that lacks."""

import difflib
from collections.abc import Iterator

from geodata.files import Raw
from geodata.headings import swedish
from geodata.schema import Schema

ALIKE = 0.7  #: of the letters, from 0 to 1
LEAST_LETTERS = 5  #: of a name that may stand for a longer one, as `visits` for visits_per_year


def told_of_unknown(raw: Raw, schema: Schema) -> Iterator[str]:
    """The columns of a file that may be meant for an optional one of the table, in sentences.

    Those that are nearer still are refused where the table is checked.
    """
    present = {str(name) for name in raw.table.columns}
    names = {column.name for column in schema.columns}
    lacking = [one.name for one in schema.columns if not one.required and one.name not in present]
    known = {word.casefold(): name for name in lacking for word in (name, swedish(name))}
    for title in raw.columns or raw.table.columns:
        name = str(title)
        if not raw.file or name in names or name not in present or name.startswith("origin_"):
            continue
        meant = _meant(name.casefold(), known)
        if meant:
            yield (
                f"{raw.name}: column {name} is not known and changes nothing. Did you mean {meant}?"
            )


def _meant(name: str, known: dict[str, str]) -> str:
    """The column that a name is like, or the beginning of; '' for none."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=ALIKE)
    begun = [word for word in known if word.startswith(name)]
    some = near or (begun if len(name) >= LEAST_LETTERS else [])
    return known[some[0]] if some else ""
