"""What the marked workbook says is Swedish: every kind of problem of a table has its words."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from geodata import regions, sites, visits, zones
from geodata.overlay import laid_over
from geodata.problems import InputError, Problem
from geodata.schemas import DECIDED, OFFICES, ZONES
from geodata.tables import read_table
from geodata.travel import matrix
from optimizer.starter.marked import _swedish, write_marked

HEAD = "zone_id,municipality_code,longitude,latitude,population\n"
GOOD = "a,0180,18.06,59.33,5\n"
ZONES_WRONG = [
    HEAD,
    HEAD + GOOD + GOOD,
    HEAD + GOOD.replace("0180", "98"),
    HEAD + GOOD.replace("0180", "9999"),
    HEAD + GOOD.replace("0180", "1480"),
    HEAD + GOOD.replace(",5", ",-5"),
    HEAD + GOOD.replace(",5", ","),
    HEAD + "".join(GOOD.replace("a,", f"z{n},").replace(",5", ",x") for n in range(30)),
    HEAD + GOOD.replace("18.06,59.33", "59.33,18.06"),
    HEAD + GOOD.replace("18.06,59.33", "674032,6580822"),
    HEAD + GOOD.replace("18.06,59.33", "3,59.33"),
    HEAD + GOOD.replace("0180,18.06,59.33", ",12,56.9").replace("12,56.9", "3.1,60.2"),
    HEAD + GOOD.replace(",5", ',"5,250"'),
    HEAD.replace("longitude,latitude", "sweref_e,sweref_n")
    + GOOD.replace("18.06,59.33", "6580822,674032"),
    HEAD.replace("longitude,latitude", "sweref_e,sweref_n") + GOOD,
    HEAD.replace("population", "befolk"),
    HEAD.replace("municipality_code", "kommun") + GOOD.replace("0180", "Nowhere"),
    HEAD.replace("\n", ",visits_per_yeer\n") + GOOD.replace("\n", ",5\n"),
    HEAD.replace(",", "|"),
    HEAD + GOOD.replace("5\n", "5,5\n") * 5,
    HEAD.replace("\n", ",Befolkning\n") + GOOD.replace("\n", ",5\n"),
    HEAD.replace("\n", ",population\n") + GOOD.replace("\n", ",5\n"),
    HEAD + GOOD + GOOD.replace("a,", "b,").replace("18.06,59.33", "59.33,18.06"),
    HEAD
    + GOOD
    + "".join(GOOD.replace("a,", f"{n},").replace("18.06,59.33", "59.33,18.06") for n in "bc"),
    HEAD.replace("\n", ",sweref_e,sweref_n\n") + GOOD.replace("\n", ",674032,6590822\n"),
]


def problems(folder: Path) -> list[Problem]:
    """One of each kind that a table can have."""
    found: list[Problem] = []

    def told(read: object, *arguments: object) -> None:
        with pytest.raises(InputError) as caught:
            read(*arguments)  # type: ignore[operator]
        found.extend(caught.value.problems)

    path = folder / "t.csv"
    for text in ZONES_WRONG:
        path.write_text(text, encoding="utf-8")
        told(zones.load, path)
    path.write_text("zone_id,longitude\nny,18.06\n", encoding="utf-8")
    told(laid_over, zones.load(), str(path), ZONES)
    path.write_text("office_id,open_days,lease_end,mode\no001,9,snart,x\n", encoding="utf-8")
    told(laid_over, sites.load_offices(), str(path), OFFICES, {"mode": ["staffed"]})
    path.write_text("office_id,action\no001,riva\n", encoding="utf-8")
    told(read_table, path, DECIDED, {"office_id": ["o001"], "mode": ["staffed"]})
    path.write_text("zone_id,office_id,minutes\nz,a,-1\nz,a,2\nq,a,x\n", encoding="utf-8")
    told(matrix.load, path, ["z"], ["a"])
    path.write_text("zone_id,a,c\nz,1,2\n", encoding="utf-8")
    told(matrix.load, path, ["z"], ["a", "b"])
    path.write_text("region_code,region,municipality_code\n1,N,0180\n1,M,0114\n", encoding="utf-8")
    told(regions.load, {"egen": path})
    path.write_text(
        "office_id,office,municipality_code,longitude,latitude,mode,fte\n"
        "n,N,0180,18.06,59.33,staffed,2\n",
        encoding="utf-8",
    )
    for text in ("region_code,visits\nNord,5\nMit,5\n", "region_code,visits\nNord,5\nqqqq,5\n"):
        path.write_text(text, encoding="utf-8")
        told(visits.load, path, 2025, regions.load({"fa": "builtin:fa15"}))
    path.write_text("municipality_code,region_code,region\n0305,1,Stockholm\n", encoding="utf-8")
    told(regions.load, {"fa": f"builtin:fa15 + {path}"})
    path.write_text(
        "office_id,office,municipality_code,longitude,latitude\no001,N,0180,18.06,59.33\n",
        encoding="utf-8",
    )
    fa = regions.load({"fa": "builtin:fa15"})
    told(sites.with_candidates, sites.load_offices(), path, fa)
    book = openpyxl.Workbook()
    book.active.append(HEAD.strip().split(","))
    book.active.append(["a", "0180", 18.06, "#N/A", "=5*2"])
    book.save(folder / "t.xlsx")
    told(zones.load, folder / "t.xlsx")
    told(zones.load, f"{folder / 't.xlsx'}#Sheets")
    path.write_text(
        "office_id,office,municipality_code,longitude,latitude,mode,fte\n"
        "n,N,0180,18.06,59.33,staffed,2\n",
        encoding="utf-8",
    )
    told(sites.load_candidates, path, sites.load_offices(), regions.load({"fa": "builtin:fa15"}))
    return found


def test_every_problem_of_a_table_is_told_in_swedish(tmp_path: Path) -> None:
    found = problems(tmp_path)
    for problem in found:
        for text in (problem.accepted, problem.advice):
            assert not text or _swedish(text) != text or text == "text", problem
        if problem.found[:1] not in "'\"-0123456789":
            assert _swedish(problem.found) != problem.found, problem
    assert len(found) > 40


def test_words_and_units_of_a_phrase_are_those_of_the_workbook() -> None:
    phrase = "a finite number of at least 0 and at most 7, days"
    assert _swedish(phrase) == "ett tal från 0 till 7, dagar"
    assert _swedish("each office_id once") == "varje Kontors-id en gång"
    assert _swedish("whatever else") == "whatever else"


def test_a_marked_copy_holds_the_comment_in_swedish(tmp_path: Path) -> None:
    path = tmp_path / "zoner.xlsx"
    rows = [["a", "0180", 18.06, 59.33, -5]]
    pd.DataFrame(rows, columns=HEAD.strip().split(",")).to_excel(path, index=False)
    with pytest.raises(InputError) as caught:
        zones.load(path)
    write_marked(tmp_path / "fel.xlsx", caught.value.problems)
    book = openpyxl.load_workbook(tmp_path / "fel.xlsx")
    assert book.worksheets[1]["E2"].comment.text == (
        "Här ska stå ett tal som är minst 0, invånare. Nu står -5. Rätta värdet."
    )
    assert [cell.value for cell in book.worksheets[0][2]][3:] == [
        "Befolkning",
        "ett tal som är minst 0, invånare",
        "-5",
        "Rätta värdet.",
    ]


def test_each_wrong_workbook_and_file_is_marked(tmp_path: Path) -> None:
    """Two workbooks and a csv with faults: a copy of each workbook, a sheet of the csv."""
    columns = HEAD.strip().split(",")
    found: list[Problem] = []
    for name, people in (("ett", [-5, -6]), ("två", [-7])):
        rows = [[f"z{n}", "0180", 18.06, 59.33, one] for n, one in enumerate(people)]
        pd.DataFrame(rows, columns=columns).to_excel(tmp_path / f"{name}.xlsx", index=False)
    lines = [GOOD, GOOD.replace("a,", "b,").replace(",5\n", ",=1+1\n"), GOOD.replace("a,", "c,")]
    (tmp_path / "tre.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
    for name in ("ett.xlsx", "två.xlsx", "tre.csv"):
        with pytest.raises(InputError) as caught:
            zones.load(tmp_path / name)
        found += caught.value.problems
    written = write_marked(tmp_path / "fel.xlsx", found)
    assert [path.name for path in written] == ["fel.xlsx", "fel-två.xlsx"]
    first, second = (openpyxl.load_workbook(path) for path in written)
    assert first.sheetnames == ["Fel att rätta", "Sheet1", "tre.csv"]
    assert first["Fel att rätta"].max_row == 1 + 4  # all of them
    assert [first["Sheet1"][cell].comment is not None for cell in ("E2", "E3")] == [True, True]
    csv = first["tre.csv"]
    assert [cell.value for cell in csv[2]] == [3, *lines[1].strip().split(",")]
    assert csv.max_row == 2 and csv["F2"].comment is not None and csv["F2"].data_type == "s"
    assert second.sheetnames == ["Fel att rätta", "Sheet1"]
    assert "-7" in second["Sheet1"]["E2"].comment.text
    again = write_marked(tmp_path / "fel.xlsx", found)
    assert [path.name for path in again] == ["fel-2.xlsx", "fel-två-2.xlsx"]
