"""OSRM's table service over HTTP: /table/v1/{profile}/{coordinates}."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd

from geodata.network.http import Http, on_this_machine
from geodata.network.sending import Reply
from geodata.problems import InputError, Problem
from geodata.travel.engines.asking import ask, version_of
from geodata.travel.engines.engine import SERVER_ADVICE, Block, Places, numbers, patience
from geodata.travel.settings import TravelSettings
from geodata.travel.table import TravelTable

_SOMEWHERE = "18.07,59.33"  #: to ask for the version: a public place, none of the user's


def travel(zones: pd.DataFrame, sites: pd.DataFrame, settings: TravelSettings) -> TravelTable:
    """The provider: travel as an OSRM engine at `url` finds it."""
    assert settings.url is not None, "the config's checks ask for a url"
    sent_to = "" if on_this_machine(settings.url) else settings.url
    return ask(_engine(settings), zones, sites, settings, sent_to=sent_to)


def data_version(settings: TravelSettings) -> str:
    """The version of the map data of the engine at `url`; raises InputError without an answer."""
    return version_of(_engine(settings))


def _engine(settings: TravelSettings) -> Osrm:
    assert settings.url is not None, "the config's checks ask for a url"
    return Osrm(Http(settings.url, patience(settings, SERVER_ADVICE)), settings)


class Osrm:
    """One engine; its version is the version of its map data, where that has one."""

    name = "osrm"

    def __init__(self, sender: Http, settings: TravelSettings) -> None:
        self._sender, self._settings = sender, settings
        self._profile = settings.profile or "driving"
        self.source = sender.source
        self.question: dict[str, object] = {
            "profile": self._profile,
            "snap_km": settings.snap_km,
        }

    @property
    def requests(self) -> int:
        """How many requests have been sent."""
        return self._sender.sent

    async def __aenter__(self) -> Osrm:
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
        """The date of the map data, or that it is not told."""
        reply = await self._sender.send(f"nearest/v1/{self._profile}/{_SOMEWHERE}?number=1")
        self._refuse(reply, ("Ok", "NoSegment"))
        told = reply.document.get("data_version")
        return f"osrm, map data {told}" if told else "osrm, map data of a version not told"

    async def table(self, starts: Places, goals: Places) -> Block:
        """Minutes and km of every pair."""
        n, m = len(starts), len(goals)
        points = np.concatenate([starts.coordinates, goals.coordinates])
        coordinates = ";".join(f"{longitude:.6f},{latitude:.6f}" for longitude, latitude in points)
        query = (
            f"sources={_numbers(0, n)}&destinations={_numbers(n, n + m)}"
            "&annotations=duration,distance"
        )
        action = f"table/v1/{self._profile}/{coordinates}?{query}"
        reply = await self._sender.send(action)
        document = reply.document
        if document.get("code") == "NoSegment":
            return Block.without_way(n, m, (self._no_segment(document, starts, goals),))
        self._refuse(reply, ("Ok",))
        seconds = numbers(document.get("durations"), (n, m), self.source, "durations")
        metres = numbers(document.get("distances"), (n, m), self.source, "distances")
        far = (
            *self._far(document.get("sources"), starts),
            *self._far(document.get("destinations"), goals),
        )
        return Block(seconds / 60.0, metres / 1000.0, far)

    def _refuse(self, reply: Reply, accepted: tuple[str, ...]) -> None:
        """Raise InputError for an answer that is a refusal."""
        code = reply.document.get("code")
        if code in accepted:
            return
        message = str(reply.document.get("message", "no message"))[:200]
        advice = {
            "TooBig": "Lower data.travel.pairs_per_request, or start osrm-routed with a larger "
            "--max-table-size.",
            "InvalidOptions": "Check data.travel.profile.",
            "InvalidUrl": "Check data.travel.url and data.travel.profile.",
            "NotImplemented": "Use OSRM 5.18 or later, whose tables have distances.",
        }.get(str(code), "Is this the address of osrm-routed? Check data.travel.url.")
        found = f"HTTP status {reply.status}, {code}: {message}"
        raise InputError(Problem(self.source, found, "an answer of OSRM with code Ok", advice))

    def _no_segment(self, document: dict[str, Any], starts: Places, goals: Places) -> Problem:
        """No road near a coordinate, which OSRM names by its number."""
        number = re.search(r"(\d+)\s*$", str(document.get("message", "")))
        at = int(number.group(1)) if number else -1
        if 0 <= at < len(starts):
            return self._off_road(starts.name(at), "")
        if 0 <= at - len(starts) < len(goals):
            return self._off_road(goals.name(at - len(starts)), "")
        return self._off_road("a place that the engine does not name", "")

    def _far(self, waypoints: Any, asked: Places) -> Iterator[Problem]:
        """Places that the engine moved too far to reach a road."""
        if not isinstance(waypoints, list) or len(waypoints) != len(asked):
            found = "waypoints of another number"
            raise InputError(Problem(self.source, found, "one for each place asked for"))
        for at, waypoint in enumerate(waypoints):
            metres = waypoint.get("distance") if isinstance(waypoint, dict) else None
            if isinstance(metres, int | float) and metres > self._settings.snap_km * 1000:
                yield self._off_road(asked.name(at), f"{metres / 1000:.1f} km from it")

    def _off_road(self, name: str, how_far: str) -> Problem:
        accepted = f"a road within {self._settings.snap_km:g} km of every place"
        advice = "Check its coordinates and the area of the map data, or raise data.travel.snap_km."
        return Problem(self.source, (how_far and f"{name}, {how_far}") or name, accepted, advice)


def _numbers(first: int, end: int) -> str:
    return ";".join(str(number) for number in range(first, end))
