"""The hash of a point follows the tables it reads, also those laid over the built-in ones."""

from pathlib import Path

import pytest

from geodata.problems import InputError
from optimizer.config import load
from optimizer.starter.starter import WORKBOOK, start
from optimizer.whatif.sweep import content
from optimizer.whatif.sweep.content import content_hash
from optimizer.whatif.sweep.solving import Task, solve_point
from tests.sweep.small_sweep import grid, results, sweep, work_here, write_small, write_sweep
from tests.travel.stub_engine import Stub, running


def test_own_tables_over_the_built_in_ones_are_part_of_a_point(tmp_path: Path) -> None:
    start(tmp_path / "eget")
    scenario = load(tmp_path / "eget" / "config.yaml")
    before = content_hash(scenario)
    assert content_hash(scenario) == before
    book = tmp_path / "eget" / WORKBOOK
    book.write_bytes(book.read_bytes() + b" ")
    assert content_hash(scenario) != before
    book.unlink()
    with pytest.raises(InputError, match=WORKBOOK):
        content_hash(scenario)


@pytest.mark.parametrize("provider", ["osrm", "valhalla"])
def test_the_map_data_of_an_engine_is_part_of_a_point(
    tmp_path: Path, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "_ASKED_SECONDS", 1e-6)  # ask every time
    with running(Stub()) as stub:
        travel = {"provider": provider, "url": stub.url, "retries": 0}
        config = write_small(tmp_path)
        scenario = load(config, {"data": {"travel": {"path": None, "km_path": None, **travel}}})
        before = content_hash(scenario)
        assert content_hash(scenario) == before
        stub.version, stub.tiles = "2025-02-02", 1_700_000_001
        assert content_hash(scenario) != before
    with pytest.raises(InputError, match="routing engine that answers"):
        content_hash(scenario)


def test_a_worker_whose_table_is_another_does_not_solve_the_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_small(tmp_path)
    scenario = load(config)
    task = Task(content_hash(scenario), scenario.model_dump_json(by_alias=True), 1)
    offices = tmp_path / "offices.csv"
    offices.write_bytes(offices.read_bytes() + b"\n")  # stale, or newer: not the same
    record = solve_point(task)
    assert record["outcome"] == "wrong_input"
    assert "not those that the sweep was begun with" in record["error"]
    assert record["plan"] is None
    work_here(monkeypatch)
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=[0.01]))
    assert sweep(path) == 0  # begun with the table as it is: the same worker solves it
    assert results(path)["status"].isin(["optimal", "gap_reached"]).all()
