"""The cache of answers: bounded, whole under parallel use, and never in the way."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from geodata.travel.cache import Cache, cache, key_of

ONE = np.random.default_rng(1).uniform(0, 100, (50, 40))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    kept = Cache(tmp_path, 10_000_000)
    assert kept.read("a", ONE.shape) is None
    kept.write("a", ONE, ONE * 2)
    minutes, km = kept.read("a", ONE.shape) or (None, None)
    assert np.array_equal(minutes, ONE)
    assert np.array_equal(km, ONE * 2)


@pytest.mark.parametrize("content", [b"", b"PAR1 no more", b"\x00" * 500])
def test_a_broken_file_is_no_answer(tmp_path: Path, content: bytes) -> None:
    kept = Cache(tmp_path, 10_000_000)
    (tmp_path / "a.parquet").write_bytes(content)
    assert kept.read("a", ONE.shape) is None
    assert list(tmp_path.iterdir()) == []


def test_an_answer_of_another_size_is_none(tmp_path: Path) -> None:
    kept = Cache(tmp_path, 10_000_000)
    kept.write("a", ONE, ONE)
    assert kept.read("a", (3, 3)) is None


def test_the_oldest_go_first(tmp_path: Path) -> None:
    kept = Cache(tmp_path, 10_000_000)
    for name in "abc":
        kept.write(name, ONE, ONE)
    size = (tmp_path / "a.parquet").stat().st_size
    for age, name in enumerate("abc"):
        os.utime(tmp_path / f"{name}.parquet", (1000 + age, 1000 + age))
    assert kept.read("a", ONE.shape) is not None  # used lately
    Cache(tmp_path, 3 * size + 10).write("d", ONE, ONE)
    assert {file.stem for file in tmp_path.iterdir()} == {"a", "c", "d"}


def test_writers_at_once_leave_whole_answers(tmp_path: Path) -> None:
    kept = Cache(tmp_path, 10_000_000)

    def use(number: int) -> bool:
        name = "ab"[number % 2]
        kept.write(name, ONE, ONE)
        found = kept.read(name, ONE.shape)
        return found is not None and np.array_equal(found[0], ONE)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(60)))
    assert {file.name for file in tmp_path.iterdir()} == {"a.parquet", "b.parquet"}


def test_a_folder_that_can_not_be_used_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    kept = Cache(file / "below", 10_000_000)
    kept.write("a", ONE, ONE)
    assert kept.read("a", ONE.shape) is None


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERVICENET_CACHE", raising=False)
    assert cache(None, 1).folder == platformdirs.user_cache_path("servicenet") / "travel"
    monkeypatch.setenv("SERVICENET_CACHE", str(tmp_path))
    assert cache(None, 1).folder == tmp_path
    assert cache(str(tmp_path / "mine"), 1).folder == tmp_path / "mine"
    assert cache("off", 1).folder is None


def test_keys_differ_with_what_is_asked() -> None:
    keys = {
        key_of({"engine": "osrm"}, (ONE,)),
        key_of({"engine": "valhalla"}, (ONE,)),
        key_of({"engine": "osrm"}, (ONE + 1e-6,)),
        key_of({"engine": "osrm"}, (ONE.T,)),
        key_of({"engine": "osrm"}, (ONE, ONE)),
    }
    assert len(keys) == 5
