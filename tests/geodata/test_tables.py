"""Bad tables are refused with every problem at once; good ones keep values and origins."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geodata import zones
from geodata.problems import InputError
from geodata.schemas import OFFICES, TEXTBOOK_OFFICES, TRAVEL, ZONES
from geodata.tables import read_table

HEADER = "office_id,office,municipality_code,longitude,latitude,mode,premises_cost_mnkr\n"
GOOD = "a,Kista,0180,17.94,59.40,staffed,1.2\n"


def written(folder: Path, text: str, name: str = "offices.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def sentences(path: Path | str, schema: object = OFFICES, **more: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_table(path, schema, **more)  # type: ignore[arg-type]
    return [problem.sentence() for problem in caught.value.problems]


def one(path: Path | str, schema: object = OFFICES, **more: object) -> str:
    found = sentences(path, schema, **more)
    assert len(found) == 1, found
    return found[0]


def test_a_good_table_keeps_values_and_origins(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, HEADER + GOOD), OFFICES)
    row = table.iloc[0]
    assert (row["municipality_code"], row["longitude"], row["partner"]) == ("0180", 17.94, "")
    assert row["origin_premises_cost_mnkr"] == "observed"
    assert row["origin_fte"] == "" and pd.isna(row["fte"])


def test_missing_file(tmp_path: Path) -> None:
    assert "no such file" in one(tmp_path / "offices.csv")


def test_missing_column(tmp_path: Path) -> None:
    text = (HEADER + GOOD).replace("latitude", "breddgrad")
    assert "column latitude" in one(written(tmp_path, text))


def test_misspelt_optional_column(tmp_path: Path) -> None:
    text = (HEADER + GOOD).replace("premises_cost_mnkr", "premise_cost_mnkr")
    assert "premises_cost_mnkr" in one(written(tmp_path, text))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",1.2", ",-1.2", "row 2, column premises_cost_mnkr"),
        (",1.2", ",NaN", "'NaN'"),
        (",1.2", ",inf", "'inf'"),
        (",1.2", ",much", "'much'"),
        ("17.94,59.40", "59.40,12.0", "longitude"),
        ("59.40", "48.86", "at least 55"),
        ("0180", "9999", "a known municipality_code"),
        ("0180", "80", "with its leading zero"),
        ("Kista", "", "nothing"),
        (",1.2", ",1,2", "quotes"),
    ],
)
def test_bad_cells(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in " ".join(sentences(written(tmp_path, HEADER + GOOD.replace(old, new))))


def test_swapped_coordinates_are_named_as_such(tmp_path: Path) -> None:
    found = sentences(written(tmp_path, HEADER + GOOD.replace("17.94,59.40", "59.40,17.94")))
    assert any("swapped" in sentence and "Swap the columns" in sentence for sentence in found)


def test_numeric_code_in_parquet_is_refused(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, HEADER + GOOD), OFFICES).iloc[:, :7]
    table["municipality_code"] = 11
    table.to_parquet(tmp_path / "offices.parquet")
    assert "row 1" in (told := one(tmp_path / "offices.parquet")) and "found 11" in told


def test_duplicate_id_and_all_problems_at_once(tmp_path: Path) -> None:
    rows = GOOD + GOOD + GOOD.replace("a,", "b,").replace("1.2", "-1") + "\n" + "c,X,0180,1,2,,\n"
    found = sentences(written(tmp_path, HEADER + rows))
    assert any("row 3" in text and "'a' a second time" in text for text in found)
    assert any("row 4" in text and "-1" in text for text in found)
    assert sum("row 6" in text for text in found) == 3  # both coordinates and the mode


def test_many_bad_rows_are_summed_up(tmp_path: Path) -> None:
    rows = "".join(GOOD.replace("a,", f"o{n},").replace("1.2", "-1") for n in range(50))
    found = sentences(written(tmp_path, HEADER + rows))
    assert len(found) == 21 and "30 more rows" in found[-1]


def test_a_decimal_comma_in_every_row_is_summed_up(tmp_path: Path) -> None:
    advice = "Put values that hold the separator, such as 1,5, in quotes."
    found = sentences(written(tmp_path, HEADER + GOOD.replace("1.2", "1,2") * 50))
    assert found == [
        *(f"offices.csv row {row}: 7 values (found 8 values). {advice}" for row in (2, 3, 4)),
        f"offices.csv: 7 values (found 47 more rows like these). {advice}",
    ]


def test_another_separator_is_told_once(tmp_path: Path) -> None:
    assert one(written(tmp_path, (HEADER + GOOD).replace(",", "|"))) == (
        "offices.csv: comma, semicolon or tab between (found columns with | between). "
        "Save it as csv with one of these between the columns."
    )


def test_coordinates_swapped_in_one_row_are_swapped_there(tmp_path: Path) -> None:
    other = GOOD.replace("a,", "b,").replace("17.94,59.40", "59.40,17.94")
    told = one(written(tmp_path, HEADER + GOOD + other))
    assert "(found the two swapped in 1 row: 3). Swap the two values in that row." in told


def test_an_unknown_id_comes_with_the_one_that_is_like_it(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + GOOD.replace("staffed", "stafed"))
    assert one(path, known={"mode": ["staffed", "mobile"]}).endswith("Did you mean staffed?")
    path = written(tmp_path, HEADER + GOOD.replace("0180", "9999"))
    assert one(path).endswith("`servicenet data show municipalities` lists the codes.")


def test_semicolons_decimal_commas_and_byte_order_mark(tmp_path: Path) -> None:
    text = "\ufeff" + (HEADER + GOOD).replace(",", ";").replace(".", ",") + ";;;;;;\n"
    table = read_table(written(tmp_path, text), OFFICES)
    assert table["premises_cost_mnkr"].tolist() == [1.2]


def test_text_of_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "offices.csv"
    path.write_bytes((HEADER + GOOD.replace("Kista", "Malmö")).encode("cp1252"))
    assert read_table(path, OFFICES)["office"].tolist() == ["Malmö"]
    path.write_bytes(b"office_id\x81\x8d\n1\n")
    assert "UTF-8" in one(path)


def test_workbook_sheet(tmp_path: Path) -> None:
    path = tmp_path / "agency.xlsx"
    frame = pd.DataFrame([GOOD.strip().split(",")], columns=HEADER.strip().split(","))
    frame.to_excel(path, sheet_name="Kontor", index=False)
    assert read_table(f"{path}#Kontor", OFFICES)["municipality_code"].tolist() == ["0180"]
    assert "one of the sheets Kontor" in one(f"{path}#Office")
    frame.assign(municipality_code=180).to_excel(path, index=False)
    assert read_table(path, OFFICES)["municipality_code"].tolist() == ["0180"]
    frame.assign(municipality_code=18).to_excel(path, index=False)
    assert "with its leading zero" in one(path)


def test_broken_and_unknown_files(tmp_path: Path) -> None:
    assert "cannot be read" in one(written(tmp_path, "no workbook", "offices.xlsx"))
    assert "csv, xlsx" in one(written(tmp_path, "", "offices.txt"))
    assert "header" in one(written(tmp_path, ""))
    assert "no rows" in one(written(tmp_path, HEADER))
    assert "twice" in one(written(tmp_path, HEADER.replace("office,", "mode,", 1) + GOOD))


@pytest.mark.parametrize(("form", "crs"), [("gpkg", 3006), ("gpkg", 4326), ("geojson", 4326)])
def test_map_layer_gives_coordinates(tmp_path: Path, form: str, crs: int) -> None:
    points = gpd.points_from_xy([17.94, 13.0], [59.40, 55.6], crs=4326).to_crs(crs)
    columns = {
        "zone_id": ["z", "å"],
        "Område": ["Kista", "Malmö"],
        "municipality_code": ["0180", "1280"],
        "Befolkning": [5, 7],
    }
    path = tmp_path / f"zones.{form}"
    gpd.GeoDataFrame(columns, geometry=points).to_file(path)
    table = read_table(path, ZONES)
    assert table["longitude"].round(4).tolist() == [17.94, 13.0]
    assert table["latitude"].round(4).tolist() == [59.40, 55.6]
    assert table["zone_id"].tolist() == ["z", "å"] and table["zone"].tolist() == ["Kista", "Malmö"]
    assert table["municipality_code"].tolist() == ["0180", "1280"]
    assert table["population"].tolist() == [5, 7]


def test_a_plain_geojson_of_areas_as_others_write_it(tmp_path: Path) -> None:
    """Written by hand, in degrees as the standard has it: a square of people, joined by place."""
    square = [[[18.0, 59.3], [18.1, 59.3], [18.1, 59.35], [18.0, 59.35], [18.0, 59.3]]]
    feature = {
        "type": "Feature",
        "properties": {"ruta": "r1", "folkmängd": 120},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    path = tmp_path / "rutor.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    row = zones.load(path).iloc[0]
    assert (row["zone_id"], row["population"], row["municipality_code"]) == ("r1", 120, "0180")
    assert 18.0 < row["longitude"] < 18.1 and 59.3 < row["latitude"] < 59.35
    feature["geometry"] = {"type": "Point", "coordinates": [59.33, 18.05]}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(InputError, match="the two swapped"):
        zones.load(path)


def test_foreign_keys_and_pairs(tmp_path: Path) -> None:
    path = written(tmp_path, "zone_id,office_id,minutes\nz,a,1\nz,a,2\nz,b,3\n")
    found = sentences(path, TRAVEL, known={"zone_id": ["z"], "office_id": ["a"]})
    assert any("'b'" in text for text in found)
    assert any("'z, a' a second time" in text for text in found)


def test_textbook_sites_need_an_id_only(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "office_id\n1\n2\n"), TEXTBOOK_OFFICES)
    assert table["office_id"].tolist() == ["1", "2"]


def test_origins_told_by_the_table_are_kept(tmp_path: Path) -> None:
    text = (HEADER + GOOD).replace("\n", ",origin_premises_cost_mnkr\n", 1)
    table = read_table(written(tmp_path, text.replace("1.2\n", "1.2,estimated\n")), OFFICES)
    assert table["origin_premises_cost_mnkr"].tolist() == ["estimated"]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#SAKNAS!", "#DIVISION/0!", "#NAMN?"])
def test_the_error_of_a_spreadsheet_is_no_text(tmp_path: Path, error: str) -> None:
    """As text in a csv it would become the name of an office, a partner or an id."""
    for old in ("a,Kista", "Kista", "staffed"):
        new = old.replace("a,", f"{error},") if "," in old else error
        told = one(written(tmp_path, HEADER + GOOD.replace(old, new)))
        assert f"a value, not the error of a spreadsheet (found '{error}'). Mend" in told
    partner = written(tmp_path, "partner," + HEADER + f"{error}," + GOOD)
    assert one(partner).startswith("offices.csv row 2, column partner: a value, not the error")
    hashed = written(tmp_path, HEADER + GOOD.replace("a,Kista", "#1,#kista"))
    assert list(read_table(hashed, OFFICES)["office"]) == ["#kista"]


def test_a_quotation_mark_that_is_not_closed_is_told(tmp_path: Path) -> None:
    """It swallows the rows below it into one name."""
    text = HEADER + 'a,"Kista\nb,Farsta",0180,17.94,59.40,staffed,1.2\n'
    told = one(written(tmp_path, text))
    assert "column office: text of one line (found 'Kista\\nb,Farsta')." in told
    assert "Where a quotation mark is not closed, the lines below it count" in told
    ids = HEADER + '"a\nb",Kista,0180,17.94,59.40,staffed,1.2\n'
    assert "column office_id: text of one line" in one(written(tmp_path, ids))


def test_numbers_beyond_all_measure_are_refused(tmp_path: Path) -> None:
    for number in ("1e16", "1e200", "1e308"):
        told = one(written(tmp_path, HEADER + GOOD.replace("1.2", number)))
        assert "a finite number of at least 0 and at most 1,000,000,000, mnkr a year" in told


def test_numbers_below_all_measure_count_as_0(tmp_path: Path) -> None:
    for number, counts in (("1e-320", 0.0), ("1e-6", 1e-6)):
        table = read_table(written(tmp_path, HEADER + GOOD.replace("1.2", number)), OFFICES)
        assert list(table["premises_cost_mnkr"]) == [counts]


def test_a_date_of_the_year_0_is_refused(tmp_path: Path) -> None:
    head = HEADER.replace("premises_cost_mnkr", "lease_end")
    told = one(written(tmp_path, head + GOOD.replace("1.2", "0000-01-01")))
    assert "column lease_end: a date, year-month-day, such as '2026-09-30'" in told
    short = read_table(written(tmp_path, head + GOOD.replace("1.2", "2026-9-1")), OFFICES)
    assert list(short["lease_end"]) == ["2026-09-01"]


def test_a_parquet_cell_holds_one_value_in_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "offices.parquet"
    names = HEADER.strip().split(",")
    row: dict[str, list[object]] = {
        name: [value] for name, value in zip(names, GOOD.strip().split(","), strict=True)
    }
    pd.DataFrame({**row, "office": [["Kista", "Farsta"]]}).to_parquet(path)
    told = one(path)
    assert told.startswith("offices.parquet row 1, column office: one value in each cell")
    pd.DataFrame({**row, "office": [b"Kista\xff"]}).to_parquet(path)
    assert "row 1, column office: text in UTF-8 (found b'Kista\\xff')" in one(path)
    pd.DataFrame({**row, "office": ["Ö".encode()]}).to_parquet(path)
    assert list(read_table(path, OFFICES)["office"]) == ["Ö"]
