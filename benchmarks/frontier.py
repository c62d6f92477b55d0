"""The budget frontier of the reduced national problem: sites in modes, regions, a budget; no staff.

    python -m benchmarks.frontier [--zones 1490 6000 20000 100000] [--points 11] [--gap 1e-4]

Sites, minutes, visits and fixed costs are those of the national case in its last year; each office
has the least staff of its mode, and three modes differ in open days. Budgets go from today's cost
down by a quarter, in equal steps, and each FA-region keeps an open site. Seconds are from the
matrix in memory to the last proven point, as one process; zones beyond the localities are made by
splitting them.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.measured import CONFIGS, heading, in_own_process, line, zones_of

MODES = ("staffed", "reduced", "flexible")
LEAST_SHARE = 0.75  #: of today's cost, the lowest budget
COLUMNS = (
    *("zones", "points", "seconds", "first_s", "slowest_s", "widest_gap", "fewest_open"),
    "peak_gb",
)


def measure(n_zones: int, n_points: int, gap: float) -> dict[str, float]:
    """All points of one size, in this process."""
    from optimizer.building.reading import read_case
    from optimizer.config import load
    from optimizer.solving.direct import Effort
    from optimizer.textbook.budgeted import SHUT, Budgeted, budget_frontier
    from optimizer.textbook.problem import Clock

    with tempfile.TemporaryDirectory() as folder:
        data = {"data": {"zones": zones_of(n_zones, Path(folder))}}
        instance = read_case(load(CONFIGS / "base.yaml", data)).instance
    states = [instance.states.index(mode) for mode in MODES]
    wage = float(instance.money.wage_per_fte[-1])
    cost = instance.fixed_cost[:, states, -1] + wage * instance.fte_min[states]
    problem = Budgeted(
        weight=instance.demand[-1].sum(axis=1) / 1e3,
        minutes=instance.minutes,
        waiting=instance.waiting[:, states].max(axis=0),
        cost=cost,
        regions=tuple(rule.sites for rule in instance.coverage),
    )
    today = float(cost[~instance.candidate, 0].sum())
    budgets = np.linspace(today, LEAST_SHARE * today, n_points).tolist()
    began = time.monotonic()
    clock = Clock(Effort(gap=gap), began + 3600.0)
    ends, gaps, n_open = [began], [], []
    for point in budget_frontier(problem, budgets, clock):
        ends.append(time.monotonic())
        gaps.append(point.gap)
        n_open.append(int((point.mode != SHUT).sum()))
    return {
        "zones": len(instance.zones),
        "points": len(gaps),
        "seconds": ends[-1] - began,
        "first_s": ends[1] - began,
        "slowest_s": max(np.diff(ends).tolist()),
        "widest_gap": max(gaps),
        "fewest_open": min(n_open),
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def main() -> None:
    """Run every size and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--zones", type=int, nargs="+", default=[1490, 6000, 20000, 100000])
    parser.add_argument("--points", type=int, default=11)
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        print(json.dumps(measure(given.one, given.points, given.gap)))
        return
    print(heading(COLUMNS))
    for n_zones in given.zones:
        options = "--points", str(given.points), "--gap", f"{given.gap:g}"
        row = in_own_process("frontier", "--one", str(n_zones), *options)
        print(line(str(n_zones), row, COLUMNS), flush=True)


if __name__ == "__main__":
    main()
