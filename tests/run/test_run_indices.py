"""Rents and pay that rise by themselves: each moves its own item of the budget, and no other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.verify import verify

from .small_case import write_case

COSTS = {
    "total_mnkr": 30.0,
    "front_fte": 20.0,
    "central_fte": 2.0,
    "premises_total_mnkr": 5.0,
    "local_total_mnkr": 3.0,
    "fee_income_mnkr": {"pensions": 0.5, "id_cards": 0.3, "migration": 0.0},
}


def items(folder: Path, **indices: object) -> pd.Series:
    """Today's network counted: amounts of 2026 by item of the budget, mnkr."""
    folder.mkdir()
    config = write_case(folder, costs={**COSTS, **indices})
    out = folder / "run"
    assert main(["evaluate", str(config), "--plan", "today", "--out", str(out), "--quiet"]) == 1
    assert verify(out).ok
    budget = pd.read_csv(out / "budget.csv", dtype={"year": str})
    return budget[budget["year"] == "2026"].set_index("item")["amount_mnkr"]


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ({"net_rent_index": {2026: 1.2}}, {"premises": 1.2}),
        ({"net_wage_index": {2026: 0.9}}, {"front_staff": 0.9}),
        (
            {"net_price_index": {2026: 1.1}, "net_rent_index": {2026: 1.0}},
            {"front_staff": 1.1, "local": 1.1, "central": 1.1},
        ),
    ],
    ids=["rents", "pay", "all but rents"],
)
def test_an_index_moves_its_own_items_only(
    tmp_path: Path, indices: dict[str, object], expected: dict[str, float]
) -> None:
    before, after = items(tmp_path / "plain"), items(tmp_path / "indexed", **indices)
    for item in ("front_staff", "premises", "local", "central"):
        assert after[item] == pytest.approx(before[item] * expected.get(item, 1.0), abs=2e-6), item
