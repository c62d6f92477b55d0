"""How the work grows with zones, sites, years and modes, each alone. One command, one table.

    python -m benchmarks.growth [--axes zones sites years modes] [--seconds 30]

Each row is the national case but for one size; the last column of the table is the power of that
size with which the columns of the relaxation grow, from the first row of its axis. Fewer sites:
every office but the first of its FA-region may be left out, evenly; visits and money are the same,
so that there may be no plan. Fewer or more years: the first of 2025 to 2029. Fewer modes: an office
in a mode that is left out counts as staffed.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from benchmarks.measured import CONFIGS, Row, heading, in_own_process, line, measure, zones_of
from geodata import regions, sites
from optimizer.config import load

COLUMNS = (
    *("zones", "sites", "years", "modes", "columns", "rows", "build_s", "relaxation_s"),
    *("first_plan_s", "count_ms", "peak_gb"),
)
SIZES = {
    "zones": (290, 1490, 6000, 20000),
    "sites": (70, 100, 156),
    "years": (1, 2, 3, 5),
    "modes": (2, 4, 6),
}
_CUT = {2025: 50, 2026: 100, 2027: 150, 2028: 150, 2029: 150}  #: mnkr
BASE = CONFIGS / "base.yaml"


def _zones(size: int, folder: Path) -> dict[str, object]:
    return {"data": {"zones": zones_of(size, folder)}}


def _sites(size: int, folder: Path) -> dict[str, object]:
    offices = sites.load_offices("builtin")
    divisions = regions.load({"fa": "builtin:fa15"})
    region = divisions.set_index("municipality_code")["region_code"]
    candidates = sites.load_candidates("builtin", offices, divisions)
    first = ~offices["municipality_code"].map(region).duplicated()
    others = offices.loc[~first, "office_id"]
    leave = min(max(0, len(offices) + len(candidates) - size), len(others))
    left_out = others.iloc[[k * len(others) // leave for k in range(leave)]]
    table = pd.DataFrame({"office_id": left_out, "remove": "yes"})
    table.to_csv(folder / "fewer.csv", index=False)
    return {"data": {"offices": f"builtin + {folder / 'fewer.csv'}"}} if leave else {}


def _years(size: int, folder: Path) -> dict[str, object]:
    years = list(_CUT)[:size]
    cut = {year: most if year in years else None for year, most in _CUT.items()}
    coverage = [{"division": "fa", "min_points": 1, "from": min(2027, years[-1])}]
    rules = {"requirements": {"region_coverage": coverage}}
    return {"years": years, "budget": {"cut": cut}, **rules}


def _modes(size: int, folder: Path) -> dict[str, object]:
    base = load(BASE)
    gone = list(base.modes)[size:]
    offices = sites.load_offices("builtin")
    other = offices.loc[offices["mode"].isin(gone), ["office_id"]].assign(mode="staffed")
    other.to_csv(folder / "modes.csv", index=False)
    rules = base.requirements.mode_limits
    limits = [rule.model_dump(exclude_unset=True) for rule in rules if rule.mode not in gone]
    return {
        "modes": dict.fromkeys(gone),
        "requirements": {"mode_limits": limits},
        **({"data": {"offices": f"builtin + {folder / 'modes.csv'}"}} if len(other) else {}),
    }


AXES: dict[str, Callable[[int, Path], dict[str, object]]] = {
    "zones": _zones,
    "sites": _sites,
    "years": _years,
    "modes": _modes,
}


def _power(axis: str, first: Row, row: Row) -> str:
    """Of the size of an axis, with which the columns grow from the first row to this one."""
    more = row[axis] / first[axis]
    if more <= 1.0:
        return ""
    wider = row["columns"] / first["columns"]
    return f"{math.log(wider) / math.log(more):.2f}"


def main() -> None:
    """Run every size of every axis and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--axes", nargs="+", default=list(AXES), choices=AXES)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        axis, size = given.one
        with tempfile.TemporaryDirectory() as name:
            overrides = AXES[axis](int(size), Path(name))
            print(json.dumps(measure(BASE, overrides, [given.seconds])))
        return
    columns = [*COLUMNS, f"gap_{given.seconds:g}s"]
    print(heading([*columns, "power"]))
    for axis in given.axes:
        first = None
        for size in SIZES[axis]:
            options = "--one", axis, str(size), "--seconds", f"{given.seconds:g}"
            row = in_own_process("growth", *options)
            told = line(f"{axis} {size}", row, columns)
            if isinstance(row, str):
                print(told, flush=True)
                continue
            first = row if first is None else first
            print(f"{told} {_power(axis, first, row)} |", flush=True)


if __name__ == "__main__":
    main()
