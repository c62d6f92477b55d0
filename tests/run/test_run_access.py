"""Standards of access from config to verified folder, and what is refused about them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geodata import builtin
from optimizer.building.access_rules import people
from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.config import load
from optimizer.config.access import presets
from optimizer.verify import verify
from tests.run.small_case import QUICK, write_case

OFF = {"region_coverage": {"on": False}}
STANDARDS = [
    {"share": 0.5, "minutes": 20.0},
    {"share": 0.4, "any": {"minutes": 15.0, "km": 10.0}, "group": "age_75plus", "from": 2026},
    {"share": 0.9, "km": 25.0, "relative": True, "need": 1},
]


def rules(*standards: object, **others: object) -> dict[str, object]:
    return {**OFF, "access_standard": list(standards), **others}


def test_standards_are_met_and_counted_again(tmp_path: Path) -> None:
    wanted = rules(*STANDARDS, no_one_left_behind={"added_minutes": 50.0})
    config = write_case(tmp_path, requirements=wanted, solver=QUICK)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    table = pd.read_csv(tmp_path / "run" / "requirements.csv", dtype={"year": str})
    rows = table[table["requirement"] == "access_standard"]
    assert sorted(rows["scope"].unique()) == ["1:nation", "2:nation", "3:nation"]
    assert list(rows[rows["scope"] == "2:nation"]["year"]) == ["2026"]
    assert rows["holds"].all()
    left = table[table["requirement"] == "no_one_left_behind"]
    assert (left["value"] == 0).all()
    assert len(left) == 2
    assert verify(tmp_path / "run").ok


@pytest.mark.parametrize("name", ["groups.parquet", "travel_km.parquet"])
def test_a_changed_input_of_a_standard_is_found(tmp_path: Path, name: str) -> None:
    config = write_case(tmp_path, requirements=rules(*STANDARDS), solver=QUICK)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    file = tmp_path / "run" / "inputs" / name
    table = pd.read_parquet(file)
    column = table.columns[-1]
    table[column] = table[column] * 3 + 5
    table.to_parquet(file)
    assert "hashes" in {one.check for one in verify(tmp_path / "run").findings}


@pytest.mark.parametrize(
    ("wanted", "code", "words"),
    [
        (rules({"share": 0.9}), 2, "must say minutes, km or any"),
        (rules({"share": 1.2, "minutes": 30.0}), 2, "must be at most 1"),
        (rules({"preset": "swiss-post"}), 2, "swiss-post can not: it measures"),
        (rules({"preset": "no-such"}), 2, "must name a preset of uk-post-office"),
        (rules({"preset": "france-services", "minutes": 45.0}), 2, "not with minutes; give a"),
        (rules({"preset": "la-poste", "each": "fa"}), 2, "must not say each beside la-poste"),
        (rules({"preset": "uk-post-office", "group": "all"}), 2, "must not say group beside uk-"),
        (rules({"preset": "uk-post-office"}), 2, "must be a division of data.regions"),
        (rules({"share": 0.9, "minutes": 30.0, "area_type": "lunar"}), 2, "area_type"),
        (rules({"share": 0.9, "minutes": 30.0, "each": "lan"}), 2, "must be a division"),
        (rules(no_one_left_behind={}), 2, "must say added_minutes or within_minutes"),
        (rules({"share": 1.0, "minutes": 0.5}), 1, "of the people within reach of all sites"),
    ],
)
def test_what_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    wanted: dict[str, object],
    code: int,
    words: str,
) -> None:
    config = write_case(tmp_path, requirements=wanted)
    assert main(["check", str(config)]) == code
    told = capsys.readouterr()
    assert words in told.out + told.err


def test_presets_say_where_they_come_from() -> None:
    for preset in presets().values():
        assert preset["source"]
        assert isinstance(preset.get("date"), int) or preset["fit"] == "not expressible"
        assert preset["fit"] in ("exact", "adapted", "not expressible")
        assert preset["note"]
        assert bool(preset.get("rules")) == (preset["fit"] != "not expressible")


def with_villages(folder: Path, **changes: object) -> Path:
    """The small case with towns and villages, and Falun in a region of its own."""
    towns = builtin.load("municipalities")[["municipality_code"]]
    own = towns["municipality_code"] == "2080"
    halves = towns.assign(region_code=own.map({True: "1", False: "2"}), region="Landet")
    halves.to_csv(folder / "land.csv", index=False)
    data = {"offices": "offices.csv", "candidates": "none", "zones": "zones.csv"}
    config = write_case(folder, data={**data, "regions": {"land": "land.csv"}}, **changes)
    zones = pd.read_csv(folder / "zones.csv", dtype={"municipality_code": str})
    villages = zones["zone_id"].str.endswith("b") & (zones["municipality_code"] != "2080")
    zones["area_type"] = villages.map({True: "rural", False: "dense"})
    zones["share_75plus"] = 0.0
    zones.to_csv(folder / "zones.csv", index=False)
    return config


def test_a_standard_of_nobody_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    standard = {"share": 0.9, "minutes": 30.0, "group": "age_75plus"}
    config = with_villages(tmp_path, requirements=rules(standard))
    assert main(["check", str(config)]) == 2
    told = capsys.readouterr().err
    assert "requirements.access_standard[0]: people that live in some zone (found nobody" in told


def test_a_region_without_the_people_of_a_standard_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    standard = {"share": 0.1, "minutes": 60.0, "each": "land", "area_type": "rural"}
    config = with_villages(tmp_path, requirements=rules(standard))
    assert main(["check", str(config)]) == 0
    expected = "requirements.access_standard[0] does not hold in 1 of the 2 regions of land, where"
    assert f"{expected} none of its people live: 1." in capsys.readouterr().out


def reopened(folder: Path, wanted: dict[str, object]) -> Path:
    """Hedemora has no office today but gets one, and Ludvika's closes; counted, not sought."""
    data = {"offices": "offices.csv", "candidates": "new.csv", "zones": "zones.csv"}
    config = write_case(folder, data=data, requirements=wanted)
    offices = pd.read_csv(folder / "offices.csv", dtype=str).assign(services="general;id_check")
    new = offices["office_id"] == "k6"
    offices[new].drop(columns=["mode", "open_days"]).to_csv(folder / "new.csv", index=False)
    offices[~new].to_csv(folder / "offices.csv", index=False)
    rows = [
        f"k{number},{year}," + ("closed," if number == 3 else "staffed,general;id_check")
        for number in range(1, 7)
        for year in (2025, 2026)
    ]
    (folder / "mine.csv").write_text("\n".join(["office_id,year,mode,services", *rows]) + "\n")
    options = ["--plan", str(folder / "mine.csv"), "--out", str(folder / "run"), "--quiet"]
    assert main(["evaluate", str(config), *options]) == 1
    return folder / "run"


@pytest.mark.parametrize("service", ["", "id_check"])
def test_whoever_comes_within_reach_does_not_make_up_for_those_who_lose_it(
    tmp_path: Path, service: str
) -> None:
    """Today all but Hedemora's 13,500 are within 20 minutes; afterwards all but Ludvika's 12,000.

    Towns have 11,000, 11,500 ... people, so 60,000 are near today and 48,000 of them are left.
    """
    standard: dict[str, object] = {"share": 0.9, "minutes": 20.0, "relative": True}
    kind = "service_coverage" if service else "access_standard"
    if service:
        standard["service"] = service
    run = reopened(tmp_path, {**OFF, "staff_balance": {"on": False}, kind: [standard]})
    table = pd.read_csv(run / "requirements.csv", dtype={"year": str})
    rows = table[table["requirement"] == kind]
    assert list(rows["value"]) == pytest.approx([48 / 60] * 2, abs=1e-6)
    assert list(rows["limit"]) == [0.9, 0.9]
    assert not rows["holds"].any()
    assert verify(run).ok


def test_a_relative_standard_of_nobody_near_today_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    standard = {"share": 0.9, "minutes": 0.0, "relative": True}
    config = write_case(tmp_path, requirements=rules(standard))
    assert main(["check", str(config)]) == 0
    expected = "requirements.access_standard[0] asks for nothing: none of its people are within"
    assert expected in capsys.readouterr().out
    assert read_case(load(config)).instance.access == ()


ACCEPTED = [name for name, preset in presets().items() if preset.get("rules")]


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_accepted_preset_is_read_as_its_published_rules(tmp_path: Path, name: str) -> None:
    """In a country whose zones have every area type, and people of every group."""
    divisions = {"county": "builtin:county", "municipality": "builtin:municipality"}
    data = {"offices": "offices.csv", "candidates": "none", "zones": "zones.csv"}
    wanted = rules({"preset": name, "from": 2026})
    config = write_case(tmp_path, requirements=wanted, data={**data, "regions": divisions})
    zones = pd.read_csv(tmp_path / "zones.csv", dtype={"municipality_code": str})
    zones["area_type"] = ["dense", "mixed", "rural", "remote"] * 3
    zones.to_csv(tmp_path / "zones.csv", index=False)
    found = read_case(load(config)).instance.access
    assert all(rule.from_year == 1 for rule in found)
    stated = presets()[name]["rules"]
    assert len({rule.of for rule in found}) == len(stated)
    for number, asked in enumerate(stated, start=1):
        shares = [rule.least / rule.total for rule in found if rule.of == str(number)]
        assert shares == pytest.approx([asked["share"]] * len(shares))
    counted = {1: 1} if name != "uk-post-office" else {1: 1, 3: 1, 4: 1, 5: 1, 6: 6}
    for number, scopes in counted.items() if name != "la-poste" else ():
        assert sum(rule.of == str(number) for rule in found) == scopes


def test_a_preset_is_narrowed_to_a_group_an_area_and_a_region(tmp_path: Path) -> None:
    narrow = {"group": "low_education", "area_type": "dense", "each": "land", "relative": True}
    config = with_villages(tmp_path, requirements=rules({"preset": "france-services", **narrow}))
    scenario = load(config)
    (rule,) = scenario.requirements.access_standard
    assert (rule.share, rule.minutes, rule.group) == (0.99, 30.0, "low_education")
    case = read_case(scenario)
    assert [one.scope for one in case.instance.access] == ["1:land:1", "1:land:2"]
    towns = case.zones["municipality_code"].to_numpy() == "2080"
    low = people(case.zones, "low_education")
    assert case.instance.access[0].total == pytest.approx(low[towns].sum())
