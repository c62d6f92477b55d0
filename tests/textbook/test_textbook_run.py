"""A textbook config from file to verified folder; what is refused; what verification catches."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.verify import verify
from tests.run.small_case import write_case
from tests.textbook.problems import KINDS, a_problem, optimum, write_problem

SEEDS = {"p-median": 1, "lscp": 2, "mclp": 4, "p-center": 5, "ufl": 3, "cflp": 2}
FILES = ("summary.json", "plan.csv", "assignments.parquet", "requirements.csv", "manifest.json")


def solved(folder: Path, kind: str, *, shuffle: bool = False) -> Path:
    config = write_problem(folder, a_problem(kind, SEEDS[kind]), shuffle=shuffle)
    assert main(["solve", str(config), "--out", str(folder / "run"), "--quiet"]) == 0
    return folder / "run"


@pytest.mark.parametrize("kind", KINDS)
def test_from_tables_to_a_verified_folder(tmp_path: Path, kind: str) -> None:
    run = solved(tmp_path, kind)
    summary = json.loads((run / "summary.json").read_text())
    assert summary["objective"] == pytest.approx(optimum(a_problem(kind, SEEDS[kind])), rel=1e-6)
    assert summary["status"] == "optimal"
    assert summary["gap"] <= 1e-6
    assert summary["problem"] == kind
    assert all((run / name).is_file() for name in FILES)
    assert main(["verify", str(run)]) == 0


def test_there_is_no_report_and_no_figures_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(solved(tmp_path, "p-median"))
    for command in ("report", "figures"):
        assert main([command, run]) == 2
        told = capsys.readouterr().err
        assert "no run of a service network" in told and told.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("solve", "CONFIG", "--out", "OUT", "--from", "RUN"),
        ("evaluate", "CONFIG", "--out", "OUT", "--plan", "today", "--against", "RUN"),
        ("explain", "RUN", "--all", "--out", "OUT"),
        ("compare", "RUN", "RUN", "--out", "OUT"),
    ],
)
def test_it_is_no_run_of_a_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    run, config = solved(tmp_path / "tb", "p-median"), write_case(tmp_path)
    places = {"CONFIG": str(config), "RUN": str(run), "OUT": str(tmp_path / "out")}
    capsys.readouterr()
    given = [places.get(word, word) for word in words]
    assert main(given) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert len([line for line in told if not line.startswith("Reading")]) == 1, told
    assert not (tmp_path / "out").exists()


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    runs = [
        solved(tmp_path / name, "p-median", shuffle=name == "shuffled")
        for name in ("plain", "shuffled")
    ]
    for name in ("plan.csv", "requirements.csv", "assignments.parquet"):
        assert (runs[0] / name).read_bytes() == (runs[1] / name).read_bytes()


def solved_for_nothing(folder: Path, kind: str, solver: str, **change: object) -> Path:
    """A run whose optimum is nought, or costs a site and no more; by either solver."""
    problem = replace(a_problem(kind, SEEDS[kind]), **change)  # type: ignore[arg-type]
    config = write_problem(folder, problem)
    with config.open("a", encoding="utf-8") as stream:
        stream.write(f"solver: {{name: {solver}}}\n")
    assert main(["solve", str(config), "--out", str(folder / "run"), "--quiet"]) == 0
    assert main(["verify", str(folder / "run")]) == 0
    summary = json.loads((folder / "run" / "summary.json").read_text())
    assert summary["status"] == "optimal"
    return folder / "run"


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("change", [{"minutes": 0.0}, {"weight": np.zeros(7)}])
def test_where_nothing_can_be_covered_zones_go_nowhere(
    tmp_path: Path, solver: str, change: dict[str, object]
) -> None:
    some = {"exactly": None, "at_most": 2, "cost": np.full((7, 5), 3.0)}
    run = solved_for_nothing(tmp_path, "mclp", solver, **some | change)
    assert (pd.read_csv(run / "plan.csv")["mode"] == "closed").all()
    sent = pd.read_parquet(run / "assignments.parquet")
    assert list(sent["zone_id"]) == [f"z{i}" for i in range(7)]
    assert sent["office_id"].isna().all() and (sent["visits"] == 0).all()
    sent.loc[0, "office_id"] = "s0"
    sent.to_parquet(run / "assignments.parquet")
    assert not verify(run).ok


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_without_weight_room_is_no_matter_and_one_site_is_open(tmp_path: Path, solver: str) -> None:
    fixed = np.array([5.0, 3.0, 4.0, 9.0, 6.0])
    change = {"weight": np.zeros(7), "fixed": fixed, "capacity": np.ones(5)}
    run = solved_for_nothing(tmp_path, "cflp", solver, **change)
    assert json.loads((run / "summary.json").read_text())["objective"] == pytest.approx(3.0)


def _plan(run: Path) -> None:
    table = pd.read_csv(run / "plan.csv")
    table["mode"] = table["mode"].map({"open": "closed", "closed": "open"})
    table.to_csv(run / "plan.csv", index=False)


def _flows(run: Path) -> None:
    table = pd.read_parquet(run / "assignments.parquet")
    table.loc[0, "visits"] += 1.0
    table.to_parquet(run / "assignments.parquet")


def _minutes(run: Path) -> None:
    table = pd.read_parquet(run / "assignments.parquet")
    table.loc[0, "minutes"] += 1.0
    table.to_parquet(run / "assignments.parquet")


def _summary(key: str, value: object) -> object:
    def change(run: Path) -> None:
        summary = json.loads((run / "summary.json").read_text())
        summary[key] = value
        (run / "summary.json").write_text(json.dumps(summary))

    return change


def _input(run: Path) -> None:
    with (run / "inputs" / "sites.csv").open("a") as stream:
        stream.write("\n")


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("plan", _plan),
        ("assignments", _flows),
        ("assignments", _minutes),
        ("objective", _summary("objective", 1.0)),
        ("certificate", _summary("bound", 1e9)),
        ("certificate", _summary("gap", 0.25)),
        ("hashes", _input),
    ],
)
def test_verification_catches_a_change(tmp_path: Path, check: str, change: object) -> None:
    run = solved(tmp_path, "ufl")
    change(run)  # type: ignore[operator]
    result = verify(run)
    assert not result.ok
    assert check in {one.check for one in result.findings}


@pytest.mark.parametrize(
    ("kind", "lines", "code", "words"),
    [
        ("p-median", "requirements: {open_sites: null}", 2, "must say exactly or at_most"),
        ("mclp", "objective: {minutes: null}", 2, "objective.minutes"),
        ("ufl", "requirements: {open_sites: {exactly: 2}}", 2, "must not be given for ufl"),
        ("p-median", "objective: {kind: count}", 2, "must be access for p-median"),
        ("cflp", "requirements: {assignment: {kind: closest}}", 2, "must be balanced"),
        ("p-median", "years: [2025]", 2, "years"),
        ("p-median", "requirements: {open_sites: {exactly: 9}}", 1, "9 sites are to be open"),
        ("lscp", "objective: {minutes: 0.001}", 1, "no site within"),
    ],
)
def test_what_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    lines: str,
    code: int,
    words: str,
) -> None:
    below = write_problem(tmp_path, a_problem(kind, SEEDS[kind]))
    config = tmp_path / "wrong.yaml"
    config.write_text(f"extends: {below.name}\nname: wrong\n{lines}\n", encoding="utf-8")
    for command in (["check"], ["solve", "--out", str(tmp_path / "run"), "--quiet"]):
        assert main([command[0], str(config), *command[1:]]) == code
        told = capsys.readouterr()
        assert words in told.out + told.err
    assert not (tmp_path / "run").exists()


def test_a_missing_pair_and_a_missing_cost_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_problem(tmp_path, a_problem("ufl", 3))
    matrix = pd.read_csv(tmp_path / "matrix.csv")
    matrix.iloc[1:].to_csv(tmp_path / "matrix.csv", index=False)
    assert main(["check", str(config)]) == 2
    assert "no row for z0 to s0" in capsys.readouterr().err
    sites = pd.read_csv(tmp_path / "sites.csv")
    sites.loc[2, "local_cost_mnkr"] = None
    sites.to_csv(tmp_path / "sites.csv", index=False)
    assert main(["check", str(config)]) == 2
    assert "local_cost_mnkr, office_id s2" in capsys.readouterr().err
