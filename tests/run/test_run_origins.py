"""Where each value comes from is told in the inputs of a run and on its map layers."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geodata import builtin, zones
from geodata.schemas import OFFICES
from optimizer.building.access_rules import group_table, people
from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.config import load
from optimizer.verify import verify
from tests.run.small_case import COSTS, QUICK, evaluate, write_case

ROOT = Path(__file__).parents[2]
#: Column of the offices, and what tells of it in inputs/sites.csv.
TOLD_BY = {
    "mode": "mode",
    "longitude": "coordinates",
    "latitude": "coordinates",
    "open_days": "open_days",
    "visits_per_year": "visits",
    "fte": "fte",
    "premises_cost_mnkr": "premises",
    "local_cost_mnkr": "local",
    "room_visits_per_year": "room",
    "lease_end": "lease_end",
    "notice_months": "notice_months",
    "improvements_mnkr": "improvements",
    "services": "services",
    "partner": "partner",
}
IDS = ("office_id", "office", "municipality_code")


def test_every_column_of_an_office_has_its_origin_in_the_inputs() -> None:
    columns = {column.name for column in OFFICES.columns} - set(IDS)
    assert columns == set(TOLD_BY)  # a new column of the schema belongs here too
    assert all(column.origin for column in OFFICES.columns if column.name in TOLD_BY)
    built_in = read_case(load(ROOT / "configs" / "base.yaml")).sites
    for name in TOLD_BY.values():
        assert f"origin_{name}" in built_in, name
    offices = built_in[~built_in["candidate"]]
    assert set(offices["origin_coordinates"]) == {"assumed"}
    assert set(offices["origin_mode"]) == {"observed", "assumed"}
    shared = offices["partner"] != ""
    assert set(offices.loc[shared, "origin_partner"]) == {"observed"}
    assert set(offices["origin_improvements"]) == {"default"}


def test_origins_follow_into_the_inputs_and_the_layer_of_zones(tmp_path: Path) -> None:
    output = {"language": "en", "formats": ["csv", "parquet", "gpkg"]}
    config = write_case(tmp_path, solver=QUICK, output=output)
    offices = pd.read_csv(tmp_path / "offices.csv", dtype=str)
    offices["lease_end"] = ["2026-09-30", *[""] * 5]
    offices["improvements_mnkr"] = ["0.4", *[""] * 5]
    offices.to_csv(tmp_path / "offices.csv", index=False)
    table = pd.read_csv(tmp_path / "zones.csv", dtype={"municipality_code": str})
    table["area_type"] = ["rural", *[""] * 11]
    table["share_primary_edu"] = [0.5, *[None] * 11]
    table.to_csv(tmp_path / "zones.csv", index=False)
    run = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(run), "--quiet"]) == 0
    sites = pd.read_csv(run / "inputs" / "sites.csv", keep_default_na=False)
    assert sites["origin_lease_end"].tolist() == ["observed", *[""] * 5]
    assert sites["origin_improvements"].tolist() == ["observed", *["default"] * 5]
    assert set(sites["origin_mode"]) == set(sites["origin_coordinates"]) == {"observed"}
    inputs = pd.read_parquet(run / "inputs" / "zones.parquet").set_index("zone_id")
    assert inputs.loc["z0a", "origin_area_type"] == "observed"
    assert inputs.loc["z1a", "origin_area_type"] == "estimated"
    assert set(inputs["origin_visits_per_year"]) == {"observed"}
    assert inputs["origin_share_primary_edu"].tolist() == ["observed", *["estimated"] * 11]
    layer = gpd.read_file(run / "plan.gpkg", layer="zones").set_index("zone_id")
    for name in ("origin", "origin_area_type", "origin_visits_per_year"):
        assert layer[name].to_dict() == inputs[name].to_dict(), name


def test_visits_that_are_not_given_are_told_as_estimated(tmp_path: Path) -> None:
    config = write_case(tmp_path, solver=QUICK, output={"formats": ["csv"]})
    table = pd.read_csv(tmp_path / "zones.csv", dtype={"municipality_code": str})
    table.drop(columns="visits_per_year").to_csv(tmp_path / "zones.csv", index=False)
    (tmp_path / "visits.csv").write_text("region_code,visits\nnation,30000\n")
    text = config.read_text(encoding="utf-8").replace("data:\n", "data:\n  visits: visits.csv\n")
    config.write_text(text, encoding="utf-8")
    run = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(run), "--quiet"]) == 0
    inputs = pd.read_parquet(run / "inputs" / "zones.parquet")
    assert set(inputs["origin_visits_per_year"]) == {"estimated"}


@pytest.mark.parametrize(
    ("group", "column"),
    [
        ("age_75plus", "share_75plus"),
        ("low_education", "share_primary_edu"),
        ("exclusion_areas", "share_area_type_1_2"),
        ("low_tax_base", "share_low_tax_base"),
    ],
)
def test_finer_zones_have_shares_of_their_own(tmp_path: Path, group: str, column: str) -> None:
    """Own where given, else the municipality's; the first has the lowest tax base of all."""
    towns = builtin.load("municipalities").set_index("municipality_code")
    poor = towns["tax_base_sek"].astype(float).idxmin()
    rows = [("a", poor, 0.25), ("b", poor, None), ("c", "0180", 0.0), ("d", "0180", None)]
    table = pd.DataFrame(rows, columns=["zone_id", "municipality_code", column])
    seats = towns.loc[table["municipality_code"]]
    table["longitude"] = seats["seat_longitude"].to_numpy()
    table["latitude"] = seats["seat_latitude"].to_numpy()
    table["population"] = 1000
    table.to_csv(tmp_path / "zones.csv", index=False)
    found = zones.load(tmp_path / "zones.csv")
    if group == "low_tax_base":
        others = [1.0, 0.0]
    else:
        others = towns.loc[[poor, "0180"], column].astype(float).tolist()
    expected = [250.0, 1000 * others[0], 0.0, 1000 * others[1]]
    assert people(found, group).tolist() == pytest.approx(expected)
    assert group_table(found)[group].tolist() == pytest.approx(expected)
    assert found[f"origin_{column}"].tolist() == ["observed", "estimated"] * 2


def test_the_base_year_costs_its_total_where_own_room_is_below_the_visits(tmp_path: Path) -> None:
    config, run = write_case(tmp_path), tmp_path / "run"
    offices = pd.read_csv(tmp_path / "offices.csv", dtype=str)
    offices["room_visits_per_year"] = ["2500", "90000", *[""] * 4]
    offices.to_csv(tmp_path / "offices.csv", index=False)
    evaluate(config, run)
    budget = pd.read_csv(run / "budget.csv", dtype={"year": str}).set_index(["year", "item"])
    assert budget["amount_mnkr"]["2024", "cost"] == pytest.approx(COSTS["total_mnkr"], abs=1e-6)
    assert budget["amount_mnkr"]["2024", "extension"] == pytest.approx(0.0, abs=1e-6)
    warnings = json.loads((run / "summary.json").read_text(encoding="utf-8"))["warnings"]
    (told,) = [one for one in warnings if one.startswith("Own room of 1 offices is below")]
    assert "k1 3,500 (2,500)." in told
    sites = pd.read_csv(run / "inputs" / "sites.csv").set_index("office_id")
    assert list(sites["origin_room"].loc[["k1", "k2", "k3"]]) == [
        "estimated",
        "observed",
        "estimated",
    ]
    assert verify(run).ok
