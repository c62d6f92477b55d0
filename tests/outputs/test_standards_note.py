"""The workbook says what shares within minutes count, beside what standards of access count."""

from pathlib import Path

import openpyxl
import pandas as pd

from optimizer.outputs.strings import load
from optimizer.outputs.workbook import write_workbook
from tests.outputs import tiny_papers


def notes(folder: Path) -> dict[str, str]:
    """The texts of the first column of every sheet."""
    book = openpyxl.load_workbook(folder / "plan.xlsx")
    return {name: " ".join(str(cell.value) for cell in book[name]["A"]) for name in book.sheetnames}


def test_standards_and_shares_are_told_apart(tmp_path: Path) -> None:
    folder = tiny_papers.write(tmp_path / "run")
    write_workbook(folder, language="sv")
    said = load("sv").text("workbook.standards")
    assert not [name for name, text in notes(folder).items() if said in text]
    table = pd.read_csv(folder / "requirements.csv", dtype=str)
    rule = table.iloc[:1].assign(requirement="access_standard", scope="0:nation")
    pd.concat([table, rule]).to_csv(folder / "requirements.csv", index=False)
    write_workbook(folder, language="sv")
    told = [name for name, text in notes(folder).items() if said in text]
    assert told == ["Sammanfattning", "Regioner", "Krav"]
    assert "det kontor som besökarna väljer" in notes(folder)["Regioner"]
