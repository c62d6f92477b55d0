"""Relaxations kept on disk: they bound what others ask as those that never left memory do."""

from __future__ import annotations

import gzip
import os
import pickle
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimizer.instance import CLOSED, Instance
from optimizer.solving import kept, stored
from optimizer.solving.incumbent import Limits
from optimizer.solving.kept import Kept
from optimizer.solving.opposites import Variations
from optimizer.solving.proof import prove
from optimizer.solving.rounds import Rounds
from optimizer.solving.stored import Stored
from tests.grown_out import begun, grown_out
from tests.optimum import best_plan
from tests.soak import sampled
from tests.solving.split_sites import SPLIT, case, cut_in_every_round


@pytest.fixture(autouse=True)
def small_are_stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cut_in_every_round(monkeypatch)
    monkeypatch.setattr(stored, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(kept, "SLOW_SECONDS", 0.0)
    yield


def copied(instance: Instance) -> Instance:
    """The same as another command would read it: equal arrays, not the same ones."""
    return replace(instance, minutes=instance.minutes.copy(), demand=instance.demand.copy())


def taken(store: Stored, instance: Instance, *, seed: int = 1) -> Rounds | None:
    return store.take(instance, seed=seed, stop=threading.Event())


def put(store: Stored, instance: Instance) -> Rounds:
    one = begun(instance)
    grown_out(one)
    store.put(one)
    return one


def without_the_last(instance: Instance) -> Instance:
    """The last site closed in the last year."""
    allowed = instance.allowed.copy()
    allowed[-1, np.arange(allowed.shape[1]) != CLOSED, -1] = False
    return replace(instance, allowed=allowed)


@pytest.mark.parametrize("seed", sampled([*SPLIT, 0, 1, 2, 3]))
def test_what_is_read_bounds_as_what_was_written(seed: int, tmp_path: Path) -> None:
    instance = case(seed)
    store = Stored(tmp_path)
    grown = put(store, instance)
    found = taken(store, copied(instance))
    assert found is not None
    assert found.bound == -np.inf  # proved anew, not taken on trust
    assert grown_out(found)[-1] >= grown_out(grown)[-1] * (1 - 1e-9) - 1e-6
    narrower = without_the_last(copied(instance))
    again = taken(store, narrower)
    assert again is not None
    best = best_plan(narrower)
    if best is not None:
        assert grown_out(again)[-1] <= best.objective * (1 + 1e-6) + 1.0


def test_another_question_or_seed_finds_nothing(tmp_path: Path) -> None:
    instance, store = case(28), Stored(tmp_path)
    put(store, instance)
    assert taken(store, replace(instance, minutes=instance.minutes * 1.01)) is None
    assert taken(store, instance, seed=2) is None
    dearer = replace(instance, money=replace(instance.money, closure=instance.money.closure + 1.0))
    assert taken(store, dearer) is None
    assert taken(Stored(tmp_path / "elsewhere"), instance) is None
    assert taken(Stored(None), instance) is None
    assert taken(store, instance) is not None


def test_one_of_fewer_states_serves_no_question_of_more(tmp_path: Path) -> None:
    instance, store = case(28), Stored(tmp_path)
    narrow = without_the_last(instance)
    put(store, narrow)
    assert store.has(instance, seed=1)
    assert taken(store, instance) is None
    put(store, instance)
    assert len(list(tmp_path.iterdir())) == 2
    assert taken(store, instance) is not None
    assert taken(store, narrow) is not None


def test_less_work_does_not_replace_more(tmp_path: Path) -> None:
    instance, store = case(28), Stored(tmp_path)
    one = begun(instance)
    grown_out(one)
    one.worked_seconds = 50.0
    store.put(one)
    (file,) = tmp_path.iterdir()
    before = file.read_bytes()
    put(store, instance)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]
    one.worked_seconds = 70.0
    store.put(one)
    (later,) = tmp_path.iterdir()
    assert later != file


@pytest.mark.parametrize("kept_bytes", [0, 10, 500, -8])
def test_a_torn_file_is_taken_away(kept_bytes: int, tmp_path: Path) -> None:
    instance, store = case(28), Stored(tmp_path)
    put(store, instance)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:kept_bytes])
    assert taken(store, instance) is None
    assert list(tmp_path.iterdir()) == []


class _Harm:
    """What runs a command when it is read."""

    def __init__(self, at: Path) -> None:
        self._at = at

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self._at,)


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    instance, store, harmed = case(28), Stored(tmp_path / "store"), tmp_path / "harmed"
    put(store, instance)
    (file,) = (tmp_path / "store").iterdir()
    with gzip.open(file, "wb") as stream:
        pickle.dump(_Harm(harmed), stream)
    assert taken(store, instance) is None
    assert not harmed.exists()
    assert not file.exists()


def test_other_code_of_any_requirement_is_another_file(tmp_path: Path) -> None:
    rooms = Path(stored.__file__).parents[1]
    shutil.copytree(rooms, tmp_path / "optimizer", ignore=shutil.ignore_patterns("__pycache__"))
    before = stored._program(tmp_path / "optimizer")
    assert before == stored._program(rooms)
    for name in ("model/requirements/room.py", "engine/tails.py", "solving/rounds.py"):
        with (tmp_path / "optimizer" / name).open("a", encoding="utf-8") as file:
            file.write("# other\n")
        stored._program.cache_clear()
        after = stored._program(tmp_path / "optimizer")
        assert after != before
        before = after


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner here")
def test_what_others_can_write_is_not_read(tmp_path: Path) -> None:
    instance, store = case(28), Stored(tmp_path / "own")
    put(store, instance)
    (file,) = (tmp_path / "own").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    file.chmod(0o666)
    assert taken(store, instance) is None
    assert file.exists()
    file.chmod(0o600)
    file.parent.chmod(0o777)
    assert taken(store, instance) is None
    file.parent.chmod(0o700)
    assert taken(store, instance) is not None


def size_of(instance: Instance, folder: Path) -> int:
    put(Stored(folder), instance)
    return sum(file.stat().st_size for file in folder.iterdir())


def test_those_used_longest_ago_make_room(tmp_path: Path) -> None:
    first, second, third = case(28), case(67), case(76)
    room = sum(size_of(one, tmp_path / f"alone-{k}") for k, one in enumerate((first, third)))
    folder = tmp_path / "store"
    put(Stored(folder), first)
    put(Stored(folder), second)
    for file in folder.iterdir():
        os.utime(file, (1_000_000, 1_000_000))
    assert taken(Stored(folder), first) is not None  # used just now
    put(Stored(folder, most_bytes=room + 200), third)
    assert taken(Stored(folder), second) is None
    assert taken(Stored(folder), first) is not None
    assert taken(Stored(folder), third) is not None


def test_quick_and_very_large_ones_are_not_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, store = case(28), Stored(tmp_path)
    monkeypatch.setattr(stored, "MOST_VISITS", 1)
    put(store, instance)
    monkeypatch.undo()
    put(store, instance)  # in less than two seconds
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    put(Stored(tmp_path / "file" / "folder"), case(28))
    assert taken(Stored(tmp_path / "file" / "folder"), case(28)) is None


def test_a_proof_goes_on_from_an_earlier_command(tmp_path: Path) -> None:
    store, proved = Stored(tmp_path), 0
    for seed in SPLIT:
        instance = case(seed)
        best = best_plan(instance)
        if best is None:
            continue
        for command in range(2):
            one = Kept(stored=store)
            limits = Limits("highs", 1e-6, time.monotonic() + 60.0, 1, 1)
            found = prove(
                copied(instance), limits, report=lambda *_: None, stop=threading.Event(), kept=one
            )
            assert one.from_store == (command > 0)
            assert found.evaluation.objective == pytest.approx(best.objective, rel=1e-6)
            one.store(store)
        proved += 1
    assert proved >= 3


def test_variations_go_on_from_an_earlier_command(tmp_path: Path) -> None:
    compared = 0
    for seed in SPLIT:
        instance = case(seed)
        store = Stored(tmp_path / str(seed))
        put(store, instance)
        best = best_plan(without_the_last(instance))
        if best is None:
            continue
        given = Variations(copied(instance), seconds=5.0, settled=False, stored=store)
        allowed = without_the_last(instance).allowed[-1]
        bound = given.restricted(len(instance.sites) - 1, allowed, seconds=5.0)
        assert given.bound - 1.0 <= bound <= best.objective * (1 + 1e-6) + 1.0
        compared += 1
    assert compared >= 3
