"""`data refresh`: newer population as a table of zones of the user's own, once confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.refresh import population
from geodata.refresh.population import Population
from optimizer.commands.table_file import refuse_place, write_table

_SHOWN = 5


@dataclass(frozen=True)
class Refresh:
    """What was read and where it would go; nothing is written before `write`."""

    population: Population
    to: Path

    def sentences(self) -> list[str]:
        """What changes: the total, and the municipalities that change most."""
        table = population.changes(self.population)
        before, after = table["population_before"].sum(), table["population_after"].sum()
        lines = [
            f"Population on 31 December {self.population.year}: {after:,} in {len(table)} "
            f"municipalities ({after - before:+,} against the built-in table)."
        ]
        order = table["change"].abs().sort_values(ascending=False, kind="stable").index
        for code, row in table.loc[order].head(_SHOWN).iterrows():
            lines.append(
                f"  {code} {row['municipality']}: {row['population_before']:,} to "
                f"{row['population_after']:,} ({row['change']:+,})"
            )
        old, new = table["share_75plus_before"].mean(), table["share_75plus_after"].mean()
        lines.append(f"  aged 75 and over, mean of municipalities: {old:.1%} to {new:.1%}")
        return lines

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON, with every municipality."""
        table = population.changes(self.population).reset_index()
        return {
            "year": self.population.year,
            "source": self.population.source,
            "municipalities": table.to_dict("records"),
        }

    def write(self) -> Path:
        """Write the table of zones whole or not at all. Raises InputError if it can not be."""
        return write_table(population.zones(self.population), self.to)


def refresh(url: str | None, year: int | None, to: Path | None) -> Refresh:
    """Read and check the population; nothing is written. Raises InputError."""
    if to is not None:
        refuse_place(to)
    found = population.fetch(url or population.URL, year)
    return Refresh(found, to if to is not None else Path(f"zones-{found.year}.csv"))
