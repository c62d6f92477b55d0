"""What the sheets are made of: the tables of a run, its folder, and the names of things."""

from dataclasses import dataclass
from pathlib import Path

from optimizer.outputs.map.signs import title
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.side_by_side import Titles


@dataclass(frozen=True)
class Run:
    """A run folder as the sheets read it."""

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
        years = ((str(year), str(year)) for year in self.tables.years)
        return (("today", today), *years)
