"""What people read of services: the map's card, the report, and the titles of rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from optimizer.outputs.account.account import read_account
from optimizer.outputs.map.offices import office_records
from optimizer.outputs.map.shapes import Frame
from optimizer.outputs.report.blocks import Paragraph
from optimizer.outputs.report.choices import decisions
from optimizer.outputs.report.services import services, services_of
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.run_tables import read_tables
from optimizer.outputs.services import office_services, service_titles
from optimizer.outputs.side_by_side.titles import titles_of
from optimizer.outputs.strings import load
from tests.services.service_case import OFF, a_case, solved

FRAME = Frame(200_000.0, 7_000_000.0, 1000, 1000)
CHECK = "Förstärkt identitetskontroll"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """k1 has identity checks and closes; k3 gets them; own data, so nothing is assumed."""
    folder = tmp_path_factory.mktemp("services")
    offer = {"office": "k3", "service": "id_check", "from": 2026}
    wanted = {
        "requirements": {**OFF, "service_coverage": [{"service": "id_check", "division": "land"}]},
        "services": {"id_check": {"may_be_added": "offices"}},
        "offices": {"close": [{"office": "k1"}], "offer": [offer]},
        "output": {"language": "sv", "formats": ["csv", "parquet"]},
    }
    return solved(a_case(folder, **wanted))


def test_the_card_has_the_services_of_today_and_of_each_year(run: Path) -> None:
    tables = read_tables(run)
    found = office_services(tables)
    assert found["k1"].today == ("id_check",)
    assert found["k1"].by_year == ((), ())
    assert found["k3"].today == () and found["k3"].last == ("id_check",)
    assert found["k3"].changes and not found["k1"].assumed
    records = {one["id"]: one for one in office_records(tables, FRAME, {})}
    assert [year["services"] for year in records["k1"]["years"]] == [["id_check"], [], []]
    assert records["k3"]["years"][-1]["services"] == ["id_check"]


def test_the_report_tells_them_before_and_after(run: Path) -> None:
    writer = Writer(read_account(run), load("sv"))
    section = services(writer)
    assert section is not None
    tables = [block for block in section.blocks if hasattr(block, "rows")]
    assert tables[0].rows[0][0] == CHECK
    became = {row[0]: row[1:] for row in tables[1].rows}
    assert became == {"Falun": ("upphör",), "Ludvika": ("nytt",)}
    assert services_of(writer, "k1") == f"{CHECK}: upphör"
    rows = [row for block in decisions(writer).blocks for row in getattr(block, "rows", ())]
    assert ("Ludvika", f"Ska erbjuda: {CHECK}", "2026", "inget skäl angivet") in rows


@pytest.mark.parametrize(
    ("confidence", "mark", "notes"),
    [
        ("documented", "", 1),
        ("announced", " (aviserat)", 2),
        ("town_announced", " (antaget)", 2),
    ],
)
def test_what_is_only_announced_or_assumed_is_told_as_such(
    run: Path, tmp_path: Path, confidence: str, mark: str, notes: int
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    offers = folder / "inputs" / "offers.csv"
    offers.write_text(
        offers.read_text(encoding="utf-8").replace(",own,", f",{confidence},"), encoding="utf-8"
    )
    writer = Writer(read_account(folder), load("sv"))
    assert services_of(writer, "k1") == f"{CHECK}{mark}: upphör"
    section = services(writer)
    assert section is not None
    assert sum(isinstance(block, Paragraph) for block in section.blocks) == notes
    record = next(
        one for one in office_records(read_tables(folder), FRAME, {}) if one["id"] == "k1"
    )
    told = {key: record[f"{key}_services"] for key in ("assumed", "announced")}
    assert told == {
        "assumed": ["id_check"] * (mark == " (antaget)"),
        "announced": ["id_check"] * (mark == " (aviserat)"),
    }


def test_rules_of_services_have_names(run: Path) -> None:
    tables = read_tables(run)
    titles = titles_of(tables, "sv")
    assert titles.scope("service_coverage", "id_check:land:1") == f"{CHECK}, Landet"
    assert titles.scope("service_coverage", "id_check:2:nation").startswith(f"{CHECK}, ")
    told = titles.scope("fixed_decisions", "offer:k3:id_check")
    assert told == f"Ska erbjuda tjänst, Ludvika, {CHECK}"
    assert service_titles(tables, load("en"))["id_check"] == "Strengthened identity check"
