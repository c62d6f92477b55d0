"""The tables of a run as files: names that a spreadsheet would run stay text, and come back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.outputs.run_tables import read_tables
from optimizer.outputs.tables import FORMULA, NAMES, quoted, unquoted, write_csv
from optimizer.verify import verify
from tests.outputs import hostile
from tests.run.small_case import write_case

NAMED = {"k5": "=cmd|'/C calc'!A0", "k6": "-2+3"}


@pytest.mark.parametrize("name", [*hostile.NAMES, "'=quoted", "Åsele", ""])
def test_a_name_comes_back_and_never_begins_as_a_formula(name: str) -> None:
    shown = str(quoted(name))
    assert not shown.startswith(FORMULA)
    assert unquoted(shown) == (name if name != "'=quoted" else "=quoted")


def test_numbers_and_ids_are_written_as_they_are(tmp_path: Path) -> None:
    table = pd.DataFrame({"office_id": ["-1"], "office": ["-1"], "amount_mnkr": [-1.5]})
    write_csv(table, tmp_path / "t.csv", {"amount_mnkr": 1})
    assert (tmp_path / "t.csv").read_text().splitlines()[1] == "-1,'-1,-1.5"


def test_no_table_of_a_run_holds_a_name_that_a_spreadsheet_would_run(tmp_path: Path) -> None:
    config = write_case(tmp_path)
    offices = pd.read_csv(tmp_path / "offices.csv", dtype=str)
    offices["office"] = offices["office_id"].map(NAMED).fillna(offices["office"])
    offices.to_csv(tmp_path / "offices.csv", index=False)
    run = tmp_path / "run"
    options = ["--plan", "today", "--out", str(run), "--quiet"]
    assert main(["evaluate", str(config), *options]) in (0, 1)
    found = 0
    for path in run.rglob("*.csv"):
        for column, values in pd.read_csv(path, dtype=str).items():
            if column in NAMES:
                assert not values.dropna().str.startswith(FORMULA).any(), (path.name, column)
                found += int(values.dropna().str.startswith("'").sum())
    assert found >= 2 * len(NAMED)  # in plan.csv and inputs/sites.csv
    assert verify(run).ok
    tables = read_tables(run)
    for table in (tables.plan, tables.sites):
        names = dict(zip(table["office_id"], table["office"], strict=True))
        assert {key: names[key] for key in NAMED} == NAMED
    told = tmp_path / "compared"
    assert main(["compare", str(run), str(run), "--out", str(told)]) == 0
    for path in told.glob("*.csv"):
        assert "\n=" not in path.read_text() and ",=" not in path.read_text()
