"""Sites: today's offices and the candidates that could give a region without an office one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata import builtin
from geodata.cells import Known
from geodata.overlay import check_laid_over, laid_over, parts_of
from geodata.problems import InputError, Problem
from geodata.schema import Schema
from geodata.schemas import CANDIDATES, OFFICES
from geodata.tables import read_table

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
    return with_candidates(load_offices(offices, known=known), candidates, regions)


def with_candidates(
    today: pd.DataFrame,
    candidates: str | Path,
    regions: pd.DataFrame,
    *,
    told: list[str] | None = None,
) -> pd.DataFrame:
    """Today's offices and the candidates in one table, by office_id, with a boolean `candidate`.

    Columns as in the schema of offices, and origin_<column> for what may be estimated later.
    `regions` is the long table of divisions that the candidate rule looks at. What a reader has to
    know of an own table is added to ``told``. Raises InputError.
    """
    new = load_candidates(candidates, today, regions, told=told)
    twice = sorted(set(today["office_id"]) & set(new["office_id"]))
    if twice:
        found = f"{', '.join(twice)} in offices and candidates"
        raise InputError((Problem("candidates, column office_id", found, "each office_id once"),))
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


def load_names(offices: str | Path, candidates: str | Path) -> pd.DataFrame:
    """office_id and office of all that may be a site, whatever stands in the other cells.

    The rule of candidates may make a site of every municipality's seat. Ids may stand twice.
    Raises InputError where a table has no ids.
    """
    towns = builtin.load("municipalities")
    seats = pd.DataFrame({"office_id": "c" + towns["municipality_code"], "office": towns["seat"]})
    parts = [
        *_names(offices, builtin.load("offices")[list(NAMED)], OFFICES),
        *_names(candidates, seats, CANDIDATES),
    ]
    return pd.concat(parts).drop_duplicates(ignore_index=True)


def _names(source: str | Path, built_in: pd.DataFrame, schema: Schema) -> Iterator[pd.DataFrame]:
    base, file = parts_of(source)
    is_file = base not in ("builtin", "builtin:offices", "none")
    if not is_file and base != "none":
        yield built_in
    if is_file or file:
        columns = tuple(one for one in schema.columns if one.name in NAMED)
        some = replace(schema, columns=columns, unique=()).needing(schema.name, ["office_id"])
        yield read_table(file or base, some)[list(NAMED)]


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
        check_laid_over(file, CANDIDATES)
    elif base not in ("builtin", "none"):
        _own_candidates(source, str(source))


def _own_candidates(
    source: str | Path | pd.DataFrame, name: str, told: list[str] | None = None
) -> pd.DataFrame:
    table = read_table(source, CANDIDATES, told=told).assign(evidence="candidate")
    name = Path(name.partition("#")[0]).name
    problems = (*_modes_given(name, table), *_visited(name, table))
    if problems:
        raise InputError(problems)
    return table


def _modes_given(source: str, table: pd.DataFrame) -> Iterator[Problem]:
    """A candidate has no mode today; one that is given would be dropped in silence."""
    if "mode" not in table:
        return
    given = table["mode"].fillna("").astype(str).str.strip()
    told = given[~given.isin(["", CLOSED])]
    if len(told):
        found = f"{told.iloc[0]} at {table.loc[told.index[0], 'office_id']}"
        accepted = (
            "no mode: a candidate is closed today and may open in any that its partner allows"
        )
        advice = "Say in which mode it opens under offices.mode."
        yield Problem(f"{source}, column mode", found, accepted, advice)


def _visited(source: str, table: pd.DataFrame) -> Iterator[Problem]:
    """Nor has it visits or staff."""
    for column in ("visits_per_year", "fte"):
        told = table[table[column] > 0]
        if len(told):
            found = f"{told[column].iloc[0]:g} at {told['office_id'].iloc[0]}"
            accepted = "nothing or 0: a candidate is closed today"
            yield Problem(f"{source}, column {column}", found, accepted, "Leave it empty.")


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
