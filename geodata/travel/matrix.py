"""Travel from the user's own table, long (a row for each pair) or wide (a column for each site)."""

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from geodata.arrays import Floats, Ints
from geodata.files import as_on_disk
from geodata.likeness import meant_for
from geodata.numerals import UNCLEAR
from geodata.problems import MOST_SHOWN, InputError, Problem
from geodata.travel import matrix_file
from geodata.travel.checks import MOST_KM, MOST_MINUTES, no_way
from geodata.travel.matrix_file import Batch, Header
from geodata.travel.settings import TravelSettings
from geodata.travel.table import Origin, TravelTable
from geodata.travel.telling import Telling
from geodata.valueless import said

ZONE, OFFICE, MINUTES, KM = "zone_id", "office_id", "minutes", "km"


def travel(zones: pd.DataFrame, sites: pd.DataFrame, settings: TravelSettings) -> TravelTable:
    """The provider: the table of `path`, kilometres of a wide one from `km_path`."""
    assert settings.path is not None, "the config's checks ask for a path"
    return _load(
        settings.path,
        tuple(zones["zone_id"]),
        tuple(sites["office_id"]),
        most_minutes=MOST_MINUTES,
        km_path=settings.km_path,
        may_be_empty=settings.missing == "estimate",
    )


def load(
    path: str | Path,
    zone_ids: Sequence[str],
    office_ids: Sequence[str],
    *,
    decimals: int | None = 2,
) -> TravelTable:
    """The table of a csv, parquet or xlsx file, for exactly the given zones and sites.

    Minutes and km are rounded to ``decimals``; None keeps them as they stand.

    Raises InputError with every unknown id, repeated or missing pair, and every time that is
    missing, no number, infinite or negative.
    """
    table = _load(path, tuple(zone_ids), tuple(office_ids), most_minutes=np.inf)
    lacking = np.isnan(table.minutes)
    if lacking.any():
        raise no_way(table, lacking, "Add the rows.")
    if decimals is None:
        return table
    minutes, km = np.round(table.minutes, decimals), np.round(table.km, decimals)
    return TravelTable(table.zone_ids, table.office_ids, minutes, km, table.origin)


def check(
    settings: TravelSettings, zone_ids: Sequence[str] | None, office_ids: Sequence[str] | None
) -> None:
    """Check the table's columns and cells where zones or sites (None) can not be had.

    Raises InputError.
    """
    assert settings.path is not None, "the config's checks ask for a path"
    problems: list[Problem] = []
    tables = ((settings.path, MOST_MINUTES), (settings.km_path, MOST_KM))
    for path, most in tables:
        if path is not None:
            header = matrix_file.header(path)
            filling = _Filling(header, tuple(zone_ids or ()), tuple(office_ids or ()))
            filling.cells(path, most, zones=zone_ids is not None, offices=office_ids is not None)
            problems += filling.telling.problems()
    if problems:
        raise InputError(problems)


def _load(
    path: str | Path,
    zones: tuple[str, ...],
    offices: tuple[str, ...],
    *,
    most_minutes: float,
    km_path: str | Path | None = None,
    may_be_empty: bool = False,
) -> TravelTable:
    """Minutes and km; NaN where the file has no row or an empty cell in a wide table."""
    header = matrix_file.header(path)
    filling = _Filling(header, zones, offices)
    names = header.names
    minutes, km = filling.empty(), filling.empty()
    if OFFICE in names or MINUTES in names:
        count = filling.long(path, minutes, km, most_minutes)
        if count == 0 and not may_be_empty:
            filling.telling.once("no rows", "at least one row", "Fill in some.")
        problems = filling.telling.problems()
    else:
        filling.wide(path, minutes, most_minutes)
        problems = filling.telling.problems()
        if km_path is not None:
            kilometres = _Filling(matrix_file.header(km_path), zones, offices)
            kilometres.wide(km_path, km, MOST_KM)
            problems = (*problems, *kilometres.telling.problems())
    if problems:
        raise InputError(problems)
    return TravelTable(zones, offices, minutes, km, _origin(path, km_path))


def _origin(path: str | Path, km_path: str | Path | None) -> Origin:
    files = [as_on_disk(str(one).partition("#")[0]) for one in (path, km_path) if one is not None]
    hashes = []
    for file in dict.fromkeys(files):
        with file.open("rb") as stream:
            hashes.append(hashlib.file_digest(stream, "sha256").hexdigest())
    names = " and ".join(str(one) for one in (path, km_path) if one is not None)
    return Origin("matrix", names, "sha256 " + " ".join(hashes))


class _Filling:
    """Two arrays being filled from a file, and what was wrong on the way."""

    def __init__(self, header: Header, zones: tuple[str, ...], offices: tuple[str, ...]) -> None:
        self.header = header
        name = Path(header.file).name + (f"#{header.sheet}" if header.sheet else "")
        self.zones, self.offices = zones, offices
        self.zone_set, self.office_set = pa.array(zones), pa.array(offices)
        self.telling = Telling(header, name)

    def empty(self) -> Floats:
        return np.full((len(self.zones), len(self.offices)), np.nan)

    def long(self, path: str | Path, minutes: Floats, km: Floats, most: float) -> int:
        """A row for each pair; gives how many there are."""
        names = self.header.names
        lacking = [column for column in (ZONE, OFFICE, MINUTES) if column not in names]
        if lacking:
            self._columns(names, f"column {', '.join(lacking)}")
            return 1
        seen = np.zeros(minutes.size, dtype=bool)
        count = 0
        for batch in matrix_file.batches(path):
            zone = self._ids(batch, ZONE, self.zone_set)
            office = self._ids(batch, OFFICE, self.office_set)
            known = (zone >= 0) & (office >= 0)
            pair = np.where(known, zone * len(self.offices) + office, -1)
            self._repeated(batch, pair, seen)
            times = self._numbers(batch, MINUTES, most, required=True)
            minutes.flat[pair[known]] = times[known]
            if KM in names:
                km.flat[pair[known]] = self._numbers(batch, KM, MOST_KM, required=False)[known]
            count += zone.size
        return count

    def wide(self, path: str | Path, values: Floats, most: float) -> None:
        """A row for each zone, a column for each site; an empty cell is no way."""
        names = self.header.names
        if ZONE not in names:
            self._columns(
                names,
                f"columns {ZONE}, {OFFICE}, {MINUTES}, or {ZONE} and a column "
                "for each office by its id",
            )
            return
        columns = [name for name in names if name in set(self.offices)]
        self._strange_columns(names, self.offices)
        lacking = [office for office in self.offices if office not in set(names)]
        for office in lacking:
            accepted = "a column for each office by its id"
            self.telling.column("", f"no column {office}", accepted, "Add the column.")
        at = {office: j for j, office in enumerate(self.offices)}
        seen = np.zeros(len(self.zones), dtype=bool)
        for batch in matrix_file.batches(path):
            zone = self._ids(batch, ZONE, self.zone_set)
            self._repeated(batch, zone, seen)
            known = zone >= 0
            for name in columns:
                cells = self._numbers(batch, name, most, required=False)
                values[zone[known], at[name]] = cells[known]

    def cells(self, path: str | Path, most: float, *, zones: bool, offices: bool) -> None:
        """What the cells say by themselves; ids only of the kinds that are known."""
        names = self.header.names
        is_long = OFFICE in names or MINUTES in names
        lacking = [name for name in (ZONE, OFFICE, MINUTES) if name not in names]
        if lacking and (is_long or ZONE in lacking):
            self._columns(names, f"column {', '.join(lacking if is_long else [ZONE])}")
            return
        known = set(self.offices) if offices else set(names) - {ZONE}
        columns = [MINUTES] if is_long else [name for name in names if name in known]
        if not is_long:
            self._strange_columns(names, known)
        for batch in matrix_file.batches(path):
            if zones:
                self._ids(batch, ZONE, self.zone_set)
            if is_long and offices:
                self._ids(batch, OFFICE, self.office_set)
            for name in columns:
                self._numbers(batch, name, most, required=is_long)
            if is_long and KM in names:
                self._numbers(batch, KM, MOST_KM, required=False)

    def _strange_columns(self, names: Sequence[str], offices: Collection[str]) -> None:
        for name in sorted(set(names) - {ZONE, *offices}):
            advice = self._advice(OFFICE, name)
            self.telling.column(name, repr(name), "a known office_id", advice)

    def _advice(self, column: str, value: str | None) -> str:
        """What to do about an id that is not known."""
        known = self.zones if column == ZONE else self.offices
        if value and (near := meant_for(value, known)):
            return f"Did you mean {near}?"
        table = "data.zones" if column == ZONE else "data.offices and data.candidates"
        return f"Take it from {table}, or remove it."

    def _columns(self, names: list[str], accepted: str) -> None:
        found = f"columns {', '.join(names[:MOST_SHOWN])}"
        self.telling.once(found, accepted, "Add or rename the columns.")

    def _ids(self, batch: Batch, column: str, known: pa.Array) -> Ints:
        """The position of each id among the known ones, -1 and a problem where it is not."""
        found = batch.places(column, known)
        unknown = found < 0
        if not unknown.any():
            return found
        unknown &= ~batch.blank_rows()
        texts = batch.text(column)

        def said(at: int) -> tuple[str, str]:
            cell = texts[at].as_py()
            return "nothing" if cell is None else repr(cell), self._advice(column, cell)

        self.telling.rows(batch, unknown, column, f"a known {column}", said)
        return found

    def _numbers(self, batch: Batch, column: str, most: float, *, required: bool) -> Floats:
        found, wrong = batch.numbers(column)
        with np.errstate(invalid="ignore"):
            wrong |= np.isinf(found) | (found < 0) | (found > most)
        if required and np.isnan(found).any():
            wrong |= np.isnan(found) & ~batch.blank_rows()
        upper = f" and at most {most:,.0f}" if np.isfinite(most) else ""
        accepted = f"a finite number of at least 0{upper}"
        cells = batch.cells[column]
        self.telling.rows(
            batch,
            wrong,
            column,
            accepted,
            lambda at: _cell(cells[at].as_py()),
            counted=column if column in (MINUTES, KM) else "of any office",
        )
        return found

    def _repeated(self, batch: Batch, key: Ints, seen: NDArray[np.bool_]) -> None:
        """Marks keys as seen; a problem for each that was seen before."""
        known = np.flatnonzero(key >= 0)
        again = np.zeros(key.size, dtype=bool)
        if (np.diff(key[known]) <= 0).any():  # not in rising order, as most files are
            order = known[np.argsort(key[known], kind="stable")]
            again[order[1:]] = key[order[1:]] == key[order[:-1]]
        again[known] |= seen[key[known]]
        seen[key[known]] = True
        names = [name for name in (ZONE, OFFICE) if name in batch.cells]
        what = " and ".join(names)

        def said(at: int) -> tuple[str, str]:
            ids = ", ".join(str(batch.text(name)[at]) for name in names)
            return f"{ids!r} a second time", "Remove one."

        self.telling.rows(batch, again, what, f"each {what} once", said)


def _cell(cell: object) -> tuple[str, str]:
    """What a cell that is no number holds, and what to do about it."""
    if cell in (None, ""):
        return "nothing", "Correct the value."
    if isinstance(cell, str) and cell.startswith(("=", "#")):
        return said(cell)
    value = repr(cell)
    return value, UNCLEAR if "," in value else "Correct the value."
