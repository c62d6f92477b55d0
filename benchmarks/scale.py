"""Time, memory and gap of the national case as the number of zones grows. One command, one table.

    python -m benchmarks.scale [--zones 290 1490 6000 20000 100000] [--seconds 10 60 600]
                               [--config full.yaml]

Each size runs in a process of its own. Zones beyond the built-in localities are made by splitting
them; 290 are the municipalities. Seconds count from the start of the search.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

CONFIGS = Path(__file__).parents[1] / "configs"
COLUMNS = ("zones", "sets", "columns", "read_s", "build_s", "first_plan_s", "peak_gb")
BUILT_IN = 1490  #: localities


def measure(n_zones: int, seconds: list[float], config: str) -> dict[str, float | str]:
    """One size, in this process."""
    from optimizer.config import load
    from optimizer.engine.coarse import Planner
    from optimizer.reading import read_case
    from optimizer.solving.proof import Limits, NoPlan, prove
    from optimizer.solving.rounds import Rounds

    with tempfile.TemporaryDirectory() as folder:
        zones = _zones(n_zones, Path(folder))
        began = time.monotonic()
        scenario = load(CONFIGS / config, {"data": {"zones": zones}})
        instance = read_case(scenario).instance
        read = time.monotonic() - began
    began = time.monotonic()
    stated = Rounds(instance, seed=1, stop=threading.Event())
    build = time.monotonic() - began
    n_sets, n_columns = stated.engine.pool.size, stated.program.matrix.shape[1]
    del stated
    began = time.monotonic()
    Planner(instance, out_of_time=lambda: False).construct()
    first = time.monotonic() - began
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
    return {
        "zones": len(instance.zones),
        "sets": n_sets,
        "columns": n_columns,
        "read_s": read,
        "build_s": build,
        "first_plan_s": first,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        **gaps,
    }


def _zones(n_zones: int, folder: Path) -> str:
    """What `data.zones` names: built-in zones, or a table of localities split."""
    if n_zones <= BUILT_IN:
        return "builtin:municipalities" if n_zones <= 290 else "builtin:localities"
    from geodata import zones

    path = folder / "zones.parquet"
    zones.split(zones.load("builtin:localities"), n_zones, 1).to_parquet(path)
    return str(path)


def main() -> None:
    """Run every size and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--zones", type=int, nargs="+", default=[290, 1490, 6000, 20000, 100000])
    parser.add_argument("--seconds", type=float, nargs="+", default=[10, 60, 600])
    parser.add_argument("--config", default="base.yaml", help="one of configs/")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        print(json.dumps(measure(given.one, given.seconds, given.config)))
        return
    columns = [*COLUMNS, *(f"gap_{mark:g}s" for mark in sorted(given.seconds))]
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for n_zones in given.zones:
        command = [sys.executable, "-m", "benchmarks.scale", "--one", str(n_zones)]
        command += ["--config", given.config, "--seconds", *(f"{m:g}" for m in given.seconds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"| {n_zones} | failed: {done.stderr.strip().splitlines()[-1:]} |")
            continue
        row = json.loads(done.stdout.strip().splitlines()[-1])
        cells = [
            f"{row[name]:.1%}" if name.startswith("gap") else f"{row[name]:,.4g}"
            for name in columns
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
