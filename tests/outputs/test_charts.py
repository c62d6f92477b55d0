"""The charts beside the map: every krona of a year's cost is in its bar."""

from pathlib import Path

import pytest

from optimizer.instance import ONE_OFFS
from optimizer.outputs.map.charts import COSTS, budget_chart
from optimizer.outputs.run_tables import read_tables
from optimizer.outputs.strings import load
from tests.verify import tiny_run


def test_the_parts_of_a_bar_add_up_to_the_cost(tmp_path: Path) -> None:
    tables = read_tables(tiny_run.write(tmp_path / "run"))
    chart = budget_chart(tables, load("en"))
    assert chart is not None
    amounts = tables.budget[tables.budget["year"] == 2026].set_index("item")["amount_mnkr"]
    items = [item for items in COSTS.values() for item in items]
    assert amounts.reindex(items).fillna(0.0).sum() == pytest.approx(amounts["cost"], abs=1e-5)
    assert set(ONE_OFFS) <= set(items)
    assert f"{amounts['cost']:.1f}" in chart.svg
