"""A server on this machine that speaks OSRM's and Valhalla's protocols, with faults on demand.

Its roads are straight: 1 degree of longitude or latitude takes 60 minutes and is 60 km.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.served import served

Point = tuple[float, float]


@dataclass
class Stub:
    """What the server does, and what it was asked."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    tables: int = 0  #: tables asked for
    most_pairs: int = 0  #: in one request
    broken: int = 0  #: so many tables fail before one is answered
    fault: str = ""  #: how they fail: 500, slow, drip, truncated, list, refuse, redirect
    version: str = "2025-01-01"  #: of OSRM's map data
    tiles: int = 1_700_000_000  #: the time of Valhalla's
    change: Callable[[list[list[Any]]], list[list[Any]]] = lambda seconds: seconds
    snap_metres: Callable[[Point], float] = lambda point: 0.0
    code: str = ""  #: refuse tables with this code
    unconnected: Callable[[Point], bool] = lambda point: False
    off_road: Callable[[Point], bool] = lambda point: False


def minutes(start: Point, goal: Point) -> float:
    """Travel time on the straight roads."""
    return 60.0 * (abs(start[0] - goal[0]) + abs(start[1] - goal[1]))


def _table(starts: list[Point], goals: list[Point]) -> list[list[Any]]:
    return [[60.0 * minutes(a, b) for b in goals] for a in starts]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._answer(json.loads(self.rfile.read(length)))

    def _answer(self, body: Any) -> None:
        stub: Stub = self.server.stub  # type: ignore[attr-defined]
        stub.paths.append(self.path)
        is_table = "/table/" in self.path or "sources_to_targets" in self.path
        if is_table:
            stub.tables += 1
            if stub.tables <= stub.broken:
                self._fail(stub)
                return
        if self.path.startswith(("/table/", "/nearest/")):
            self._send(*_osrm(stub, self.path))
        else:
            self._send(*_valhalla(stub, self.path, body))

    def _fail(self, stub: Stub) -> None:
        if stub.fault == "slow":
            time.sleep(3.0)
        elif stub.fault == "500":
            self._send(500, {"code": "Trouble"})
        elif stub.fault == "truncated":
            self._raw(200, b'{"code": "Ok", "durations": [[1')
        elif stub.fault == "cut":  # more is promised than comes
            self._raw(200, b'{"code": "Ok"', length=10_000)
        elif stub.fault == "words":
            self._raw(200, b'"good day"')
        elif stub.fault == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://elsewhere.invalid/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif stub.fault == "drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(30):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)
        self.close_connection = True

    def _send(self, status: int, document: Any) -> None:
        self._raw(status, json.dumps(document).encode())

    def _raw(self, status: int, content: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _osrm(stub: Stub, path: str) -> tuple[int, Any]:
    if path.startswith("/nearest/"):
        return 200, {"code": "Ok", "data_version": stub.version, "waypoints": []}
    found = re.fullmatch(
        r"/table/v1/(\w+)/([^?]+)\?sources=([\d;]+)&destinations=([\d;]+)&.*", path
    )
    assert found, path
    points = [tuple(map(float, one.split(","))) for one in found.group(2).split(";")]
    starts = [points[int(k)] for k in found.group(3).split(";")]
    goals = [points[int(k)] for k in found.group(4).split(";")]
    stub.most_pairs = max(stub.most_pairs, len(starts) * len(goals))
    if stub.code:
        return 400, {"code": stub.code, "message": "as told"}
    off = [at for at, point in enumerate(points) if stub.off_road(point)]
    if off:
        message = f"Could not find a matching segment for coordinate {off[0]}"
        return 400, {"code": "NoSegment", "message": message}
    seconds = _table(starts, goals)
    return 200, {
        "code": "Ok",
        "data_version": stub.version,
        "durations": stub.change(seconds),
        "distances": [[v / 60 * 1000 for v in row] for row in seconds],
        "sources": [{"distance": stub.snap_metres(point)} for point in starts],
        "destinations": [{"distance": stub.snap_metres(point)} for point in goals],
    }


def _valhalla(stub: Stub, path: str, body: Any) -> tuple[int, Any]:
    if path == "/status":
        return 200, {"version": "3.9.1", "tileset_last_modified": stub.tiles}
    if path == "/locate":
        places = [_point(one) for one in body["locations"]]
        return 200, [{"edges": [] if stub.off_road(one) else [{"way_id": 1}]} for one in places]
    assert path == "/sources_to_targets"
    starts = [_point(one) for one in body["sources"]]
    goals = [_point(one) for one in body["targets"]]
    stub.most_pairs = max(stub.most_pairs, len(starts) * len(goals))
    everyone = starts + goals
    if stub.code:
        return 400, {"error_code": int(stub.code), "error": "as told"}
    if any(stub.off_road(point) for point in everyone):
        return 400, {"error_code": 171, "error": "No suitable edges near location"}
    if len({stub.unconnected(point) for point in everyone}) > 1:
        return 400, {"error_code": 170, "error": "Locations are in unconnected regions"}
    seconds = _table(starts, goals)
    km = [[v / 3600 * 60 for v in row] for row in seconds]
    return 200, {"sources_to_targets": {"durations": stub.change(seconds), "distances": km}}


def _point(location: dict[str, float]) -> Point:
    return location["lon"], location["lat"]


@contextmanager
def running(stub: Stub) -> Iterator[Stub]:
    """The stub on a free port of this machine, until the block ends."""
    with served(_Handler, stub) as stub.url:
        yield stub
