"""A matrix of the user: read in the order asked for, and refused with every problem."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.problems import InputError, in_order
from geodata.travel import TravelSettings, TravelTable, matrix, travel

ROWS = [("a", "o2", 20.004, 12.0), ("a", "o1", 10.0, 8.0), ("b", "o1", 0.0, 0.0), ("b", "o2", 5, 4)]


def written(path: Path, rows: list[tuple[object, ...]], columns: str) -> Path:
    table = pd.DataFrame(rows, columns=columns.split())
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path, index=False)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_reads_a_long_table(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"travel{suffix}", ROWS, "zone_id office_id minutes km")
    table = matrix.load(path, ["a", "b"], ["o1", "o2"])
    assert table.minutes.tolist() == [[10.0, 20.0], [0.0, 5.0]]
    assert table.km.tolist() == [[8.0, 12.0], [0.0, 4.0]]


def test_km_may_lack(tmp_path: Path) -> None:
    rows = [row[:3] for row in ROWS]
    path = written(tmp_path / "travel.csv", rows, "zone_id office_id minutes")
    assert np.isnan(matrix.load(path, ["a", "b"], ["o1", "o2"]).km).all()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (ROWS[:3], "b to o2"),
        ([*ROWS[:3], ("b", "o2", -1.0, 1.0)], "minutes"),
        ([*ROWS[:3], ("b", "o2", float("nan"), 1.0)], "minutes"),
        ([*ROWS[:3], ("b", "o2", float("inf"), 1.0)], "minutes"),
        ([*ROWS, ("c", "o2", 1.0, 1.0)], "'c'"),
        ([*ROWS, ("a", "o9", 1.0, 1.0)], "'o9'"),
        ([*ROWS, ROWS[0]], "second time"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_refuses(tmp_path: Path, suffix: str, rows: list[tuple[object, ...]], told: str) -> None:
    path = written(tmp_path / f"travel{suffix}", rows, "zone_id office_id minutes km")
    with pytest.raises(InputError) as caught:
        matrix.load(path, ["a", "b"], ["o1", "o2"])
    assert told in str(caught.value)


WIDE = "zone_id,o1,o2\na,10,20\nb,0,5\n"


def read(path: Path, **changes: object) -> TravelTable:
    """A matrix as the full model reads it."""
    zones = pd.DataFrame({"zone_id": ["a", "b"], "longitude": 15.0, "latitude": 60.0})
    sites = pd.DataFrame({"office_id": ["o1", "o2"], "longitude": 15.1, "latitude": 60.1})
    codes = {"municipality_code": "2081"}
    settings = TravelSettings("matrix", path=str(path), **changes)
    return travel(zones.assign(**codes), sites.assign(**codes), settings)


def refused(path: Path, **changes: object) -> str:
    with pytest.raises(InputError) as caught:
        read(path, **changes)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", WIDE.encode()),
        ("windows.csv", WIDE.replace("\n", "\r\n").encode("utf-8-sig")),
        ("semicolon.csv", WIDE.replace(",", ";").replace("20", "20,0").encode()),
        ("blank lines.csv", WIDE.replace("b,", "\n,,\nb,").encode()),
        ("spaces.csv", WIDE.replace("a,", " a , ").encode()),
        ("turned.csv", b"zone_id,o2,o1\nb,5,0\na,20,10\n"),
        ("quoted.csv", b'"zone_id","o1","o2"\n"a","10","20"\n"b","0","5"\n'),
        ("commas.csv", b'zone_id,o1,o2\na,"10,0","20,00"\nb,"0,000","5,0"\n'),
        ("long.csv", b"office_id,zone_id,minutes\no1,a,10\no2,a,2e1\no1,b,0\no2,b,5\n"),
    ],
)
def test_forms_of_the_same_table(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert read(tmp_path / name).minutes.tolist() == [[10.0, 20.0], [0.0, 5.0]]


def test_ids_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "travel.csv"
    path.write_bytes("zone_id,office_id,minutes\nÅre,öst,5\n".encode("cp1252"))
    assert matrix.load(path, ["Åre"], ["öst"]).minutes.tolist() == [[5.0]]


def test_kilometres_of_a_wide_table(tmp_path: Path) -> None:
    (tmp_path / "minutes.csv").write_text(WIDE)
    (tmp_path / "km.csv").write_text(WIDE.replace("20", "31"))
    table = read(tmp_path / "minutes.csv", km_path=str(tmp_path / "km.csv"))
    assert table.km.tolist() == [[10.0, 31.0], [0.0, 5.0]]
    book = tmp_path / "travel.xlsx"
    with pd.ExcelWriter(book) as writer:
        pd.read_csv(tmp_path / "minutes.csv").to_excel(writer, sheet_name="tid", index=False)
        pd.read_csv(tmp_path / "km.csv").to_excel(writer, sheet_name="km", index=False)
    same = read(Path(f"{book}#tid"), km_path=f"{book}#km")
    assert np.array_equal(same.minutes, table.minutes)
    assert np.array_equal(same.km, table.km)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("zone_id,o1\na,1\nb,2\n", "no column o2"),
        ("zone_id,o1,o2,o3\na,1,2,3\nb,1,2,3\n", "column o3"),
        ("zon,o1,o2\na,1,2\n", "a column for each office"),
        ("zone_id,minutes\na,1\n", "column office_id"),
        ("zone_id,o1,o2\na,1,soon\nb,1,2\n", "row 2, column o2"),
        ("zone_id,o1,o2\na,1,2\nb,1,1500\n", "at most 1,440"),
        ("zone_id,o1,o2\na,1,2\nb,1,-2\n", "row 3, column o2"),
        ("zone_id,o1,o2\na,1,2\nb,1,nan\n", "column o2"),
        ('zone_id,o1,o2\na,1,"1,250"\nb,1,2\n', "Write it without a comma"),
        ("zone_id,o1,o2\na,1,2\na,1,2\nb,1,2\n", "'a' a second time"),
        ("zone_id,o1,o2\na,1,2\n", "no row for b to any site"),
        ("zone_id,o1,o2\na,1,\nb,1,\n", "no row for any zone to o2"),
        ("zone_id,o1,o2\na,1,2\nb,1,\n", "no row for b to o2"),
        ("zone_id,o1,o2\na,1,2\nb,1,2,3\n", "4 values"),
        ("zone_id,office_id,minutes\n", "no rows"),
        ("zone_id,o1,o1\na,1,2\n", "column o1 twice"),
        ("", "no header row"),
    ],
)
def test_every_fault_has_a_sentence(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "travel.csv"
    path.write_text(content)
    text = refused(path)
    assert told in text
    assert "travel.csv" in text


def test_many_faults_of_a_kind_are_told_briefly(tmp_path: Path) -> None:
    rows = "".join(f"x{k},o1,1\n" for k in range(500))
    (tmp_path / "travel.csv").write_text(f"zone_id,office_id,minutes\n{rows}")
    assert len(refused(tmp_path / "travel.csv").splitlines()) < 40


@pytest.mark.parametrize("name", ["travel.parquet", "travel.xlsx", "travel.csv"])
def test_a_file_of_rubbish(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(bytes(range(256)) * 20)
    assert name in refused(tmp_path / name)


@pytest.mark.parametrize(
    ("minutes", "told"),
    [([1.0, 2.0], "column minutes: one value in each cell"), (b"\xff", "Invalid UTF8")],
)
def test_a_parquet_cell_holds_one_value_in_utf_8(
    tmp_path: Path, minutes: object, told: str
) -> None:
    path = tmp_path / "travel.parquet"
    table = {"zone_id": ["z"], "office_id": ["a"], "minutes": [minutes]}
    pd.DataFrame(table).to_parquet(path)
    assert told in refused(path)


def test_the_rest_of_many_faults_is_counted_after_those_told(tmp_path: Path) -> None:
    path = tmp_path / "travel.csv"
    rows = "".join(f"z{n},a,-{n + 1}\n" for n in range(53))
    path.write_text(f"zone_id,office_id,minutes\n{rows}", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        matrix.load(path, [f"z{n}" for n in range(53)], ["a"])
    found = in_order(caught.value.problems)
    assert len(found) == 21 and found[0].sentence().startswith("travel.csv row 2, column minutes")
    assert found[-1].sentence() == (
        "travel.csv, column minutes: a finite number of at least 0 "
        "(found 33 more rows like these). Correct the value."
    )


def test_no_file(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "travel.csv")
    (tmp_path / "travel.txt").write_text(WIDE)
    assert "csv, parquet or xlsx" in refused(tmp_path / "travel.txt")


def test_a_sheet_with_decimal_commas_and_blank_rows_is_read_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "restider.xlsx"
    rows = [("a", "o1", "10,5"), (None, None, None), ("a", "o2", "20"), ("b", "o1", "x")]
    table = pd.DataFrame([*rows, ("b", "o2", 5)], columns=["zone_id", "office_id", "minutes"])
    table.to_excel(path, sheet_name="Restider", index=False)
    with pytest.raises(InputError) as caught:
        matrix.load(f"{path}#Restider", ["a", "b"], ["o1", "o2"])
    (problem,) = caught.value.problems
    assert problem.where == "restider.xlsx#Restider row 5, column minutes"
    assert problem.place is not None
    assert (problem.place.sheet, problem.place.rows, problem.place.column) == ("Restider", (5,), 3)
    table["minutes"] = table["minutes"].replace("x", "7,25")
    table.to_excel(path, sheet_name="Restider", index=False)
    found = matrix.load(f"{path}#Restider", ["a", "b"], ["o1", "o2"])
    assert found.minutes.tolist() == [[10.5, 20.0], [7.25, 5.0]]
    table["km"] = [3.0, None, None, None, 4.5]
    table.to_excel(path, sheet_name="Restider", index=False)
    km = matrix.load(f"{path}#Restider", ["a", "b"], ["o1", "o2"]).km
    assert np.isnan(km).tolist() == [[False, True], [True, False]]


def test_a_text_table_with_tabs(tmp_path: Path) -> None:
    path = tmp_path / "restider.csv"
    path.write_text("Områdes-id\tKontors-id\tRestid\na\to1\t10,5\n", encoding="cp1252")
    assert matrix.load(path, ["a"], ["o1"]).minutes.tolist() == [[10.5]]
