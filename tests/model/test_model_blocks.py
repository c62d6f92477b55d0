"""Rows of the model: what is too small to matter is left out, and only where that relaxes."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.engine.pooled import pooled
from optimizer.engine.spare import spare
from optimizer.model.blocks import Rows
from optimizer.model.program import make_program
from optimizer.model.variables import Variables, make_variables
from tests.instances import an_instance, staffed


@pytest.fixture(scope="module")
def variables() -> Variables:
    instance = an_instance(sites=3, years=2)
    engine = pooled(instance, 3)
    return make_variables(instance, engine, spare(instance, engine), relaxed=True)


@pytest.mark.parametrize(
    ("sense", "left"), [("<=", [4.0, -1e-8]), (">=", [4.0, 1e-8]), ("==", [4.0, 1e-8, -1e-8])]
)
def test_a_tiny_coefficient_goes_only_where_that_relaxes(
    variables: Variables, sense: str, left: list[float]
) -> None:
    columns = np.flatnonzero(variables.columns.lower >= 0.0)[:3]
    row = Rows(variables, 1).add(0, columns, np.array([4.0, 1e-8, -1e-8]))
    found = row.block("budget_by_year", "a row", sense, 1e-17)
    assert found.matrix.data == pytest.approx(left)
    assert found.rhs == 0.0


def test_a_tiny_coefficient_of_what_may_be_negative_stays(variables: Variables) -> None:
    """Money may be carried over as a debt."""
    (debt, *_) = np.flatnonzero(variables.columns.lower < 0.0)
    (some, *_) = np.flatnonzero(variables.columns.lower >= 0.0)
    row = Rows(variables, 1).add(0, np.array([some, debt]), np.array([4.0, 1e-8]))
    assert row.block("budget_by_year", "a row", "<=", 1.0).matrix.nnz == 2


@pytest.mark.parametrize("seed", range(6))
def test_no_coefficient_is_huge_or_tiny(seed: int) -> None:
    instance = staffed(an_instance(seed=seed, sites=4, years=2), seed)
    program = make_program(instance, pooled(instance, 4))
    sizes = np.abs(program.matrix.data)
    assert sizes.min() > 1e-8 and sizes.max() < 1e6
    cost = np.abs(program.cost[program.cost != 0.0])
    assert cost.min() > 1e-10 and cost.max() < 1e6
    right = np.concatenate([program.row_lower, program.row_upper])
    right = np.abs(right[np.isfinite(right) & (right != 0.0)])
    assert right.min() > 1e-9
