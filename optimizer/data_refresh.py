"""`data refresh`: newer population as a table of zones of the user's own, once confirmed."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import builtin
from geodata.problems import InputError, Problem
from geodata.refresh import population
from geodata.refresh.population import Population

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
        table = population.zones(self.population)
        try:
            self.to.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.to.parent, suffix=".tmp")
            os.close(handle)
            try:
                _write(table, Path(name), self.to.suffix.lower())
                os.chmod(name, 0o644)
                os.replace(name, self.to)
            finally:
                with suppress(OSError):
                    os.unlink(name)
        except OSError as error:
            found = f"a place that can not be written to ({error.strerror})"
            raise InputError(Problem(f"--to {self.to}", found, "a file you may write")) from None
        return self.to


def refresh(url: str | None, year: int | None, to: Path | None) -> Refresh:
    """Read and check the population; nothing is written. Raises InputError."""
    if to is not None:
        _refuse(to)
    found = population.fetch(url or population.URL, year)
    return Refresh(found, to if to is not None else Path(f"zones-{found.year}.csv"))


def _refuse(to: Path) -> None:
    """The built-in tables belong to the program: a refreshed one is a file of the user's."""
    if to.suffix.lower() not in (".csv", ".parquet"):
        raise InputError(Problem("--to", repr(to.suffix), "a csv or parquet file"))
    package = Path(builtin.__file__).resolve().parent
    if to.resolve().is_relative_to(package):
        accepted = "a file outside the program"
        advice = "Name it in a config: data: {zones: FILE}."
        raise InputError(Problem(f"--to {to}", "a file of the program itself", accepted, advice))
    if to.is_dir():
        raise InputError(Problem(f"--to {to}", "a folder", "a csv or parquet file"))


def _write(table: pd.DataFrame, path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False, lineterminator="\n")
