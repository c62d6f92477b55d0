"""Divisions of the country into regions: FA regions, counties, any the user supplies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geodata import builtin
from geodata.drawing import drawn
from geodata.files import read_raw
from geodata.overlay import laid_over, parts_of
from geodata.problems import InputError, Problem
from geodata.rows_of_file import RowsOfFile
from geodata.schemas import REGIONS
from geodata.tables import TableError, keyed, read_table

BUILTIN = ("fa15", "county", "ssc", "municipality")
COLUMNS = ["division", "region_code", "region", "municipality_code"]


def load(divisions: Mapping[str, str | Path]) -> pd.DataFrame:
    """Divisions by the names given to them, in long form: COLUMNS.

    Sources: `builtin:fa15`, `builtin:county`, `builtin:ssc`, `builtin:municipality` (each a region
    of its own) or a table with region_code, region, municipality_code; if that holds several
    divisions, its column division picks the one with the given name. Every municipality stands
    once in every division. Raises InputError.
    """
    parts: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for name, source in divisions.items():
        found, some = Path(source).name, _part(name, source)
        problems += [*some.problems, *_gaps(name, found, some), *_two_names(name, found, some)]
        parts.append(some.sound)
    if problems:
        raise InputError(tuple(problems))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class _Part:
    """A division: its sound rows, what is wrong with others, and the codes that those name."""

    sound: pd.DataFrame
    problems: tuple[Problem, ...] = ()
    other_codes: tuple[str, ...] = ()


def _part(name: str, source: str | Path) -> _Part:
    """A division as far as it can be had."""
    try:
        return _Part(_division(name, source))
    except TableError as error:
        rows = error.rows[error.rows["division"].isin(["", name])]
        others = error.table.loc[~error.sound, "municipality_code"]
        return _Part(_named(rows, name), error.problems, tuple(others.astype(str)))
    except InputError as error:
        return _Part(pd.DataFrame(columns=COLUMNS), error.problems)


def _division(name: str, source: str | Path) -> pd.DataFrame:
    base, file = parts_of(source)
    if base.startswith("builtin:"):
        division = _builtin(name, base)
        return _laid_over(division, file, name) if file else division
    raw = keyed(read_raw(source), REGIONS)
    if raw.areas is not None and "municipality_code" not in raw.table:
        raw = drawn(raw)
    table = read_table(raw, REGIONS)
    held = sorted(set(table["division"]))
    if len(held) > 1:
        if name not in held:
            found = f"divisions {', '.join(held)}"
            advice = "Name the division in the config as in the table."
            raise InputError((Problem(Path(source).name, found, f"division {name}", advice),))
        table = table[table["division"] == name]
    return _named(table, name)


def _laid_over(division: pd.DataFrame, file: str, name: str) -> pd.DataFrame:
    """A built-in division where an own table moves municipalities to other regions."""
    table = laid_over(division, file, replace(REGIONS, unique=("municipality_code",)))
    codes = dict(zip(division["region"], division["region_code"], strict=True))
    other = table[table["region"].map(codes).fillna(table["region_code"]) != table["region_code"]]
    if len(other):
        row = other.iloc[0]
        where = f"{Path(file).name}, municipality_code {row['municipality_code']}"
        found = f"region_code {row['region_code']!r} for {row['region']}"
        accepted = f"{codes[row['region']]!r}, its code in the built-in division"
        problem = Problem(where, found, accepted, "Correct the code or the name.")
        key = {"municipality_code": row["municipality_code"]}
        raise InputError(RowsOfFile(file, REGIONS).named(problem, key, "region_code"))
    return _named(table, name)


def _builtin(name: str, source: str) -> pd.DataFrame:
    division = source.removeprefix("builtin:")
    if division not in BUILTIN:
        accepted = ", ".join(f"builtin:{known}" for known in BUILTIN)
        advice = "FA25 is not public as a table: give the path of your own."
        raise InputError((Problem(f"data.regions.{name}", source, accepted, advice),))
    if division == "municipality":
        table = builtin.load("municipalities")[["municipality_code", "municipality"]]
        named = table.rename(columns={"municipality": "region"})
        return _named(named.assign(region_code=table["municipality_code"]), name)
    table = builtin.load("regions")
    return _named(table[table["division"] == division], name)


def _named(table: pd.DataFrame, name: str) -> pd.DataFrame:
    table = table.assign(division=name)[COLUMNS]
    return table.sort_values(["region_code", "municipality_code"]).reset_index(drop=True)


def _gaps(name: str, source: str, part: _Part) -> Iterator[Problem]:
    """Municipalities that no row names."""
    if part.sound.empty:
        return
    every = builtin.load("municipalities").set_index("municipality_code")["municipality"]
    given = {*part.sound["municipality_code"], *part.other_codes}
    absent = every[~every.index.isin(given)]
    if len(absent):
        shown = ", ".join(f"{code} {town}" for code, town in absent.head(10).items())
        found = f"{len(absent)} municipalities without region: {shown}"
        found = found.replace("1 municipalities", "1 municipality")
        yield Problem(f"{source} (division {name})", found, "every municipality once", "Add them.")


def _two_names(name: str, source: str, part: _Part) -> Iterator[Problem]:
    """Codes that stand for two regions."""
    names = part.sound.drop_duplicates(["region_code", "region"])
    for code in sorted(set(names.loc[names["region_code"].duplicated(), "region_code"])):
        found = ", ".join(map(repr, names.loc[names["region_code"] == code, "region"]))
        where = f"{source} (division {name}), region_code {code}"
        yield Problem(where, found, "one name for each region_code", "Use one name.")
