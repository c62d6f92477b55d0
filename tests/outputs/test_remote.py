"""Help by video in what people read: the workbook's sheet and the report's section on staff."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from optimizer.outputs.account.account import read_account
from optimizer.outputs.report.staff import remote_sentence, remote_table
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.strings import load
from optimizer.outputs.workbook import write_workbook
from tests.outputs import report_run

NARROW = str.maketrans({"\u00a0": " ", "\u202f": " "})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rules = {"region_coverage": {"on": False}, "remote_balance": {"on": True, "share": 0.5}}
    return report_run.write_today(tmp_path_factory.mktemp("remote"), requirements=rules)


def test_the_workbook_lists_every_pair_and_their_sum(run: Path) -> None:
    pairs = pd.read_csv(run / "remote.csv")
    book = openpyxl.load_workbook(write_workbook(run, language="sv"))
    cells = [[cell.value for cell in row] for row in book["Distanshjälp"].iter_rows()]
    rows = [row for row in cells if row[0] in (2025, 2026)]
    assert len(rows) == len(pairs) > 3
    assert sum(row[5] for row in rows) == pytest.approx(pairs["fte"].sum())
    assert rows[0][2] == "Falun"


def test_the_report_tells_who_helps_whom_in_the_last_year(run: Path) -> None:
    pairs = pd.read_csv(run / "remote.csv")
    last = pairs[pairs["year"] == 2026]
    writer = Writer(read_account(run), load("sv"))
    told = remote_sentence(writer).translate(NARROW)
    assert f"{last['fte'].sum():.1f}".replace(".", ",") + " årsarbetskrafter från" in told
    assert "Identitetskontroller" in told
    table = remote_table(writer)
    assert len(table.rows) == len(last)
    assert table.rows[0][0] == "Falun"


def test_small_counts_of_visits_are_not_shown(run: Path) -> None:
    small = pd.read_csv(run / "remote.csv").query("year == 2026")["visits"].min()
    config = run / "inputs" / "config.json"
    kept = config.read_text(encoding="utf-8")
    told = json.loads(kept)
    told["output"]["suppress_below"] = float(small) + 1
    config.write_text(json.dumps(told), encoding="utf-8")
    try:
        table = remote_table(Writer(read_account(run), load("sv")))
        assert [row[3] for row in table.rows].count("–") == 1
    finally:
        config.write_text(kept, encoding="utf-8")
