"""`compare`: what differs between runs, from their folders alone."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.outputs.map import Apart, write_comparison_map
from optimizer.whatif.compare import _groups, _read
from tests.outputs import made_run
from tests.run.small_case import QUICK, write_case


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The solved small case, and the same case with today's network."""
    folder = tmp_path_factory.mktemp("compare")
    config = str(write_case(folder, solver=QUICK))
    solved, today = folder / "solved", folder / "today"
    assert main(["solve", config, "--out", str(solved), "--quiet"]) == 0
    options = ["--plan", "today", "--out", str(today), "--quiet"]
    assert main(["evaluate", config, *options]) == 1
    return solved, today


def compared(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert main(["compare", *map(str, arguments), "--json"]) == 0
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def test_offices_cost_and_access_differ(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    told = compared(capsys, *runs)
    first, second = told["runs"]
    assert told["differences"] == []
    plans = [pd.read_csv(run / "plan.csv").set_index(["office_id", "year"])["mode"] for run in runs]
    changed = plans[0][plans[0] != plans[1].reindex(plans[0].index)]
    rows = {(row["office_id"], int(row["year"])): row for row in told["offices"]}
    assert set(rows) == set(changed.index)
    for key, row in rows.items():
        assert (row[first], row[second]) == (plans[0][key], plans[1][key])
    cost = next(row for row in told["budget"] if (row["year"], row["item"]) == ("2026", "cost"))
    assert cost[first] < cost[second]
    access = next(
        row
        for row in told["area_types"]
        if (row["area_type"], row["year"], row["measure"]) == ("all", "2026", "mean_minutes")
    )
    assert access[first] > access[second]


def test_a_run_does_not_differ_from_itself(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    told = compared(capsys, runs[0], runs[0])
    assert (told["differences"], told["offices"]) == ([], [])
    assert len(set(told["runs"])) == 2


def test_figures_and_people_are_told_in_words(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *map(str, runs)]) == 0
    told = capsys.readouterr().out
    assert "  Cost, SEK million: " in told and "  Margin, SEK million: " in told
    assert "  Mean minutes to full service, aged 75 and over: " in told
    assert not re.search(r"\w_mnkr|\w_minutes|age_75plus|lost_visits", told)


def test_the_map_and_the_tables_say_what_is_not_the_same(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_case(tmp_path, demand={"productivity_growth": 0.02}, solver=QUICK)
    assert main(["evaluate", str(config), "--plan", "today", "--out", str(tmp_path / "run")]) == 1
    for other, differs in ((tmp_path / "run", True), (runs[1], False)):
        out = tmp_path / f"compared-{differs}"
        assert main(["compare", str(runs[0]), str(other), "--out", str(out)]) == 0
        page = (out / "map.html").read_text(encoding="utf-8")
        assert ("What differs beside the plans" in page) is differs
        assert ("The inputs are not the same" in page) is differs
        assert ("<li>demand.productivity_growth" in page) is differs
        assert ("<li>inputs/years.csv: values differ" in page) is differs
        table = pd.read_csv(out / "differences.csv")
        assert set(table["of"]) == ({"question", "input"} if differs else set())
    capsys.readouterr()


def test_the_map_tells_them_in_its_language(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = {"language": "sv", "formats": ["csv", "parquet"]}
    changes = {"demand": {"productivity_growth": 0.025}, "solver": QUICK}
    config = write_case(tmp_path, output=output, **changes)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    out = tmp_path / "compared"
    assert main(["compare", str(tmp_path / "run"), str(runs[0]), "--out", str(out)]) == 0
    page = (out / "map.html").read_text(encoding="utf-8")
    assert "<li>demand.productivity_growth (small (run): 0,025; small (solved): 0,01)</li>" in page
    assert "<li>inputs/years.csv: värden skiljer sig: " in page and " rader (2025, 2026)" in page
    assert not re.search(r"values differ|\d rows", page)
    assert "Kept as" not in page and "Behålls som" in page  # motives of the English run too
    capsys.readouterr()
    told = compared(capsys, tmp_path / "run", runs[0])  # JSON is English
    assert "demand.productivity_growth (small (run): 0.025; small (solved): 0.01)" in str(told)


def test_the_map_says_that_what_differs_may_be_within_the_gaps(tmp_path: Path) -> None:
    gaps = ["a och b: det som skiljer kan rymmas inom avstånden"]
    made = [made_run.write(tmp_path / name) for name in ("a", "b")]
    page = write_comparison_map(made, tmp_path, language="sv", apart=Apart(gaps=gaps))
    assert f'<p class="gaps">{gaps[0]}</p>' in page.read_text(encoding="utf-8")


def test_regions_tell_the_measure_and_the_need(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = compared(capsys, *runs)["regions"]
    assert {(row["measure"], row["need"]) for row in rows} == {("mean_minutes", 3)}


def test_a_group_that_nobody_belongs_to_has_no_minutes(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    one, other = (_read(run) for run in runs)
    assert "low_tax_base" in one.groups and one.access["low_tax_base"].sum() == 0
    assert "low_tax_base" not in set(_groups([one, other])["group"])
    nobody = replace(one, access=one.access.assign(age_75plus=0.0))
    table = _groups([nobody, replace(other, name="other")])
    values = table[table["group"] == "age_75plus"]
    assert values[nobody.name].isna().all() and values["other"].notna().all()


def test_other_questions_are_told(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_case(tmp_path, demand={"productivity_growth": 0.02}, solver=QUICK)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["compare", str(runs[0]), str(tmp_path / "run")]) == 0
    told = capsys.readouterr().out
    assert "The questions differ in:" in told
    assert "demand.productivity_growth" in told
    assert "The inputs are not the same" in told
    assert "inputs/years.csv: values differ: " in told
    assert "(2025, 2026)" in told


def test_other_tables_are_told_with_the_rows_that_differ(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_case(tmp_path, solver=QUICK)
    zones = pd.read_csv(tmp_path / "zones.csv", dtype={"municipality_code": str})
    zones.loc[zones["zone_id"] == "z2a", "population"] += 500
    zones.to_csv(tmp_path / "zones.csv", index=False)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    capsys.readouterr()
    told = compared(capsys, runs[0], tmp_path / "run")
    assert all(one.startswith("data.") for one in told["differences"])  # where the tables are
    about = next(one for one in told["input_differences"] if "zones.parquet" in one)
    assert "population in 1 row (z2a)" in about


def test_another_version_of_the_program_is_told(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "run"
    shutil.copytree(runs[0], other)
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    manifest["versions"]["servicenet"] = "0.0.1"
    (other / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["compare", str(runs[0]), str(other)]) == 0
    told = capsys.readouterr().out
    assert "The inputs are not the same" in told
    assert "the version of servicenet (" in told and ": 0.0.1)" in told
    words = ["explain", str(other), "k1", "--no-levers", "--seconds", "1", "--jobs", "1"]
    assert main([*words, "--quiet"]) == 0
    assert "was made by servicenet 0.0.1, and this is" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["figures", "report"])
def test_papers_are_made_of_runs_as_they_were_written(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    run, out = tmp_path / "run", tmp_path / "papers"
    shutil.copytree(runs[0], run)
    plan = run / "plan.csv"
    plan.write_text(plan.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert main([command, str(run), "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert "plan.csv changed" in told and told.count("\n") == 1
    assert not out.exists()


def test_groups_of_people_have_their_own_access(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    told = compared(capsys, *runs)
    first, second = told["runs"]
    groups = {row["group"] for row in told["groups"]}
    assert {"all", "age_75plus", "low_education", "exclusion_areas"} <= groups
    whole = next(
        row
        for row in told["groups"]
        if (row["group"], row["year"], row["measure"]) == ("all", "2026", "mean_minutes")
    )
    access = next(
        row
        for row in told["area_types"]
        if (row["area_type"], row["year"], row["measure"]) == ("all", "2026", "mean_minutes")
    )
    assert (whole[first], whole[second]) == pytest.approx((access[first], access[second]))


def test_tables_are_written_whole_and_only_over_a_comparison(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "compared"
    for _ in range(2):
        assert main(["compare", *map(str, runs), "--out", str(out)]) == 0
    names = {path.name for path in out.iterdir()}
    tables = {"offices", "figures", "budget", "regions", "area_types", "groups", "differences"}
    assert names == {"comparison.json", "map.html", *(f"{name}.csv" for name in tables)}
    assert main(["compare", *map(str, runs), "--out", str(runs[0])]) == 2
    assert "not a comparison" in capsys.readouterr().err
    assert (runs[0] / "plan.csv").is_file()


def test_what_is_no_run_is_refused(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(runs[0]), str(tmp_path)]) == 2
    assert "a run folder of the planner's problem" in capsys.readouterr().err
    assert main(["compare", str(runs[0])]) == 2
    assert "two run folders or more" in capsys.readouterr().err


def test_a_run_named_by_where_one_is_has_its_name(
    runs: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(runs[0])
    assert compared(capsys, ".", runs[1])["runs"] == ["small (solved)", "small (today)"]
    assert main(["compare", ".", str(runs[1]), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
    assert "(solved)" in page and "()" not in page.split("<script")[0]


def edited(name: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(run: Path) -> None:
        text = (run / name).read_text(encoding="utf-8")
        assert old in text
        (run / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def cut_short(name: str) -> Callable[[Path], None]:
    return lambda run: os.truncate(run / name, 200)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (edited("summary.json", '"bound": ', '"bound": 9'), "summary.json changed"),
        (edited("plan.csv", "staffed", "mobile"), "plan.csv changed"),
        (cut_short("zones.parquet"), "zones.parquet changed"),
        (cut_short("assignments.parquet"), "assignments.parquet changed"),
        (cut_short("inputs/groups.parquet"), "inputs/groups.parquet changed"),
        (lambda run: (run / "manifest.json").unlink(), "no readable manifest.json"),
    ],
)
def test_a_folder_that_is_not_as_it_was_written_is_refused(
    runs: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], None],
    told: str,
) -> None:
    run = tmp_path / "run"
    shutil.copytree(runs[0], run)
    spoil(run)
    assert main(["compare", str(runs[1]), str(run)]) == 2
    error = capsys.readouterr().err
    assert told in error and len(error.strip().splitlines()) == 1


def test_runs_of_other_years_are_compared_in_the_last_year_of_both(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, years in (("longer", [2025, 2026, 2027]), ("later", [2027])):
        folder = tmp_path / name
        folder.mkdir()
        budget = {"base_appropriation": 30.0, "appropriation": dict.fromkeys(years, 30.0)}
        config = str(write_case(folder, years=years, budget=budget, solver=QUICK))
        words = ["--plan", "today", "--out", str(folder / "run"), "--quiet"]
        assert main(["evaluate", config, *words]) in (0, 1)
    capsys.readouterr()
    assert main(["compare", str(runs[1]), str(tmp_path / "longer" / "run")]) == 0
    told = capsys.readouterr().out
    assert "In 2026, the last year that all plan for:" in told
    assert "0 sites differ in 2026." in told and "2027:" not in told
    assert told.count("evaluated, no bound known, 0.000 million visit-minutes more") == 2
    assert main(["compare", str(runs[1]), str(tmp_path / "later" / "run")]) == 0
    assert "no planning year in common" in capsys.readouterr().out
