"""Prices to begin with: of a program with all zones made one that have the same nearest site.

It says little of minutes, but what a mnkr is worth in it is what it is worth in the whole, about.
"""

from __future__ import annotations

import threading
from collections import defaultdict

import numpy as np

from optimizer.engine.coarse import coarsen
from optimizer.instance import Floats, Instance
from optimizer.model.program import Program, make_program
from optimizer.solving.additions import Additions
from optimizer.solving.origins import Origins
from optimizer.solving.relaxation import relaxation
from optimizer.solving.simplex import Simplex

MOST_SECONDS = 5.0  #: for a guess; where there is no plan at all it would go up and up


def guessed(
    instance: Instance, program: Program, *, seed: int, stop: threading.Event, seconds: float
) -> Floats | None:
    """[rows] multipliers for the rows that the coarse program has too, 0 for others.

    None if there is no solution of it in so many seconds, or in ``MOST_SECONDS``.
    """
    coarse = coarsen(instance, nearest=1, most_zones=0)
    engine = relaxation(coarse)
    origins = Origins(coarse, engine, make_program(coarse, engine, relaxed=True))
    small = origins.program
    simplex = Simplex(small, seed=seed, stop=stop)
    Additions(coarse, engine, origins, simplex)  # tails with many visits get more options
    solved = simplex.solve(min(seconds, MOST_SECONDS))
    if not solved.optimal:
        return None
    prices = np.zeros(program.row_lower.size)
    there = _spans(small)
    for key, spans in _spans(program).items():
        for (first, end), (begin, last) in zip(spans, there.get(key, []), strict=False):
            if end - first == last - begin:
                prices[first:end] = solved.duals[begin:last]
    return prices


def _spans(program: Program) -> dict[tuple[str, str], list[tuple[int, int]]]:
    spans = defaultdict(list)
    for requirement, scope, first, end in program.blocks:
        spans[requirement, scope].append((first, end))
    return spans
