"""The model as one linear program in arrays: every requirement's rows, the aim, and the bounds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from optimizer.engine.pooled import Pooled
from optimizer.engine.spare import spare
from optimizer.instance import Floats, Instance
from optimizer.model.blocks import Block
from optimizer.model.objective import objective
from optimizer.model.requirements import REQUIREMENTS
from optimizer.model.variables import Variables, make_variables


@dataclass(frozen=True)
class Program:
    """minimise cost x + constant, row_lower <= matrix x <= row_upper, lower <= x <= upper.

    The columns are those of ``variables``; ``blocks`` tells which rows belong to which
    requirement and scope.
    """

    variables: Variables
    cost: Floats
    constant: float
    matrix: sp.csr_array
    row_lower: Floats
    row_upper: Floats
    blocks: tuple[tuple[str, str, int, int], ...]  #: requirement, scope, first row, end

    def rows_of(self, requirement: str, scope: str) -> tuple[tuple[int, int], ...]:
        """First row and end of every block of that name, in order."""
        return tuple((a, b) for r, s, a, b in self.blocks if (r, s) == (requirement, scope))


def make_program(
    instance: Instance, engine: Pooled, *, relaxed: bool = False, off: Collection[str] = ()
) -> Program:
    """The program with every requirement that is not switched off."""
    v = make_variables(instance, engine, spare(instance, engine), relaxed=relaxed)
    cost, constant = objective(instance, engine, v)
    blocks = [
        block
        for requirement in REQUIREMENTS
        if requirement.name not in off
        for block in requirement.rows(instance, engine, v)
    ]
    matrix = sp.csr_array((0, len(v.columns)), dtype=np.float64)
    if blocks:
        matrix = sp.vstack([block.matrix for block in blocks], format="csr")
    lower, upper = _sides(blocks)
    return Program(v, cost, constant, matrix, lower, upper, tuple(_spans(blocks)))


def _sides(blocks: list[Block]) -> tuple[Floats, Floats]:
    lower = [np.where(block.sense == "<=", -np.inf, block.rhs) for block in blocks]
    upper = [np.where(block.sense == ">=", np.inf, block.rhs) for block in blocks]
    none = [np.zeros(0)]
    return np.concatenate(lower or none), np.concatenate(upper or none)


def _spans(blocks: list[Block]) -> list[tuple[str, str, int, int]]:
    spans, first = [], 0
    for block in blocks:
        end = first + block.rhs.size
        spans.append((block.requirement, block.scope, first, end))
        first = end
    return spans
