"""The charts beside the map: every krona of a year's cost is in its bar."""

from dataclasses import replace
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


@pytest.mark.parametrize(
    ("times", "label"), [(0.1, "0.77"), (1, "7.67"), (20, "153.3"), (1000, "7,667")]
)
def test_labels_have_the_decimals_that_their_size_asks_for(
    times: float, label: str, tmp_path: Path
) -> None:
    tables = read_tables(tiny_run.write(tmp_path / "run"))
    amounts = tables.budget["amount_mnkr"] * times
    chart = budget_chart(
        replace(tables, budget=tables.budget.assign(amount_mnkr=amounts)), load("en")
    )
    assert chart is not None
    assert f">{label}</text>" in chart.svg
