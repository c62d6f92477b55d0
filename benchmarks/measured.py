"""What one config takes: time, memory, the size of the relaxation, and the gap as time goes."""

from __future__ import annotations

import contextlib
import json
import math
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

CONFIGS = Path(__file__).parents[1] / "configs"
BUILT_IN = 1490  #: localities
_LONG_SECONDS = 1_200.0  #: for the first relaxation

Row = Mapping[str, float]


def measure(config: Path, overrides: Mapping[str, object], seconds: Sequence[float]) -> Row:
    """One config, in this process."""
    from optimizer.building.reading import read_case
    from optimizer.config import load
    from optimizer.engine.coarse import Planner
    from optimizer.engine.evaluate import evaluate
    from optimizer.solving.incumbent import Limits
    from optimizer.solving.proof import NoPlan, prove
    from optimizer.solving.rounds import Rounds

    began = time.monotonic()
    scenario = load(config, dict(overrides))
    instance = read_case(scenario).instance
    read = time.monotonic() - began
    began = time.monotonic()
    rounds = Rounds(instance, seed=1, stop=threading.Event())
    build = time.monotonic() - began
    n_sets, (n_rows, n_columns) = rounds.engine.pool.size, rounds.program.matrix.shape
    began = time.monotonic()
    rounds.solve(_LONG_SECONDS)
    relaxation = time.monotonic() - began
    del rounds
    began = time.monotonic()
    planner = Planner(instance, out_of_time=lambda: False)
    planner.construct()
    first = time.monotonic() - began if planner.best is not None else math.nan
    states = planner.ended if planner.best is None else planner.best.states
    began = time.monotonic()
    if states is not None:
        evaluate(instance, states)
    count = math.nan if states is None else time.monotonic() - began
    gaps: dict[str, float] = {}
    marks = sorted(seconds)

    def report(now: float, objective: float | None, bound: float | None, gap: float | None) -> None:
        for mark in marks:
            if now <= mark and gap is not None:
                gaps[f"gap_{mark:g}s"] = gap

    solver = scenario.solver
    limits = Limits("highs", 0.0, time.monotonic() + marks[-1], solver.threads, solver.seed)
    with contextlib.suppress(NoPlan):  # the gap is then not a number
        prove(instance, limits, report=report, stop=threading.Event())
    for mark in marks:
        gaps.setdefault(f"gap_{mark:g}s", math.nan)
    n_zones, n_sites, n_states, _, n_years = instance.shape
    return {
        "zones": n_zones,
        "sites": n_sites,
        "years": n_years,
        "modes": n_states - 1,
        "sets": n_sets,
        "columns": n_columns,
        "rows": n_rows,
        "read_s": read,
        "build_s": build,
        "relaxation_s": relaxation,
        "first_plan_s": first,
        "count_ms": 1e3 * count,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        **gaps,
    }


def zones_of(n_zones: int, folder: Path) -> str:
    """What `data.zones` names: built-in zones, or a table of localities split."""
    if n_zones <= BUILT_IN:
        return "builtin:municipalities" if n_zones <= 290 else "builtin:localities"
    from geodata import zones

    path = folder / "zones.parquet"
    zones.split(zones.load("builtin:localities"), n_zones, 1).to_parquet(path)
    return str(path)


def in_own_process(module: str, *options: str) -> Row | str:
    """The row that a process of its own prints as JSON; or the end of its error."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return "".join(done.stderr.strip().splitlines()[-1:])
    row: Row = json.loads(done.stdout.strip().splitlines()[-1])
    return row


def needed(module: str, *options: str) -> Row:
    """The same, of a row that the others can not do without."""
    row = in_own_process(module, *options)
    if isinstance(row, str):
        raise SystemExit(f"{' '.join((module, *options))}: {row}")
    return row


def line(name: str, row: Row | str, columns: Sequence[str]) -> str:
    """A line of a table in Markdown, of what went well or did not."""
    return f"| {name} | failed: {row} |" if isinstance(row, str) else cells(row, columns)


def cells(row: Row, columns: Sequence[str]) -> str:
    """A line of a table in Markdown."""
    return "| " + " | ".join(_cell(name, row[name]) for name in columns) + " |"


def _cell(name: str, value: float) -> str:
    if not math.isfinite(value):
        return "none yet"
    if name.startswith("gap"):
        return f"{value:.1%}"
    return f"{value:,.0f}" if value >= 1000.0 else f"{value:.4g}"


def heading(columns: Sequence[str]) -> str:
    """The two first lines of a table in Markdown."""
    return "| " + " | ".join(columns) + " |\n|" + "---|" * len(columns)
