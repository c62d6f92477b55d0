"""Sites: today's offices and the candidates that could give a region without an office one."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from geodata import builtin
from geodata.cells import Known
from geodata.joining import CODE
from geodata.overlay import (
    REMOVE,
    YES,
    check_laid_over,
    file_of,
    incomplete,
    laid_over,
    parts_of,
    some_columns,
)
from geodata.problems import MOST_SHOWN, InputError, Problem
from geodata.rows_of_file import RowsOfFile
from geodata.schema import Schema
from geodata.schemas import CANDIDATES, OFFICES
from geodata.tables import TableError, read_table

CLOSED = "closed"
NAMED = ("office_id", "office")
#: Built-in sites lie in the middle of their town or district, not at an address.
PLACE_ASSUMED = {"origin_longitude": "assumed", "origin_latitude": "assumed"}


def load(
    offices: str | Path,
    candidates: str | Path,
    regions: pd.DataFrame,
    *,
    known: Known | None = None,
) -> pd.DataFrame:
    """Offices and candidates in one table: with_candidates of load_offices. Raises InputError."""
    today = load_offices(offices, known=known)
    return with_candidates(today, candidates, regions, offices=offices)


def with_candidates(
    today: pd.DataFrame,
    candidates: str | Path,
    regions: pd.DataFrame,
    *,
    offices: str | Path = "",
    told: list[str] | None = None,
) -> pd.DataFrame:
    """Today's offices and the candidates in one table, by office_id, with a boolean `candidate`.

    Columns as in the schema of offices, and origin_<column> for what may be estimated later.
    `regions` is the long table of divisions that the candidate rule looks at, ``offices`` the
    source of ``today``, for messages. What a reader has to know of an own table is added to
    ``told``. Raises InputError.
    """
    new = load_candidates(candidates, today, regions, told=told)
    twice = tuple(_in_both(today["office_id"], new["office_id"], candidates, offices))
    if twice:
        raise InputError(twice)
    sites = pd.concat([today.assign(candidate=False), new.assign(candidate=True)])
    text = sites.select_dtypes(include=["str", "object"]).columns
    sites[text] = sites[text].fillna("")
    return sites.sort_values("office_id").reset_index(drop=True)


def load_offices(
    source: str | Path = "builtin", *, known: Known | None = None, told: list[str] | None = None
) -> pd.DataFrame:
    """Today's offices. `known` may give the modes of the catalogue: {"mode": [...]}

    What a reader has to know of an own table is added to ``told``.
    """
    base, file = parts_of(source)
    if base not in ("builtin", "builtin:offices"):
        own = read_table(source, OFFICES, known, told=told)
        own = own.sort_values("office_id").reset_index(drop=True)
        return own if "evidence" in own else own.assign(evidence="own")
    table = builtin.load("offices")
    documented = table["mode_evidence"] == "documented"
    table["origin_open_days"] = np.where(documented, "observed", "assumed")
    table["origin_mode"] = table["origin_open_days"]
    table = table.assign(services=_services(table["office_id"]), origin_services="assumed")
    table = table.assign(**PLACE_ASSUMED)
    if file:
        table = laid_over(table, file, OFFICES, known, told=told)
        table["evidence"] = table["evidence"].where(table["evidence"] != "", "own")
    return read_table(table, OFFICES, known).sort_values("office_id").reset_index(drop=True)


def in_both(offices: str | Path, candidates: str | Path) -> tuple[Problem, ...]:
    """Ids of own candidates that offices have, where the rest of the tables can not be had.

    Raises InputError where a table has no ids.
    """
    office_ids = _named(offices, builtin.load("offices")[list(NAMED)], OFFICES)["office_id"]
    none = builtin.load("offices").iloc[:0][list(NAMED)]
    ids = _named(candidates, none, CANDIDATES)["office_id"]
    return tuple(_in_both(office_ids, ids, candidates, offices))


def _in_both(
    office_ids: pd.Series, ids: pd.Series, candidates: str | Path, offices: str | Path
) -> Iterator[Problem]:
    """Ids that an office and a candidate have, by the row of the candidate or the office."""
    rows = RowsOfFile(file_of(candidates), CANDIDATES), RowsOfFile(file_of(offices), OFFICES)
    for one in sorted(set(office_ids) & set(ids)):
        found, key = f"{one!r}, of an office and a candidate", {"office_id": one}
        advice = "Give one of them another id."
        told = Problem("candidates, column office_id", found, "each office_id once", advice)
        there = rows[0].named(told, key, "office_id")
        yield there if there.place else rows[1].named(told, key, "office_id")


def load_names(offices: str | Path, candidates: str | Path) -> pd.DataFrame:
    """office_id and office of all that may be a site, whatever stands in the other cells.

    The rule of candidates may make a site of every municipality's seat. Ids may stand twice.
    Raises InputError where a table has no ids.
    """
    towns = builtin.load("municipalities")
    seats = pd.DataFrame({"office_id": "c" + towns["municipality_code"], "office": towns["seat"]})
    parts = [
        _named(offices, builtin.load("offices")[list(NAMED)], OFFICES),
        _named(candidates, seats, CANDIDATES),
    ]
    return pd.concat(parts).drop_duplicates(ignore_index=True)


def _named(source: str | Path, built_in: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The rows of a table by NAMED: the built-in ones under those of the file, but removed ones."""
    base, _ = parts_of(source)
    under = built_in if base in ("builtin", "builtin:offices") else built_in.iloc[:0]
    if not file_of(source):
        return under
    own = some_columns(file_of(source), schema, NAMED)
    goes = own["office_id"][own[REMOVE].isin(YES)]
    return pd.concat([under[~under["office_id"].isin(goes)], own[~own[REMOVE].isin(YES)]])[
        list(NAMED)
    ]


def load_offering(offices: str | Path) -> pd.DataFrame:
    """office_id, mode, services and origin_services of the own rows that tell of services.

    Whatever stands in the other cells. Raises InputError where a table has no ids.
    """
    base, _ = parts_of(offices)
    columns = ["office_id", "mode", "services", "origin_services"]
    if not file_of(offices):
        return pd.DataFrame(columns=columns)
    own = some_columns(file_of(offices), OFFICES, columns)
    own = own[(own["services"] != "") & ~own[REMOVE].isin(YES)]
    if base.startswith("builtin"):
        modes = own["office_id"].map(builtin.load("offices").set_index("office_id")["mode"])
        own = own.assign(mode=own["mode"].where(own["mode"] != "", modes.fillna("")))
    return own[columns].reset_index(drop=True)


def _services(office_ids: pd.Series) -> pd.Series:
    """What each built-in office offers, `general;id_check`; which do is largely assumed."""
    table = builtin.load("office_services").sort_values(["office_id", "service"])
    offered = table.groupby("office_id")["service"].agg(";".join)
    more = office_ids.map(offered)
    return ("general;" + more).fillna("general")


def load_candidates(
    source: str | Path,
    offices: pd.DataFrame,
    regions: pd.DataFrame,
    *,
    told: list[str] | None = None,
) -> pd.DataFrame:
    """Places where an office could open: `builtin` (the rule), `none`, or the user's table."""
    base, file = parts_of(source)
    if base == "builtin":
        table = seats_without_office(offices, regions)
        if file:
            table = laid_over(table, file, CANDIDATES, told=told).assign(evidence="candidate")
            table = _nothing(table) if table.empty else _own_candidates(table, file)
    elif str(source) == "none":
        table = seats_without_office(offices, regions.iloc[:0])
    else:
        table = _own_candidates(source, str(source), told)
    table = table.assign(mode=CLOSED, open_days=0.0)
    table = table.assign(origin_mode="assumed", origin_open_days="assumed")
    return table.sort_values("office_id").reset_index(drop=True)


def check_candidates(source: str | Path) -> None:
    """Check a table of candidates by itself, where offices or regions can not be had."""
    base, file = parts_of(source)
    if file:
        seats = pd.DataFrame({"office_id": "c" + builtin.load("municipalities")[CODE]})
        problems: tuple[Problem, ...] = ()
        try:
            own = check_laid_over(file, CANDIDATES)
        except TableError as error:
            own, problems = error.rows, error.problems
        problems = (*problems, *incomplete(file, own, seats, CANDIDATES))
        if problems:
            raise InputError(problems)
    elif base not in ("builtin", "none"):
        _own_candidates(source, str(source))


def _own_candidates(
    source: str | Path | pd.DataFrame, name: str, told: list[str] | None = None
) -> pd.DataFrame:
    rows = Path(name.partition("#")[0]).name, RowsOfFile(name, CANDIDATES)
    try:
        table = read_table(source, CANDIDATES, told=told).assign(evidence="candidate")
    except TableError as error:
        more = (*_modes_given(*rows, error.rows), *_visited(*rows, error.rows))
        raise InputError((*error.problems, *more)) from None
    problems = (*_modes_given(*rows, table), *_visited(*rows, table))
    if problems:
        raise InputError(problems)
    return table


def _modes_given(source: str, rows: RowsOfFile, table: pd.DataFrame) -> Iterator[Problem]:
    """A candidate has no mode today; one that is given would be dropped in silence."""
    if "mode" not in table:
        return
    given = table["mode"].fillna("").astype(str).str.strip()
    told = given[~given.isin(["", CLOSED])]
    accepted = "no mode: a candidate is closed today and may open in any that its partner allows"
    advice = "Say in which mode it opens under offices.mode."
    for office, mode in zip(table.loc[told.index[:MOST_SHOWN], "office_id"], told, strict=False):
        problem = Problem(f"{source}, column mode", f"{mode} at {office}", accepted, advice)
        yield rows.named(problem, {"office_id": office}, "mode")


def _visited(source: str, rows: RowsOfFile, table: pd.DataFrame) -> Iterator[Problem]:
    """Nor has it visits or staff."""
    for column in ("visits_per_year", "fte"):
        told = table[table[column] > 0].head(MOST_SHOWN)
        for office, amount in zip(told["office_id"], told[column], strict=True):
            accepted = "nothing or 0: a candidate is closed today"
            where, found = f"{source}, column {column}", f"{amount:g} at {office}"
            problem = Problem(where, found, accepted, "Leave it empty.")
            yield rows.named(problem, {"office_id": office}, column)


def seats_without_office(offices: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """The rule: every municipality seat of a region, of any division given, without an office.

    Ids are `c<municipality_code>`, the name is the seat's.
    """
    has_office = regions["municipality_code"].isin(offices["municipality_code"])
    served = set(map(tuple, regions.loc[has_office, ["division", "region_code"]].to_numpy()))
    pairs = zip(regions["division"], regions["region_code"], strict=True)
    lacking = [pair not in served for pair in pairs]
    codes = set(regions.loc[lacking, "municipality_code"])
    seats = builtin.load("municipalities")
    seats = seats[seats["municipality_code"].isin(codes)]
    table = pd.DataFrame(
        {
            "office_id": "c" + seats["municipality_code"],
            "office": seats["seat"],
            "municipality_code": seats["municipality_code"],
            "longitude": seats["seat_longitude"],
            "latitude": seats["seat_latitude"],
            "evidence": "candidate",
            **PLACE_ASSUMED,
        }
    )
    if table.empty:
        return _nothing(table)
    return read_table(table, CANDIDATES)


def _nothing(table: pd.DataFrame) -> pd.DataFrame:
    """No candidates, with the columns that a table of some would have."""
    origins = [f"origin_{column.name}" for column in CANDIDATES.columns if column.origin]
    names = [column.name for column in CANDIDATES.columns]
    return table.reindex(columns=[*names, *origins, "evidence"])
