"""Time, memory and gap of the national case as the number of zones grows. One command, one table.

    python -m benchmarks.scale [--zones 290 1490 6000 20000 100000] [--seconds 10 60 600]
                               [--config full.yaml]

Each size runs in a process of its own. Zones beyond the built-in localities are made by splitting
them; 290 are the municipalities. Seconds count from the start of the search.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.measured import CONFIGS, heading, in_own_process, line, measure, zones_of

COLUMNS = (
    *("zones", "sets", "columns", "read_s", "build_s", "relaxation_s", "first_plan_s"),
    *("count_ms", "peak_gb"),
)


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
    seconds = sorted(given.seconds)
    if given.one is not None:
        with tempfile.TemporaryDirectory() as folder:
            data = {"data": {"zones": zones_of(given.one, Path(folder))}}
            print(json.dumps(measure(CONFIGS / given.config, data, seconds)))
        return
    columns = [*COLUMNS, *(f"gap_{mark:g}s" for mark in seconds)]
    print(heading(columns))
    for n_zones in given.zones:
        marks = [f"{mark:g}" for mark in seconds]
        options = ["--one", str(n_zones), "--config", given.config, "--seconds", *marks]
        row = in_own_process("scale", *options)
        print(line(str(n_zones), row, columns), flush=True)


if __name__ == "__main__":
    main()
