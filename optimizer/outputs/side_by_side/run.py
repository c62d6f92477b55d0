"""A run folder as the outputs for people read it: its tables, and the names of things."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from optimizer.outputs.map.signs import title
from optimizer.outputs.motives import in_language
from optimizer.outputs.run_tables import RunTables, read_tables
from optimizer.outputs.side_by_side.titles import Titles, titles_of


@dataclass(frozen=True)
class Run:
    """A run folder, in one language."""

    folder: Path
    tables: RunTables
    titles: Titles

    @property
    def title(self) -> str:
        """The title of the run, or its name."""
        summary = self.tables.summary
        said = title(summary.get("title"), self.titles.strings.language)
        return said or str(summary.get("name", ""))

    @property
    def moments(self) -> tuple[tuple[str, str], ...]:
        """Today and each year: the ending of its columns, and its name for people."""
        today = self.titles.strings.text("tables.today")
        return (("today", today), *((str(year), str(year)) for year in self.tables.years))


def read_run(folder: Path, language: str) -> Run:
    """Read a run folder; KeyError if there are no texts in the language."""
    tables = in_language(read_tables(folder), language)
    return Run(folder, tables, titles_of(tables, language))
