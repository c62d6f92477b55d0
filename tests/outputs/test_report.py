"""The report's sentences and tables follow from the run's numbers, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import cast

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.commands.rereading import case_of_run
from optimizer.commands.retelling import motives_in, retold
from optimizer.engine.evaluate import evaluate
from optimizer.outputs.account.account import Account, read_account
from optimizer.outputs.broken_rules import span
from optimizer.outputs.report import (
    choices,
    closing,
    consequences,
    dossiers,
    opening,
    proposal,
    sheets,
    write_report,
)
from optimizer.outputs.report.blocks import Paragraph, Section, Signature, Table
from optimizer.outputs.report.page import CHAPTERS, chapters, render
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.side_by_side.run import read_run
from optimizer.outputs.strings import load
from optimizer.outputs.workbook.sensitivity import facts
from optimizer.whatif.plans import read_plan
from tests.outputs import report_run

NARROW = str.maketrans({"\u00a0": " ", "\u202f": " "})


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Account:
    return read_account(report_run.write(tmp_path_factory.mktemp("report")))


@pytest.fixture(scope="module")
def writer(account: Account) -> Writer:
    return Writer(account, load("sv"))


def sections(found: tuple[Section, ...]) -> Iterator[Section]:
    for one in found:
        yield one
        yield from sections(one.sections)


def texts(section: Section) -> str:
    own = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    return " ".join([section.heading, *own, *(texts(one) for one in section.sections)])


class Outline(HTMLParser):
    """Heading levels, ids, and the tables' parts, as a reader of the page finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.counts: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag in ("h1", "h2", "h3", "h4", "h5"):
            self.levels.append(int(tag[1]))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a" and str(given.get("href", "")).startswith("#"):
            self.targets.append(str(given["href"])[1:])
        if tag == "th":
            assert given.get("scope") in ("col", "row")


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    return found


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_is_an_outline_that_a_screen_reader_can_follow(
    account: Account, language: str
) -> None:
    page = render(account, language)
    found = outline(page)
    assert f'<html lang="{language}">' in page
    assert found.levels[0] == 1 and found.levels.count(1) == 1
    assert all(
        later - sooner <= 1 for sooner, later in zip(found.levels, found.levels[1:], strict=False)
    )
    assert len(found.ids) == len(set(found.ids))
    assert set(found.targets) <= set(found.ids)
    assert found.counts["table"] == found.counts["caption"]
    assert found.counts["svg"] == found.counts["figcaption"] == found.counts["title"] - 1
    assert "script" not in found.counts and "img" not in found.counts


def test_equal_runs_make_equal_bytes(account: Account) -> None:
    assert render(account, "sv") == render(Account(account.source), "sv")


def test_every_chapter_is_there_in_order(account: Account) -> None:
    anchors = [one.anchor for one in chapters(account, "sv")]
    assert len(anchors) == len(CHAPTERS) == 12
    assert anchors[0] == "summary" and anchors[-1] == "consultation"


def test_the_summary_counts_the_offices(writer: Writer) -> None:
    broken, first = opening.sentences(writer)[:2]
    assert broken.startswith("Planen bryter mot krav: Årets kostnad ryms i årets medel (2026")
    assert first == (
        "Dagens 6 kontor ändras så här till och med 2026: 1 slås samman med ett annat kontor "
        "och 1 får annan form. "
        "År 2026 finns 5 kontor."
    )


def test_an_unchanged_network_is_told_as_one(tmp_path: Path) -> None:
    found = texts(chapters(read_account(report_run.write_today(tmp_path)), "sv")[0])
    assert "Nätet är oförändrat till och med 2026: 6 kontor." in found
    assert "Restiden per besök är oförändrad, " in found
    assert "0 slås samman" not in found


def test_a_network_of_one_office_is_told_in_the_singular(writer: Writer, account: Account) -> None:
    said = load("en").counted
    assert said("places.offices", 1) == "1 office" and said("places.offices", 2) == "2 offices"
    assert writer.say_counted("signing.director_alone", 1, what="ny form").startswith(
        "Beslutar om 1 kontor: "
    )
    english = Writer(account, load("en"))
    told = english.say_counted("signing.director_alone", 1, what="new mode")
    assert told == "Decides on 1 office: new mode."
    assert consequences.peak_sentence(english, account.receiving[:1]).startswith("1 office takes ")


def test_a_region_tells_offices_and_places_apart(writer: Writer) -> None:
    run = writer.source.run
    changed = run.plan.copy()
    changed.loc[(changed["office_id"] == "k5") & (changed["year"] == 2026), "mode"] = "mobile"
    source = replace(writer.source, run=replace(run, plan=changed))
    own = Writer(Account(source), writer.strings)
    towns = set(run.sites["municipality_code"])
    said = proposal.region_sentence(own, [], towns)
    assert said.startswith("Regionen har 6 kontor")
    changes = own.account.changes
    said = proposal.region_sentence(own, changes, towns)
    assert said.startswith(
        "Regionen har i dag 6 kontor. År 2026 har den 4 kontor och 1 plats med mobil service: "
    )
    assert "År 2026 finns 4 kontor och 1 plats med mobil service." in " ".join(
        opening.sentences(own)
    )


def test_the_summary_begins_with_the_number_of_offices_on_record(writer: Writer) -> None:
    run = writer.source.run
    sites = run.sites.copy()
    sites.loc[sites["office_id"] == "k5", "mode_today"] = "mobile"
    own = Writer(Account(replace(writer.source, run=replace(run, sites=sites))), writer.strings)
    told = " ".join(opening.sentences(own))
    assert "Dagens 6 kontor (varav 1 plats med mobil service) ändras så här" in told


def test_a_plan_without_changes_says_so_in_every_chapter(tmp_path: Path) -> None:
    account = read_account(report_run.write_today(tmp_path))
    found = {part.anchor: part for part in sections(chapters(account, "sv"))}
    assert "Inget kontor tar emot besök" in texts(found["peak"])
    assert "0 besök" not in texts(found["money"]) and "Inga besök uteblir 2026." in texts(
        found["money"]
    )
    assert "lika mycket koldioxid år 2026" in texts(found["carbon"])
    assert "Ingen åtgärd i planen sparar pengar" in texts(found["cheapest"])
    assert "så ingen kommun får ett blad" in texts(found["consultation"])
    tables = [block for block in found["staff"].blocks if isinstance(block, Table)]
    assert all(block.rows for block in tables)
    english = " ".join(texts(part) for part in chapters(account, "en"))
    assert not re.search(r"\b0 (fewer|offices|visits|tonnes)|\b1 (offices|sites)\b", english)


@pytest.mark.parametrize(
    ("language", "names"),
    [("sv", {"Kontor", "Områden"}), ("en", {"Offices", "Areas"})],
)
def test_own_tables_are_named_in_words(account: Account, language: str, names: set[str]) -> None:
    shown = closing.sources_table(Writer(account, load(language)))
    assert {row[0] for row in shown.rows if row[1].endswith(".csv")} == names


def test_a_plan_of_one_year_is_called_by_it(tmp_path: Path) -> None:
    budget = {"base_appropriation": 30.0, "appropriation": {2025: 29.2}, "other_income": 0}
    folder = report_run.write_today(tmp_path, years=[2025], budget=budget)
    page = write_report(folder, language="sv").read_text(encoding="utf-8")
    assert "Dagens nät av servicekontor 2025<" in page and "2025–2025" not in page


def test_a_surplus_is_told_with_what_is_paid_back(writer: Writer) -> None:
    assert choices.NOTHING_ITEMS.index("paid_back") < choices.NOTHING_ITEMS.index("margin")
    rich = writer.account.unchanged.assign(paid_back=29.11)
    own = Writer(Account(writer.source), writer.strings)
    own.account.__dict__["unchanged"] = rich
    rows = {row[0]: row for row in choices.nothing_table(own).rows}
    assert rows["Indragning, sparande över gränsen"][-1] == "29,11"


def test_the_director_decides_on_the_others_only_where_the_board_decides_on_some(
    writer: Writer,
) -> None:
    lines = [block for block in opening._signing(writer) if isinstance(block, Signature)]
    assert [row[1] for row in lines[0].rows][1] == "Beslutar om ytterligare 1 kontor: ny form."
    own = Writer(Account(writer.source), writer.strings)
    own.account.__dict__["changes"] = [
        one for one in writer.account.changes if not one.leaves_municipality
    ]
    lines = [block for block in opening._signing(own) if isinstance(block, Signature)]
    assert [row[1] for row in lines[0].rows] == ["Beslutar om 1 kontor: ny form."]


def test_a_municipality_where_one_opens_is_not_said_to_be_unchanged(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "FARTHER_MINUTES", -1e9)  # every municipality gets farther
    beside = sheets.neighbours_table(writer, set())
    assert beside is not None
    assert "öppnas" not in sheets.beside_sentence(writer, beside)
    own = Writer(Account(writer.source), writer.strings)
    first = writer.account.changes[0]
    own.account.__dict__["changes"] = [replace(first, state="open")]
    town = writer.town(first.municipality_code)
    assert f"I {town} öppnas ett kontor eller en plats" in sheets.beside_sentence(own, beside)
    assert "inget kontor i kommunen ändras" not in sheets.beside_sentence(own, beside)


def test_the_deficit_is_that_of_doing_nothing(writer: Writer) -> None:
    row = writer.account.unchanged.iloc[-1]
    missing = writer.number(-float(row["shortfall"]), 1)
    assert f"kostar verksamheten {missing} mnkr mer än medlen år 2026" in opening.deficit_sentence(
        writer
    )


def test_a_budget_that_is_not_met_is_said_with_its_years(writer: Writer) -> None:
    budget = writer.source.run.budget
    margins = budget[(budget["item"] == "margin") & (budget["amount_mnkr"] < 0)]
    said = opening.budget_sentence(writer)
    assert not margins.empty  # this plan saves too little
    assert said == "Förslaget ryms inte i medlen 2026 och därefter."


def test_the_offices_that_receive_most_are_listed(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = consequences.peak(writer).blocks[1]
    assert isinstance(whole, Table) and len(whole.rows) == 1 and "flest visas" not in whole.note
    monkeypatch.setitem(writer.account.__dict__, "receiving", writer.account.receiving * 26)
    cut = consequences.peak(writer).blocks[1]
    assert isinstance(cut, Table) and cut.rows == whole.rows * 25
    assert cut.note.startswith("De 25 kontor som tar emot flest visas;")


def test_receiving_offices_say_what_days_and_premises_are_counted_by(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def note() -> str:
        shown = consequences.peak(writer).blocks[1]
        assert isinstance(shown, Table)
        return shown.note

    assert "21 vardagar, som april 2024" in note()
    assert "innan några uteblir" in note()
    rules = {**writer.source.run.config["requirements"], "staffing": {"demand": "after_decay"}}
    monkeypatch.setitem(cast(dict[str, object], writer.source.run.config), "requirements", rules)
    assert "innan några uteblir" not in note()


def test_an_evaluated_plan_has_no_bound_to_boast_of(writer: Writer) -> None:
    status, proven = opening.certificate_sentence(writer).split(". ")
    assert status == "En given plan, beräknad"
    assert proven == "Det är inte bevisat hur mycket bättre en annan plan kunde vara."


def test_years_of_a_requirement() -> None:
    swedish = load("sv")
    assert span(pd.Series([2027.0, 2025.0, 2026.0]), swedish) == "2025–2027"
    assert span(pd.Series([2027.0]), swedish) == "2027"
    after = pd.Series([2026.0, 2027.0, float("nan")])
    assert span(after, swedish) == "2026–2027 och därefter"


def test_names_are_joined_as_in_speech(writer: Writer) -> None:
    assert writer.joined([]) == ""
    assert writer.joined(["Mora"]) == "Mora"
    assert writer.joined(["Mora", "Falun", "Ludvika"]) == "Mora, Falun och Ludvika"


def test_changes_carry_their_sign(writer: Writer) -> None:
    assert writer.change(2.34, 1) == "+2,3"
    assert writer.change(-2.34, 1) == "−2,3"
    assert writer.change(0.04, 1) == "0,0"
    assert writer.change(None) == "–"


def test_an_office_that_leaves_its_municipality_follows_the_ordinance(writer: Writer) -> None:
    chapter = dossiers.dossiers(writer)
    leaving = next(one for one in sections((chapter,)) if one.anchor == "office-k6")
    headings = [one.heading for one in leaving.sections]
    assert headings == [
        *("Verksamhet", "Ekonomi", "Personal", "Regionala konsekvenser", "Alternativ"),
    ]
    closed = next(one for one in writer.account.changes if one.office_id == "k6")
    assert writer.number(closed.users.wanted) in texts(leaving.sections[0])
    assert writer.number(closed.cost_today_mnkr, 2) in texts(leaving.sections[1])
    assert "Styrelsen" in dict(dossiers.facts(writer, closed))["Beslutas av"]


def test_an_office_that_stays_is_decided_by_the_director(writer: Writer) -> None:
    chapter = dossiers.dossiers(writer)
    staying = next(one for one in sections((chapter,)) if one.anchor == "office-k5")
    assert staying.sections == ()
    changed = next(one for one in writer.account.changes if one.office_id == "k5")
    facts = dict(dossiers.facts(writer, changed))
    assert facts["Beslutas av"] == "Generaldirektören"
    assert (
        facts["Åtgärd"] == "Blir kontor med färre öppetdagar i stället för bemannat kontor (2026)."
    )


def test_planners_choices_are_told_with_their_reasons(writer: Writer) -> None:
    section = choices.decisions(writer)
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert table.rows == (
        ("Mora", "Behålls på minst dagens nivå", "första planeringsåret", report_run.REASON),
    )


def test_doing_nothing_has_its_page_with_every_year(writer: Writer) -> None:
    section = choices.nothing(writer)
    assert section.page
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [column.head for column in table.columns] == ["Mnkr", "2024", "2025", "2026"]
    by_name = {row[0]: row for row in table.rows}
    expected = writer.number(float(writer.account.unchanged["margin"].iloc[-1]), 2)
    assert by_name["Marginal"][-1] == expected


def test_each_municipality_that_is_touched_gets_a_page_of_its_own_numbers(writer: Writer) -> None:
    chapter = sheets.consultation(writer)
    assert [one.anchor for one in chapter.sections] == ["municipality-2083", "municipality-2029"]
    hedemora, leksand = chapter.sections
    assert hedemora.page and leksand.page
    assert "finns inget servicekontor i kommunen. Styrelsen beslutar" in texts(hedemora)
    assert "Kontor finns kvar i kommunen. Generaldirektören beslutar" in texts(leksand)
    own = writer.account.ways_of("2083")
    assert f"Invånarna gör {writer.number(float(own['wanted'].sum()))} besök" in texts(hedemora)


def test_staff_flows_are_told_where_the_run_has_them(tmp_path: Path) -> None:
    folder = report_run.write(tmp_path)
    (folder / "staff.csv").unlink(missing_ok=True)
    before = write_report(folder, language="sv").read_text(encoding="utf-8")
    assert "ingen tabell över flyttar" in before
    flows = [(2025, "move", "k6", "k2", 2.0), (2025, "redundant", "k6", "", 1.25)]
    columns = ["year", "kind", "from_office_id", "to_office_id", "fte"]
    pd.DataFrame(flows, columns=columns).to_csv(folder / "staff.csv", index=False)
    after = write_report(folder, language="sv").read_text(encoding="utf-8")
    assert "ingen tabell över flyttar" not in after
    assert "Planen räknar med 2,0 som flyttar, till Borlänge (2,0) och 1,3 övertaliga." in after


def test_the_staff_of_a_closing_office_adds_up(tmp_path: Path) -> None:
    """Whoever comes before it ends is told; what reads as 0.0 is not."""
    folder = report_run.write(tmp_path)
    flows = [
        (2025, "hire", "", "k6", 0.3),
        (2025, "move", "k6", "k2", 2.0),
        (2025, "move", "k6", "k1", 0.02),
        (2025, "attrition", "k6", "", 0.2),
        (2025, "redundant", "k6", "", 0.01),
    ]
    columns = ["year", "kind", "from_office_id", "to_office_id", "fte"]
    pd.DataFrame(flows, columns=columns).to_csv(folder / "staff.csv", index=False)
    page = write_report(folder, language="sv").read_text(encoding="utf-8")
    goes = "2,0 som flyttar, till Borlänge (2,0) och 0,2 som slutar eller går i pension"
    assert f"Innan det upphör tillkommer 0,3 som anställs. Planen räknar med {goes}." in page


def test_the_workbook_compares_with_the_network_of_today_as_the_report_does(
    account: Account, tmp_path: Path
) -> None:
    """With the productivity, prices and wages of each year, not those of the base year."""
    run = read_run(report_run.write(tmp_path), "en")
    summary, unchanged = run.tables.summary, account.unchanged.set_index("year")["cost"]
    later = [row for row in summary["years"] if row["year"] in run.tables.years]
    saved = sum(unchanged[row["year"]] - row["cost_mnkr"] for row in later)
    added = summary["visit_minutes"] - summary["visit_minutes_today"]
    assert unchanged.iloc[1:].sum() != pytest.approx(2 * unchanged.iloc[0])
    assert f"adds {added / saved / 1000:.0f} minutes of travel" in " ".join(facts(run))


def test_a_run_with_html_has_map_and_report(tmp_path: Path) -> None:
    folder = report_run.write(tmp_path, formats=("csv", "parquet", "html"))
    assert (folder / "map.html").is_file()
    assert (folder / "report.html").stat().st_size < 2_500_000


def test_html_alone_brings_the_tables_it_is_made_of(tmp_path: Path) -> None:
    folder = report_run.write(tmp_path, formats=("html",))
    files = ("map.html", "report.html", "plan.csv", "staff.csv", "zones.parquet")
    assert all((folder / name).is_file() for name in files)
    assert not (folder / "plan.xlsx").exists()


def test_a_plan_that_changes_nothing_asks_for_no_decision(tmp_path: Path) -> None:
    found = chapters(read_account(report_run.write_today(tmp_path)), "sv")
    assert "Planen ändrar inget kontor. Inget beslut begärs." in texts(found[0])
    offices = next(one for one in found if one.anchor == "offices")
    assert "Inget kontor ändras." in texts(offices) and offices.sections == ()
    assert found[-1].sections == ()


def test_small_counts_are_not_shown_where_the_run_asks_for_it(tmp_path: Path) -> None:
    folder = report_run.write(tmp_path)
    whole = read_account(folder)
    file = folder / "inputs" / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    config["output"]["suppress_below"] = 6000
    file.write_text(json.dumps(config), encoding="utf-8")
    account = read_account(folder)
    pd.testing.assert_frame_equal(account.unchanged, whole.unchanged)  # money is counted whole
    writer = Writer(account, load("sv"))
    closed = next(one for one in account.changes if one.office_id == "k6")
    assert 0 < closed.users.lost < 6000
    assert f"{writer.say('fewer', below=writer.number(6000))} besök uteblir" in (
        dossiers.operational(writer, closed)
    )
    shown = dossiers.figures(writer, closed).rows[0]
    assert {cell.translate(NARROW) for cell in shown[1:]} == {"färre än 6 000", "0"}


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    folder = report_run.write_hostile(tmp_path)
    page = write_report(folder, language="sv").read_text(encoding="utf-8")
    found = outline(page)
    assert "script" not in found.counts and "img" not in found.counts
    assert "&lt;script&gt;window.hit=1" in page and "Å" * 300 in page


def test_a_given_plan_is_not_said_to_be_optimised(tmp_path: Path, account: Account) -> None:
    today = read_account(report_run.write_today(tmp_path))
    for language, claims in (
        ("sv", r"matematisk optimering|Optimeringen söker|söks den med|som planen är gjord under"),
        ("en", r"mathematical optimisation|optimisation searches|one with the|was made under"),
    ):
        for given in (account, today):
            assert not re.search(claims, render(given, language))
        summary = {**account.source.run.summary, "status": "optimal"}
        run = replace(account.source.run, summary=summary)
        searched = Account(replace(account.source, run=run))
        assert len(set(re.findall(claims, render(searched, language)))) == 4


def test_the_network_of_today_is_no_proposal(tmp_path: Path, account: Account) -> None:
    page = render(read_account(report_run.write_today(tmp_path)), "sv")
    assert "<h1>Dagens nät av servicekontor 2025–2026</h1>" in page
    assert "Här föreslås ingenting." in page and "Dagens nät ryms inte i medlen" in page
    assert "Förslag till" not in page and ">Förslaget<" not in page
    page = render(account, "sv")
    assert "<h1>Given plan för nätet av servicekontor 2025–2026</h1>" in page
    assert "Förslag till beslut" not in page


def test_shares_beside_a_standard_of_access_say_what_each_counts(account: Account) -> None:
    run = account.source.run
    said = load("sv").text("report.access.standards")
    assert said not in render(account, "sv")
    rule = run.requirements.iloc[:1].assign(requirement="access_standard", scope="0:nation")
    run = replace(run, requirements=pd.concat([run.requirements, rule]))
    assert said in render(Account(replace(account.source, run=run)), "sv")


#: an estimate of visits of today, which goes by the nearest office
ESTIMATED = "tables.assumption.demand.propensity_scale_minutes.name"


def test_no_text_calls_the_office_chosen_the_nearest() -> None:
    """Minutes are of the office chosen by travel and waiting."""
    for language, nearest in (
        ("sv", "närmaste kontor|närmaste service"),
        ("en", "nearest o|est s"),
    ):
        texts = load(language).texts.items()
        found = [key for key, text in texts if re.search(nearest, text)]
        assert found == [ESTIMATED]


SWEDISH = r"Slås samman med|Blir kontor med färre|Läggs ned|Behålls som"


def test_motives_are_told_anew_in_the_language_of_the_report(tmp_path: Path) -> None:
    run, page = report_run.write(tmp_path), tmp_path / "report.html"
    assert main(["report", str(run), "--language", "en", "--out", str(page)]) == 0
    told = page.read_text(encoding="utf-8")
    assert "Merges with Borlänge, which receives 4,853 visits" in told
    assert "Becomes office with fewer open days instead of staffed office" in told
    assert not re.search(SWEDISH, told)
    assert main(["report", str(run), "--out", str(page)]) == 0
    assert re.search(SWEDISH, page.read_text(encoding="utf-8"))


def test_motives_that_cannot_be_told_anew_are_said_to_be_in_their_own_language(
    account: Account,
) -> None:
    found = re.findall(f"(.{{12}})(?:{SWEDISH})", render(account, "en"))
    assert found and set(found) == {"In Swedish: "}
    assert "På svenska" not in render(account, "sv")


def test_a_motive_of_other_numbers_is_not_told_anew(tmp_path: Path) -> None:
    run = report_run.write(tmp_path)
    whole = motives_in(run, "en")
    assert ("k6", 2025) in whole and not motives_in(run, "sv")
    case = case_of_run(run)
    evaluation = evaluate(case.instance, read_plan(run / "plan.csv", case))
    plan = (run / "plan.csv").read_text(encoding="utf-8")
    (run / "plan.csv").write_text(plan.replace("4 853".replace(" ", "\u00a0"), "4 000"), "utf-8")
    told = retold(run, case, evaluation, "en")
    assert set(whole) - set(told) == {("k2", 2025), ("k6", 2025)}  # it tells what it receives
