"""The frontier against every plan there is, on the small agency with three modes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from optimizer.config import load
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.reading import read_case
from optimizer.whatif.sweep.aims import cut_borne
from tests.optimum import all_plans

from .small_sweep import BUDGET, sweep, work_here, write_small, write_sweep

FEW = {"staffed_colocated": None, "reduced_colocated": None, "mobile": None}
RULES = {"region_coverage": {"on": False}, "mode_limits": []}
FROM = 0.3
STEP = 0.001

#: A plan's worth: minutes, mnkr it bears beyond the config, offices closed.
Worth = tuple[float, float, int]


def write_tiny(folder: Path) -> Path:
    solver = {"gap": 0.0, "time_limit": 600, "threads": 1}
    return write_small(folder, modes=FEW, requirements=RULES, solver=solver)


@pytest.fixture(scope="module")
def every_plan(tmp_path_factory: pytest.TempPathFactory) -> list[Worth]:
    """The worth of every plan that the rules other than money allow."""
    case = read_case(load(write_tiny(tmp_path_factory.mktemp("all"))))
    found = []
    for states in all_plans(case.instance):
        plan = evaluate(case.instance, states)
        if all(text.startswith("budget_by_year") for text in plan.broken):
            # with one year and no credit in the last, what is left is what could be done without
            borne = min(float(plan.ledger.margin[0]), plan.ledger.margin_after)
            found.append((plan.objective, borne, int((states[:, 0] == 0).sum())))
    assert len(found) > 1000
    return found


def undominated(plans: list[Worth], aims: tuple[str, ...]) -> set[tuple[float, ...]]:
    """The worths that no other plan is at least as good as in all aims, and better in one."""
    columns = {"access": 0, "cut": 1, "closures": 2}
    signs = np.array([1.0, -1.0, 1.0])
    used = [columns[aim] for aim in aims]
    values = np.round(np.array(plans) * signs, 5)[:, used]
    values = np.unique(values, axis=0)
    kept = [
        row
        for row in values
        if not ((values <= row).all(axis=1) & (values < row).any(axis=1)).any()
    ]
    return {tuple(row * signs[used]) for row in kept}


def traced(folder: Path, monkeypatch: pytest.MonkeyPatch, **content: Any) -> pd.DataFrame:
    work_here(monkeypatch)
    write_tiny(folder)
    assert sweep(write_sweep(folder, kind="frontier", **content)) == 0
    return pd.read_csv(folder / "out" / "frontier.csv", keep_default_na=False)


def matches(table: pd.DataFrame, expected: set[tuple[float, ...]], columns: list[str]) -> None:
    found = table[table["on_frontier"]][columns].to_numpy(dtype=float)
    wanted = np.array(sorted(expected))
    assert len(found) == len(wanted)
    found = found[np.lexsort(found.T[::-1])]
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-4)


def test_access_against_cut_is_complete_and_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every_plan: list[Worth]
) -> None:
    table = traced(tmp_path, monkeypatch, cut_from=FROM, cut_step=STEP)
    able = [plan for plan in every_plan if plan[1] >= FROM - 1e-6]
    expected = undominated(able, ("access", "cut"))
    assert len(expected) >= 3
    matches(table, expected, ["access", "cut_mnkr"])
    assert (table["gap"].astype(float) <= 1e-6).all()


def test_access_against_closures_is_complete_and_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every_plan: list[Worth]
) -> None:
    table = traced(tmp_path, monkeypatch, aims=["access", "closures"], cut_from=FROM)
    able = [plan for plan in every_plan if plan[1] >= FROM - 1e-6]
    matches(table, undominated(able, ("access", "closures")), ["access", "closures"])


def test_given_cuts_and_closures_lie_on_the_frontier_of_three_aims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every_plan: list[Worth]
) -> None:
    aims = ("access", "cut", "closures")
    table = traced(tmp_path, monkeypatch, aims=list(aims), cuts=[0.1, 0.4], closures=[0, 1])
    assert len(table) >= 2
    best = {}
    for cut in (0.1, 0.4):
        for most in (0, 1):
            able = [one for one in every_plan if one[1] >= cut - 1e-6 and one[2] <= most]
            if able:
                best[cut, most] = min(one[0] for one in able)
    assert set(np.round(table["access"].astype(float), 3)) == {round(v, 3) for v in best.values()}


def test_the_chart_shows_every_plan_and_opens_its_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_here(monkeypatch)
    output = {"language": "en", "formats": ["csv", "parquet", "html"]}
    write_small(tmp_path, output=output)
    path = write_sweep(tmp_path, kind="frontier", cuts=[-1.5, 0.0, 50.0 - 49.9], runs=True)
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
