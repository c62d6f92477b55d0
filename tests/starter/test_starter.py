"""The folder to begin with: empty it is the built-in case; what is filled in is followed."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from geodata import builtin, zones
from geodata.headings import swedish
from geodata.problems import InputError
from optimizer.building.case import Case
from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.config.loading import load
from optimizer.outputs.strings import load as load_strings
from optimizer.starter.starter import WORKBOOK, start
from optimizer.starter.workbook import sheets

ROOT = Path(__file__).parents[2]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"


@pytest.fixture(scope="module")
def built_in() -> Case:
    return read_case(load(ROOT / "configs" / "base.yaml"))


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("starter") / "eget"
    start(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path, untouched: Path) -> Path:
    shutil.copytree(untouched, tmp_path / "eget")
    return tmp_path / "eget"


def fill(folder: Path, sheet: str, row: int, **values: object) -> None:
    """Write values into a row of a sheet, by the keys in its headings."""
    fill_all(folder, (sheet, row, values))


def fill_all(folder: Path, *rows: tuple[str, int, Mapping[str, object]]) -> None:
    book = openpyxl.load_workbook(folder / WORKBOOK, rich_text=True)
    for sheet, row, values in rows:
        page = book[sheet]
        columns = {str(cell.value).splitlines()[1]: cell.column for cell in page[1]}
        for key, value in values.items():
            page.cell(row, columns[key]).value = value
    book.save(folder / WORKBOOK)


@pytest.fixture(scope="module")
def book(untouched: Path) -> openpyxl.Workbook:
    """The workbook as it is given out, to be looked at."""
    return openpyxl.load_workbook(untouched / WORKBOOK)


def row_of(book: openpyxl.Workbook, sheet: str, key: str) -> int:
    page = book[sheet]
    return next(row for row in range(2, page.max_row + 1) if page.cell(row, 1).value == key)


def case_of(folder: Path) -> Case:
    return read_case(load(folder / "config.yaml"))


def test_nothing_filled_in_is_the_built_in_case(folder: Path, built_in: Case) -> None:
    case = case_of(folder)
    for name in ("sites", "site_modes", "zones", "regions", "years"):
        pd.testing.assert_frame_equal(getattr(case, name), getattr(built_in, name), obj=name)
    for name in ("demand", "minutes", "fixed_cost", "allowed", "room", "waiting"):
        mine, theirs = getattr(case.instance, name), getattr(built_in.instance, name)
        assert np.array_equal(mine, theirs), name


HINT = re.compile(r"^( *)# ( *(?:[a-z0-9_]+:|- \{).*)$", re.MULTILINE)  # a key behind a #


def test_what_the_config_suggests_can_be_said(folder: Path) -> None:
    """The lines of the config that are switched off by a # load when they are switched on."""
    config = folder / "config.yaml"
    text, hints = HINT.subn(r"\1\2", config.read_text(encoding="utf-8"))
    assert hints >= 5
    config.write_text(text, encoding="utf-8")
    scenario = load(config)
    assert scenario.offices.keep and "fa25" in scenario.data.regions
    assert {rule.division for rule in scenario.requirements.region_coverage} == {"fa", "fa25"}


def test_own_values_are_followed_and_the_rest_stays(
    folder: Path, book: openpyxl.Workbook, built_in: Case
) -> None:
    row = row_of(book, "Kontor", "o005")
    fill(
        folder,
        "Kontor",
        row,
        visits_per_year=41_000,
        premises_cost_mnkr="2,75",
        open_days=3,
        mode="Kontor med färre öppetdagar",
    )
    sites = case_of(folder).sites.set_index("office_id")
    own, before = sites.loc["o005"], built_in.sites.set_index("office_id")
    assert own["premises_today_mnkr"] == 2.75 and own["visits_today"] == pytest.approx(41_000)
    assert (own["mode_today"], own["open_days_today"]) == ("reduced", 3)
    columns = ["origin_visits", "origin_premises", "origin_open_days"]
    assert own[columns].tolist() == ["observed"] * 3
    assert own["origin_local"] == before.loc["o005", "origin_local"] == "estimated"
    others = sites.drop("o005").index
    assert sites.loc[others, columns[:2]].equals(before.loc[others, columns[:2]])


@pytest.mark.soak
def test_rows_are_added_and_taken_away(folder: Path, book: openpyxl.Workbook) -> None:
    new = {"municipality_code": "2418", "sweref_e": 676_000, "sweref_n": 7_233_000}
    fill_all(
        folder,
        ("Kontor", row_of(book, "Kontor", "o005"), {"remove": "ja"}),
        ("Kandidater", 2, {"office_id": "ny1", "office": "Malå", **new}),
    )
    sites = case_of(folder).sites.set_index("office_id")
    assert "o005" not in sites.index
    assert sites.loc["ny1", "candidate"]
    assert 18 < sites.loc["ny1", "longitude"] < 20 and 64 < sites.loc["ny1", "latitude"] < 66


@pytest.mark.soak
def test_a_municipality_moves_to_another_region(
    folder: Path, book: openpyxl.Workbook, built_in: Case
) -> None:
    fa = built_in.regions[built_in.regions["division"] == "fa"].set_index("municipality_code")
    there = fa.loc["0180"]
    row = row_of(book, "Regioner", "0305")
    fill(folder, "Regioner", row, region_code=there["region_code"], region=there["region"])
    regions = case_of(folder).regions
    moved = regions[(regions["division"] == "fa") & (regions["municipality_code"] == "0305")]
    assert moved["region_code"].tolist() == [there["region_code"]]


@pytest.mark.soak
def test_own_travel_times_are_followed_and_the_rest_is_estimated(
    folder: Path, built_in: Case
) -> None:
    fill(folder, "Restider", 2, zone_id="z0114-01", office_id="o001", minutes=77.5, km=80)
    case = case_of(folder)
    zone, site = case.instance.zones.index("z0114-01"), case.instance.sites.index("o001")
    assert case.instance.minutes[zone, site] == 77.5
    others = np.ones(case.instance.minutes.shape, dtype=bool)
    others[zone, site] = False
    assert np.array_equal(case.instance.minutes[others], built_in.instance.minutes[others])


@pytest.mark.soak
def test_own_population_is_observed(folder: Path, book: openpyxl.Workbook) -> None:
    row = row_of(book, "Områden", "z0114-01")
    fill(folder, "Områden", row, population=50_000)
    zones = case_of(folder).zones.set_index("zone_id")
    assert zones.loc["z0114-01", ["population", "origin"]].tolist() == [50_000, "observed"]
    assert zones.loc["z0114-02", "origin"] == "estimated"


def test_a_new_row_needs_what_every_row_must_have(folder: Path) -> None:
    fill(folder, "Kontor", 151, office_id="ny", office="Nytt")
    with pytest.raises(InputError, match=r"'ny'.*nothing in municipality_code, longitude"):
        case_of(folder)


def test_problems_come_at_once_and_in_order_and_are_marked(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill_all(
        folder,
        ("Områden", 5, {"population": -4}),
        ("Kontor", 7, {"open_days": 9, "premises_cost_mnkr": "mycket"}),
        ("Kontor", 4, {"longitude": 11.97, "latitude": 57.7}),  # Göteborg is not in this row
    )
    marked = tmp_path / "fel.xlsx"
    assert main(["check", str(folder / "config.yaml"), "--marked", str(marked)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0].split("#")[1] for line in told] == [
        "Kontor row 4",
        "Kontor row 7",
        "Kontor row 7",
        "Områden row 5",
    ]
    assert "1480 Göteborg" in told[0]
    corrected = openpyxl.load_workbook(marked)
    assert corrected.sheetnames[0] == "Fel att rätta" and corrected.worksheets[0].max_row == 5
    page = corrected["Kontor"]
    bad = {
        (cell.row, str(page.cell(1, cell.column).value).splitlines()[1])
        for row in page.iter_rows(min_row=2)
        for cell in row
        if cell.comment is not None
    }
    assert bad == {(4, "longitude"), (7, "open_days"), (7, "premises_cost_mnkr")}
    assert len(page.data_validations.dataValidation) > 5
    before = marked.read_bytes()
    assert main(["check", str(folder / "config.yaml"), "--marked", str(marked)]) == 2
    assert f"{marked.with_name('fel-2.xlsx')}." in capsys.readouterr().out
    assert marked.read_bytes() == before and marked.with_name("fel-2.xlsx").is_file()


def test_a_folder_with_something_in_it_is_refused(folder: Path) -> None:
    before = (folder / WORKBOOK).read_bytes()
    assert main(["init", str(folder)]) == 2
    assert (folder / WORKBOOK).read_bytes() == before
    assert main(["init", str(folder / WORKBOOK)]) == 2
    assert main(["init", "/proc/none/such"]) == 2


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "tom").mkdir()
    assert main(["init", str(tmp_path / "tom")]) == 0
    assert {file.name for file in (tmp_path / "tom").iterdir()} == {
        WORKBOOK,
        "config.yaml",
        "LÄS MIG.txt",
    }
    assert not [name for name in tmp_path.iterdir() if name.name.startswith(".")]


def test_decisions_and_totals_of_the_workbook_are_followed(
    folder: Path, book: openpyxl.Workbook
) -> None:
    page = book["Besök"]
    assert [page.cell(row, 1).value for row in range(2, 8)] == [
        "Mitt", "Nord", "Stockholm-Gotland", "Syd", "Väst", "Öst",
    ]  # fmt: skip
    closing = {"office_id": "o005", "action": "avveckla", "decided_on": "2025-03-01"}
    fill_all(folder, ("Beslut", 2, closing), ("Besök", 3, {"visits": 230_000}))
    case = case_of(folder)
    assert case.decided is not None and case.decided["office_id"].tolist() == ["o005"]
    assert case.scenario.offices.close[0].office == "o005"
    towns = builtin.load("municipalities").set_index("municipality_code")["ssc_region"]
    of_region = case.sites.groupby(case.sites["municipality_code"].map(towns))["visits_today"].sum()
    assert of_region["Nord"] == pytest.approx(230_000)
    assert of_region["Syd"] == pytest.approx(511_766)


def test_the_workbook_shows_what_stands_in_for_empty_cells(
    book: openpyxl.Workbook, built_in: Case
) -> None:
    page = book["Inbyggda värden"]
    heads = {str(cell.value): cell.column for cell in page[4]}
    sites = built_in.sites.set_index("office_id")
    assert page.max_row == 4 + 148
    for row in (5, 60, 152):
        office = page.cell(row, heads["Kontors-id"]).value
        visits = page.cell(row, heads["Besök per år"])
        assert visits.value == pytest.approx(sites.loc[office, "visits_today"])
        assert visits.font.italic  # estimated, and marked so
        assert not page.cell(row, heads["Kontor"]).font.italic


SHEETS = sheets(pd.DataFrame({"region_code": ["Nord"], "region": ["Nord"]}))
COLUMNS = [(sheet.title, name) for sheet in SHEETS for name in sheet.columns]
#: Columns whose cells are of a set: all of them must have a list, or be filled in beforehand.
OF_A_SET = (
    *(("Kontor", name) for name in ("municipality_code", "mode", "services", "remove")),
    *(("Kandidater", name) for name in ("municipality_code", "services", "remove")),
    *(("Områden", name) for name in ("municipality_code", "area_type", "remove")),
    *(("Regioner", name) for name in ("region_code", "region")),
    *(("Beslut", name) for name in ("office_id", "action", "mode", "into_office_id")),
    *(("Restider", name) for name in ("zone_id", "office_id")),
)


def checks_of(page: Worksheet, letter: str) -> list[DataValidation]:
    """What Excel checks in the last row for input of a column."""
    last = page[f"{letter}{page.auto_filter.ref.rpartition(':')[2].lstrip(LETTERS)}"]
    return [
        one
        for one in page.data_validations.dataValidation
        if any(
            last.column == area.min_col and area.min_row <= last.row <= area.max_row
            for area in one.sqref.ranges
        )
    ]


@pytest.mark.parametrize(("sheet", "key"), COLUMNS)
def test_every_column_tells_what_it_is_and_is_checked(
    book: openpyxl.Workbook, sheet: str, key: str
) -> None:
    page = book[sheet]
    schema = next(one.schema for one in SHEETS if one.title == sheet)
    head = next(cell for cell in page[1] if str(cell.value).splitlines()[1] == key)
    heading, name, *unit = str(head.value).splitlines()
    assert heading == swedish(key) != key and name == key
    column = schema.column(key)
    if column is not None and column.unit:
        strings = load_strings("sv")
        assert unit == [strings.text_or(f"starter.unit.{column.unit}", column.unit)]
    assert head.comment is not None
    meaning, needed, example = head.comment.text.splitlines()
    assert len(meaning) > 10 and needed in ("Måste fyllas i på nya rader.", "Får lämnas tom.")
    label, _, shown = example.partition(": ")
    assert label == "Exempel" and shown
    found = checks_of(page, head.column_letter)
    lists = [one for one in found if one.type == "list"]
    assert bool(lists) == ((sheet, key) in OF_A_SET), (sheet, key)
    if column is not None and column.kind != "text":
        assert [one.type for one in found] == ["date" if column.kind == "date" else "decimal"]


@pytest.mark.parametrize(("sheet", "key"), OF_A_SET)
def test_every_list_has_something_to_choose(book: openpyxl.Workbook, sheet: str, key: str) -> None:
    page = book[sheet]
    head = next(cell for cell in page[1] if str(cell.value).splitlines()[1] == key)
    (check,) = checks_of(page, head.column_letter)
    where, _, cells = check.formula1.partition("!")
    if cells:
        values = [cell.value for (cell,) in book[where][cells.replace("$", "")]]
        assert len([value for value in values if value]) > 50
    else:
        words = check.formula1.strip('"').split(",")
        assert len(words) > 1 and all(words)
        assert len(check.formula1) <= 255  # more than that, Excel calls the file broken


@pytest.mark.parametrize("sheet", ["Kontor", "Kandidater", "Områden"])
def test_an_id_stands_once(book: openpyxl.Workbook, sheet: str) -> None:
    (check,) = checks_of(book[sheet], "A")
    assert check.type == "custom" and "COUNTIF($A$2:" in check.formula1
    (area,) = check.sqref.ranges
    assert area.min_row == 2  # those filled in beforehand too


def test_what_stands_twice_is_coloured(book: openpyxl.Workbook) -> None:
    for sheet, letters in {"Beslut": "A", "Restider": "AB", "Kontor": "A"}.items():
        found = book[sheet].conditional_formatting
        assert {str(one.sqref).rstrip(":0123456789")[0] for one in found} == set(letters)
        assert all("COUNTIFS(" in rule.formula[0] for one in found for rule in one.rules)


@pytest.mark.soak
def test_people_of_the_workbook_weight_areas_and_are_checked(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = f"builtin + {folder / WORKBOOK}#Befolkning"
    built_in = zones.load_people()
    pd.testing.assert_frame_equal(zones.load_people(source), built_in)
    row = {"sweref_e": 674_032, "sweref_n": 6_580_822, "population": 12}
    fill_all(folder, ("Befolkning", 2, row), ("Befolkning", 3, {**row, "population": 3}))
    own = zones.load_people(source)
    assert own["population"].tolist() == [12, 3]
    assert own["longitude"].round(2).tolist() == [18.06, 18.06]
    fill(folder, "Befolkning", 2, population=-1)
    assert main(["check", str(folder / "config.yaml"), "--quiet"]) == 2
    assert "Befolkning row 2, column population" in capsys.readouterr().err


@pytest.mark.soak
def test_own_shares_of_the_workbook_are_followed(folder: Path, book: openpyxl.Workbook) -> None:
    row = row_of(book, "Områden", "z0114-01")
    fill(folder, "Områden", row, share_area_type_1_2="0,5")
    case = case_of(folder)
    found = case.zones.set_index("zone_id").loc["z0114-01"]
    assert (found["share_area_type_1_2"], found["origin_share_area_type_1_2"]) == (0.5, "observed")
    people = case.groups.set_index("zone_id").loc["z0114-01"]
    assert people["exclusion_areas"] == pytest.approx(found["population"] / 2)


def test_an_empty_folder_one_is_in_is_filled(
    tmp_path: Path, untouched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "eget").mkdir()
    monkeypatch.chdir(tmp_path / "eget")
    before = (tmp_path / "eget").stat().st_ino
    assert main(["init", "."]) == 0
    assert (tmp_path / "eget").stat().st_ino == before
    assert [path.name for path in tmp_path.iterdir()] == ["eget"]
    names = sorted(path.name for path in untouched.iterdir())
    assert sorted(path.name for path in Path().iterdir()) == names
    assert main(["init", "."]) == 2
