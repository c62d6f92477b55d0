"""A number of open sites in the whole model: by hand, in a run, and refused where it can not be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.engine.deficits import Deficits
from optimizer.engine.evaluate import evaluate
from optimizer.instance import OpenSites
from optimizer.verify import verify
from tests.instances import a_pair
from tests.optimum import solve
from tests.run.small_case import QUICK, write_case

OFF = {"region_coverage": {"on": False}, "staff_balance": {"on": False}}
RICH = {
    "base_appropriation": 40.0,
    "appropriation": {2025: 40.0, 2026: 40.0},
    "other_income": 0,
    "saving_limit": {"amount": 1.0},
    "credit_limit": {"amount": 1.0},
}
COLUMNS = "office_id,office,municipality_code,longitude,latitude"


def test_of_two_offices_the_one_that_costs_less_access_closes() -> None:
    """Zone 2 has more visits. Exactly one open: o1 closes; 1,000 x 40 + 2,000 x 10 = 60,000."""
    demand = np.array([[[1_000.0], [2_000.0]]])
    instance = replace(a_pair(demand=demand), open_sites=OpenSites(1, 1, 0))
    model = solve(instance)
    assert model is not None
    assert model.states.ravel().tolist() == [0, 1]
    assert model.objective == pytest.approx(60_000)
    free = solve(replace(instance, open_sites=None))
    assert free is not None and free.objective == pytest.approx(30_000)
    both = evaluate(instance, np.array([[1], [1]]))
    assert both.broken == ("open_sites nation 2025",)
    after, now = Deficits(instance).of(np.array([1, 1]), 0)
    assert now == 1.0
    assert after[0].tolist() == [0.0, 1.0, 1.0]


def test_a_run_keeps_to_the_number_and_the_audit_counts_it(tmp_path: Path) -> None:
    """Money for all: four of six stay open from 2026 only because the number asks for it."""
    rules = {**OFF, "open_sites": {"exactly": 4, "from": 2026}}
    config = write_case(tmp_path, requirements=rules, budget=RICH, solver=QUICK)
    run = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(run), "--quiet"]) == 0
    plan = pd.read_csv(run / "plan.csv")
    is_open = plan[plan["mode"] != "closed"].groupby("year").size()
    assert is_open[2026] == 4
    rows = pd.read_csv(run / "requirements.csv")
    rows = rows[rows["requirement"] == "open_sites"]
    assert rows[["scope", "year", "value", "limit"]].to_numpy().tolist() == [
        ["exactly", "2026", 4.0, 4.0]
    ]
    assert verify(run).ok
    options = ["--plan", "today", "--out", str(tmp_path / "today"), "--quiet"]
    assert main(["evaluate", str(config), *options]) == 1  # six are open
    assert verify(tmp_path / "today").ok


def test_a_user_s_candidate_opens_where_it_helps(tmp_path: Path) -> None:
    """Seven sites asked for: the candidate among people opens, and stays."""
    (tmp_path / "new.csv").write_text(f"{COLUMNS}\nn1,Falun by,2080,15.676,60.637\n")
    data = {"offices": "offices.csv", "candidates": "new.csv", "zones": "zones.csv"}
    rules = {**OFF, "open_sites": {"exactly": 7}}
    config = write_case(tmp_path, data=data, requirements=rules, budget=RICH, solver=QUICK)
    run = tmp_path / "run"
    assert main(["solve", str(config), "--out", str(run), "--quiet"]) == 0
    new = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"]).loc["n1"]
    assert new["action"].tolist() == ["open", "keep"]
    assert new["visits"].min() > 0
    assert verify(run).ok


def test_a_candidate_with_a_mode_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its mode would be dropped in silence; `closed`, or nothing, says what is so."""
    data = {"offices": "offices.csv", "candidates": "new.csv", "zones": "zones.csv"}
    config = write_case(tmp_path, data=data, requirements=OFF, budget=RICH)
    place = "n1,Falun by,2080,15.676,60.637"
    for mode, code in (("mobile", 2), ("closed", 0), ("", 0)):
        (tmp_path / "new.csv").write_text(f"{COLUMNS},mode\n{place},{mode}\n")
        assert main(["check", str(config)]) == code
        assert ("mobile at n1" in capsys.readouterr().err) == (code == 2)


@pytest.mark.parametrize(
    ("rule", "code", "words"),
    [
        ({}, 2, "must say exactly or at_most"),
        ({"exactly": 4, "at_most": 5}, 2, "must say exactly or at_most"),
        ({"exactly": 0}, 2, "open_sites.exactly"),
        ({"at_most": 4, "from": 2031}, 2, "must be one of the years"),
        ({"exactly": 9}, 1, "9 open sites asked for"),
    ],
)
def test_numbers_that_can_not_be(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rule: dict[str, object],
    code: int,
    words: str,
) -> None:
    config = write_case(tmp_path, requirements={**OFF, "open_sites": rule})
    assert main(["check", str(config)]) == code
    told = capsys.readouterr()
    assert words in told.err + told.out
