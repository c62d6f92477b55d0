"""Tables as agencies have them: Swedish headings, metres, areas, odd letters, hostile files."""

import unicodedata
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from openpyxl import Workbook
from shapely.geometry import box

from geodata import zones
from geodata.joining import told_of_joined
from geodata.problems import InputError
from geodata.schemas import OFFICES, ZONES
from geodata.tables import read_table


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        zones.load(path)
    return str(caught.value)


def test_swedish_headings_in_any_order_and_letters(tmp_path: Path) -> None:
    text = "Befolkning;LAT;Longitud;Kommunkod;Område;Områdes-ID\n1 500;59,40;17,94;0180;Å;z1\n"
    path = tmp_path / "zoner.csv"
    path.write_text(unicodedata.normalize("NFD", text), encoding="utf-8")
    row = zones.load(path).iloc[0]
    assert (row["zone_id"], row["zone"], row["population"]) == ("z1", "Å", 1500)


@pytest.mark.parametrize("title", ["Befolkning", "Population", "befolkning "])
def test_two_columns_for_one_thing_are_refused(tmp_path: Path, title: str) -> None:
    path = tmp_path / "zoner.csv"
    head = f"zone_id,population,{title},municipality_code,longitude,latitude"
    path.write_text(f"{head}\nz,5,6,0180,18.06,59.33\n", encoding="utf-8")
    assert refusal(path) == (
        "zoner.csv: each column once and with a name (found columns population and "
        f"{title.strip()}, which mean the same). Remove or rename one."
    )


def test_degrees_and_metres_of_two_places_are_told(tmp_path: Path) -> None:
    both = "zone_id,population,municipality_code,longitude,latitude,sweref_e,sweref_n\n"
    path = tmp_path / "zoner.csv"
    row = "5,0180,18.06,59.33,674032"
    path.write_text(f"{both}a,{row},6580822\nb,{row},6590822\n")
    told = refusal(path)
    assert "sweref_e and sweref_n: degrees and metres of one place" in told
    assert "two places up to 10.0 km apart in 1 row: 3" in told
    path.write_text(f"{both}a,{row},6580822\nb,5,0180,,,674032,6590822\n")
    assert len(zones.load(path)) == 2


def test_metres_in_columns_of_their_own_become_degrees(tmp_path: Path) -> None:
    path = tmp_path / "zoner.csv"
    path.write_text(
        "zone_id,population,municipality_code,Easting,Northing\nz,5,0180,674032,6580822\n"
    )
    row = zones.load(path).iloc[0]
    assert (round(row["longitude"], 2), round(row["latitude"], 2)) == (18.06, 59.33)


def test_metres_given_as_degrees_are_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "zoner.csv"
    path.write_text(
        "zone_id,population,municipality_code,longitude,latitude\nz,5,0180,674032,6580822\n"
    )
    told = refusal(path)
    assert "metres (SWEREF 99 TM) in 1 row: 2" in told and "sweref_e and sweref_n" in told
    assert told.count("\n") == 0  # told once, not by each cell too


def test_a_point_outside_its_municipality_is_named(tmp_path: Path) -> None:
    path = tmp_path / "zoner.csv"
    path.write_text(
        "zone_id,population,municipality_code,longitude,latitude\nz,5,1480,18.06,59.33\n"
    )
    assert "row 2" in (told := refusal(path)) and "0180 Stockholm" in told


def test_a_name_stands_for_the_code_and_a_point_for_both(tmp_path: Path) -> None:
    path = tmp_path / "zoner.csv"
    path.write_text(
        "zone_id,population,Kommun,Kommunkod,longitude,latitude\n"
        "a,5,,180,18.06,59.33\nb,5,Göteborgs stad,,11.97,57.7\nc,5,,,17.36,64.16\n",
        encoding="utf-8",
    )
    table = zones.load(path)
    assert table["municipality_code"].tolist() == ["0180", "1480", "2463"]
    assert table["municipality_found_by"].tolist() == ["", "name", "place"]
    told = list(told_of_joined(table, "zones"))
    assert told == [
        "1 of 3 zones have their municipality by where they lie; 0 of them lie outside every "
        "outline and belong to the nearest within 10 km."
    ]
    path.write_text("zone_id,population,Kommun,longitude,latitude\na,5,Åsel,17.36,64.16\n")
    told = refusal(path)
    assert told.startswith("zoner.csv row 2, column municipality") and "Åsel" in told


def test_areas_and_squares_without_municipality_are_joined_by_place(tmp_path: Path) -> None:
    squares = [box(674000, 6580000, 675000, 6581000), box(319000, 6399000, 320000, 6400000)]
    layer = gpd.GeoDataFrame(
        {"rutid": ["r1", "r2"], "pop": [100, 50]}, geometry=squares, crs="EPSG:3006"
    )
    layer.to_file(tmp_path / "rutor.gpkg")
    table = zones.load(tmp_path / "rutor.gpkg")
    assert table["municipality_code"].tolist() == ["0180", "1480"]
    assert table["population"].tolist() == [100, 50]
    layer.loc[2] = ["r3", 7, box(100000, 6400000, 101000, 6401000)]
    layer.to_file(tmp_path / "hav.gpkg")
    assert refusal(tmp_path / "hav.gpkg").count("\n") == 0
    assert "1 of 3 rows in no municipality: r3" in refusal(tmp_path / "hav.gpkg")


def test_a_workbook_that_swells_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(450):
            part.write(b" " * 1_000_000)
    assert path.stat().st_size < 1_000_000
    assert "when unpacked" in refusal(path)


def test_a_cell_in_the_last_corner_of_a_sheet_costs_nothing(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    page.append(["zone_id", "population", "municipality_code", "longitude", "latitude"])
    page.append(["z", 5, "0180", 18.06, 59.33])
    page["XFD1048576"] = " "
    book.save(tmp_path / "zoner.xlsx")
    assert len(read_table(tmp_path / "zoner.xlsx", ZONES)) == 1


def test_a_mode_may_be_given_by_its_title(tmp_path: Path) -> None:
    path = tmp_path / "kontor.csv"
    path.write_text(
        "Kontors-id;Kontor;Kommunkod;Longitud;Latitud;Driftform\n"
        "a;A;0180;18,06;59,33;bemannat KONTOR\n"
    )
    known = {"mode": {"Bemannat kontor": "staffed", "staffed": "staffed"}}
    assert read_table(path, OFFICES, known)["mode"].tolist() == ["staffed"]


ROW = "zone_id,population,municipality_code,sweref_e,sweref_n"


@pytest.mark.parametrize(
    ("head", "rows", "told"),
    [
        (ROW, "z,5,0180,6580822,674032\n", "columns sweref_e and sweref_n: sweref_e 200000-1000"),
        (ROW, "z,5,0180,6580822,674032\n", "(found the two swapped in 1 row: 2). Swap"),
        (ROW, "z,5,,6580822,674032\n", "(found the two swapped in 1 row: 2). Swap"),
        # with degrees beside them, metres that can not be used are no less wrong
        (
            f"{ROW},longitude,latitude",
            "z,5,0180,6580822,674032,18.06,59.33\n",
            "the two swapped in 1 row: 2",
        ),
        (
            f"{ROW},longitude,latitude",
            "a,5,0180,,,18.06,59.33\nz,5,0180,674032,,18.06,59.33\ny,5,0180,18.06,59.33,,\n",
            "no metres of Sweden in 2 rows: 3, 4",
        ),
        (
            "zone_id,population,municipality_code,longitude,latitude,sweref_e",
            "z,5,0180,18.06,59.33,674032\n",
            "no metres of Sweden in 1 row: 2",
        ),
    ],
)
def test_metres_that_can_not_be_used_are_refused_once(
    tmp_path: Path, head: str, rows: str, told: str
) -> None:
    path = tmp_path / "zoner.csv"
    path.write_text(f"{head}\n{rows}")
    found = refusal(path)
    assert told in found and found.count("\n") == 0


def test_a_decimal_comma_in_quotes_is_read_where_commas_separate(tmp_path: Path) -> None:
    """What the refusal of an unquoted one advises is accepted, and means the same."""
    path = tmp_path / "kontor.csv"
    head = "office_id,office,municipality_code,longitude,latitude,mode,premises_cost_mnkr\n"
    path.write_text(head + 'a,Kista,0180,"17,944","59,403",staffed,1,2\n')
    with pytest.raises(InputError, match=r"8 values.* such as 1,5, in quotes"):
        read_table(path, OFFICES)
    path.write_text(head + 'a,Kista,0180,"17,944","59,403",staffed,"1,2"\n')
    row = read_table(path, OFFICES).iloc[0]
    assert (row["longitude"], row["latitude"], row["premises_cost_mnkr"]) == (17.944, 59.403, 1.2)


def test_a_comma_that_may_stand_between_thousands_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "zoner.csv"
    head = "zone_id,population,municipality_code,longitude,latitude\n"
    row = 'z,"1,250",0180,18.06,59.33\n'
    path.write_text(head + row)
    found = refusal(path)
    assert "'1,250'" in found and "Write it without a comma" in found
    path.write_text(head + row + 'y,"3,5",0180,18.06,59.33\n')  # here the comma is a decimal one
    assert zones.load(path)["population"].tolist() == [3.5, 1.25]
    path.write_text(head.replace(",", ";") + "z;1,250;0180;18,06;59,33\n")
    assert zones.load(path)["population"].tolist() == [1.25]
