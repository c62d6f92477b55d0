"""`extends`: mappings merge, the rest replaces, alternatives replace each other, null removes."""

from pathlib import Path

import pytest

from geodata.problems import InputError
from optimizer.config import Scenario, load, load_any
from tests.config.writing import BASE, refused, refused_on_base, written


def _loaded(folder: Path, text: str) -> Scenario:
    return load(written(folder, BASE + text))


def test_mappings_merge_and_lists_replace(tmp_path: Path) -> None:
    scenario = _loaded(
        tmp_path,
        "modes: {mobile: {fte_min: 0.5}}\n"
        "requirements: {mode_limits: [{mode: mobile, at_most: 3}]}\n",
    )
    assert scenario.modes["mobile"].fte_min == 0.5
    assert scenario.modes["mobile"].tier == 1
    assert [rule.at_most for rule in scenario.requirements.mode_limits] == [3]


def test_mappings_that_are_defaults_merge_too(tmp_path: Path) -> None:
    scenario = _loaded(tmp_path, 'costs: {city_premises_factors: {"1480": 1.2}}\n')
    assert scenario.costs.city_premises_factors == {"0180": 1.5, "1480": 1.2}
    without = _loaded(tmp_path, 'costs: {city_premises_factors: {"0180": null}}\n')
    assert without.costs.city_premises_factors == {}


def test_null_leaves_a_mapping_with_defaults_empty(tmp_path: Path) -> None:
    none = _loaded(tmp_path, "costs: {fee_income_mnkr: null}\n")
    assert none.costs.fee_income_mnkr == {}
    assert none.costs.city_premises_factors == {"0180": 1.5}
    (tmp_path / "agency.yaml").write_text(f"{BASE}costs: {{fee_income_mnkr: null}}\n")
    own = "extends: agency.yaml\nname: own\n"
    assert load(written(tmp_path, own)).costs.fee_income_mnkr == {}
    fees = load(written(tmp_path, f"{own}costs: {{fee_income_mnkr: {{passports: 2}}}}\n"))
    assert fees.costs.fee_income_mnkr == {"passports": 2.0}
    (tmp_path / "agency.yaml").write_text(f"{BASE}costs: {{fee_income_mnkr: {{pensions: null}}}}\n")
    assert set(load(written(tmp_path, own)).costs.fee_income_mnkr) == {"id_cards", "migration"}


def test_a_config_without_parents_states_its_mappings_whole(tmp_path: Path) -> None:
    """As the config of a run does, in which what was taken away is not there."""
    whole = _loaded(tmp_path, "costs: {fee_income_mnkr: {pensions: null}}\n")
    path = tmp_path / "config.json"
    path.write_text(whole.model_dump_json(by_alias=True))
    assert load(path) == whole


def test_an_appropriation_replaces_the_parents_cut(tmp_path: Path) -> None:
    budget = _loaded(
        tmp_path,
        "budget: {appropriation: {2025: 900, 2026: 900, 2027: 900},"
        " saving_limit: {amount: 28.4}, credit_limit: {share: 0.02}}\n",
    ).budget
    assert budget.cut is None
    assert budget.appropriation_mnkr(2026) == 900
    assert budget.saving_limit_mnkr(2026, 1.0) == 28.4
    assert budget.credit_limit_mnkr(2026, 1.1) == 18  # a share follows the appropriation


def test_one_year_of_the_cut_merges(tmp_path: Path) -> None:
    budget = _loaded(tmp_path, "budget: {cut: {2027: 120}}\n").budget
    assert budget.cut == {2025: 50, 2026: 100, 2027: 120}


def test_alternatives_in_one_file_contradict(tmp_path: Path) -> None:
    years = "{2025: 1, 2026: 2, 2027: 3}"
    text = (
        f"budget: {{cut: {years}, appropriation: {years}, saving_limit: {{share: 0, amount: 0}}}}"
    )
    assert refused_on_base(tmp_path, text) == [
        "trial.yaml: budget: must give exactly one of cut and appropriation"
        " (found cut and appropriation).",
        "trial.yaml: budget.saving_limit: must give exactly one of share and amount"
        " (found share and amount).",
    ]


def test_null_removes_what_a_parent_gives(tmp_path: Path) -> None:
    scenario = _loaded(
        tmp_path,
        "years: [2025, 2026]\nbudget: {cut: {2027: null}}\nmodes: {mobile: null}\n"
        "requirements: {mode_limits: {on: false}, region_coverage: [{division: fa, from: 2026}]}\n",
    )
    assert scenario.budget.cut == {2025: 50, 2026: 100}
    assert "mobile" not in scenario.modes
    assert scenario.requirements.mode_limits == ()


def test_a_grandchild_may_give_again_what_a_child_removed(tmp_path: Path) -> None:
    written(tmp_path, BASE + "demand: {growth_per_year: 0.1}\noffices: null\n", "child.yaml")
    path = written(
        tmp_path,
        "extends: child.yaml\ndemand: {growth_per_year: null}\noffices: {keep: [{office: Kiruna}]}",
    )
    scenario = load(path)
    assert scenario.demand.growth_per_year == 0
    assert scenario.offices.keep[0].office == "Kiruna"


def test_name_title_and_question_are_not_handed_down(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, "extends: base.yaml\n", "my-case.yaml"))
    assert scenario.name == "my-case"
    assert scenario.title.in_language("sv") == ""
    assert scenario.question is None


def test_a_parent_is_looked_for_beside_the_file_first(tmp_path: Path) -> None:
    written(tmp_path, BASE + "demand: {waiting_minutes: 11}\n", "base.yaml")
    assert load(written(tmp_path, BASE)).demand.waiting_minutes == 11


def test_a_cycle_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "extends: b.yaml\n", "a.yaml")
    path = written(tmp_path, "extends: a.yaml\n", "b.yaml")
    (sentence,) = refused(path)
    assert sentence.startswith("a.yaml: extends: must not lead back")
    assert "b.yaml -> a.yaml -> b.yaml" in sentence


def test_a_file_that_extends_itself_is_refused(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "extends: own.yaml\n", "own.yaml"))
    assert "must not lead back" in sentence


def test_a_long_chain_is_refused(tmp_path: Path) -> None:
    for number in range(12):
        written(tmp_path, f"extends: f{number + 1}.yaml\n", f"f{number}.yaml")
    written(tmp_path, "name: last\n", "f12.yaml")
    (sentence,) = refused(tmp_path / "f0.yaml")
    assert "must be a shorter chain" in sentence


def test_a_parent_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "extends: bsae.yaml\n"))
    assert "'bsae.yaml'" in sentence


def test_the_file_that_gave_a_value_is_named(tmp_path: Path) -> None:
    written(tmp_path, BASE + "demand: {digital_share: 2}\n", "parent.yaml")
    path = written(tmp_path, "extends: parent.yaml\ndemand: {waiting_minutes: -1}\n")
    assert sorted(refused(path)) == [
        "parent.yaml: demand.digital_share: must be at most 1 (found 2).",
        "trial.yaml: demand.waiting_minutes: must be at least 0 (found -1).",
    ]


def test_what_a_shipped_parent_leaves_open_is_missing_in_the_file_itself(tmp_path: Path) -> None:
    tables = "data: {offices: s.csv, zones: z.csv, travel: {path: m.csv}}\n"
    reach = written(tmp_path, f"extends: textbook/lscp.yaml\n{tables}", "reach.yaml")
    with pytest.raises(InputError, match=r"reach\.yaml: objective\.minutes: must be given"):
        load_any(reach)
    below = written(tmp_path, "extends: reach.yaml\n", "below.yaml")
    with pytest.raises(InputError, match=r"below\.yaml: objective\.minutes: must be given"):
        load_any(below, {"solver": {"time_limit": 3.0}})
    bare = written(tmp_path, "extends: textbook/lscp.yaml\n", "bare.yaml")
    with pytest.raises(InputError, match=r"bare\.yaml: data: must be given"):
        load_any(bare, {"solver": {"time_limit": 3.0}})


def test_paths_resolve_against_the_file_that_names_them(tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    written(parent, BASE + "data: {offices: offices.xlsx#Kontor}\n", "parent.yaml")
    path = written(
        tmp_path,
        "extends: parent/parent.yaml\n"
        "data: {regions: {fa25: fa25.csv}, travel: {provider: matrix, path: ../m.parquet}}\n",
    )
    data = load(path).data
    assert data.offices == f"{parent.resolve() / 'offices.xlsx'}#Kontor"
    assert data.regions["fa25"] == str(tmp_path.resolve() / "fa25.csv")
    assert data.travel.path == str(tmp_path.resolve().parent / "m.parquet")
    assert data.regions["fa"] == "builtin:fa15"


def test_overrides_win_and_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "solver: {gap: 0.1}\n")
    assert load(path, {"solver": {"gap": 0.2}}).solver.gap == 0.2
    with pytest.raises(InputError, match=r"^command line: solver\.gap: must be at least 0"):
        load(path, {"solver": {"gap": -0.2}})
