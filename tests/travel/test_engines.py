"""OSRM and Valhalla against a server that speaks their protocols: answers, limits and faults."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.network import sending
from geodata.problems import InputError
from geodata.travel import TravelSettings, TravelTable, estimate, travel
from geodata.travel.engines import asking, osrm
from tests.travel.stub_engine import Stub, minutes, running

PROVIDERS = ("osrm", "valhalla")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with running(Stub()) as found:
        yield found


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "FIRST_WAIT_SECONDS", 0.01)


def places(count: int, key: str, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            key: [f"{key[0]}{k}" for k in range(count)],
            "longitude": np.round(rng.uniform(14.0, 16.0, count), 4),
            "latitude": np.round(rng.uniform(60.0, 61.0, count), 4),
            "municipality_code": "2080",
        }
    )


ZONES, SITES = places(23, "zone_id", 1), places(7, "office_id", 2)


def asked(stub: Stub, provider: str, **changes: Any) -> TravelTable:
    given = {"timeout_seconds": 2.0, "retries": 2, "cache": "off", "pairs_per_request": 30}
    settings = TravelSettings(provider, url=stub.url, **(given | changes))
    return travel(ZONES, SITES, settings)


def refused(stub: Stub, provider: str, **changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        asked(stub, provider, **changes)
    return str(caught.value)


def patience(fault: str, short: float) -> float:
    """Seconds to wait for an answer: short where waiting is what is tried."""
    return short if fault in ("slow", "drip") else 5.0


def by_hand() -> np.ndarray:
    starts = list(zip(ZONES["longitude"], ZONES["latitude"], strict=True))
    goals = list(zip(SITES["longitude"], SITES["latitude"], strict=True))
    return np.array([[minutes(a, b) for b in goals] for a in starts])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_pair_is_asked_in_blocks(stub: Stub, provider: str) -> None:
    table = asked(stub, provider)
    assert np.allclose(table.minutes, by_hand() + 5.0, atol=0.011)
    assert np.allclose(table.km, by_hand(), atol=0.011)
    assert 0 < stub.most_pairs <= 30
    assert stub.tables >= 23 * 7 / 30
    assert table.origin.requests == len(stub.paths)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_leaves_the_machine_for_an_engine_on_it(stub: Stub, provider: str) -> None:
    origin = asked(stub, provider).origin
    assert (origin.sent_to, origin.sent_coordinates) == ("", 0)
    assert origin.source == stub.url
    assert origin.version.startswith(provider)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("fault", ["500", "slow", "drip", "truncated", "cut", "words"])
def test_a_passing_fault_is_overcome(stub: Stub, provider: str, fault: str) -> None:
    stub.fault, stub.broken = fault, 2
    table = asked(stub, provider, timeout_seconds=patience(fault, 0.6), parallel=1)
    assert np.allclose(table.minutes, by_hand() + 5.0, atol=0.011)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("500", "HTTP status 500, after 3 attempts"),
        ("slow", "no answer within 0.3 seconds, after 3 attempts"),
        ("drip", "no answer within 0.3 seconds, after 3 attempts"),
        ("truncated", "not whole JSON"),
        ("cut", "a connection that broke"),
        ("words", "JSON of another form"),
        ("redirect", "a redirect to http://elsewhere.invalid/"),
    ],
)
def test_a_lasting_fault_is_one_sentence_in_bounded_time(
    stub: Stub, provider: str, fault: str, told: str
) -> None:
    stub.fault, stub.broken = fault, 10_000
    began = time.monotonic()
    text = refused(stub, provider, timeout_seconds=patience(fault, 0.3))
    assert time.monotonic() - began < 20
    assert told in text
    assert stub.url in text
    assert len(text.splitlines()) == 1


def test_nobody_at_the_address() -> None:
    with socket.socket() as free:  # bound, so that nobody else comes there; it does not listen
        free.bind(("127.0.0.1", 0))
        text = refused(Stub(url=f"http://127.0.0.1:{free.getsockname()[1]}"), "osrm")
    assert "nobody there" in text
    assert "after 3 attempts" in text


def _with(value: Any) -> Any:
    def change(seconds: list[list[Any]]) -> list[list[Any]]:
        return [[value, *row[1:]] for row in seconds]

    return change


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_with(-60.0), "-1 minutes"),
        (_with(90_000.0), "1500 minutes"),
        (_with(float("inf")), "inf minutes"),
        (_with("soon"), "with 'soon'"),
        (_with(True), "with True"),
        (lambda seconds: seconds[:-1], "another size"),
        (lambda seconds: [row[:-1] for row in seconds], "another size"),
        (lambda seconds: None, "another size"),
    ],
)
def test_nonsense_is_refused(stub: Stub, provider: str, change: Any, told: str) -> None:
    stub.change = change
    assert told in refused(stub, provider)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_pairs_without_a_way_are_told_or_estimated(stub: Stub, provider: str) -> None:
    stub.change = _with(None)
    text = refused(stub, provider, pairs_per_request=1000)
    assert "no way from any zone to o0" in text
    assert "data.travel.missing: estimate" in text
    table = asked(stub, provider, pairs_per_request=1000, missing="estimate")
    assert table.origin.estimated_pairs == 23
    guess = estimate(ZONES, SITES)
    assert np.array_equal(table.minutes[:, 0], guess.minutes[:, 0])
    assert np.allclose(table.minutes[:, 1:], by_hand()[:, 1:] + 5.0, atol=0.011)


def test_an_island_of_valhalla_is_told_apart(stub: Stub) -> None:
    far = ZONES["longitude"].max()
    stub.unconnected = lambda point: point[0] == far
    lonely = ZONES["zone_id"][ZONES["longitude"].idxmax()]
    text = refused(stub, "valhalla")
    assert f"no way from {lonely} to any site" in text
    table = asked(stub, "valhalla", missing="estimate")
    others = (ZONES["longitude"] != far).to_numpy()
    assert np.allclose(table.minutes[others], by_hand()[others] + 5.0, atol=0.011)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_places_off_the_road_are_named(stub: Stub, provider: str) -> None:
    place = (float(ZONES["longitude"][3]), float(ZONES["latitude"][3]))
    stub.off_road = lambda point: point == place
    text = refused(stub, provider)
    assert f"zone z3 ({place[0]:g}, {place[1]:g})" in text
    assert len(text.splitlines()) == 1


def test_places_moved_far_to_a_road_are_named(stub: Stub) -> None:
    place = (float(SITES["longitude"][2]), float(SITES["latitude"][2]))
    stub.snap_metres = lambda point: 12_340.0 if point == place else 10.0
    text = refused(stub, "osrm")
    assert "site o2" in text
    assert "12.3 km from it" in text
    assert asked(stub, "osrm", snap_km=20.0).minutes.shape == (23, 7)


@pytest.mark.parametrize(
    ("provider", "code", "told"),
    [
        ("osrm", "TooBig", "Lower data.travel.pairs_per_request"),
        ("osrm", "InvalidOptions", "data.travel.profile"),
        ("valhalla", "154", "max_matrix_distance"),
        ("valhalla", "150", "Lower data.travel.pairs_per_request"),
        ("valhalla", "125", "data.travel.profile"),
    ],
)
def test_refusals_say_what_to_do(stub: Stub, provider: str, code: str, told: str) -> None:
    stub.code = code
    assert told in refused(stub, provider)
    assert stub.tables <= 8  # refusals are not tried again


@pytest.mark.parametrize("provider", PROVIDERS)
def test_answers_are_kept_by_content(
    stub: Stub, provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ZONES_AT_ONCE", 10)
    first = asked(stub, provider, cache=str(tmp_path))
    tables = stub.tables
    again = asked(stub, provider, cache=str(tmp_path))
    assert stub.tables == tables
    assert np.array_equal(first.minutes, again.minutes)
    assert np.array_equal(first.km, again.km)
    moved = ZONES.assign(longitude=ZONES["longitude"].where(ZONES.index != 22, 14.5))
    settings = TravelSettings(provider, url=stub.url, cache=str(tmp_path), pairs_per_request=1000)
    travel(moved, SITES, settings)
    assert stub.tables == tables + 1  # the last stripe alone
    assert len(list(tmp_path.glob("*.parquet"))) == 4
    assert not list(tmp_path.glob("*.tmp"))


def test_new_map_data_are_asked_again(stub: Stub, tmp_path: Path) -> None:
    asked(stub, "osrm", cache=str(tmp_path))
    tables, stub.version = stub.tables, "2025-06-01"
    asked(stub, "osrm", cache=str(tmp_path))
    assert stub.tables == 2 * tables


def test_coordinates_sent_elsewhere_are_counted(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osrm, "on_this_machine", lambda url: False)
    origin = asked(stub, "osrm", cache=str(tmp_path)).origin
    assert (origin.sent_to, origin.sent_coordinates) == (stub.url, 30)
    kept = asked(stub, "osrm", cache=str(tmp_path)).origin
    assert kept.sent_coordinates == 0
