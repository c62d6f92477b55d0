"""The agency's own workbook: empty it is the built-in case, filled in it goes before."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from geodata.problems import InputError
from geodata.workbook import SHEETS
from optimizer.cli import main
from optimizer.config import load
from optimizer.config.shipped import shipped_config
from optimizer.reading import read_case


@pytest.fixture
def work(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path / "arbete")]) == 0
    return tmp_path / "arbete"


def column(sheet: str, name: str) -> int:
    """The column number of a key in a sheet of the form."""
    schema = next(one.schema for one in SHEETS if one.title == sheet)
    return 1 + [one.name for one in schema.columns].index(name)


def fill(work: Path, sheet: str, row: int, **values: object) -> None:
    book = openpyxl.load_workbook(work / "servicenet.xlsx")
    for name, value in values.items():
        book[sheet].cell(row, column(sheet, name)).value = value  # type: ignore[union-attr]
    book.save(work / "servicenet.xlsx")


def test_nothing_filled_in_is_the_built_in_case(work: Path) -> None:
    base = shipped_config("base.yaml")
    assert base is not None
    built, own = read_case(load(base)), read_case(load(work / "config.yaml"))
    for name in ("sites", "site_modes", "zones", "regions", "years"):
        pd.testing.assert_frame_equal(getattr(built, name), getattr(own, name))
    assert np.array_equal(built.instance.minutes, own.instance.minutes)
    assert np.array_equal(built.instance.demand, own.instance.demand)
    assert built.warnings == own.warnings


def test_what_is_filled_in_is_used_and_keeps_its_origin(work: Path) -> None:
    before = read_case(load(work / "config.yaml")).sites.set_index("office_id")
    fill(work, "Kontor", 2, visits_per_year=31_000, premises_cost_mnkr=2.5, open_days=4)
    after = read_case(load(work / "config.yaml")).sites.set_index("office_id")
    after = after[~after["candidate"]]
    own, others = after.loc["o001"], after.drop("o001")
    assert own["visits_today"] == 31_000
    assert own["premises_today_mnkr"] == 2.5
    assert own["open_days_today"] == 4
    assert (own[["origin_visits", "origin_premises", "origin_open_days"]] == "observed").all()
    assert own["origin_fte"] == "estimated"
    assert (others["origin_visits"] == "estimated").all()
    assert (others["origin_open_days"] == before.loc[others.index, "origin_open_days"]).all()


def test_other_sheets_stand_in_for_built_in_tables(work: Path) -> None:
    towns = pd.read_csv("geodata/data/municipalities.csv", dtype={"municipality_code": str})
    book = openpyxl.load_workbook(work / "servicenet.xlsx")
    for code in towns["municipality_code"]:
        half = "N" if int(code) >= 1700 else "S"
        book["Regioner"].append(["halvor", half, f"Halva {half}", code])
    place = ["ny", "Nytt kontor", "0980", 18.3, 57.6, None]
    book["Kandidater"].append(place[:5])
    book.save(work / "servicenet.xlsx")
    config = work / "config.yaml"
    text = config.read_text(encoding="utf-8")
    text += "  regions: {halvor: servicenet.xlsx#Regioner}\n"
    text += "requirements: {region_coverage: [{division: halvor, min_points: 2}]}\n"
    config.write_text(text, encoding="utf-8")
    case = read_case(load(config))
    assert set(case.regions["division"]) >= {"fa", "halvor"}
    assert [rule.min_points for rule in case.instance.coverage] == [2, 2]
    assert list(case.sites.loc[case.sites["candidate"], "office"]) == ["Nytt kontor"]


def test_problems_are_told_by_sheet_and_row_and_marked_in_a_copy(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(work, "Kontor", 3, mode="bemannat", longitude=59.3, latitude=18.1)
    fill(work, "Kontor", 7, visits_per_year=-5)
    marked = tmp_path / "fel.xlsx"
    capsys.readouterr()
    words = ["check", str(work / "config.yaml"), "--marked", str(marked), "--json"]
    assert main(words) == 2
    told = json.loads(capsys.readouterr().out)
    places = [one["where"] for one in told["problems"]]
    assert "servicenet.xlsx#Kontor row 7, column visits_per_year" in places
    assert "servicenet.xlsx#Kontor row 3, column mode" in places
    sheet = openpyxl.load_workbook(marked)["Kontor"]
    bad = sheet.cell(7, column("Kontor", "visits_per_year"))
    assert bad.fill.fgColor.rgb.endswith("FFC7CE")
    assert bad.comment is not None and "at least 0" in bad.comment.text
    assert main(words) == 2  # an earlier copy is not written over
    assert "another one" in capsys.readouterr().err


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_workbook_that_is_none_is_refused(work: Path) -> None:
    (work / "servicenet.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InputError, match="sound xlsx file"):
        read_case(load(work / "config.yaml"))
    (work / "servicenet.xlsx").unlink()
    with pytest.raises(InputError, match="no such file"):
        read_case(load(work / "config.yaml"))


def test_the_form_explains_every_column_and_checks_in_the_spreadsheet(work: Path) -> None:
    book = openpyxl.load_workbook(work / "servicenet.xlsx")
    for sheet in SHEETS:
        page = book[sheet.title]
        for number, one in enumerate(sheet.schema.columns, start=1):
            head = page.cell(1, number)
            assert head.value.endswith(f"[{one.name}]")
            assert head.comment is not None and one.meaning in head.comment.text
            assert not head.value.startswith(one.meaning), f"{one.name} has no Swedish heading"
        kinds = {rule.type for rule in page.data_validations.dataValidation}
        assert kinds & {"list", "decimal"}
    assert len(list(book["Kontor"].rows)) == 149
