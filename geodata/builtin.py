"""The built-in tables by name, with their catalogue of sources, licences and kinds."""

from functools import cache
from importlib import resources

import pandas as pd

TEXT_COLUMNS = frozenset(
    {
        "agency",
        "county_code",
        "from_municipality_code",
        "municipality_code",
        "office_id",
        "period",
        "region_code",
        "ssc_region",
        "to_municipality_code",
        "year_opened",
        "zone_id",
    }
)


def load(name: str) -> pd.DataFrame:
    """A built-in table as a fresh copy: codes and ids are strings, empty text is ''.

    Raises KeyError with the known names if there is no such table.
    """
    known = names()
    if name not in known:
        raise KeyError(f"no built-in table {name!r}; there are: {', '.join(known)}")
    return _read(name).copy()


def names() -> tuple[str, ...]:
    """Names of the built-in tables, in the order of the catalogue."""
    return tuple(_read("tables")["table"])


def catalogue() -> pd.DataFrame:
    """One row per built-in table: title, source, year, licence, kind, rows, how derived."""
    return _read("tables").copy()


def columns(name: str) -> pd.DataFrame:
    """One row per column of a built-in table: unit, kind (observed, estimated, ...), meaning."""
    table = _read("columns")
    return table[table["table"] == name].drop(columns="table").reset_index(drop=True)


@cache
def _read(name: str) -> pd.DataFrame:
    path = resources.files("geodata") / "data" / f"{name}.csv"
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    for column in table.columns:
        if column not in TEXT_COLUMNS:
            table[column] = _numbers_if_all(table[column])
    return table


def _numbers_if_all(values: pd.Series) -> pd.Series:
    """The column as numbers if every given value is one, otherwise unchanged text."""
    given = values[values != ""]
    if given.empty or pd.to_numeric(given, errors="coerce").isna().any():
        return values
    numbers = pd.to_numeric(values.where(values != ""), errors="coerce")
    whole = not given.str.contains(r"[.eE]", regex=True).any() and len(given) == len(values)
    return numbers.astype("int64" if whole else "float64")
