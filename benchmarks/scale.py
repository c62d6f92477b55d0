"""Time, memory and gap of the national case as the number of zones grows. One command, one table.

    python -m benchmarks.scale [--zones 290 1490 6000 20000 100000] [--seconds 10 60 600]

Each size runs in a process of its own. Zones beyond the built-in localities are made by splitting
them; 290 are the municipalities. Seconds count from the start of the search.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

BASE = Path(__file__).parents[1] / "configs" / "base.yaml"
COLUMNS = ("zones", "sets", "read_s", "build_s", "first_plan_s", "peak_gb")


def measure(n_zones: int, seconds: list[float]) -> dict[str, float | str]:
    """One size, in this process."""
    from geodata import zones as zone_room
    from optimizer import reading
    from optimizer.config import load
    from optimizer.engine.coarse import Planner
    from optimizer.engine.depth import FIRST_DEPTH
    from optimizer.engine.pooled import pooled
    from optimizer.model.build import build_model
    from optimizer.solving.proof import Limits, prove

    data = {"data": {"zones": "builtin:municipalities"}} if n_zones <= 290 else {}
    scenario = load(BASE, data)
    localities = zone_room.load
    began = time.monotonic()
    if n_zones > 2000:
        reading.zones.load = lambda source: zone_room.split(localities(source), n_zones, 1)
    case = reading.read_case(scenario)
    instance = case.instance
    read = time.monotonic() - began
    began = time.monotonic()
    engine = pooled(instance, FIRST_DEPTH)
    build_model(instance, engine, relaxed=True)
    build = time.monotonic() - began
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
    prove(replace(instance), limits, report=report, stop=threading.Event())
    for mark in marks:
        gaps.setdefault(f"gap_{mark:g}s", math.nan)
    return {
        "zones": len(instance.zones),
        "sets": engine.pool.size,
        "read_s": read,
        "build_s": build,
        "first_plan_s": first,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        **gaps,
    }


def main() -> None:
    """Run every size and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--zones", type=int, nargs="+", default=[290, 1490, 6000, 20000, 100000])
    parser.add_argument("--seconds", type=float, nargs="+", default=[10, 60, 600])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        print(json.dumps(measure(given.one, given.seconds)))
        return
    columns = [*COLUMNS, *(f"gap_{mark:g}s" for mark in sorted(given.seconds))]
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for n_zones in given.zones:
        command = [sys.executable, "-m", "benchmarks.scale", "--one", str(n_zones), "--seconds"]
        command += [f"{mark:g}" for mark in given.seconds]
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
