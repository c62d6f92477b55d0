"""`servicenet explain` on a small agency: told, as JSON, written, and what it refuses."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import pandas as pd
import pytest

from geodata.problems import InputError, LimitReached, Problem
from optimizer.cli import main
from optimizer.commands.crew import Crew
from optimizer.progress import Silent
from tests.run.small_case import QUICK, WITH_STAFF, write_case
from tests.sweep.small_sweep import BUDGET


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explained")
    config = write_case(folder, requirements=WITH_STAFF)
    assert main(["solve", str(config), "--out", str(folder / "run"), "--quiet"]) == 0
    return folder / "run"


def test_every_site_of_a_proven_plan_has_its_regret(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "why"
    words = ["explain", str(run), "--all", "--seconds", "1", "--jobs", "2", "--out", str(out)]
    assert main([*words, "--quiet"]) == 0
    table = pd.read_csv(out / "explanations.csv").set_index("office_id")
    assert len(table) == 6
    found = table[table["outcome"] == "found"]
    assert len(found) >= 3
    assert (found["regret"] >= 0).all()
    assert (found["regret_low"] <= found["regret"] + 1e-6).all()
    assert (found["regret"] <= found["regret_high"] + 1e-6).all()
    assert not found["better_plan"].any()  # the plan was proved the best there is
    document = json.loads((out / "explanations.json").read_text(encoding="utf-8"))
    assert [one["office_id"] for one in document["explanations"]] == list(table.index)
    closed = pd.read_csv(run / "plan.csv")
    closed = closed[(closed["year"] == 2026) & (closed["mode"] == "closed")]["office_id"]
    assert (table.loc[closed, "opposite"] == "keep").all()
    assert (table.loc[closed, "missing_mnkr"] > 0).any()

    ladder = pd.read_csv(out / "ladder.csv").set_index("mnkr")
    more = {0.05, 0.1, 0.25, 0.5, 1.0, 2.0}  # of 30 mnkr
    assert set(ladder.index) == more | {-mnkr for mnkr in more}
    assert (ladder.loc[ladder.index > 0, "more_minutes"] <= 1e-6).all()
    spared = table.loc[closed, "budget_turns_at"].dropna()
    assert len(spared) and (spared > 0).all()


def test_an_office_is_told_in_sentences(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(run), "Falun", "--seconds", "2", "--quiet"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("k1 Falun: ")
    assert "To close it" in told or "To keep it" in told
    assert "What alone would turn the decision" in told
    assert "in its own cost" in told and "times its own visits" in told
    assert "More or less money in every year" in told


def test_the_motive_of_a_swedish_run_is_told_in_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = {"language": "sv", "formats": ["csv", "parquet"]}
    config = write_case(tmp_path, output=output, solver=QUICK)
    swedish = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(swedish), "--quiet"]) == 0
    plan = pd.read_csv(swedish / "plan.csv").set_index(["office_id", "year"])
    assert plan.loc[("k1", 2026), "motive"].startswith("Behålls som")
    capsys.readouterr()
    assert main(["explain", str(swedish), "Falun", "--seconds", "1", "--quiet"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"\n  (Kept as|Becomes|Merges with|Closes)", told)
    assert not re.search("Behålls|Blir|Slås|Läggs|På svenska|In Swedish", told)


def test_the_changes_of_a_plan_are_put_in_order(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "order"
    assert main(["explain", str(run), "--roadmap", "--out", str(out), "--quiet"]) == 0
    assert "changes save" in capsys.readouterr().out
    table = pd.read_csv(out / "roadmap.csv")
    plan = pd.read_csv(run / "plan.csv")
    last = plan[plan["year"] == 2026].set_index("office_id")["mode"]
    changed = set(last.index[last != "staffed"])
    assert set(table["office_id"].dropna()) >= changed and changed
    assert table["saving_mnkr_a_year"].is_monotonic_increasing


def test_the_order_itself_is_told_where_it_is_not_written(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(run), "--roadmap", "--quiet"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert next(line for line in told if line.startswith("  1. k")).count("staffed -> ") == 1


def test_what_was_found_before_is_kept(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, quick = tmp_path / "why", ["--seconds", "1", "--jobs", "1", "--quiet"]
    words = ["explain", str(run), "--out", str(out)]

    def tables() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in out.glob("*.csv")}

    assert main([*words, "--roadmap", *quick]) == 0
    first = tables()
    assert set(first) == {"roadmap.csv"}  # no empty table
    assert main([*words, "k2", *quick]) == 0
    second = tables()
    assert set(second) == {"explanations.csv", "ladder.csv", "roadmap.csv"}
    assert second["roadmap.csv"] == first["roadmap.csv"]
    assert main([*words, "--roadmap", *quick]) == 0
    assert tables() == second
    assert main([*words, "k1", "--no-levers", *quick]) == 0
    assert list(pd.read_csv(out / "explanations.csv")["office_id"]) == ["k1", "k2"]
    assert {name: text for name, text in tables().items() if name != "explanations.csv"} == {
        name: text for name, text in second.items() if name != "explanations.csv"
    }
    document = json.loads((out / "explanations.json").read_text(encoding="utf-8"))
    assert len(document["explanations"]) == 2 and document["ladder"] and document["roadmap"]

    document["of"], kept = "another", tables()
    (out / "explanations.json").write_text(json.dumps(document), encoding="utf-8")
    capsys.readouterr()
    assert main([*words, "--roadmap", *quick]) == 2
    assert "explanations of another run" in capsys.readouterr().err
    assert tables() == kept


def test_a_lock_has_its_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole network with what was locked, less the best without: solved again by itself."""
    solver = {"gap": 0.0, "time_limit": 60, "threads": 1}
    budget = {**BUDGET, "appropriation": {2025: 28.8}}
    free = {"years": [2025], "budget": budget, "solver": solver}
    config = write_case(tmp_path, **free)
    assert main(["solve", str(config), "--out", str(tmp_path / "free"), "--quiet"]) == 0
    plan = pd.read_csv(tmp_path / "free" / "plan.csv").set_index("office_id")["mode"]
    ended = plan.index[plan.isin(["closed", "mobile", "flexible"])][0]
    locked = write_case(tmp_path, **free, offices={"keep": [{"office": ended}]})
    assert main(["solve", str(locked), "--out", str(tmp_path / "locked"), "--quiet"]) == 0
    capsys.readouterr()
    words = ["explain", str(tmp_path / "locked"), ended, "--seconds", "4", "--jobs", "1", "--json"]
    assert main([*words, "--quiet"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["explanations"]
    assert (told["opposite"], told["locks"], told["outcome"]) == ("release", ["keep"], "found")
    objectives = [
        json.loads((tmp_path / name / "summary.json").read_text())["objective"]
        for name in ("locked", "free")
    ]
    assert told["lock_price"] == pytest.approx(objectives[0] - objectives[1], rel=1e-3)
    assert told["lock_price"] > 0


def test_a_lock_that_allows_the_opposite_has_its_price_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every office is kept, so some are reduced: without its own lock such a one could do less."""
    budget = {**BUDGET, "appropriation": {2025: 29.7}}
    given = {"years": [2025], "budget": budget}
    names = ["k1", "k2", "k3", "k4", "k5", "k6"]
    config = write_case(tmp_path, **given, offices={"keep": [{"office": one} for one in names]})
    assert main(["solve", str(config), "--out", str(tmp_path / "kept"), "--quiet"]) == 0
    plan = pd.read_csv(tmp_path / "kept" / "plan.csv").set_index("office_id")["mode"]
    converted = plan.index[plan != "staffed"][0]
    others = {"keep": [{"office": one} for one in names if one != converted]}
    free = write_case(tmp_path, **given, offices=others)
    assert main(["solve", str(free), "--out", str(tmp_path / "free"), "--quiet"]) == 0
    capsys.readouterr()
    words = ["explain", str(tmp_path / "kept"), converted, "--no-levers", "--seconds", "4"]
    assert main([*words, "--jobs", "1", "--json", "--quiet"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["explanations"]
    assert (told["opposite"], told["locks"], told["decisions"]) == ("as_today", [], ["keep"])
    kept, other = (
        json.loads((tmp_path / name / "summary.json").read_text())["objective"]
        for name in ("kept", "free")
    )
    assert told["lock_price"] == pytest.approx(kept - other, rel=1e-3, abs=1.0)


def test_what_can_not_be_explained(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, told in (
        ([str(run)], "name the offices to explain"),
        ([str(run), "Falun", "--all"], "name the offices to explain"),
        ([str(run), "Atlantis", "Mu"], "'Mu'"),
        ([str(tmp_path), "Falun"], "a run folder"),
        ([str(run), "Falun", "--out", str(run)], "explanations.json"),
    ):
        assert main(["explain", *words, "--quiet"]) == 2
        assert told in capsys.readouterr().err


def test_a_run_is_explained_as_it_was_when_its_tables_have_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_case(tmp_path, solver=QUICK)
    out = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(out), "--quiet"]) == 0
    zones = pd.read_csv(tmp_path / "zones.csv", dtype={"municipality_code": str})
    zones["visits_per_year"] += 100
    zones.to_csv(tmp_path / "zones.csv", index=False)
    objective = json.loads((out / "summary.json").read_text(encoding="utf-8"))["objective"]
    capsys.readouterr()
    words = ["Falun", "--no-levers", "--seconds", "1", "--jobs", "1", "--json", "--quiet"]
    assert main(["explain", str(out), *words]) == 0
    assert json.loads(capsys.readouterr().out)["objective"] == pytest.approx(objective)


def end_once(case: object, plan: object, mark: Path) -> int:
    """A task that kills its own process the first time."""
    if not mark.exists():
        mark.write_text("once")
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def always_end(case: object, plan: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def faulty(case: object, plan: object) -> float:
    return 1 / 0


def unsendable(case: object, plan: object) -> object:
    return lambda: None


def refusing(case: object, plan: object) -> float:
    raise InputError(Problem("here", "a word", "must be right"))


def quick(case: object, plan: object) -> str:
    return "done"


@pytest.mark.soak
def test_work_of_a_killed_process_is_done_again_and_told_if_it_can_not_be(tmp_path: Path) -> None:
    with Crew(None, None, 2, Silent()) as crew:  # type: ignore[arg-type]
        first, second = crew.done([(end_once, (tmp_path / "mark",)), (quick, ())])
        assert first != os.getpid() and second == "done"
        with pytest.raises(LimitReached, match=r"ended twice.*exit code -9.*--jobs"):
            crew.done([(always_end, ()), (quick, ())])
    with (
        Crew(None, None, 2, Silent()) as crew,  # type: ignore[arg-type]
        pytest.raises(RuntimeError, match="ZeroDivisionError"),  # a bug is not told as a loss
    ):
        crew.done([(faulty, ()), (quick, ())])
    for jobs in (1, 2):  # an error of the user's input stays one
        with (
            Crew(None, None, jobs, Silent()) as crew,  # type: ignore[arg-type]
            pytest.raises(InputError, match="must be right"),
        ):
            crew.done([(refusing, ()), (quick, ())])


def test_a_result_that_can_not_be_sent_is_no_loss() -> None:
    with (
        Crew(None, None, 2, Silent()) as crew,  # type: ignore[arg-type]
        pytest.raises(LimitReached, match="lambda"),
    ):
        crew.done([(unsendable, ()), (quick, ())])


def test_a_better_plan_that_is_come_upon_is_kept(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan of one's own that closes an office too many: to keep it is better, and is written."""
    config = write_case(tmp_path, requirements=WITH_STAFF)
    plan = pd.read_csv(run / "plan.csv", dtype=str)[["office_id", "year", "mode"]]
    stays = plan.groupby("office_id")["mode"].apply(lambda modes: (modes != "closed").all())
    worse, mine = tmp_path / "mine", tmp_path / "mine.csv"
    for office in stays.index[stays]:
        closed = plan.assign(mode=plan["mode"].mask(plan["office_id"] == office, "closed"))
        closed.to_csv(mine, index=False)
        options = ["--plan", str(mine), "--against", str(run), "--out", str(worse), "--quiet"]
        if main(["evaluate", str(config), *options]) == 0:
            break
    out = tmp_path / "why"
    words = ["explain", str(worse), office, "--no-levers", "--jobs", "1", "--out", str(out)]
    capsys.readouterr()
    assert main([*words, "--seconds", "2", "--quiet"]) == 0
    assert "better-plan.csv" in capsys.readouterr().out
    told = json.loads((out / "explanations.json").read_text(encoding="utf-8"))
    again = tmp_path / "again"
    options = ["--plan", str(out / "better-plan.csv"), "--out", str(again), "--quiet"]
    assert main(["evaluate", str(config), *options]) == 0
    objective = json.loads((again / "summary.json").read_text(encoding="utf-8"))["objective"]
    assert objective == pytest.approx(told["better"]["objective"])
    assert objective < told["objective"]
    words[2] = "k1" if office != "k1" else "k2"  # another answer does not lose it
    assert main([*words, "--seconds", "1", "--quiet"]) == 0
    kept = json.loads((out / "explanations.json").read_text(encoding="utf-8"))
    assert kept["better"]["objective"] <= told["better"]["objective"]
    assert (out / "better-plan.csv").is_file()
