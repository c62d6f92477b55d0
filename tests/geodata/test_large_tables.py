"""Huge and swelling files are read or refused within a limit of memory that the system holds."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from geodata.files import MOST_MB
from geodata.text_table import MOST_LINE, MOST_ROWS
from tests.soak import sampled

#: Reads files under a limit on the memory of the process: what it has after the imports, and more.
READ = """
import json, resource, sys, time
from geodata import zones
from geodata.problems import InputError
zones.load()  # what every reading needs is there
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
limit = size + int(sys.argv[1]) * 1_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for path in sys.argv[2:]:
    began = time.process_time()
    try:
        told = f"{len(zones.load(path))} zones"
    except InputError as error:
        told = str(error)
    print(json.dumps([told, time.process_time() - began]))
"""
HEAD = "zone_id,zone,municipality_code,longitude,latitude,population\n"


def read(more_mb: int, *paths: Path) -> list[tuple[str, float]]:
    """What is told of each file and the seconds it took, with so much more memory allowed."""
    command = [sys.executable, "-c", READ, str(more_mb), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]  # type: ignore[misc]


def rows_beyond(folder: Path) -> tuple[Path, str]:
    path = folder / "rows.csv"
    path.write_text("zone_id\n" + "1\n" * 1_100_000)
    return path, f"at most {MOST_ROWS:,} rows"


def blank_rows(folder: Path) -> tuple[Path, str]:
    path = folder / "blank.csv"
    path.write_text(HEAD + "\n" * 1_100_000)
    return path, f"at most {MOST_ROWS:,} rows"


def very_wide(folder: Path) -> tuple[Path, str]:
    path = folder / "wide.csv"
    names = ",".join(f"c{n}" for n in range(300))
    path.write_text(f"{names}\n" + (",".join(["12"] * 300) + "\n") * 33_500)
    return path, "at most 33,333 rows"


def one_line(folder: Path) -> tuple[Path, str]:
    path = folder / "line.csv"
    path.write_text(HEAD + "å" * 5_000_000)
    return path, f"a line of more than {MOST_LINE:,} characters"


def large_file(folder: Path) -> tuple[Path, str]:
    path = folder / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(10_000_000_000)
    return path, f"at most {MOST_MB:,} MB"


def one_text_very_often(folder: Path) -> tuple[Path, str]:
    """A parquet file of some kB that unpacks to 200 GB."""
    path = folder / "often.parquet"
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 200_000, pa.int32()), ["x" * 1_000_000])
    pq.write_table(pa.table({"zone_id": text}), path)
    assert path.stat().st_size < 2_000_000
    return path, "at most 400 MB (found 200,000 MB when unpacked)"


def shared_text(folder: Path) -> tuple[Path, str]:
    """A workbook in which 150,000 cells share one text of 32,767 characters, 5 GB in all."""
    path = folder / "shared.xlsx"
    book = Workbook()
    book.active.append(["zone_id", "population"])
    book.save(folder / "small.xlsx")
    row = '<row r="{0}"><c r="A{0}" t="s"><v>0</v></c></row>'
    rows = "".join(row.format(number) for number in range(2, 150_000))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    added = {
        "xl/worksheets/sheet1.xml": ("</sheetData>", rows),
        "[Content_Types].xml": (
            "</Types>",
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kinds}"/>',
        ),
        "xl/_rels/workbook.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="rId99" Type="{relation}" Target="sharedStrings.xml"/>',
        ),
    }
    with zipfile.ZipFile(folder / "small.xlsx") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode()
            if name in added:
                end, more = added[name]
                content = content.replace(end, more + end)
            target.writestr(name, content, zipfile.ZIP_DEFLATED)
        texts = f'<sst xmlns="{main}"><si><t>{"y" * 32_767}</t></si></sst>'
        target.writestr("xl/sharedStrings.xml", texts, zipfile.ZIP_DEFLATED)
    return path, "more than 200 MB of text"


SWELLING = (rows_beyond, blank_rows, very_wide, one_line, large_file, one_text_very_often)


def test_files_that_swell_are_refused_within_300_mb(tmp_path: Path) -> None:
    made = [make(tmp_path) for make in SWELLING]
    found = read(300, *(path for path, _ in made))
    for (path, expected), (told, seconds) in zip(made, found, strict=True):
        assert told.startswith(path.name) and expected in told, told
        assert seconds < 20, (told, seconds)


def test_a_text_shared_by_all_cells_of_a_sheet_is_refused(tmp_path: Path) -> None:
    path, expected = shared_text(tmp_path)
    ((told, seconds),) = read(600, path)
    assert expected in told and seconds < 60, told[:300]


@pytest.mark.parametrize("form", sampled(["csv", "parquet"]))
def test_a_table_of_a_hundred_thousand_zones_takes_some_hundred_mb(
    tmp_path: Path, form: str
) -> None:
    count = 100_000
    number = pd.Series(range(count))
    table = pd.DataFrame(
        {
            "zone_id": "z" + number.astype(str),
            "zone": "Stockholm " + number.astype(str),
            "municipality_code": "0180",
            "longitude": 18.0 + number % 100 * 1e-3,
            "latitude": 59.3 + number // 1000 * 1e-4,
            "population": number % 97 + 1,
        }
    )
    path = tmp_path / f"zones.{form}"
    (table.to_csv if form == "csv" else table.to_parquet)(path, index=False)
    ((told, _),) = read(500, path)
    assert told == f"{count} zones"
