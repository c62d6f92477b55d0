"""Staggered days in a whole run: told in table, motive, workbook and report, and audited."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.outputs.account.account import read_account
from optimizer.outputs.report.weekdays import weekdays
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.strings import load
from optimizer.outputs.workbook import write_workbook
from optimizer.verify import verify
from tests.run.small_case import OFFICES, write_case

#: Falun and Borlänge, some 17 km apart, open three days each from 2025
PLAN = "office_id,year,mode\n" + "".join(
    f"{office[0]},{year},{'reduced' if office[0] in ('k1', 'k2') else 'staffed'}\n"
    for office in OFFICES
    for year in (2025, 2026)
)


def counted(folder: Path, km: float) -> Path:
    rules = {
        "region_coverage": {"on": False},
        "staff_balance": {"on": False},
        "staggered_days": {"km": km},
    }
    config = write_case(folder, requirements=rules)
    (folder / "mine.csv").write_text(PLAN, encoding="utf-8")
    out = folder / "run"
    options = ["--plan", str(folder / "mine.csv"), "--out", str(out), "--quiet"]
    assert main(["evaluate", str(config), *options]) in (0, 1)
    return out


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return counted(tmp_path_factory.mktemp("near"), 20.0)


def test_near_offices_open_on_days_that_make_up_the_week(run: Path) -> None:
    table = pd.read_csv(run / "weekdays.csv")
    assert table["office_id"].tolist() == ["k1", "k2"] * 2
    assert (table["group"] == "k1").all() and (table["open_days"] == 3).all()
    first, second = (set(days.split(";")) for days in table["weekdays"][:2])
    assert first | second == {"mon", "tue", "wed", "thu", "fri"}
    assert table["weekdays"].tolist()[:2] == table["weekdays"].tolist()[2:]  # as the year before
    rules = pd.read_csv(run / "requirements.csv")
    rows = rules[rules["requirement"] == "staggered_days"]
    assert rows["value"].tolist() == [0.0, 0.0] and rows["holds"].all()
    motives = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"])["motive"]
    assert "Proposed open days, alternating with nearby offices:" in motives["k1", 2025]
    assert "Proposed open days" not in motives["k3", 2025]


def test_the_audit_agrees_and_finds_days_that_leave_a_gap(run: Path) -> None:
    assert verify(run).ok
    file = run / "weekdays.csv"
    kept = file.read_text(encoding="utf-8")
    table = pd.read_csv(file)
    try:
        same = table.assign(weekdays=table["weekdays"].iloc[0])
        for wrong in (same, table.assign(weekdays="mon;tue"), table.iloc[1:]):
            wrong.to_csv(file, index=False)
            found = verify(run).findings
            assert "weekdays" in {one.check for one in found}
        same.to_csv(file, index=False)
        rows = verify(run).requirements.set_index(["requirement", "year"])
        assert rows.loc[("staggered_days", "2025"), ["value", "limit"]].tolist() == [4.0, 0.0]
        assert not rows.loc[("staggered_days", "2025"), "holds"]
    finally:
        file.write_text(kept, encoding="utf-8")


def test_it_is_told_in_workbook_and_report(run: Path) -> None:
    book = openpyxl.load_workbook(write_workbook(run, language="sv"))
    cells = [[cell.value for cell in row] for row in book["Öppetdagar"].iter_rows()]
    rows = [row for row in cells if row[0] == 2025]
    assert [row[3] for row in rows] == ["Falun", "Borlänge"]
    assert "fredag" in rows[0][4] + rows[1][4]
    section = weekdays(Writer(read_account(run), load("sv")))
    assert section is not None
    shown = section.blocks[1]
    assert [row[0] for row in shown.rows] == ["Falun", "Borlänge"]  # type: ignore[union-attr]
    assert "20 km" in section.blocks[0].text  # type: ignore[union-attr]


def test_offices_farther_apart_share_no_week(tmp_path: Path) -> None:
    run = counted(tmp_path, 10.0)
    assert pd.read_csv(run / "weekdays.csv").empty
    assert weekdays(Writer(read_account(run), load("sv"))) is None
