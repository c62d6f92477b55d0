"""plan.xlsx read back: what its cells say, how it looks, and that text is never acted on."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from optimizer.outputs.strings import load
from optimizer.outputs.workbook import write_workbook
from optimizer.outputs.workbook.assumptions import assumptions
from optimizer.outputs.workbook.cells import plain
from optimizer.outputs.workbook.page import lines
from tests.outputs import hostile, made_run, tiny_papers
from tests.verify import tiny_run

SHEETS = ["Sammanfattning", "Kontor", "Regioner", "Budget", "Personal"]
SHEETS += ["Personalflöden", "Krav", "Känslighet", "Källor"]
HEADING = 4  # the row of headings, counted from 1


def book(folder: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(folder / "plan.xlsx")


def rows_of(sheet: Worksheet, heading: int = HEADING) -> list[dict[str, Any]]:
    """The table of a sheet by its headings, to the first empty row."""
    names = [cell.value for cell in sheet[heading] if cell.value is not None]
    assert len(set(names)) == len(names)
    rows = []
    for values in sheet.iter_rows(min_row=heading + 1, max_col=len(names), values_only=True):
        if all(value is None for value in values):
            break
        rows.append(dict(zip(names, values, strict=True)))
    return rows


def heading_of(sheet: Worksheet, first: str) -> int:
    """The row of a table by its first heading."""
    return next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == first)


def test_the_sheets_stand_in_the_order_promised(tiny: Path) -> None:
    assert book(tiny).sheetnames == SHEETS


def test_the_language_is_the_one_asked_for(tmp_path: Path) -> None:
    folder = tiny_papers.write(tmp_path / "run")
    write_workbook(folder, language="en")
    found = book(folder)
    assert found.sheetnames[:4] == ["Summary", "Offices", "Regions", "Budget"]
    offices = rows_of(found["Offices"])
    assert offices[1]["Decided by"] == "The board" and offices[1]["Action 2025"] == "merged"
    assert offices[1]["Action 2026"] == "stays closed"  # and not coloured as a closing
    with zipfile.ZipFile(folder / "plan.xlsx") as parts:
        text = b"".join(map(parts.read, parts.namelist())).decode("utf-8", "ignore")
    assert not re.search("Kontor|i dag|Årsarb|Kostnad", text)


def test_every_office_has_one_row_with_the_figures_of_the_plan(made: Path) -> None:
    found = {row["Id"]: row for row in rows_of(book(made)["Kontor"])}
    plan = pd.read_csv(made / "plan.csv", dtype={"municipality_code": str}, keep_default_na=False)
    assert set(found) == set(plan["office_id"])
    modes = {key: str(mode["title"]["sv"]) for key, mode in made_run.MODES.items()}
    modes["closed"] = "Stängt"
    names = plan.drop_duplicates("office_id").set_index("office_id")["office"]
    for row in plan.to_dict("records"):
        cells, year = found[row["office_id"]], row["year"]
        assert cells["Kontor"] == row["office"]
        assert cells["Kommunkod"] == row["municipality_code"]
        assert cells[f"Form {year}"] == modes[row["mode"]]
        assert cells[f"Besök {year}, antal"] == row["visits"]
        assert cells[f"Årsarb. {year}"] == row["fte"]
        assert cells[f"Kostnad {year}, mnkr"] == row["cost_mnkr"]
        if row["action"] == "merge":
            assert cells["Tas emot av"] == names[row["into_office_id"]]
            assert cells["Utfall"] == "Slås samman" and cells["Ändras år"] == year
            assert cells["Motiv"] == row["motive"]


def test_an_office_that_ends_tells_who_decides_and_who_receives(tiny: Path) -> None:
    new, kept, merged = rows_of(book(tiny)["Kontor"])[2], *rows_of(book(tiny)["Kontor"])[:2]
    assert [row["Id"] for row in (kept, merged, new)] == ["o1", "o2", "c3"]  # by municipality
    assert merged["Lämnar kommunen"] == "Ja" and merged["Beslutas av"] == "Styrelsen"
    assert merged["Tas emot av"] == "Office o1" and merged["Ändras år"] == 2025
    assert kept["Utfall"] == "Får annan form" and kept["Ändras år"] == 2026
    assert new["Utfall"] == "Öppnas" and new["Form 2026"] == "mobile"
    assert kept["Lämnar kommunen"] is None and new["Lämnar kommunen"] is None
    assert kept["Beslutas av"] == new["Beslutas av"] == "Generaldirektören"
    assert merged["FA-region"] == "Region A"


def test_today_costs_what_its_mode_and_staff_cost(tiny: Path) -> None:
    # o2: premises 0.9, local 0.5, no travel, and 1.2 FTE at 0.8; c3 is not open.
    rows = {row["Id"]: row for row in rows_of(book(tiny)["Kontor"])}
    assert rows["o2"]["Kostnad i dag, mnkr"] == pytest.approx(0.9 + 0.5 + 1.2 * 0.8)
    assert rows["c3"]["Kostnad i dag, mnkr"] == 0


def test_totals_count_the_rows_that_a_filter_shows(tiny: Path) -> None:
    sheet = book(tiny)["Kontor"]
    column = next(cell.column_letter for cell in sheet[HEADING] if cell.value == "Årsarb. 2025")
    assert sheet[f"{column}3"].value == f"=SUBTOTAL(109,{column}5:{column}7)"
    kept = openpyxl.load_workbook(tiny / "plan.xlsx", data_only=True)["Kontor"][f"{column}3"]
    assert kept.value == pytest.approx(sum(tiny_run.FTE[2025].values()), abs=1e-5)


def test_the_budget_is_that_of_the_run(tiny: Path) -> None:
    rows = {row.pop("Post, belopp i mnkr"): row for row in rows_of(book(tiny)["Budget"])}
    titles = load("sv").section("tables.item")
    heads = {"2024": "2024 (i dag)", "after": "Per år därefter"}
    for (year, item), amount in tiny_run.money().items():
        found = rows[titles[item]][heads.get(year, year)]
        assert found == pytest.approx(amount, abs=1e-6), (year, item)
    assert "kredit" not in titles["margin"]  # no year after the last but one has any
    change = tiny_run.cost(2026) - tiny_run.cost(2024)
    assert rows["Summa kostnader"]["Ändring 2024–2026"] == pytest.approx(change, abs=1e-5)


def test_the_requirements_are_those_of_the_run(tiny: Path) -> None:
    rows = rows_of(book(tiny)["Krav"])
    found = {(row["Krav, nyckel"], row["Gäller, nyckel"], row["År"]): row for row in rows}
    expected = tiny_run.requirements()
    assert len(rows) == len(expected)
    for one in expected.to_dict("records"):
        year = "därefter" if one["year"] == "after" else str(one["year"])
        row = found[one["requirement"], one["scope"], year]
        assert [row[name] for name in ("Utfall", "Gräns", "Marginal")] == pytest.approx(
            [one["value"], one["limit"], one["margin"]]
        )
        assert row["Uppfyllt"] == "Ja"
        assert row["Begränsar planen"] == ("Ja" if one["binding"] else "Nej")
    places = {row["Gäller, nyckel"]: row["Gäller"] for row in rows}
    assert places["fa:A"] == "Region A" and places["nation"] == "Hela landet"
    assert places["reduced:offices"] == "reduced, dagens kontor"
    assert places["keep:o1"] == "Ska behållas, Office o1"


def test_a_plan_that_breaks_a_requirement_says_so_first(tmp_path: Path) -> None:
    folder = tiny_papers.write(tmp_path / "run")
    path = folder / "requirements.csv"
    table = pd.read_csv(path, dtype=str)
    short = (table["requirement"] == "budget_by_year") & (table["year"] == "2026")
    table.loc[short, ["margin", "holds", "binding"]] = ["-1.5", "false", "false"]
    table.to_csv(path, index=False)
    write_workbook(folder, language="sv")
    found = book(folder)
    said = "Planen uppfyller inte 1 av kraven: Årets kostnad ryms i årets medel, Hela landet 2026."
    assert said in [cell.value for cell in found["Sammanfattning"]["A"][:6]]
    first = rows_of(found["Krav"])[0]
    assert first["Krav"] == "Årets kostnad ryms i årets medel" and first["Uppfyllt"] == "Nej"
    facts = [cell.value for cell in found["Känslighet"]["A"]]
    assert "I budgeten saknas 1,50 mnkr (2026)." in facts


def test_a_plan_that_meets_all_requirements_names_none(tiny: Path) -> None:
    said = [str(cell.value) for cell in book(tiny)["Sammanfattning"]["A"]]
    assert not [text for text in said if "uppfyller inte" in text]


def test_the_regions_are_those_of_the_run(tiny: Path) -> None:
    rows = rows_of(book(tiny)["Regioner"])
    assert [(row["Kod"], row["Behovsnivå"][0]) for row in rows] == [
        *(("A", "2"), ("B", "2"), ("A", "1"), ("B", "1"))  # the highest need first
    ]
    a, b = rows[2], rows[3]
    assert a["Medelrestid i dag, min"] == 4.62 and a["Medelrestid 2026, min"] == 14.38
    assert b["Tillkommer till 2026, min"] == pytest.approx(6.0 - 35.0)
    assert b["Servicepunkter i dag"] == 0 and b["Servicepunkter 2026"] == 1
    assert b["Krav 2026, antal"] == 1 and b["Inom 30 min 2026"] == 1


def test_without_flows_of_staff_the_sheet_says_so(tmp_path: Path) -> None:
    folder = tiny_papers.write(tmp_path / "run")
    (folder / "staff.csv").unlink()
    write_workbook(folder, language="sv")
    found = book(folder)
    assert found.sheetnames == [name for name in SHEETS if name != "Personalflöden"]
    assert "ingen tabell" in found["Personal"]["A2"].value
    rows = {row["Id"]: row for row in rows_of(found["Personal"])}
    assert rows["o2"]["Årsarb. 2025"] == 0 and "Flyttar ut, årsarb." not in rows["o2"]
    assert rows["o1"]["Årsarb. 2025"] == pytest.approx(tiny_run.FTE[2025]["o1"], abs=1e-5)


def test_flows_of_staff_are_told_by_office_and_one_by_one(tiny: Path) -> None:
    rows = {row["Id"]: row for row in rows_of(book(tiny)["Personal"])}
    assert rows["o2"]["Flyttar ut, årsarb."] == rows["o1"]["Flyttar in, årsarb."] == 1.08
    assert rows["o2"]["Slutar eller går i pension, årsarb."] == 0.12
    assert rows["c3"]["Nyanställs, årsarb."] == pytest.approx(0.528 / 1.0201)
    redundant = 3.564 / 1.01 - 3.432 / 1.0201
    assert rows["o1"]["Övertaliga, årsarb."] == pytest.approx(redundant)
    flows = rows_of(book(tiny)["Personalflöden"])
    assert len(flows) == sum(map(len, tiny_run.STAFF.values()))
    move = next(row for row in flows if row["Vad som händer"] == "Flyttar till annat kontor")
    assert (move["År"], move["Från, id"], move["Till kontor"]) == (2025, "o2", "Office o1")
    assert move["Årsarbetskrafter"] == 1.08


def test_estimated_and_assumed_cells_are_marked_and_observed_ones_not(tmp_path: Path) -> None:
    folder = made_run.write(tmp_path / "run")
    path = folder / "inputs" / "sites.csv"
    sites = pd.read_csv(path, dtype=str, keep_default_na=False)
    sites.loc[sites["office_id"] == "o001", "origin_visits"] = "observed"
    sites.loc[sites["office_id"] == "o002", "origin_visits"] = "assumed"
    sites.to_csv(path, index=False)
    write_workbook(folder, language="sv")
    sheet = book(folder)["Kontor"]
    columns = {cell.value: cell.column for cell in sheet[HEADING]}

    def cell(office_id: str, heading: str) -> Any:
        row = next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == office_id)
        return sheet.cell(row, columns[heading])

    seen, guessed, worked_out = (cell(f"o00{n}", "Besök i dag, antal") for n in (1, 2, 3))
    assert not seen.font.italic and seen.fill.fill_type is None
    assert guessed.font.italic and worked_out.font.italic
    assert guessed.fill.start_color.rgb != worked_out.fill.start_color.rgb
    assert not cell("o002", "Besök 2025, antal").font.italic


@pytest.mark.parametrize("name", ["Kontor", "Regioner", "Personal", "Krav"])
def test_a_table_can_be_filtered_scrolled_and_printed(tiny: Path, name: str) -> None:
    sheet = book(tiny)[name]
    assert re.fullmatch(r"[A-D]5", sheet.freeze_panes)
    first, last = sheet.auto_filter.ref.split(":")
    assert first == "A4" and int(re.sub(r"\D", "", last)) == HEADING + len(rows_of(sheet))
    assert sheet.print_title_rows == "$4:$4"
    wide = name == "Kontor"  # two pages, with the names of the offices on both
    assert sheet.print_title_cols == ("$A:$B" if wide else None)
    assert sheet.page_setup.fitToWidth in ((2,) if wide else (None, 1))
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0


def test_numbers_have_formats_and_states_have_colours(tiny: Path) -> None:
    found = book(tiny)
    columns = {cell.value: cell for cell in found["Kontor"][HEADING + 1]}
    formats = {cell.value: cell.column for cell in found["Kontor"][HEADING]}
    assert columns  # a row of data
    kinds = {
        heading: found["Kontor"].cell(HEADING + 1, column).number_format
        for heading, column in formats.items()
    }
    assert kinds["Besök 2025, antal"].startswith("#,##0;")
    assert kinds["Kostnad 2025, mnkr"].startswith("#,##0.00;") and kinds["Kommunkod"] == "@"
    rules = [
        rule.formula[0]
        for ranges in found["Kontor"].conditional_formatting
        for rule in ranges.rules
    ]
    assert '"Slås samman"' in rules and '"läggs ned"' in rules
    assert any(
        '"Nej"' in rule.formula[0]
        for area in found["Krav"].conditional_formatting
        for rule in area.rules
    )


def test_codes_raise_no_warning_of_numbers_stored_as_text(tiny: Path) -> None:
    with zipfile.ZipFile(tiny / "plan.xlsx") as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(SHEETS)
        assert all(b'numberStoredAsText="1"' in parts.read(name) for name in sheets)


def test_budget_and_access_are_drawn_by_the_spreadsheet_itself(tiny: Path) -> None:
    with zipfile.ZipFile(tiny / "plan.xlsx") as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name]
        described = [
            parts.read(name).decode() for name in parts.namelist() if "drawings/drawing" in name
        ]
    assert len(charts) == 3
    assert sum("Budget!" in chart and "barChart" in chart for chart in charts) == 1
    assert sum("Sammanfattning!" in chart and "lineChart" in chart for chart in charts) == 2
    assert all("descr=" in drawing for drawing in described)


def test_the_same_tables_give_the_same_bytes(tiny: Path) -> None:
    before = (tiny / "plan.xlsx").read_bytes()
    write_workbook(tiny, language="sv")
    assert (tiny / "plan.xlsx").read_bytes() == before


def with_hostile_names(folder: Path) -> dict[str, str]:
    """Give offices names that no output may act on; gives what each must read back as."""
    names = [*hostile.NAMES, hostile.UNWRITABLE[0]]
    expected = [*hostile.NAMES, hostile.UNWRITABLE[1]]
    path = folder / "inputs" / "sites.csv"
    sites = pd.read_csv(path, dtype=str, keep_default_na=False)
    ids = sites["office_id"].iloc[: len(names)].tolist()
    sites.loc[: len(names) - 1, "office"] = names
    sites.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    plan = pd.read_csv(folder / "plan.csv", dtype=str, keep_default_na=False)
    plan["motive"] = names[0]
    plan.to_csv(folder / "plan.csv", index=False)
    return dict(zip(ids, expected, strict=True))


def test_hostile_names_are_text_and_nothing_else(tmp_path: Path) -> None:
    folder = made_run.write(tmp_path / "run")
    expected = with_hostile_names(folder)
    write_workbook(folder, language="sv")
    found = book(folder)
    cells = {row[0].value: row[1] for row in found["Kontor"].iter_rows(min_row=5, max_col=2)}
    for office_id, name in expected.items():
        assert cells[office_id].data_type == "s"
        # openpyxl leaves the escape of a literal `_x0041_` as the file has it
        assert str(cells[office_id].value).replace("_x005F_", "_") == name
    for sheet in found:
        formulas = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert all(str(cell.value).startswith("=SUBTOTAL(109,") for cell in formulas)
        assert not sheet._hyperlinks
    with zipfile.ZipFile(folder / "plan.xlsx") as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name]
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))  # well-formed, every part


def test_a_text_longer_than_a_cell_is_cut_not_lost() -> None:
    assert plain("a" * 40_000) == "a" * 32_766 + "…"
    assert plain("\ud800x\x00") == "\ufffdx\ufffd"


@pytest.mark.parametrize(
    ("text", "width", "count"),
    [("", 10, 1), ("one two", 7, 1), ("one two", 6, 2), ("x" * 25, 10, 3), ("ab " * 10, 5, 5)],
)
def test_lines_of_wrapped_text(text: str, width: float, count: int) -> None:
    assert lines(text, width) == count


def test_every_assumption_is_named_in_each_language_as_the_schema_has_it() -> None:
    swedish, english = load("sv").texts, load("en").texts
    found = assumptions({})
    assert {"demand.productivity_growth", "requirements.mode_limits"} <= {a.key for a in found}
    for one in found:
        key = f"tables.assumption.{one.key}"
        parts = {part: f"{key}.{part}" for part in ("name", "unit", "range", "reason")}
        assert all(swedish[name] for name in parts.values())
        said = [english[parts[part]] for part in ("unit", "range", "reason")]
        assert [_in_mnkr(text) for text in said] == [one.unit, one.vary, one.reason]


def _in_mnkr(text: str) -> str:
    """An English text with the unit of money that the config has."""
    return re.sub(r"SEK ([\d.]+) million", r"\1 mnkr", text).replace("SEK million", "mnkr")


def test_sensitivity_tells_the_run_and_claims_no_more(tiny: Path) -> None:
    sheet = book(tiny)["Känslighet"]
    assert "inga känslighetskörningar" in sheet["A2"].value
    table = rows_of(sheet, heading_of(sheet, "Antagande"))
    rows = {row["Antagande"]: row for row in table}
    waiting = next(row for name, row in rows.items() if name.startswith("Väntan för ett besök"))
    assert waiting["Värde i körningen"] == 20 and waiting["Avviker från förvalt"] == "Nej"
    opening = rows["Engångskostnad för att öppna ett nytt kontor"]
    assert (opening["Värde i körningen"], opening["Förvalt värde"]) == (0.2, 0.3)
    assert opening["Avviker från förvalt"] == "Ja"
    limits = rows["Högsta antal platser med en form"]
    assert limits["Värde i körningen"] == "reduced: 2" and limits["Förvalt värde"] is None
    binding = rows_of(sheet, heading_of(sheet, "Krav"))
    coverage = next(row for row in binding if row["Krav"] == "Service i varje region")
    assert coverage["Varav begränsar, antal"] == 2 and coverage["Minsta marginal"] == 0
    said = [cell.value for (cell,) in sheet.iter_rows(max_col=1) if cell.value]
    assert (
        "2 av 2 regioner har precis så många servicepunkter som kravet, ingen att avvara." in said
    )
    assert "En miljon kronor motsvarar 1,22 årsarbetskrafter på kontoren." in said  # 1 / 0.82


def test_sources_hold_the_proof_the_tables_and_the_hashes(tiny: Path) -> None:
    sheet = book(tiny)["Källor"]
    pairs = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2) if row[0].value}
    summary = json.loads((tiny / "summary.json").read_text(encoding="utf-8"))
    assert pairs["Planens värde, besöksminuter"] == pytest.approx(summary["objective"])
    assert pairs["Undre gräns, besöksminuter"] == pytest.approx(summary["bound"])
    assert str(pairs["Status"]).startswith("Bevisat nära bästa")
    hashes = json.loads((tiny / "inputs" / "sha256.json").read_text(encoding="utf-8"))
    assert {name: pairs[f"inputs/{name}"] for name in hashes} == hashes
    assert any("servicenet verify" in str(name) for name in pairs)
    assert "Tabell" not in pairs  # its config names no built-in table


def test_sources_name_the_built_in_tables_used_and_files_without_folders(tmp_path: Path) -> None:
    folder = tiny_papers.write(tmp_path / "run")
    path = folder / "inputs" / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["data"] = {
        "offices": "/home/anna/own/offices.xlsx#Kontor",
        "zones": r"builtin + C:\Users\anna\zones.csv",
        "regions": {"fa": "builtin:fa15", "own": "/home/anna/areas.gpkg"},
        "travel": {"provider": "osrm", "url": "http://localhost:5000"},
    }
    path.write_text(json.dumps(config), encoding="utf-8")
    write_workbook(folder, language="sv")
    sheet = book(folder)["Källor"]
    pairs = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2) if row[0].value}
    assert pairs["data.offices"] == "offices.xlsx#Kontor"
    assert pairs["data.zones"] == "builtin + zones.csv"
    assert pairs["data.regions.own"] == "areas.gpkg"
    assert pairs["data.travel.url"] == "http://localhost:5000"
    table = rows_of(sheet, heading_of(sheet, "Tabell"))
    told = load("sv").section("tables.builtin_source")
    used = ("localities", "municipalities", "regions")
    assert [row["Källa"] for row in table] == [told[name] for name in used]
    assert all(row["Licens"] for row in table)
    assert "anna" not in " ".join(map(str, pairs.values()))


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_reads_the_same(made: Path, tmp_path: Path) -> None:
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += ["--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    command += ["--outdir", str(tmp_path), str(made / "plan.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    ours = openpyxl.load_workbook(made / "plan.xlsx", data_only=True)
    theirs = openpyxl.load_workbook(tmp_path / "plan.xlsx", data_only=True)
    assert theirs.sheetnames == ours.sheetnames
    compared = 0
    for sheet in ours:
        for row in sheet.iter_rows():
            for cell in row:
                other = theirs[sheet.title][cell.coordinate].value
                if isinstance(cell.value, float | int):
                    assert other == pytest.approx(cell.value, rel=1e-9), cell.coordinate
                else:
                    assert other == cell.value, (sheet.title, cell.coordinate)
                compared += cell.value is not None
    assert compared > 5000
