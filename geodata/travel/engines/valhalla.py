"""Valhalla's matrix, sources_to_targets: over HTTP, or by its program on this machine."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd

from geodata.network.http import Http, on_this_machine
from geodata.network.sending import Reply, Sender
from geodata.problems import InputError, Problem
from geodata.travel.engines.asking import ask, version_of
from geodata.travel.engines.engine import SERVER_ADVICE, Block, Places, numbers, patience
from geodata.travel.engines.local import Local
from geodata.travel.settings import TravelSettings
from geodata.travel.table import TravelTable

_UNCONNECTED, _NO_EDGE, _TOO_FAR = 170, 171, 154
_TOO_MANY = (150, 152, 153)
_UNNAMED = "a place that the engine does not name"


def travel(zones: pd.DataFrame, sites: pd.DataFrame, settings: TravelSettings) -> TravelTable:
    """The provider: travel as a Valhalla engine at `url`, or with the configuration `path`."""
    far = settings.url is not None and not on_this_machine(settings.url)
    sent_to = str(settings.url) if far else ""
    return ask(Valhalla(_sender(settings), settings), zones, sites, settings, sent_to=sent_to)


def data_version(settings: TravelSettings) -> str:
    """The program and the date of its tiles; raises InputError without an answer."""
    return version_of(Valhalla(_sender(settings), settings))


def _sender(settings: TravelSettings) -> Sender:
    if settings.url is not None:
        return Http(settings.url, patience(settings, SERVER_ADVICE))
    assert settings.path is not None, "the config's checks ask for a url or a path"
    return Local(settings.path, settings)


class Valhalla:
    """One engine; its version is the program's and the date of its tiles."""

    name = "valhalla"

    def __init__(self, sender: Sender, settings: TravelSettings) -> None:
        self._sender, self._settings = sender, settings
        self._costing = settings.profile or "auto"
        self.source = sender.source
        self._has_road: dict[str, bool] = {}  # of the places asked about one by one
        self.question: dict[str, object] = {"costing": self._costing, "snap_km": settings.snap_km}

    @property
    def requests(self) -> int:
        """How many requests have been sent."""
        return self._sender.sent

    async def __aenter__(self) -> Valhalla:
        await self._sender.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._sender.__aexit__(kind, error, trace)

    async def version(self) -> str:
        """The program and the date of its tiles, as its status tells."""
        reply = await self._sender.send("status", {})
        told = reply.document.get("version")
        if told is None:
            raise self._refusal(reply)
        tiles = reply.document.get("tileset_last_modified", "of a date not told")
        return f"valhalla {told}, tiles {tiles}"

    async def table(self, starts: Places, goals: Places) -> Block:
        """Minutes and km of every pair; a block with unconnected places is asked in halves."""
        n, m = len(starts), len(goals)
        question = {
            "sources": self._locations(starts),
            "targets": self._locations(goals),
            "costing": self._costing,
            "units": "kilometers",
            "verbose": False,
        }
        reply = await self._sender.send("sources_to_targets", question)
        code = reply.document.get("error_code")
        if code == _UNCONNECTED:
            return await self._in_halves(starts, goals)
        if code == _NO_EDGE:
            off_road = await self._off_road(starts, goals)
            return Block.without_way(n, m, off_road or (self._nowhere(_UNNAMED),))
        if "sources_to_targets" not in reply.document:
            raise self._refusal(reply)
        seconds, km = _tables(reply.document["sources_to_targets"])
        return Block(
            numbers(seconds, (n, m), self.source, "times") / 60.0,
            numbers(km, (n, m), self.source, "distances"),
        )

    async def _in_halves(self, starts: Places, goals: Places) -> Block:
        """Valhalla refuses a table as a whole if one place can not be reached from the others."""
        n, m = len(starts), len(goals)
        if n == m == 1:
            return Block.without_way(1, 1, await self._off_road(starts, goals))
        if n >= m:
            first = await self.table(starts.part(0, n // 2), goals)
            second = await self.table(starts.part(n // 2, n), goals)
        else:
            first = await self.table(starts, goals.part(0, m // 2))
            second = await self.table(starts, goals.part(m // 2, m))
        axis = 0 if n >= m else 1
        return Block(
            np.concatenate([first.minutes, second.minutes], axis=axis),
            np.concatenate([first.km, second.km], axis=axis),
            first.problems + second.problems,
        )

    def _locations(self, asked: Places) -> list[dict[str, float]]:
        cutoff = self._settings.snap_km * 1000
        return [
            {"lon": float(longitude), "lat": float(latitude), "search_cutoff": cutoff}
            for longitude, latitude in asked.coordinates
        ]

    async def _off_road(self, starts: Places, goals: Places) -> tuple[Problem, ...]:
        """Which places have no road near: the table only says that there are some."""
        names = []
        for asked in (starts, goals):
            for at in range(len(asked)):
                place = asked.part(at, at + 1)
                if asked.name(at) not in self._has_road:
                    question = {"locations": self._locations(place), "costing": self._costing}
                    reply = await self._sender.send("locate", question)
                    self._has_road[asked.name(at)] = not _without_edges(reply.document)
                if not self._has_road[asked.name(at)]:
                    names.append(asked.name(at))
        return tuple(self._nowhere(name) for name in names)

    def _nowhere(self, name: str) -> Problem:
        accepted = f"a road within {self._settings.snap_km:g} km of every place"
        advice = "Check its coordinates and the area of the map data, or raise data.travel.snap_km."
        return Problem(self.source, name, accepted, advice)

    def _refusal(self, reply: Reply) -> InputError:
        code = reply.document.get("error_code")
        message = str(reply.document.get("error", "no message"))[:200]
        advice = "Is this the address of valhalla_service? Check data.travel.url."
        if code == _TOO_FAR:
            advice = (
                "Raise service_limits.auto.max_matrix_distance in the engine's configuration, to "
                "2000000 (metres) for Sweden."
            )
        elif code in _TOO_MANY:
            advice = (
                "Lower data.travel.pairs_per_request, or raise "
                "service_limits.auto.max_matrix_location_pairs in the engine's configuration."
            )
        elif code is not None:
            advice = "Check data.travel.profile and the engine's own messages."
        found = f"HTTP status {reply.status}, error {code}: {message}"
        return InputError(Problem(self.source, found, "a matrix of Valhalla", advice))


def _tables(found: Any) -> tuple[Any, Any]:
    """Times and distances: as two tables, or as one of pairs (which older engines give)."""
    if isinstance(found, dict):
        return found.get("durations"), found.get("distances")
    if not isinstance(found, list):
        return None, None
    return _of_pairs(found, "time"), _of_pairs(found, "distance")


def _of_pairs(rows: list[Any], key: str) -> list[Any]:
    return [
        [pair.get(key) if isinstance(pair, dict) else pair for pair in row]
        if isinstance(row, list)
        else row
        for row in rows
    ]


def _without_edges(document: dict[str, Any]) -> bool:
    """Whether an answer of `locate` about one place knows no road there."""
    first = next(iter(document.get("items") or ()), None)
    return isinstance(first, dict) and not first.get("edges")
