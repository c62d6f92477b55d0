"""Every built-in table that the scripts derive, in order, and the catalogue that lists them."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from geodata.build import derived, localities, services
from geodata.build.sources import read_source

DATA = Path(__file__).parents[1] / "data"
Build = Callable[[], pd.DataFrame]

TABLES: tuple[tuple[str, Build], ...] = (
    ("offices", derived.offices),
    ("municipalities", derived.municipalities),
    ("localities", localities.build),
    ("regions", derived.regions),
    ("office_services", services.build),
    ("visits_by_region", derived.visits_by_region),
    ("cases_by_agency", derived.cases_by_agency),
    ("figures", derived.figures),
    ("observations", derived.observations),
    ("crossings", derived.crossings),
    ("water_barriers", derived.water_barriers),
    ("road_checks", derived.road_checks),
)


def build_all() -> dict[str, bytes]:
    """File name to content of every derived table, the catalogue last."""
    tables = {name: build() for name, build in TABLES}
    tables["columns"] = read_source("columns")
    tables["tables"] = _catalogue({name: len(table) for name, table in tables.items()})
    return {f"{name}.csv": _csv(table) for name, table in tables.items()}


def _catalogue(rows: dict[str, int]) -> pd.DataFrame:
    """The authored catalogue with the number of rows; authored tables are counted as they stand."""
    table = read_source("catalogue")
    present = [name in rows or (DATA / f"{name}.csv").exists() for name in table["table"]]
    table = table[present].copy()
    counts = [rows[name] if name in rows else _rows_on_disk(name) for name in table["table"]]
    table.insert(6, "rows", counts)
    return table


def _rows_on_disk(name: str) -> int:
    return len(pd.read_csv(DATA / f"{name}.csv", dtype=str))


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8")
