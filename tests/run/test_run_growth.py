"""Demand that grows by region and by agency: by hand, checked again, refused where wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata import builtin
from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.config import load
from optimizer.verify import verify
from tests.run.small_case import write_case

SHIPPED = ("arbetsformedlingen", "forsakringskassan", "pensionsmyndigheten", "skatteverket")
AGENCIES = {
    **dict.fromkeys((*SHIPPED, "migrationsverket")),
    "a": 600.0,
    "b": 300.0,
    "c": 100.0,
}


def grown(folder: Path, **changes: Any) -> pd.DataFrame:
    """Visits by zone, year, service and need of the small case; the base year is 2024."""
    folder.mkdir()
    case = read_case(load(a_case(folder, **changes)))
    instance = case.instance
    demand = dict(zip(instance.years, instance.demand, strict=True))
    rows = [
        (zone, year, column, float(visits[i, column]))
        for year, visits in {2024: case.demand_today, **demand}.items()
        for i, zone in enumerate(instance.zones)
        for column in range(visits.shape[1])
    ]
    return pd.DataFrame(rows, columns=["zone_id", "year", "column", "visits"])


def a_case(folder: Path, **changes: Any) -> Path:
    """The small case with a division `half`: Falun and Borlänge in `west`, the rest in `east`."""
    towns = builtin.load("municipalities")[["municipality_code"]]
    west = towns["municipality_code"].isin(["2080", "2081"])
    code = west.map({True: "west", False: "east"})
    towns.assign(region_code=code, region=code).to_csv(folder / "half.csv", index=False)
    data = {"offices": "offices.csv", "candidates": "none", "zones": "zones.csv"}
    return write_case(folder, data={**data, "regions": {"half": "half.csv"}}, **changes)


def ratio(table: pd.DataFrame, zone: str, year: int, column: int = 0) -> float:
    visits = table.set_index(["zone_id", "year", "column"])["visits"]
    return float(visits[zone, year, column] / visits[zone, 2024, column])


def test_regions_grow_beside_the_country(tmp_path: Path) -> None:
    """1 % everywhere and 10 % in the west: 1.01 x 1.1 after one year there, squared after two."""
    rule = {"division": "half", "per_year": {"west": 0.1}}
    table = grown(tmp_path / "case", demand={"growth_per_year": 0.01, "growth_by_region": rule})
    for zone, once in (("z0a", 1.01 * 1.1), ("z1b", 1.01 * 1.1), ("z3a", 1.01)):
        assert ratio(table, zone, 2025) == pytest.approx(once)
        assert ratio(table, zone, 2026) == pytest.approx(once**2)


def test_agencies_grow_by_their_cases(tmp_path: Path) -> None:
    """600 of 1,000 cases grow by 10 %, 300 fall by 20 %: 0.66 + 0.24 + 0.1 = 1.0, then 0.726 +
    0.192 + 0.1 = 1.018."""
    demand = {"cases_by_agency": AGENCIES, "growth_by_agency": {"a": 0.1, "b": -0.2}}
    table = grown(tmp_path / "case", demand=demand, services={"migration": {"agency": None}})
    for column in range(3):
        assert ratio(table, "z2a", 2025, column) == pytest.approx(1.0)
        assert ratio(table, "z2a", 2026, column) == pytest.approx(1.018)


def test_a_service_grows_with_its_agency_and_the_rest_without_it(tmp_path: Path) -> None:
    """The service has a tenth of all visits, 100 of the 300 cases of b. It falls by 20 %; what is
    left, 600 growing and 200 falling of 900, goes from 900 to 660 + 160 + 100 = 920."""
    service = {"need": 3, "visits_share": 0.1, "agency": "b", "equipment_mnkr": 0.1}
    folder = tmp_path / "case"
    folder.mkdir()
    config = a_case(
        folder,
        services={"extra": service, "id_check": None, "migration": None},
        demand={"cases_by_agency": AGENCIES, "growth_by_agency": {"a": 0.1, "b": -0.2}},
        requirements={
            "region_coverage": {"on": False},
            "staff_balance": {"on": False},
            "service_flows": {"on": True},
        },
    )
    offices = pd.read_csv(folder / "offices.csv", dtype=str)
    offices.assign(services="general;extra").to_csv(folder / "offices.csv", index=False)
    case = read_case(load(config))
    assert case.instance.services == ("extra",)
    growth = case.instance.demand[0] / case.demand_today
    assert growth[:, 3] == pytest.approx(0.8)
    assert growth[:, :3] == pytest.approx(920.0 / 900.0)


def test_the_growth_is_checked_again_in_the_run(tmp_path: Path) -> None:
    rule = {"division": "half", "per_year": {"west": 0.02, "east": -0.01}}
    demand = {"growth_by_region": rule, "growth_by_agency": {"skatteverket": 0.03}}
    config = a_case(tmp_path, demand=demand)
    out = tmp_path / "run"
    assert main(["evaluate", str(config), "--plan", "today", "--out", str(out), "--quiet"]) in (
        0,
        1,
    )
    file = out / "inputs" / "demand.parquet"
    table = pd.read_parquet(file)
    table.loc[table["year"] == 2026, "visits"] *= 1.001
    table.to_parquet(file)
    found = [one.where for one in verify(out).findings if one.check == "demand"]
    assert found
    assert "year 2026" in found[0]


@pytest.mark.parametrize(
    ("demand", "words"),
    [
        ({"growth_by_region": {"division": "no", "per_year": {}}}, "growth_by_region.division"),
        (
            {"growth_by_region": {"division": "half", "per_year": {"north": 0.1}}},
            "growth_by_region.per_year.north",
        ),
        (
            {"growth_by_region": {"division": "half", "per_year": {"west": 0.9}}},
            "growth_by_region.per_year.west",
        ),
        ({"growth_by_agency": {"skatten": 0.1}}, "growth_by_agency.skatten"),
    ],
)
def test_growth_of_what_is_not_there_is_refused(
    tmp_path: Path, demand: dict[str, Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = a_case(tmp_path, demand=demand)
    assert main(["check", str(config)]) == 2
    assert words in capsys.readouterr().err
