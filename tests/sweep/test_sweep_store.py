"""Finished points on disk: found again whole, and never when they are torn or told otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.whatif.sweep.record import AIMS, PointStatus, Record, States
from optimizer.whatif.sweep.store import Store

DONE = Record(
    "abc",
    "done",
    certificate={"status": "optimal", "objective": 1.5, "bound": 1.5},
    figures=[{"year": 2024, "cost_mnkr": 3.0}, {"year": 2025, "cost_mnkr": None}],
    counts={"closed": 2},
    aims=dict.fromkeys(AIMS, 1.0),
    plan=States(("k1", "k2"), (2025,), (("staffed",), ("closed",))),
    actions=[["keep"], ["close"]],
    seconds=1.25,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "sweep")
    made.open()
    made.keep(DONE)
    return made


def file_of(store: Store) -> Path:
    return store.folder / "points" / "abc.json"


def test_a_point_comes_back_as_it_was(store: Store) -> None:
    assert store.find("abc") == DONE
    assert store.find("abd") is None


def test_a_point_cut_off_anywhere_is_not_there(store: Store) -> None:
    whole = file_of(store).read_bytes()
    for size in range(0, len(whole), 7):
        file_of(store).write_bytes(whole[:size])
        assert store.find("abc") is None


def test_a_point_that_was_changed_is_not_there(store: Store) -> None:
    document = json.loads(file_of(store).read_text())
    document["record"]["certificate"]["objective"] = 1.4
    file_of(store).write_text(json.dumps(document))
    assert store.find("abc") is None


def test_a_point_under_the_name_of_another_is_not_there(store: Store) -> None:
    file_of(store).rename(store.folder / "points" / "abd.json")
    assert store.find("abd") is None


@pytest.mark.parametrize(
    ("outcome", "again"),
    [("no_plan", True), ("limit", True), ("bug", False), ("lost", False), ("wrong_input", False)],
)
def test_what_may_go_otherwise_next_time_is_tried_again(
    store: Store, outcome: PointStatus, again: bool
) -> None:
    store.keep(replace(DONE, outcome=outcome))
    assert (store.find("abc") is not None) is again


def test_a_point_of_a_program_that_knew_less_of_a_plan_is_solved_again(store: Store) -> None:
    store.keep(replace(DONE, aims={"access": 1.0}))
    assert store.find("abc") is None


def test_nothing_unfinished_is_left(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        store.write_by("table.csv", lambda path: path.write_text(str(1 / 0)) and None)
    store.write("summary.json", {"a": 1})
    names = sorted(path.name for path in store.folder.rglob("*"))
    assert names == ["abc.json", "points", "summary.json"]
