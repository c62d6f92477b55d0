"""`data estimate`: what is not given is estimated, told as such, and its error told."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geodata.schemas import OFFICES
from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.config import load
from tests.run.small_case import write_case

OWN = {"k1": 9000.0, "k2": 3000.0, "k3": 5000.0}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The small agency, where zones have no visits and three of six offices have."""
    path = write_case(tmp_path)
    zones = pd.read_csv(tmp_path / "zones.csv", dtype={"municipality_code": str})
    zones.drop(columns="visits_per_year").to_csv(tmp_path / "zones.csv", index=False)
    offices = pd.read_csv(tmp_path / "offices.csv", dtype={"municipality_code": str})
    offices["visits_per_year"] = offices["office_id"].map(OWN)
    offices.to_csv(tmp_path / "offices.csv", index=False)
    (tmp_path / "besok.csv").write_text("region_code,visits\nnation,30000\n")
    text = path.read_text(encoding="utf-8").replace("data:\n", "data:\n  visits: besok.csv\n")
    path.write_text(text, encoding="utf-8")
    return path


def test_the_table_is_whole_and_adds_up_and_can_be_read_again(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "whole.csv"
    assert main(["data", "estimate", str(config), "--to", str(to)]) == 0
    told = capsys.readouterr().out
    assert "visits_per_year: 3 observed, 3 estimated; 30,000.0 in all." in told
    assert "The estimate of visits is off by" in told and "own values of 3 offices" in told
    found = pd.read_csv(to).set_index("office_id")
    assert found["visits_per_year"][list(OWN)].tolist() == pytest.approx(list(OWN.values()))
    assert found["visits_per_year"].sum() == pytest.approx(30_000)
    assert found["origin_visits_per_year"].value_counts().to_dict() == {
        "observed": 3,
        "estimated": 3,
    }
    again = read_case(load(config, {"data": {"offices": str(to)}}))
    assert again.sites["visits_today"].to_numpy() == pytest.approx(found["visits_per_year"])
    assert again.sites["origin_visits"].tolist() == found["origin_visits_per_year"].tolist()
    assert again.estimates is not None and len(again.estimates) == 3


def test_errors_as_json_and_nothing_written_unasked(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(tmp_path.iterdir())
    assert main(["data", "estimate", str(config), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (error,) = document["errors"]
    assert (error["figure"], error["offices"]) == ("visits_per_year", 3)
    assert error["median_error"] > 0 and document["written"] is None
    assert set(tmp_path.iterdir()) == before


def test_no_error_is_told_of_what_follows_from_the_total(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three offices with visits, and the nation's total: each hidden one is what they leave."""
    offices = pd.read_csv(tmp_path / "offices.csv", dtype={"municipality_code": str})
    offices.iloc[:3].to_csv(tmp_path / "offices.csv", index=False)
    (tmp_path / "besok.csv").write_text("region_code,visits\nnation,17000\n")
    assert main(["data", "estimate", str(config), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["errors"] == []


@pytest.mark.parametrize("name", ["whole.txt", "offices.csv/x.csv", "x" * 300 + ".csv"])
def test_a_place_that_can_not_be_written(config: Path, tmp_path: Path, name: str) -> None:
    assert main(["data", "estimate", str(config), "--to", str(tmp_path / name)]) == 2


def test_no_column_is_lost_on_the_way_round(config: Path, tmp_path: Path) -> None:
    """Every column of the schema and the user's own: the table written gives the same offices."""
    offices = pd.read_csv(tmp_path / "offices.csv", dtype={"municipality_code": str})
    offices = offices.assign(
        open_days=[5, 4, 5, 3, 5, 5],
        fte=[3.2, *[None] * 5],
        premises_cost_mnkr=[None, 0.6, *[None] * 4],
        local_cost_mnkr=[None, 0.4, *[None] * 4],
        room_visits_per_year=[12_000, *[None] * 5],
        lease_end=["2026-09-30", *[None] * 5],
        notice_months=[6, *[None] * 5],
        improvements_mnkr=[0.4, None, 1.25, *[None] * 3],
        services=["general;id_check", *[None] * 5],
        partner=["Falu kommun", *[None] * 5],
        diarienummer=[f"D{n}" for n in range(6)],
    )
    offices.to_csv(tmp_path / "offices.csv", index=False)
    filled = [column.name for column in OFFICES.columns]
    assert set(filled) <= set(offices.columns)  # a new column of the schema belongs here too
    to = tmp_path / "whole.csv"
    assert main(["data", "estimate", str(config), "--to", str(to)]) == 0
    found = pd.read_csv(to, dtype={"municipality_code": str}).set_index("office_id")
    given = offices.set_index("office_id")
    for column in (*filled[1:], "diarienummer"):
        own = given[column].notna()
        assert found.loc[own, column].tolist() == given.loc[own, column].tolist(), column
    before, after = (
        read_case(load(config, {"data": {"offices": str(table)}} if table else None)).sites
        for table in (None, to)
    )
    pd.testing.assert_frame_equal(before, after, check_dtype=False)
