"""What is wrong with a sweep is told in a sentence, exit 2; nothing is solved or written."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from optimizer.cli import main
from optimizer.jobs import cluster
from tests.sweep.small_sweep import grid, sweep, write_small, write_sweep

GROWTH = "demand.productivity_growth"


def refused(folder: Path, capsys: pytest.CaptureFixture[str], **content: object) -> list[str]:
    """The sentences of a sweep that is refused; nothing is written."""
    write_small(folder)
    path = write_sweep(folder, **content)
    before = sorted(folder.rglob("*"))
    assert sweep(path) == 2
    assert sorted(folder.rglob("*")) == before
    output = capsys.readouterr()
    assert output.out == ""
    assert "Traceback" not in output.err
    return output.err.splitlines()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"kind": "grill"}, "trial.yaml: kind: must be one of grid, list"),
        (
            {"kind": "grid"},
            "trial.yaml: axes: must be given (found nothing). Add it to the sweep.",
        ),
        ({"kind": "grid", "axes": {}}, "trial.yaml: axes: must have at least 1"),
        ({"kind": "grid", "axes": {GROWTH: []}}, "must have at least 1"),
        ({"kind": "grid", "axes": {GROWTH: 3}}, "must be a list"),
        ({"kind": "grid", "axes": {GROWTH: [0.1, 0.1]}}, "must name each value once"),
        ({"kind": "grid", "axes": {GROWTH: [0.01]}, "job": 3}, "trial.yaml: job: must be a known"),
        (grid(demand__productivity_growht=[0.1]), "Did you mean productivity_growth?"),
        (grid(demnd__growth=[0.1]), "Did you mean demand?"),
        (grid(modes__tent__fte_min=[0.1]), "must be a known key of the config"),
        ({"kind": "grid", "axes": {"requirements.mode_limits[7].at_most": [1]}}, "list of 3"),
        ({"kind": "grid", "axes": {"demand..growth": [1]}}, "must be a config key with dots"),
        (grid(name=["x"]), "must be a key that changes the question"),
        (grid(demand__productivity_growth=["much"]), "must be a number (found 'much')"),
        (grid(demand__productivity_growth=[{"times": "x"}]), "for `times` to multiply by"),
        (grid(objective__kind=[{"times": 2}]), "must be a number in the base"),
        (grid(costs=[{}], costs__closure_mnkr=[1.0]), "both costs and costs.closure_mnkr"),
        (
            grid(budget__cut=[{2025: 1}], budget__appropriation=[{2025: 29}]),
            "both budget.cut and budget.appropriation",
        ),
        (
            {
                **grid(budget__appropriation=[{2025: 29}]),
                "set": {"budget.appropriation.2025": 28},
            },
            "trial.yaml: axes: must name keys that do not overlap or replace those of `set` "
            "(found budget.appropriation, and budget.appropriation.2025 in `set`)",
        ),
        (
            {**grid(budget__cut=[{2025: 1}]), "set": {"budget": {"appropriation": {2025: 29}}}},
            "found budget.cut, and budget.appropriation.2025 in `set`",
        ),
        (
            {
                "kind": "sample",
                "points": 3,
                "ranges": {GROWTH: {"uniform": [0, 1]}},
                "set": {GROWTH: 0.01},
            },
            f"trial.yaml: ranges: must name keys that do not overlap or replace those of `set` "
            f"(found {GROWTH}, and {GROWTH} in `set`)",
        ),
        (
            {
                "kind": "robust",
                "scenarios": {"kind": "grid", "axes": {"modes.*.fte_min": [1, 3]}},
                "set": {"modes.staffed.fte_min": 2},
            },
            "trial.yaml: scenarios.axes: must name keys that do not overlap",
        ),
        (
            {"kind": "list", "points": [{"name": "one"}, {"name": "One"}]},
            "must differ from the names of the other points",
        ),
        ({"kind": "list", "points": [{"name": "../out"}]}, "must have only letters"),
        (
            {"kind": "list", "points": [{"name": "a/b"}]},
            "must have only letters a-z, digits, - and _, a letter or a digit first",
        ),
        (
            {"kind": "list", "points": [{"name": "a", "set": {"offices.keep": [{"office": "X"}]}}]},
            "(point a)",
        ),
        (
            {
                "kind": "list",
                "points": [
                    {
                        "name": "both",
                        "set": {
                            "offices.keep": [{"office": "k1"}],
                            "offices.close": [{"office": "k1"}],
                        },
                    }
                ],
            },
            "point both: offices",
        ),
        ({**grid(costs__closure_mnkr=[1.0]), "config": "nowhere.yaml"}, "must name a config"),
        ({**grid(costs__closure_mnkr=[1.0]), "set": {"cost.x": 1}}, "trial.yaml: set.cost.x"),
        ({"kind": "sample", "points": 0, "ranges": {GROWTH: {"uniform": [0, 1]}}}, "at least 1"),
        ({"kind": "sample", "points": 3, "ranges": {GROWTH: {"uniform": [1, 0]}}}, "least value"),
        (
            {"kind": "sample", "points": 3, "ranges": {GROWTH: {"uniform": [0.02, -0.02]}}},
            "must name the least value first and the greatest last "
            "(found {uniform: [0.02, -0.02]})",
        ),
        ({"kind": "sample", "points": 3, "ranges": {GROWTH: {}}}, "must be one of uniform"),
        (
            {"kind": "frontier", "aims": ["access", "access"]},
            "trial.yaml: aims: must have aims that differ (found ['access', 'access']).",
        ),
        ({"kind": "frontier", "aims": ["cut", "closures"]}, "aims: must have cut beside access"),
        ({"kind": "frontier", "aims": ["access", "cost", "cut"]}, "not beside cost"),
        (
            {"kind": "frontier", "costs": [30]},
            "trial.yaml: costs: must have access and cost among the aims if costs are given",
        ),
        ({"kind": "frontier", "aims": ["cost", "closures"], "costs": [30]}, "access and cost"),
        ({"kind": "frontier", "aims": ["closures", "equity"], "added": [9]}, "access or cost"),
        ({"kind": "frontier", "closures": [3]}, "closures among the aims"),
        ({"kind": "frontier", "added": [30]}, "equity among the aims"),
        ({"kind": "frontier", "aims": ["access", "equity"], "equity_step": 0}, "equity_step"),
        ({"kind": "frontier", "cuts": [500]}, "appropriation"),
        (
            {"kind": "alternatives", "differ": 7},
            "trial.yaml: differ: must be at most 6, the number of sites (found 7)",
        ),
        ({"kind": "robust"}, "trial.yaml: scenarios: must be given"),
        (
            {"kind": "robust", "scenarios": {"kind": "grid", "axes": {GROWTH: []}}},
            f"trial.yaml: scenarios.axes.{GROWTH}",
        ),
    ],
)
def test_a_sweep_that_makes_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: dict[str, Any], said: str
) -> None:
    lines = refused(tmp_path, capsys, **content)
    assert any(said in line for line in lines), lines


def test_every_wrong_axis_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    axes = grid(demand__growth=[0.1, 0.2], costs__closing=[1.0, 2.0], costs__opening_mnkr=[1.0])
    lines = refused(tmp_path, capsys, **axes)
    assert len(lines) == 2
    assert "trial.yaml: axes.demand.growth" in lines[0]
    assert "trial.yaml: axes.costs.closing" in lines[1]


def test_keys_no_config_has_are_told_beside_what_is_wrong_with_the_sweep(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = refused(tmp_path, capsys, **grid(demand__nonsense=[1, 2], budget__cut=[]))
    assert len(lines) == 2
    assert "trial.yaml: axes.budget.cut: must have at least 1" in lines[0]
    assert "trial.yaml: axes.demand.nonsense: must be a known key" in lines[1]


@pytest.mark.parametrize("clash", [False, True])
def test_values_are_told_beside_wrong_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], clash: bool
) -> None:
    axes = grid(demand__productivity_growth=[0.0, "abc"], demand__nonsense=[1])
    if clash:
        axes = {**axes, "set": {GROWTH: 0.01}}
    lines = refused(tmp_path, capsys, **axes)
    assert len(lines) == 2 + clash
    assert any("axes.demand.nonsense: must be a known key" in line for line in lines)
    assert any(f"{GROWTH}: must be a number (found 'abc')" in line for line in lines)


def test_tables_of_sound_points_are_read_though_another_point_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = [
        {"name": "d", "set": {"name": "other"}},
        {"name": "e", "set": {"offices.keep": [{"office": "nobody"}]}},
    ]
    lines = refused(tmp_path, capsys, kind="list", points=points)
    assert len(lines) == 2
    assert "points[0].set.name" in lines[0] and "'nobody'" in lines[1] and "point e" in lines[1]


def test_a_folder_of_something_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("dear")
    lines = refused(tmp_path, capsys, **grid(costs__closure_mnkr=[1.0]))
    assert "that is not a sweep" in lines[0]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("tcp://127.0.0.1:9", "no scheduler that answers there"),
        ("tls://127.0.0.1:9", "no scheduler that answers there"),
        ("nonsense", "'nonsense'"),
        ("", "''"),
        ("http://127.0.0.1:1", "'http://127.0.0.1:1'"),
    ],
)
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_scheduler_that_is_not_there(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    found: str,
) -> None:
    """One sentence, and no client is left half made: its end would wait and be told as a fault."""
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1.0)
    write_small(tmp_path)
    path = write_sweep(tmp_path, **grid(costs__closure_mnkr=[1.0]))
    assert sweep(path, "--scheduler", address) == 2
    gc.collect()
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    accepted = "must be the address of a Dask scheduler with workers"
    assert lines[0].startswith(f"--scheduler {address}: {accepted} (found {found})")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", str(tmp_path / "none.yaml"), "--quiet"]) == 2
    assert "must be a config file that can be read" in capsys.readouterr().err


def test_an_empty_file_is_told_as_a_sweep(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("", encoding="utf-8")
    assert main(["sweep", str(empty), "--quiet"]) == 2
    told = "empty.yaml: must hold a sweep (found an empty file). Start with `kind:`.\n"
    assert capsys.readouterr().err == told
