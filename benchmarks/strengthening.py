"""What each part of the engine buys: the gap against time with one thing taken away at a time.

    python -m benchmarks.strengthening [--seconds 15 30 60 100] [--config base.yaml]

First the whole engine runs to the last mark; its best plan is what every gap is measured against,
a share of the added burden. Then the bound runs alone, once with everything and once without each
part; and the search runs alone, with each of its steps. Each row is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import math
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.measured import CONFIGS, Row, cells, heading, needed
from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.engine.coarse import Planner
from optimizer.engine.evaluate import todays_value
from optimizer.instance import Instance
from optimizer.model.blocks import Block
from optimizer.model.objective import MILLION
from optimizer.solving.incumbent import Limits
from optimizer.solving.proof import prove
from optimizer.solving.rounds import Rounds


def _nobody(*_: Any) -> Iterator[Block]:
    yield from ()


#: What is taken away: what is replaced, and by what
WITHOUT: dict[str, tuple[tuple[str, Any], ...]] = {
    "nothing": (),
    "prices": (
        ("optimizer.solving.rounds.MANY_COLUMNS", 10**9),
        ("optimizer.solving.rounds.Rounds._solve_apart", Rounds._solve_all),
    ),
    "links to longer chains": (("optimizer.solving.growth.Growth.link", lambda *_: 0),),
    "more options of tails": (("optimizer.solving.growth.Growth.extend", lambda *_: 0),),
    "covers": (("optimizer.solving.covers.Covers.broken", lambda *_: []),),
    "disjunctions": (("optimizer.solving.disjunctions.Disjunctions.broken", lambda *_, **__: []),),
    "spare staff and room by origin": (
        ("optimizer.solving.origins.Origins.missing", lambda *_: np.zeros(0, dtype=np.int64)),
        ("optimizer.solving.covers.Covers.broken", lambda *_: []),
    ),
    "rows against chains of moves": (
        ("optimizer.model.requirements.staff_balance.leaving", _nobody),
    ),
}
_ENDING = 0.5  #: seconds that a round may take to end at the last mark
STEPS = ("construction", "single changes and pairs", "shaking")


def bound(instance: Instance, without: str, marks: list[float]) -> Row:
    """The bound at each mark, in millions."""
    with ExitStack() as stack:
        for target, other in WITHOUT[without]:
            stack.enter_context(mock.patch(target, other))
        began = time.monotonic()
        rounds = Rounds(instance, seed=1, stop=threading.Event())
        found = {f"{mark:g}": -math.inf for mark in marks}
        while rounds.grown and (left := began + marks[-1] - time.monotonic()) > 0:
            rounds.solve(left)
            now = time.monotonic() - began
            found |= {f"{mark:g}": rounds.bound for mark in marks if now <= mark + _ENDING}
    return found


def plans(instance: Instance, step: str, marks: list[float]) -> Row:
    """The best plan at each mark, in millions; not a number while there is none."""
    found = {f"{mark:g}": math.nan for mark in marks}
    began = time.monotonic()

    def told(planner: Planner) -> None:
        now = time.monotonic() - began
        for mark in marks:
            if now <= mark and planner.best is not None:
                found[f"{mark:g}"] = planner.best.objective / MILLION

    planner = Planner(instance, out_of_time=lambda: time.monotonic() - began > marks[-1])
    planner.construct()
    told(planner)
    if step != STEPS[0]:
        planner.improve()
        told(planner)
    seed = 1
    while step == STEPS[2] and time.monotonic() - began < marks[-1]:
        planner.shake(seed)
        seed += 1
        told(planner)
    return found


def whole(instance: Instance, marks: list[float]) -> Row:
    """Plan and bound of the whole engine at each mark, in millions, and today's objective."""
    found = {f"plan {mark:g}": math.nan for mark in marks}
    found |= {f"bound {mark:g}": math.nan for mark in marks}

    def report(now: float, objective: float | None, bound: float | None, gap: float | None) -> None:
        for mark in marks:
            if now <= mark and objective is not None:
                found[f"plan {mark:g}"] = objective / MILLION
            if now <= mark and bound is not None:
                found[f"bound {mark:g}"] = bound / MILLION

    limits = Limits("highs", 0.0, time.monotonic() + marks[-1], 1, 1)
    outcome = prove(instance, limits, report=report, stop=threading.Event())
    best = outcome.evaluation.objective / MILLION
    return {**found, "best": best, "today": todays_value(instance) / MILLION}


def main() -> None:
    """Run every row and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, nargs="+", default=[15, 30, 60, 100])
    parser.add_argument("--config", default="base.yaml", help="one of configs/")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    marks = sorted(given.seconds)
    if given.one is not None:
        instance = read_case(load(CONFIGS / given.config)).instance
        kind, name = given.one
        row = {
            "whole": lambda: whole(instance, marks),
            "bound": lambda: bound(instance, name, marks),
            "plans": lambda: plans(instance, name, marks),
        }[kind]()
        print(json.dumps(row))
        return
    seconds = [f"{mark:g}" for mark in marks]

    def run(kind: str, name: str) -> Row:
        options = "--config", given.config, "--seconds", *seconds
        return needed("strengthening", "--one", kind, name, *options)

    engine = run("whole", "engine")
    best, added = engine["best"], engine["best"] - engine["today"]
    columns = [f"gap_{mark}" for mark in seconds]
    print(heading(["the bound without", *columns]))
    beside = {f"gap_{mark}": (best - engine[f"bound {mark}"]) / added for mark in seconds}
    print(f"| nothing, the search beside it {cells(beside, columns)}")
    for name in WITHOUT:
        row = run("bound", name)
        gaps = {f"gap_{mark}": (best - row[mark]) / added for mark in seconds}
        print(f"| {name} {cells(gaps, columns)}", flush=True)
    print()
    print(heading(["plans by", *columns]))
    for name in STEPS:
        row = run("plans", name)
        gaps = {f"gap_{mark}": (row[mark] - best) / added for mark in seconds}
        print(f"| {name} {cells(gaps, columns)}", flush=True)
    last = {f"gap_{mark}": (engine[f"plan {mark}"] - best) / added for mark in seconds}
    print(f"| and from shares of the relaxation, the bound beside it {cells(last, columns)}")


if __name__ == "__main__":
    main()
