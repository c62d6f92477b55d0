"""The built-in tables as a reader meets them: title, source, licence and note in one language."""

from __future__ import annotations

import pandas as pd

from geodata import builtin
from optimizer.outputs.strings import Strings

#: column of the catalogue of tables and the section of texts that tells it
TOLD = {
    "title": "tables.builtin",
    "source": "tables.builtin_source",
    "licence": "tables.builtin_licence",
    "note": "tables.builtin_note",
}


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
