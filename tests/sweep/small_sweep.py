"""Sweeps of the small agency, one planning year, solved to a wide gap so that they take no time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from optimizer.cli import main
from optimizer.commands import sweeping
from optimizer.jobs.workers import Finished, Function, Workers
from tests.run.small_case import write_case

BUDGET = {
    "base_appropriation": 30.0,
    "appropriation": {2025: 29.0},
    "other_income": 0,
    "saving_limit": {"amount": 1.0},
    "credit_limit": {"amount": 1.0},
}
#: staff is not followed: its costs join sites, and proofs of it take longer than a test should
RULES = {"region_coverage": {"on": False}, "staff_balance": {"on": False}}
GROWTH = "demand.productivity_growth"


def write_small(folder: Path, **changes: object) -> Path:
    """The config of the small agency with one planning year and a wide gap."""
    folder.mkdir(parents=True, exist_ok=True)
    solver = {"gap": 0.5, "time_limit": 600, "threads": 1}
    given: dict[str, object] = {"years": [2025], "budget": BUDGET, "requirements": RULES}
    return write_case(folder, **{**given, "solver": solver, **changes})


def write_sweep(folder: Path, name: str = "trial", **content: object) -> Path:
    """A sweep beside the small config; `config: small.yaml` if nothing else is said."""
    path = folder / f"{name}.yaml"
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump({"config": "small.yaml", **content}, stream)
    return path


def sweep(path: Path, *options: str) -> int:
    """Run the sweep; its folder is `out` beside it."""
    return main(["sweep", str(path), "--out", str(path.parent / "out"), "--quiet", *options])


def results(path: Path) -> pd.DataFrame:
    """The results of a sweep by point."""
    return pd.read_parquet(path.parent / "out" / "results.parquet").set_index("point")


class Here(Workers):
    """Workers that do each job at once, in this process."""

    def __init__(self, sent_to: str = "") -> None:
        self._sent_to = sent_to
        self._done: list[Finished] = []

    @property
    def sent_to(self) -> str:
        return self._sent_to

    @property
    def free(self) -> int:
        return 1 - len(self._done)

    def submit(self, tag: str, function: Function, payload: object) -> None:
        self._done.append(Finished(tag, function(payload)))

    def wait(self) -> list[Finished]:
        done, self._done = self._done, []
        return done

    def end(self) -> None:
        self._done.clear()


def work_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sweeps do their work in this process: no time to start others."""
    monkeypatch.setattr(sweeping, "_workers", lambda *_: Here())
    monkeypatch.setattr(sweeping, "LocalWorkers", lambda _: Here())


def grid(**axes: list[Any]) -> Mapping[str, Any]:
    """A grid over keys written with __ for dots."""
    return {"kind": "grid", "axes": {key.replace("__", "."): row for key, row in axes.items()}}
