"""The frontier against every plan there is, on the small agency with three modes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Instance
from optimizer.whatif.means import cut_borne, money_step
from optimizer.whatif.sweep.frontier import Ends, ends, frontier_sentences
from optimizer.whatif.sweep.proved import Nothing, proved_away, proved_told
from optimizer.whatif.sweep.record import Record
from optimizer.whatif.sweep.statement import FrontierSweep
from tests.optimum import all_plans
from tests.sweep.small_sweep import (
    BUDGET,
    RULES,
    results,
    sweep,
    work_here,
    write_small,
    write_sweep,
)

FEW = {"staffed_colocated": None, "reduced_colocated": None, "mobile": None}
STEP = 0.001
SLOW = 40.0  #: minutes of waiting that make conversions hurt, so that closures have a price

#: A plan's worth: minutes, mnkr it bears beyond the config, offices closed, the longest extra way,
#: cost.
Worth = tuple[float, float, int, float, float]


def write_tiny(folder: Path) -> Path:
    solver = {"gap": 0.0, "time_limit": 600, "threads": 1}
    return write_small(folder, modes=FEW, requirements={**RULES, "mode_limits": []}, solver=solver)


def plans_bearing(folder: Path, least: float, **demand: float) -> list[Worth]:
    """The worth of every plan that bears a cut and keeps to all rules other than money."""
    key = str(demand)
    if key not in _counted:
        _counted[key] = _count(folder, **demand)
    return [plan for plan in _counted[key] if plan[1] >= least - 1e-6]


_counted: dict[str, list[Worth]] = {}  #: what demand is like: each is counted once for all tests


def _count(folder: Path, **demand: float) -> list[Worth]:
    case = read_case(load(write_tiny(folder), {"demand": demand}))
    found = []
    for states in all_plans(case.instance):
        plan = evaluate(case.instance, states)
        if all(text.startswith("budget_by_year") for text in plan.broken):
            # with one year and no credit in the last, what is left is what could be done without
            borne = min(float(plan.ledger.margin[0]), plan.ledger.margin_after)
            closed = int((states[:, 0] == 0).sum())
            way = longest(case.instance, states[:, 0])
            cost = float(plan.ledger.spent.sum())
            found.append((plan.objective, borne, closed, way, cost))
    assert len(found) > 1000
    return found


def longest(instance: Instance, states: np.ndarray) -> float:
    """How much farther the zone that gets most has to the nearest site of the highest tier."""
    best = instance.tier == instance.tier.max()
    today = instance.minutes[:, best[instance.today]].min(axis=1)
    now = instance.minutes[:, best[states]].min(axis=1, initial=np.inf)
    return float((now - today).max())


def undominated(plans: list[Worth], aims: tuple[str, ...]) -> set[tuple[float, ...]]:
    """The worths that no other plan is at least as good as in all aims, and better in one."""
    columns = {"access": 0, "cut": 1, "closures": 2, "equity": 3, "cost": 4}
    signs = np.array([1.0, -1.0, 1.0, 1.0, 1.0])
    used = [columns[aim] for aim in aims]
    values = np.round(np.array(plans) * signs, 5)[:, used]
    values = np.unique(values, axis=0)
    kept = [
        row
        for row in values
        if not ((values <= row).all(axis=1) & (values < row).any(axis=1)).any()
    ]
    return {tuple((row * signs[used]).tolist()) for row in kept}


def traced(folder: Path, monkeypatch: pytest.MonkeyPatch, **content: Any) -> pd.DataFrame:
    work_here(monkeypatch)
    write_tiny(folder)
    assert sweep(write_sweep(folder, kind="frontier", runs=False, **content)) == 0
    return pd.read_csv(folder / "out" / "frontier.csv", keep_default_na=False)


def matches(table: pd.DataFrame, expected: set[tuple[float, ...]], columns: list[str]) -> None:
    found = table[table["on_frontier"]][columns].to_numpy(dtype=float)
    wanted = np.array(sorted(expected))
    assert len(found) == len(wanted)
    found = found[np.lexsort(found.T[::-1])]
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-4)


@pytest.mark.soak
def test_access_against_cut_is_complete_and_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = traced(tmp_path, monkeypatch, cut_from=-0.25, cut_step=STEP)
    expected = undominated(plans_bearing(tmp_path / "all", -0.25), ("access", "cut"))
    assert len(expected) >= 4
    matches(table, expected, ["access", "cut_mnkr"])
    assert (table["gap"].astype(float) <= 1e-6).all()


@pytest.mark.soak
def test_access_against_closures_is_complete_and_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aims = ("access", "closures")
    waiting = {"demand.waiting_minutes": SLOW}
    table = traced(tmp_path, monkeypatch, aims=list(aims), cut_from=-0.6, set=waiting)
    expected = undominated(plans_bearing(tmp_path / "all", -0.6, waiting_minutes=SLOW), aims)
    assert len(expected) >= 2
    matches(table, expected, list(aims))


def test_access_against_the_longest_extra_way_is_complete_and_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aims = ("access", "equity")
    content = {"set": {"demand.waiting_minutes": 60.0}, "cut_from": -0.8, "equity_step": STEP}
    table = traced(tmp_path, monkeypatch, aims=list(aims), **content)
    expected = undominated(plans_bearing(tmp_path / "all", -0.8, waiting_minutes=60.0), aims)
    assert len(expected) >= 2
    matches(table, expected, ["access", "equity_minutes"])
    assert (table["gap"].astype(float) <= 1e-6).all()
    page = (tmp_path / "out" / "frontier.html").read_text(encoding="utf-8")
    assert "Longest extra travel of any place" in page


COLUMNS = {
    "access": "access",
    "cost": "cost_mnkr",
    "closures": "closures",
    "equity": "equity_minutes",
}
TITLES = {
    "access": "Added minutes, million",
    "cost": "Cost of all planning years, SEK million",
    "closures": "Offices closed in the last year",
    "equity": "Longest extra travel of any place, minutes",
}


@pytest.mark.parametrize(
    ("aims", "plans"),
    [
        (("cost", "equity"), 5),
        pytest.param(("cost", "closures"), 3, marks=pytest.mark.soak),
        pytest.param(("access", "cost"), 7, marks=pytest.mark.soak),
        pytest.param(("closures", "equity"), 2, marks=pytest.mark.soak),
        pytest.param(("cost", "closures", "equity"), 6, marks=pytest.mark.soak),
        pytest.param(("access", "cost", "closures"), 7, marks=pytest.mark.soak),
        pytest.param(("access", "cost", "equity"), 7, marks=pytest.mark.soak),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else None,
)
def test_any_two_or_three_aims_are_complete_and_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aims: tuple[str, ...], plans: int
) -> None:
    waiting, cut = (SLOW, -0.4) if aims == ("closures", "equity") else (5.0, -0.8)
    content = {"set": {"demand.waiting_minutes": waiting}, "cut_from": cut}
    steps = {"equity_step": STEP, "cost_step": STEP}
    table = traced(tmp_path, monkeypatch, aims=list(aims), **content, **steps)
    expected = undominated(plans_bearing(tmp_path / "all", cut, waiting_minutes=waiting), aims)
    assert len(expected) == plans
    matches(table, expected, [COLUMNS[aim] for aim in aims])
    gaps = table.loc[table["on_frontier"], "gap"]
    proved = {"access", "cost"} & set(aims)  # else the next step was proved to have no plan
    assert (gaps.astype(float) <= 1e-6).all() if proved else (gaps == "").all()
    page = (tmp_path / "out" / "frontier.html").read_text(encoding="utf-8")
    assert all(TITLES[aim] in page for aim in aims)
    assert page.count("<circle") == len(table)
    assert ("The bar below a mark" in page) == bool(proved)


@pytest.mark.soak
def test_closures_and_equity_together_are_complete_and_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aims = ("access", "closures", "equity")
    waiting = {"demand.waiting_minutes": SLOW}
    content = {"set": waiting, "cut_from": -0.4, "equity_step": STEP}
    table = traced(tmp_path, monkeypatch, aims=list(aims), **content)
    expected = undominated(plans_bearing(tmp_path / "all", -0.4, waiting_minutes=SLOW), aims)
    assert len(expected) >= 2
    matches(table, expected, ["access", "closures", "equity_minutes"])


@pytest.mark.soak
def test_three_aims_are_complete_and_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aims = ("access", "cut", "closures")
    content = {"set": {"demand.waiting_minutes": SLOW}, "cut_from": -0.6, "cut_step": STEP}
    table = traced(tmp_path, monkeypatch, aims=list(aims), **content)
    expected = undominated(plans_bearing(tmp_path / "all", -0.6, waiting_minutes=SLOW), aims)
    assert len(expected) >= 3
    matches(table, expected, ["access", "cut_mnkr", "closures"])


@pytest.mark.soak
def test_given_cuts_and_closures_are_the_best_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts, closures = (-1.0, -0.6), (0, 1)
    content = {"set": {"demand.waiting_minutes": SLOW}, "cuts": list(cuts)}
    aims = ["access", "cut", "closures"]
    table = traced(tmp_path, monkeypatch, aims=aims, closures=list(closures), **content)
    every = plans_bearing(tmp_path / "all", -1.0, waiting_minutes=SLOW)
    best = {
        min(plan[0] for plan in every if plan[1] >= cut - 1e-6 and plan[2] <= most)
        for cut in cuts
        for most in closures
    }
    assert set(table["access"].astype(float).round(3)) == {round(value, 3) for value in best}


def test_the_chart_shows_every_plan_and_opens_its_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_here(monkeypatch)
    output = {"language": "en", "formats": ["csv", "parquet", "html"]}
    write_small(tmp_path, output=output)
    path = write_sweep(tmp_path, kind="frontier", cuts=[-1.5, 0.0])
    assert sweep(path) == 0
    out = tmp_path / "out"
    picture = ElementTree.parse(out / "frontier.svg")
    table = pd.read_csv(out / "frontier.csv")
    marks = picture.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(marks) == len(table) >= 2
    links = re.findall(r'href="([^"]+)"', (out / "frontier.html").read_text(encoding="utf-8"))
    assert set(links) == {f"runs/{point}/map.html" for point in table["point"]}
    assert all((out / link).is_file() for link in links)
    assert "http" not in "".join(links)


def test_a_frontier_that_was_not_followed_to_its_end_says_so_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    english = {"language": "en"}
    work_here(monkeypatch)
    write_small(tmp_path, modes=FEW, requirements={**RULES, "mode_limits": []}, output=english)
    steps = {"cut_from": -0.25, "cut_step": 0.1, "runs": False}
    assert sweep(write_sweep(tmp_path, kind="frontier", most_points=2, **steps)) == 0
    told = capsys.readouterr().out
    assert "stopped at most_points (2)" in told and "no plan exists" not in told
    summary = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))
    assert any("most_points (2)" in one for one in summary["findings"])
    page = (tmp_path / "out/frontier.html").read_text(encoding="utf-8")
    picture = (tmp_path / "out/frontier.svg").read_text(encoding="utf-8")
    assert '<th scope="row">Plan 1</th>' in page and "<title>Plan 1: " in picture
    assert re.search(r"<td>cutm\w*</td></tr>", page)  # where frontier.csv has it
    assert "limit of 2 points" in page and "limit of 2 points" in picture
    assert "maps of the plans are not written" in page and "Click a mark" not in page
    assert sweep(write_sweep(tmp_path, kind="frontier", **steps)) == 0  # goes on to the end
    assert "may go on" not in capsys.readouterr().out
    assert "limit of" not in (tmp_path / "out/frontier.html").read_text(encoding="utf-8")


def test_an_end_by_time_is_told_from_one_that_is_proved() -> None:
    content = {"kind": "frontier", "name": "f", "cuts": [0.0]}
    points = [SimpleNamespace(name=name, key=name) for name in ("cut0", "cut5", "cut9")]
    outcomes = {"cut0": "done", "cut5": "limit", "cut9": "bug"}
    records = {name: Record(name, outcome) for name, outcome in outcomes.items()}  # type: ignore[arg-type]
    found = ends(FrontierSweep(**content), points, records, interrupted=False)  # type: ignore[arg-type]
    assert found == Ends(by_time=("cut5",), failed=("cut9",))
    time, failed = found.sentences()
    assert "No plan was found in time for cut5" in time and "cut9" in failed
    assert list(Ends().sentences()) == []


def test_just_the_limit_that_was_proved_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Plans of 28.96 mnkr exist beyond the last one on the frontier: only 28.9 is proved away."""
    english = {"language": "en", "formats": ["csv", "parquet"]}
    budget = {**BUDGET, "appropriation": {2025: 29.9}}
    least = min(plan[4] for plan in plans_bearing(tmp_path / "all", -0.9))
    assert 28.9 < least < 29.2 - 0.2
    work_here(monkeypatch)
    rules = {**RULES, "mode_limits": []}
    solver = {"gap": 0.0, "time_limit": 600, "threads": 1}
    write_small(
        tmp_path, modes=FEW, requirements=rules, output=english, budget=budget, solver=solver
    )
    content = {"aims": ["access", "cost"], "costs": [29.2, 28.9], "runs": False}
    assert sweep(write_sweep(tmp_path, kind="frontier", **content)) == 0
    told = capsys.readouterr().out
    assert "Proved: no plan costs 28.90 mnkr or less." in told and "beyond" not in told
    page = (tmp_path / "out/frontier.html").read_text(encoding="utf-8")
    assert "Proved: no plan costs SEK 28.90 million or less in all planning years." in page


def test_the_loosest_of_the_empty_questions_are_told_rounded_to_the_proved_side() -> None:
    content = {"kind": "frontier", "name": "f", "aims": ["cut", "access", "closures"]}
    budget = SimpleNamespace(base_appropriation=None, appropriation_mnkr=lambda _: 30.0)
    base = SimpleNamespace(scenario=SimpleNamespace(budget=budget, years=(2025,)))

    def point(name: str, cut: float, **limits: Any) -> Any:
        less = SimpleNamespace(appropriation_mnkr=lambda _: 30.0 - cut)
        asked = {"most_cost": None, "most_closed": None, "most_added": None, **limits}
        scenario = SimpleNamespace(budget=less)
        return SimpleNamespace(key=name, scenario=scenario, beyond=SimpleNamespace(**asked))

    points = [
        point("a", 1.011, most_closed=1),
        point("b", 2.001),
        point("c", 2.5, most_closed=3),
        point("d", 0.5, most_closed=0),
        point("found", 0.1),
    ]
    outcomes = {"a": "no_plan", "b": "no_plan", "c": "no_plan", "d": "no_plan", "found": "done"}
    records = {name: Record(name, outcome) for name, outcome in outcomes.items()}  # type: ignore[arg-type]
    found = proved_away(base, FrontierSweep.model_validate(content), points, records)  # type: ignore[arg-type]
    assert found == [
        Nothing(cut_mnkr=2.01),
        Nothing(cut_mnkr=1.02, closures=1),
        Nothing(cut_mnkr=0.5, closures=0),
    ]
    assert proved_told(found) == [
        "Proved: no plan bears a cut of 2.01 mnkr in the last year; no plan bears a cut of 1.02 "
        "mnkr in the last year and closes 1 office or fewer; no plan bears a cut of 0.50 mnkr in "
        "the last year and closes no office."
    ]
    assert proved_told([]) == []


@pytest.mark.parametrize(("given", "step"), [(896.9, 1.0), (30.0, 0.05), (0.0, 1.0)])
def test_the_step_of_money_follows_the_appropriation(given: float, step: float) -> None:
    assert money_step(given) == step


def test_where_nothing_fits_there_is_no_frontier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work_here(monkeypatch)
    write_small(tmp_path)
    assert sweep(write_sweep(tmp_path, kind="frontier", cuts=[20.0, 25.0])) == 0
    assert "there is no frontier" in capsys.readouterr().out
    assert (tmp_path / "out" / "frontier.html").is_file()
    told = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert told["statuses"] == {"no_plan": 2}


@pytest.mark.parametrize("share", [True, False])
def test_a_plan_bears_just_the_cut_it_is_said_to(tmp_path: Path, share: bool) -> None:
    limit = {"share": 0.03} if share else {"amount": 0.5}
    budget = {**BUDGET, "appropriation": {2025: 30.5, 2026: 30.0}, "saving_limit": limit}
    config = write_small(tmp_path, years=[2025, 2026], budget=budget)

    def today(cut: float) -> tuple[Any, Evaluation]:
        given = {2025: 30.5 - cut, 2026: 30.0 - cut}
        case = read_case(load(config, {"budget": {"appropriation": given}}))
        states = np.repeat(case.instance.today[:, None], 2, axis=1)
        return case, evaluate(case.instance, states)

    borne = cut_borne(*today(0.0))
    assert today(borne - 1e-4)[1].feasible
    assert not today(borne + 1e-4)[1].feasible


@pytest.mark.parametrize(
    ("aims", "told"),
    [
        (("access", "closures"), "100 to 2,500 visit-minutes added, 0 to 1 closures"),
        (
            ("access", "cut"),
            "100 to 2,500 visit-minutes added, cuts of 100.2 to 100.3 mnkr in the ",
        ),
        (("cost", "equity"), "cost of 30.0 mnkr over all years, 4.0 to 9.5 minutes farther for "),
    ],
)
def test_the_sentence_tells_of_the_aims_that_were_asked(aims: tuple[str, ...], told: str) -> None:
    columns = ("gap", "cost_mnkr", "cut_last_year_mnkr", "closures", "equity_minutes")
    rows = [(0.0, 30.0, 100.2, 0, 9.5, 100.0), (0.0, 30.0, 100.3, 1, 4.0, 2500.0)]
    table = pd.DataFrame(rows, columns=[*columns, "added_minutes"]).assign(on_frontier=True)
    asked = FrontierSweep.model_validate({"name": "x", "kind": "frontier", "aims": aims})
    (first,) = frontier_sentences(asked, table, [], Ends())
    assert first.startswith(f"Frontier of 2 plans (each proved), {told}")
    others = {"access": "visit-min", "closures": "closure", "cut": "cuts", "equity": "farther"}
    assert [name for name in others if name not in aims and others[name] in first] == []
    (alone,) = frontier_sentences(asked, table.iloc[:1], [], Ends())
    assert alone.startswith("Frontier of 1 plan (each proved), ")


def test_a_point_without_a_plan_or_a_budget_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two open sites are too few for everyone to stay within five minutes more."""
    work_here(monkeypatch)
    rules = {
        **RULES,
        "budget_by_year": {"on": False},
        "open_sites": {"at_most": 2},
        "mode_limits": [],
    }
    write_small(tmp_path, requirements=rules)
    path = write_sweep(tmp_path, kind="frontier", aims=["cost", "equity"], added=[5], runs=False)
    sweep(path)
    (row,) = results(path).loc[lambda table: table["status"] != "optimal"].to_dict("records")
    assert row["status"] == "no_plan"
    assert "these collide" in row["error"]
