"""People by municipality and age from open statistics, checked, and as a table of zones."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata import builtin
from geodata.problems import MOST_SHOWN, InputError, Problem
from geodata.refresh.pxweb import Table, Variable

URL = "https://api.scb.se/OV0104/v1/doris/sv/ssd/BE/BE0101/BE0101A/BefolkningNy"
REGION, AGE, CONTENTS, TIME = "Region", "Alder", "ContentsCode", "Tid"
PEOPLE = "BE0101N1"  #: the contents "Population"
OLDEST = 100  #: the last age stands for itself and all beyond
_LEAST_OF_TOTAL, _MOST_OF_TOTAL = 0.9, 1.15  #: of the built-in population
_LEAST_OF_ONE, _MOST_OF_ONE = 0.7, 1.4


@dataclass(frozen=True)
class Population:
    """People of a year: rows municipalities by code, columns ages 0 to 100."""

    year: int
    people: pd.DataFrame
    source: str

    @property
    def totals(self) -> pd.Series:
        """People by municipality."""
        return self.people.sum(axis=1)

    @property
    def share_75plus(self) -> pd.Series:
        """Share aged 75 and over by municipality."""
        return self.people.loc[:, 75:].sum(axis=1) / self.totals


def fetch(url: str = URL, year: int | None = None) -> Population:
    """The population of a year, or of the latest. Raises InputError with all that is wrong."""
    return asyncio.run(_fetch(url, year))


async def _fetch(url: str, year: int | None) -> Population:
    async with Table(url) as table:
        variables = await table.variables()
        wanted = _wanted(url, variables, year)
        cells = await table.cells(wanted)
    missing = {REGION, AGE, "value"} - set(cells.columns)
    if missing:
        raise InputError(Problem(url, f"cells without {', '.join(sorted(missing))}", "all of them"))
    people = _people(url, cells)
    problems = list(_problems(url, people))
    if problems:
        raise InputError(problems)
    return Population(int(wanted[TIME][0]), people.astype("int64"), url)


def _wanted(url: str, variables: dict[str, Variable], year: int | None) -> dict[str, list[str]]:
    """The question: all municipalities and single ages, the population, one year."""
    lacking = [code for code in (REGION, AGE, TIME) if code not in variables]
    others = [
        code
        for code, one in variables.items()
        if code not in (REGION, AGE, CONTENTS, TIME) and not one.optional
    ]
    if lacking or others:
        found = f"variables {', '.join(variables)}"
        accepted = f"population by {REGION}, {AGE} and {TIME}, adding over all others"
        raise InputError(Problem(url, found, accepted, "Give the address of such a table."))
    years = variables[TIME].values
    if year is not None and str(year) not in years:
        found, accepted = str(year), f"a year of the table: {years[0]} to {years[-1]}"
        raise InputError(Problem("--year", found, accepted))
    asked = {
        REGION: [code for code in variables[REGION].values if re.fullmatch(r"\d{4}", code)],
        AGE: [code for code in variables[AGE].values if re.fullmatch(r"\d+\+?", code)],
        TIME: [str(year) if year is not None else max(years)],
    }
    if CONTENTS in variables:
        contents = variables[CONTENTS].values
        asked[CONTENTS] = [PEOPLE if PEOPLE in contents else contents[0]]
    return asked


def _people(url: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Municipalities x ages as numbers; NaN where there is no cell or no number."""
    ages = pd.to_numeric(cells[AGE].astype(str).str.rstrip("+"), errors="coerce")
    values = pd.to_numeric(cells["value"], errors="coerce")
    table = pd.DataFrame({"code": cells[REGION].astype(str), "age": ages, "people": values})
    if table.duplicated(["code", "age"]).any():
        accepted = "one cell for each municipality and age"
        raise InputError(Problem(url, "several cells for one", accepted))
    return table.pivot(index="code", columns="age", values="people").sort_index()


def _problems(url: str, people: pd.DataFrame) -> Iterator[Problem]:
    known = builtin.load("municipalities").set_index("municipality_code")["population_2024"]
    ours, theirs = set(known.index), set(people.index)
    if ours != theirs:
        found = f"{len(theirs)} municipalities"
        for word, codes in (("without", ours - theirs), ("with", theirs - ours)):
            if codes:
                found += f", {word} {', '.join(sorted(codes)[:MOST_SHOWN])}"
        yield Problem(url, found, f"the {len(ours)} municipalities by their four-digit codes")
        return
    if [int(age) for age in people.columns] != list(range(OLDEST + 1)):
        yield Problem(url, f"{people.shape[1]} ages", f"single ages from 0 to {OLDEST} and more")
        return
    cells = people.to_numpy(dtype=np.float64)
    wrong = ~np.isfinite(cells) | (cells < 0) | (cells != np.round(cells))
    for i, age in np.argwhere(wrong)[:MOST_SHOWN]:
        where = f"{url}, municipality {people.index[i]}, age {age}"
        yield Problem(where, f"{cells[i, age]:g}", "a whole number of people")
    if wrong.any():
        return
    totals = people.sum(axis=1)
    share = totals.sum() / known.sum()
    if not _LEAST_OF_TOTAL <= share <= _MOST_OF_TOTAL:
        found = f"{totals.sum():,.0f} people in all"
        accepted = f"from {_LEAST_OF_TOTAL:.0%} to {_MOST_OF_TOTAL:.0%} of {known.sum():,} in 2024"
        yield Problem(url, found, accepted)
    shares = totals / known.reindex(totals.index)
    far = shares[(shares < _LEAST_OF_ONE) | (shares > _MOST_OF_ONE)]
    for code, one in far.head(MOST_SHOWN).items():
        accepted = f"from {_LEAST_OF_ONE:.0%} to {_MOST_OF_ONE:.0%} of 2024"
        yield Problem(f"{url}, municipality {code}", f"{one:.0%} of its people in 2024", accepted)


def changes(population: Population) -> pd.DataFrame:
    """By municipality: people and share aged 75 and over before (built in) and after."""
    table = builtin.load("municipalities").set_index("municipality_code")
    totals = population.totals.reindex(table.index)
    return pd.DataFrame(
        {
            "municipality": table["municipality"],
            "population_before": table["population"],
            "population_after": totals,
            "change": totals - table["population"],
            "share_75plus_before": table["share_75plus"],
            "share_75plus_after": population.share_75plus.reindex(table.index).round(4),
        }
    )


def zones(population: Population) -> pd.DataFrame:
    """The built-in localities with the new people, spread over each municipality as before.

    A table that `data.zones` reads, with the share aged 75 and over of the municipality.
    """
    table = builtin.load("localities")
    codes = table["municipality_code"]
    before = table["population"].to_numpy(dtype=np.float64)
    wanted = codes.map(population.totals).to_numpy(dtype=np.float64)
    now = codes.map(table.groupby("municipality_code")["population"].sum()).to_numpy(np.float64)
    table["population"] = _whole(before * wanted / now, codes)
    table["share_75plus"] = codes.map(population.share_75plus).round(4)
    return table.assign(origin="estimated")


def _whole(values: NDArray[np.float64], groups: pd.Series) -> NDArray[np.int64]:
    """Whole numbers with the same sum in each group: the largest remainders are rounded up."""
    down = np.floor(values)
    rest = pd.Series(values - down)
    short = rest.groupby(groups.to_numpy()).transform("sum").round()
    rank = rest.groupby(groups.to_numpy()).rank(method="first", ascending=False)
    return np.asarray(down + (rank <= short), dtype=np.int64)
