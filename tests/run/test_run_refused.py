"""Bad input: one sentence each, the right exit code, nothing written, an earlier run untouched."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.sites import load_offices
from optimizer.cli import main
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Instance
from optimizer.solving.diagnosis import Diagnosis
from tests.run.small_case import QUICK, write_case


def edit(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / name
        table = pd.read_csv(path, dtype={"municipality_code": str})
        change(table).to_csv(path, index=False)

    return apply


def swapped(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns={"longitude": "latitude", "latitude": "longitude"})


WRONG: dict[str, tuple[Callable[[Path], None], dict[str, object], tuple[str, ...]]] = {
    "a missing file": (lambda f: (f / "offices.csv").unlink(), {}, ("offices.csv",)),
    "an unknown key": (lambda f: None, {"budgett": {}}, ("budgett", "budget")),
    "an unknown office": (
        lambda f: None,
        {"offices": {"keep": [{"office": "Atlantis"}]}},
        ("offices.keep[0]", "Atlantis"),
    ),
    "a duplicate id": (
        edit("offices.csv", lambda t: pd.concat([t, t.iloc[:1]])),
        {},
        ("offices.csv", "k1"),
    ),
    "a negative cost": (
        edit("offices.csv", lambda t: t.assign(local_cost_mnkr=[-1.0] + [0.5] * 5)),
        {},
        ("offices.csv", "local_cost_mnkr", "-1"),
    ),
    "an id that a spreadsheet would count out": (
        edit("offices.csv", lambda t: t.assign(office_id=["=1+1", "-7", *t["office_id"][2:]])),
        {},
        ("offices.csv row 2, column office_id", "begins with none of = + - @", "'-7'"),
    ),
    "coordinates outside the country": (
        edit("zones.csv", lambda t: t.assign(latitude=[10.0, *t["latitude"][1:]])),
        {},
        ("zones.csv", "latitude", "10"),
    ),
    "a zone that no site can serve": (
        edit("offices.csv", lambda t: t.assign(mode="flexible", open_days=2)),
        {},
        ("need 3",),
    ),
    "a dominated catalogue": (
        lambda f: None,
        {"modes": {"reduced": {"fte_min": 3.5, "premises_factor": 1.1, "local_factor": 1.1}}},
        ("modes", "reduced"),
    ),
    "keep and close of one office": (
        lambda f: None,
        {"offices": {"keep": [{"office": "k1"}], "close": [{"office": "Falun"}]}},
        ("Falun",),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_told_in_a_sentence(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, changes, words = WRONG[case]
    config = write_case(tmp_path, **changes)
    spoil(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    for command in (["check"], ["solve", "--quiet", "--out", str(tmp_path / "run")]):
        assert main([*command, str(config)]) == 2
        told = capsys.readouterr().err
        assert "Traceback" not in told
        for word in words:
            assert word in told, told
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_what_is_wrong_in_several_tables_and_the_config_comes_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    offices = {"keep": [{"office": "Atlantis"}], "close": [{"office": "Mu"}]}
    data = {"offices": "offices.csv", "candidates": "new.csv", "zones": "zones.csv"}
    config = write_case(tmp_path, offices=offices, data=data)
    new = "office_id,office,municipality_code,longitude,latitude\n"
    (tmp_path / "new.csv").write_text(f"{new}n1,Malung,2023,13.7,60.7\n", encoding="utf-8")
    edit("zones.csv", lambda t: t.assign(population=[-1, *t["population"][1:]]))(tmp_path)
    assert main(["check", str(config), "--quiet"]) == 2
    told = capsys.readouterr().err
    for words in ("offices.keep[0].office", "offices.close[0].office", "zones.csv row 2"):
        assert words in told, told
    (tmp_path / "new.csv").write_text(f"{new}n1,Malung,2023,13.7,160.7\n", encoding="utf-8")
    edit("offices.csv", lambda t: t.assign(open_days=9))(tmp_path)
    assert main(["check", str(config), "--quiet"]) == 2
    told = capsys.readouterr().err
    for words in ("offices.csv row 2", "new.csv row 2", "zones.csv row 2"):
        assert words in told, told


@pytest.mark.parametrize("wrong", ["zones", "offices", "both", "candidates"])
@pytest.mark.parametrize("form", ["long", "wide"])
def test_a_wrong_table_hides_nothing_of_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str, form: str
) -> None:
    data = {"offices": "offices.csv", "candidates": "none", "zones": "zones.csv"}
    data["travel"] = {"provider": "matrix", "path": "m.csv", "missing": "estimate"}  # type: ignore[assignment]
    data["candidates"] = "new.csv"
    config = write_case(tmp_path, data=data, offices={"decided": "decided.csv"})
    ids = [f"k{n}" for n in range(1, 7)]
    longs = "zone_id,office_id,minutes\nz0a,k1,5\nz0a,k2,soon\n"
    wide = f"zone_id,{','.join(ids)},n1\nz0a,1,2,3,4,5,6,7\nz1a,1,soon,3,4,5,6,7\n"
    (tmp_path / "m.csv").write_text(longs if form == "long" else wide)
    (tmp_path / "decided.csv").write_text("office_id,action,decided_on\nk1,shut,14/3\n")
    new = "office_id,office,municipality_code,longitude,latitude\nn1,Malung,2023,13.7,60.7\n"
    (tmp_path / "new.csv").write_text(new.replace("60.7", "6.7") if wrong == "candidates" else new)
    told = ["decided.csv row 2, column action", "decided.csv row 2, column decided_on"]
    told += ["m.csv row 3", "'soon'"]
    edit("offices.csv", lambda t: t.assign(services=["general;magic", *[None] * 5]))(tmp_path)
    if wrong in ("zones", "both"):
        edit("zones.csv", lambda t: t.assign(population=[-1, *t["population"][1:]]))(tmp_path)
        told.append("zones.csv row 2, column population")
    if wrong in ("offices", "both"):
        edit("offices.csv", lambda t: t.assign(open_days=[9, *t["open_days"][1:]]))(tmp_path)
        told.append("offices.csv row 2, column open_days")
    told.append("offices.csv row 2, column services")
    if wrong == "candidates":
        told.append("new.csv row 2, column latitude")
    assert main(["check", str(config), "--quiet"]) == 2
    found = capsys.readouterr().err
    assert [words for words in told if words not in found] == [], found


def test_wrong_cells_hide_no_wrong_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids are held against those of other tables, whatever stands in the cells beside them."""
    data = {"offices": "offices.csv", "candidates": "new.csv", "zones": "zones.csv"}
    data["travel"] = {"provider": "matrix", "path": "m.csv", "missing": "estimate"}  # type: ignore[assignment]
    config = write_case(tmp_path, data=data, offices={"decided": "decided.csv"})
    edit("offices.csv", lambda t: t.assign(open_days=[9, *t["open_days"][1:]]))(tmp_path)
    edit("zones.csv", lambda t: t.assign(population=[-1, *t["population"][1:]]))(tmp_path)
    (tmp_path / "m.csv").write_text("zone_id,office_id,minutes\nz0a,k1,5\nz9,k1,5\nz0a,k9,5\n")
    (tmp_path / "decided.csv").write_text(
        "office_id,action,mode,into_office_id,decided_on\n"
        "k1,convert,,,2025-01-01\nk9,close,,,14/3\nk2,merge,,k8,2025-01-01\n"
    )
    (tmp_path / "new.csv").write_text(
        "office_id,office,municipality_code,longitude,latitude,fte\n"
        "k1,Malung,2023,13.7,60.7,2\nn1,Malung,2023,13.7,6.7,\n"
    )
    assert sorted(line.split(": ")[0] for line in told_of(config, capsys)) == [
        "decided.csv row 2, column mode",
        *(f"decided.csv row {place}" for place in ("3, column decided_on", "3, column office_id")),
        "decided.csv row 4, column into_office_id",
        *(f"m.csv row {place}" for place in ("3, column zone_id", "4, column office_id")),
        *(f"new.csv row {place}" for place in ("2, column fte", "2, column office_id")),
        "new.csv row 3, column latitude",
        "offices.csv row 2, column open_days",
        "zones.csv row 2, column population",
    ]


def told_of(config: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What check refuses a config with, a line for each problem."""
    assert main(["check", str(config), "--quiet"]) == 2
    return capsys.readouterr().err.splitlines()


def starts(lines: list[str]) -> list[str]:
    """Where each of them says that something is wrong."""
    return sorted(Path(line.split(": ")[0]).name + ": " + line.split(": ")[1] for line in lines)


def changed(folder: Path, text: str) -> Path:
    """A config of its own that extends the small one."""
    path = folder / "changed.yaml"
    path.write_text(f"extends: small.yaml\nname: changed\n{text}", encoding="utf-8")
    return path


def test_a_wrong_config_hides_nothing_of_its_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_case(tmp_path)
    (tmp_path / "zones.csv").unlink()
    text = "foo: 1\ncosts: {closure_mnkr: -1}\noffices: {keep: [{offic: Mora}, {office: Nowhere}]}"
    found = starts(told_of(changed(tmp_path, text), capsys))
    assert found == [
        "changed.yaml: costs.closure_mnkr",
        "changed.yaml: foo",
        "changed.yaml: offices.keep[0].offic",
        "changed.yaml: offices.keep[0].office",
        "changed.yaml: offices.keep[1].office",  # the second, though the first is left out
        f"data.zones: {tmp_path / 'zones.csv'}",
    ]


def test_modes_that_do_not_agree_hide_nothing_of_the_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cheap = {"reduced": {"fte_min": 3.5, "premises_factor": 1.1, "local_factor": 1.1}}
    config = write_case(tmp_path, modes=cheap, offices={"keep": [{"office": "Nowhere"}]})
    visits = [-1, *[None] * 5]
    edit("offices.csv", lambda t: pd.concat([t.assign(visits_per_year=visits), t[1:2]]))(tmp_path)
    told = "\n".join(told_of(config, capsys))
    for words in (
        "small.yaml: modes.reduced: must be better",
        "small.yaml: offices.keep[0].office: an office_id or the name of an office in offices.csv",
        "offices.csv row 2, column visits_per_year",
        "offices.csv row 8, column office_id",
    ):
        assert words in told, told


def test_every_path_that_leads_nowhere_is_told_beside_one_of_a_wrong_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_case(tmp_path)
    text = "data: {offices: nofile.csv, zones: z.docx, regions: {fa: r.csv}}"
    found = [line.split(": ")[:2] for line in told_of(changed(tmp_path, text), capsys)]
    assert [Path(one[0]).name for one in found] == ["changed.yaml", "r.csv", "data.offices"]
    assert Path(found[2][1]).name == "nofile.csv"


def test_a_mode_that_is_not_there_hides_no_other_wrong_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_case(tmp_path, offices={"keep": [{"office": "Nowhere"}, {"office": "k1"}]})
    modes = ["palace", *["staffed"] * 5]
    services = ["general;magic", *[None] * 5]
    edit("offices.csv", lambda t: t.assign(mode=modes, services=services))(tmp_path)
    told = told_of(config, capsys)
    assert len(told) == 3, told
    for words in ("offices.keep[0].office", "row 2, column mode", "column services"):
        assert any(words in line for line in told), told


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("Burlänge", "Did you mean Borlänge?"),
        ("Nowhere", "There are Falun, Borlänge, Ludvika, Mora, Leksand, Hedemora."),
    ],
)
def test_an_unknown_office_is_told_with_the_offices_of_the_own_table(
    word: str, advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (told,) = told_of(write_case(tmp_path, offices={"keep": [{"office": word}]}), capsys)
    where = "small.yaml: offices.keep[0].office"
    accepted = "an office_id or the name of an office in offices.csv"
    assert told == f"{where}: {accepted} (found '{word}'). {advice}"


def test_visits_that_lack_in_one_zone_are_told_by_file_and_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_case(tmp_path)
    visits = [900.0, 800.0, None, *[700.0] * 9]
    edit("zones.csv", lambda t: t.assign(visits_per_year=visits))(tmp_path)
    (told,) = told_of(config, capsys)
    assert told == (
        "zones.csv row 4, column visits_per_year: visits of every zone, or of none: the totals on "
        "record leave none to the others (found nothing, where 11 of 12 zones have visits). "
        "Fill it in."
    )


def test_zones_without_people_are_told_by_file_and_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = {"offices": "offices.csv", "candidates": "none", "zones": "zones.csv"}
    config = write_case(tmp_path, data={**data, "visits": "visits.csv"})
    (tmp_path / "visits.csv").write_text("region_code,visits\nnation,50000\n")
    edit("zones.csv", lambda t: t.assign(population=0).drop(columns="visits_per_year"))(tmp_path)
    assert told_of(config, capsys) == [
        "zones.csv, column population: people in every region with visits on record "
        "(found nobody in nation). Fill in the people of its zones, or give visits_per_year by "
        "zone."
    ]


def test_columns_are_told_as_they_stand_in_the_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_case(tmp_path)
    table = pd.read_csv(tmp_path / "offices.csv").drop(columns=["office", "municipality_code"])
    table = table.rename(columns={"open_days": "Öppetdagar per vecka"})
    table.to_excel(tmp_path / "o.xlsx", sheet_name="Kontor", index=False)
    (told,) = told_of(changed(tmp_path, "data: {offices: o.xlsx#Kontor}"), capsys)
    columns = "office_id, longitude, latitude, mode, Öppetdagar per vecka"
    assert told.startswith(f"o.xlsx#Kontor: column office (found columns {columns}).")


def test_a_column_that_may_be_meant_for_another_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decided = {"decided": "decided.csv"}
    config = write_case(tmp_path, offices=decided)
    edit("offices.csv", lambda t: t.assign(colour="red", lease_day="", room_visit=9))(tmp_path)
    edit("zones.csv", lambda t: t.assign(**{"Områdestypen här": "rural"}))(tmp_path)
    (tmp_path / "decided.csv").write_text("office_id,action,last_visit_day\n", encoding="utf-8")
    assert main(["check", str(config), "--quiet"]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if "not known" in line]
    assert told == [
        f"{file}: column {name} is not known and changes nothing. Did you mean {meant}?"
        for file, name, meant in (
            ("zones.csv", "Områdestypen här", "area_type"),
            ("offices.csv", "lease_day", "lease_end"),
            ("offices.csv", "room_visit", "room_visits_per_year"),
            ("decided.csv", "last_visit_day", "last_day"),
        )
    ]
    (tmp_path / "own.csv").write_text("office_id,lease_day\no001,2027-01-31\n", encoding="utf-8")
    warned: list[str] = []
    load_offices(f"builtin + {tmp_path / 'own.csv'}", told=warned)
    (one,) = warned
    assert one.endswith(
        "own.csv: column lease_day is not known and changes nothing. Did you mean lease_end?"
    )


@pytest.mark.parametrize(
    ("offices", "sentence"),
    [
        (
            {"merge": [{"from": "Falun", "into": "k1"}]},
            "offices.merge[0].into: must be another office than `from` "
            "(found 'k1', which is Falun, merged into itself).",
        ),
        (
            {"keep": [{"office": "Falun"}], "close": [{"office": "k1"}]},
            "offices.close[0].office: must not be an office that offices.keep keeps "
            "(found 'k1', which is Falun, both kept and closed). Remove it from one of the two.",
        ),
        (
            {"close": [{"office": "k1"}, {"office": "falun"}]},
            "offices.close[1].office: must name each office once "
            "(found 'falun', which is k1, again).",
        ),
    ],
)
def test_decisions_on_one_office_by_two_names_are_held_against_each_other(
    offices: dict[str, object], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (told,) = told_of(write_case(tmp_path, offices=offices), capsys)
    assert told == f"small.yaml: {sentence}"


def test_a_budget_that_no_network_can_keep_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    budget = {"base_appropriation": 30.0, "appropriation": {2025: 27, 2026: 5}, "other_income": 0}
    config = write_case(tmp_path, budget=budget)
    assert main(["check", str(config)]) == 1
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 1
    told = capsys.readouterr().err
    assert "(found budget_by_year 2026)" in told
    (way,) = [line for line in told.splitlines() if line.startswith("Way out 1")]
    least, enough = re.findall(r"(?:at least|by) (\d+\.\d) mnkr", way)  # what lacks, what to do
    assert float(enough) >= float(least)
    assert "With that a plan was found" in way
    assert not (tmp_path / "run").exists()


def test_a_failing_run_leaves_the_earlier_one_alone(tmp_path: Path) -> None:
    config = write_case(tmp_path, solver=QUICK)
    run = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(run), "--quiet"]) == 0
    kept = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    budget = {"base_appropriation": 30.0, "appropriation": {2025: 27, 2026: 5}, "other_income": 0}
    config = write_case(tmp_path, budget=budget)
    assert main(["solve", str(config), "--out", str(run), "--quiet"]) == 1
    assert {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()} == kept
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_is_not_a_run_is_not_written_over(tmp_path: Path) -> None:
    config = write_case(tmp_path)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert main(["solve", str(config), "--out", str(mine), "--quiet"]) == 2
    assert (mine / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_check_says_when_a_first_look_finds_no_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_case(tmp_path)
    assert main(["check", str(config)]) == 0
    assert "nothing rules a plan out." in capsys.readouterr().out

    def today(instance: Instance, *, seconds: float) -> Evaluation:
        states = np.repeat(instance.today[:, None], len(instance.years), axis=1)
        return evaluate(instance, states)

    monkeypatch.setattr("optimizer.commands.run.constructed", today)
    assert main(["check", str(config)]) == 0  # the second look finds one
    assert "nothing rules a plan out." in capsys.readouterr().out

    budget = {"base_appropriation": 30.0, "other_income": 0, "appropriation": {2025: 20, 2026: 20}}
    monkeypatch.setattr("optimizer.whatif.conflicts.diagnose", lambda *_, **__: Diagnosis())
    assert main(["check", str(write_case(tmp_path, budget=budget))]) == 1  # proved: it is small
    assert "it is proved that there is none" in capsys.readouterr().out

    monkeypatch.setattr("optimizer.commands.run.is_small", lambda _: False)
    assert main(["check", str(write_case(tmp_path, budget=budget))]) == 0
    told = capsys.readouterr().out
    assert "a first look found none: there may be no plan. " in told
    assert "one was found with" in told and "mnkr more a year" in told
