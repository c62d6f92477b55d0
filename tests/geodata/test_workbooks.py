"""Workbooks are read alike by the quick reader and row by row, and none swells in memory."""

import datetime
import io
import json
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from openpyxl import Workbook

from geodata import faults, sites, workbooks, zones
from geodata.problems import InputError

ROWS = [
    ["zone_id", "Befolkning\npopulation", "tom", "dag", "andel"],
    [12, 1500.5, None, datetime.datetime(2026, 9, 30), "12,5"],
    [None, None, None, None, None],
    ["å", 3, None, None, True],
]


#: The most memory that a process had. Linux keeps VmHWM for what runs now; ru_maxrss begins with
#: what the process had that started it.
PEAK = r"""
import re
from pathlib import Path
def peak_mb():
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1000
"""
READ_APART = """{peak}
import json, sys
from geodata import workbooks, zones
from geodata.problems import InputError
path, told = Path(sys.argv[1]), ""
before = peak_mb()
try:
    {reading}
except (InputError, ValueError) as error:  # files.py puts either in a sentence
    told = str(error)
print(json.dumps([peak_mb() - before, told]))
"""


def read_apart(reading: str, path: Path) -> tuple[float, str]:
    """How many MB the peak of a process grows that reads ``path``, and what it is told."""
    command = [sys.executable, "-c", READ_APART.format(peak=PEAK, reading=reading), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    grown_mb, told = json.loads(done.stdout)
    return grown_mb, told


def written(folder: Path, rows: list[list[object]], name: str = "Områden") -> Path:
    book = Workbook()
    page = book.active
    page.title = name
    for row in rows:
        page.append(row)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def as_text(found: tuple[str, list[list[object]]]) -> list[list[str]]:
    day = " 00:00:00"
    return [
        ["" if cell in (None, "") else str(cell).removesuffix(day) for cell in row]
        for row in found[1]
    ]


def test_both_ways_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, ROWS)
    quick = workbooks.sheet_of(path, "Områden")
    assert workbooks._quickly(path, "Områden") is not None
    monkeypatch.setattr(workbooks, "_quickly", lambda file, sheet: None)
    slow = workbooks.sheet_of(path, "")
    assert quick[0] == slow[0] == "Områden"
    assert as_text(quick) == as_text(slow)
    assert quick[1][1][0] == 12 and isinstance(quick[1][1][0], int)


def test_an_unknown_sheet_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one of the sheets Områden"):
        workbooks.sheet_of(written(tmp_path, ROWS), "Kontor")


@pytest.mark.parametrize("place", ["XFD1048576", "xfd1048576", "ZZ9999"])
def test_a_cell_far_away_is_not_read_the_quick_way(tmp_path: Path, place: str) -> None:
    path = written(tmp_path, [["zone_id", "population"], ["z", 1]])
    changed = tmp_path / "far.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(b'r="B2"', f"r='{place}'".encode())
            target.writestr(name, content)
    assert workbooks._unpacked(changed) is None
    grown_mb, _ = read_apart('workbooks.sheet_of(path, "")', changed)
    assert grown_mb < 100


def test_a_part_that_holds_more_than_it_says_is_not_unpacked(tmp_path: Path) -> None:
    """The sizes in the archive lie: 300 MB of spaces are said to be 100 bytes."""
    path = written(tmp_path, [["zone_id"], ["z"]])
    content, sheet = b" " * 300_000_000, "xl/worksheets/sheet1.xml"
    made = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            out.writestr(name, content if name == sheet else source.read(name))
    true = struct.pack("<I", zlib.crc32(content)), struct.pack("<I", len(content))
    lies = struct.pack("<I", zlib.crc32(content[:100])), struct.pack("<I", 100)
    lying = made.getvalue()
    for told_truly, told in zip(true, lies, strict=True):  # before the part and in the directory
        assert lying.count(told_truly) == 2
        lying = lying.replace(told_truly, told)
    (tmp_path / "lies.xlsx").write_bytes(lying)
    grown_mb, told = read_apart("zones.load(path)", tmp_path / "lies.xlsx")
    assert "lies.xlsx" in told
    assert grown_mb < 100


READ = f"""{PEAK}
import sys, time
from geodata import regions, sites, zones
began = time.process_time()
divisions = regions.load({{"fa": "builtin:fa15"}})
table = zones.load(sys.argv[1])
sites.load(sys.argv[2], "builtin", divisions)
assert len(table) == 100_000
print(time.process_time() - began, peak_mb())
"""


@pytest.mark.soak
@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_hundred_thousand_zones_and_the_offices_in_five_seconds(
    tmp_path: Path, form: str
) -> None:
    fine = zones.split(zones.load(), 100_000, seed=1)
    fine = fine[["zone_id", "zone", "municipality_code", "longitude", "latitude", "population"]]
    path, offices = tmp_path / f"zones.{form}", tmp_path / "offices.csv"
    write = {"csv": fine.to_csv, "xlsx": fine.to_excel, "parquet": fine.to_parquet}[form]
    write(path, index=False)
    from geodata.sites import load_offices

    names = ["office_id", "office", "municipality_code", "longitude", "latitude", "mode"]
    load_offices()[names].to_csv(offices, index=False)
    command = [sys.executable, "-c", READ, str(path), str(offices)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    seconds, peak_mb = map(float, told)
    assert seconds < 5 and peak_mb < 1000, told


def with_faults(folder: Path, rows: int = 1) -> Path:
    """Offices whose visits are an error, whose cost is a formula never counted, and a helper."""
    head = ["office_id", "office", "municipality_code", "longitude", "latitude", "mode"]
    book = Workbook()
    book.active.append([*head, "visits_per_year", "premises_cost_mnkr", "fte", "helper"])
    for number in range(rows):
        place = [f"n{number}", "N", "0180", 18.06, 59.33, "staffed"]
        book.active.append([*place, "#N/A", "=1000*20", '=""', "#DIV/0!"])
    book.active.cell(2, 5, "#REF!")
    book.save(folder / "k.xlsx")
    with zipfile.ZipFile(folder / "k.xlsx") as made, zipfile.ZipFile(folder / "o.xlsx", "w") as new:
        for name in made.namelist():
            content = made.read(name)
            if name.endswith("sheet1.xml"):  # a formula whose stored result is a text of nothing
                content = re.sub(rb'(<c r="I\d+")(><f>)', rb'\1 t="str"\2', content)
            new.writestr(name, content)
    return folder / "o.xlsx"


@pytest.mark.parametrize("quick", [True, False])
def test_errors_and_formulas_without_a_result_are_told_not_taken_for_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: bool
) -> None:
    path = with_faults(tmp_path)
    if not quick:
        monkeypatch.setattr(workbooks, "_quickly", lambda file, sheet: None)
    with pytest.raises(InputError) as caught:
        sites.load_offices(f"{path}#Sheet")
    assert sorted(str(caught.value).splitlines()) == [
        "o.xlsx#Sheet row 2, column latitude: a value (found the error #REF!). "
        "Mend the formula, or write the value.",
        "o.xlsx#Sheet row 2, column premises_cost_mnkr: a value (found the formula =1000*20 "
        "without a stored result). Open the workbook in a spreadsheet program and save it, or "
        "write the value.",
        "o.xlsx#Sheet row 2, column visits_per_year: a value (found the error #N/A). "
        "Mend the formula, or write the value.",
    ]
    assert {one.place.rows for one in caught.value.problems if one.place} == {(2,)}


def test_many_faults_are_summed_up_and_very_many_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = with_faults(tmp_path, rows=30)
    with pytest.raises(InputError, match=r"visits_per_year: a value \(found 10 more rows"):
        sites.load_offices(f"{path}#Sheet")
    monkeypatch.setattr(faults, "_CHUNK", 100)  # a piece may end inside of a cell
    with pytest.raises(InputError, match=r"visits_per_year: a value \(found 10 more rows"):
        sites.load_offices(f"{path}#Sheet")
    monkeypatch.setattr(faults, "MOST_FAULTS", 50)
    with pytest.raises(InputError, match="more than 50 cells with errors"):
        sites.load_offices(f"{path}#Sheet")
