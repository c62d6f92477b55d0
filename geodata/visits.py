"""Visits on record by region of the base year: the totals that the reconstruction meets."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from geodata import builtin
from geodata.overlay import parts_of
from geodata.problems import MOST_SHOWN, InputError, Problem, shortened
from geodata.rows_of_file import RowsOfFile
from geodata.schemas import VISITS
from geodata.tables import TableError, read_table

NATION = "nation"  #: region_code of a total for the whole country
AGENCY = "ssc"  #: the division of the built-in totals


@dataclass(frozen=True)
class RecordedVisits:
    """Totals by region, and the region of each municipality; no totals: none are on record."""

    by_region: Mapping[str, float] = field(default_factory=dict)
    region_of_municipality: Mapping[str, str] = field(default_factory=dict)
    own: bool = False


def load(
    source: str | Path,
    base_year: int,
    divisions: pd.DataFrame | None,
    *,
    told: list[str] | None = None,
) -> RecordedVisits:
    """The totals of a base year: `builtin` (Tabell 25), `none`, or a table of one's own.

    A table has region_code (or the region's name), visits and, if it holds several, division and
    year; `nation` is the whole country. Its regions are those of one division in ``divisions``, or
    the agency's own; None: those can not be had. What a reader has to know of
    an own table is added to ``told``. Raises InputError.
    """
    base, file = parts_of(source)
    if base == "none":
        return RecordedVisits({}, _towns("ssc_region"))
    if base == "builtin":
        table = builtin.load("visits_by_region")
        table = table[table["year"] == base_year]
        found = dict(zip(table["ssc_region"], table["visits"].astype(float), strict=True))
        if file:
            found |= _filled_in(file, base_year, told)
        return RecordedVisits(found, _towns("ssc_region"))
    return _own(str(source), base_year, divisions, told)


def _filled_in(file: str, base_year: int, told: list[str] | None) -> dict[str, float]:
    """The totals of a table laid over the built-in one: the rows in which there is a number."""
    known = {"region_code": sorted(set(_towns("ssc_region").values()))}
    columns = tuple(
        replace(one, known="region_code") if one.name == "region_code" else one
        for one in VISITS.needing("visits", ["region_code"]).columns
    )
    table = read_table(file, replace(VISITS, columns=columns), known, may_be_empty=True, told=told)
    table = table[table["visits"].notna()]
    of_year = table[table["year"].isna() | (table["year"] == base_year)]
    return dict(zip(of_year["region_code"], of_year["visits"].astype(float), strict=True))


def _towns(column: str) -> dict[str, str]:
    towns = builtin.load("municipalities")
    return dict(zip(towns["municipality_code"], towns[column], strict=True))


def _own(
    source: str, base_year: int, divisions: pd.DataFrame | None, told: list[str] | None
) -> RecordedVisits:
    try:
        table = read_table(source, VISITS, told=told)
    except TableError as error:
        found, rows = _of_year(error.table, base_year), _of_year(error.rows, base_year)
        raise InputError((*error.problems, *_strange(source, rows, found, divisions))) from None
    name = Path(source).name
    table = _of_year(table, base_year)
    if table.empty:
        accepted = f"visits of the base year, {base_year}"
        raise InputError(Problem(name, "no row of that year", accepted, "Add them, or base_year."))
    twice = table.loc[table["region_code"].duplicated(), "region_code"]
    if len(twice):
        accepted = f"each region once for {base_year}"
        where, advice = f"{name}, column region_code", "Remove one."
        problem = Problem(where, repr(twice.iloc[0]), accepted, advice)
        key = {"region_code": twice.iloc[0]}
        raise InputError(RowsOfFile(source, VISITS).named(problem, key, "region_code"))
    totals = table.set_index("region_code")["visits"]
    if list(totals.index) == [NATION]:
        towns = dict.fromkeys(_towns("ssc_region"), NATION)
        return RecordedVisits({NATION: float(totals.iloc[0])}, towns, own=True)
    if divisions is None:
        return RecordedVisits(own=True)
    for _, regions, codes in _divided(table, divisions):
        if set(totals.index) <= set(codes):
            return _of_division(name, totals, codes, regions)
    raise InputError(tuple(_strange(source, table, table, divisions)))


def _of_year(table: pd.DataFrame, base_year: int) -> pd.DataFrame:
    return table[table["year"].isna() | (table["year"] == base_year)]


def _divided(
    table: pd.DataFrame, divisions: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame, dict[str, str]]]:
    """The divisions that a table may be of, and the codes by code and by name."""
    agency = builtin.load("regions").query("division == @AGENCY")
    known = pd.concat([divisions, agency], ignore_index=True).drop_duplicates()
    named = set(table["division"]) - {""}
    for division, regions in known.groupby("division", sort=False):
        if not named or division in named:
            codes = dict(zip(regions["region"], regions["region_code"], strict=True))
            yield str(division), regions, codes | {code: code for code in regions["region_code"]}


def _strange(
    source: str, rows: pd.DataFrame, table: pd.DataFrame, divisions: pd.DataFrame | None
) -> Iterator[Problem]:
    """Rows whose region is none of the division that has most regions of the table."""
    if divisions is None or set(table["region_code"]) == {NATION}:
        return
    some = list(_divided(table, divisions))
    found = list(dict.fromkeys(rows["region_code"]))
    if not some:
        named = ", ".join(sorted(set(table["division"]) - {""}))
        accepted = f"one of {', '.join(dict.fromkeys(divisions['division']))}, {AGENCY}"
        where = f"{Path(source).name}, column division"
        yield Problem(where, named, accepted, "Name a division of data.regions.")
        return
    name, regions, codes = max(some, key=lambda one: sum(table["region_code"].isin(list(one[2]))))
    divided = ", ".join(division for division, _, _ in some)
    known = shortened(sorted(set(regions["region_code"])), MOST_SHOWN)
    accepted = f"regions of one division ({divided}), or the one row {NATION}"
    places = RowsOfFile(source, VISITS)
    for code in [code for code in found if code not in codes][:MOST_SHOWN]:
        near = difflib.get_close_matches(code, codes, n=1)
        advice = f"Did you mean {near[0]}?" if near else f"The codes of {name} are {known}."
        problem = Problem(f"{Path(source).name}, column region_code", repr(code), accepted, advice)
        yield places.named(problem, {"region_code": code}, "region_code")


def _of_division(
    name: str, totals: pd.Series, codes: Mapping[str, str], regions: pd.DataFrame
) -> RecordedVisits:
    by_region = dict.fromkeys(dict.fromkeys(regions["region_code"]), 0.0)
    for title, visits in totals.items():
        by_region[codes[str(title)]] += float(visits)
    lacking = set(by_region) - {codes[str(title)] for title in totals.index}
    if lacking:
        found = f"nothing for {', '.join(sorted(lacking)[:MOST_SHOWN])}"
        raise InputError(Problem(name, found, "a row for every region of the division", "Add it."))
    towns = dict(zip(regions["municipality_code"], regions["region_code"], strict=True))
    return RecordedVisits(by_region, towns, own=True)
