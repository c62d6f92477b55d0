"""What a routing engine is to the rest: a version, and tables of blocks of places."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

import numpy as np
import pandas as pd

from geodata.arrays import Floats
from geodata.network.sending import Patience
from geodata.problems import InputError, Problem
from geodata.travel.settings import TravelSettings

SERVER_ADVICE = "Start the engine, check data.travel.url, or use provider: estimate."


@dataclass(frozen=True)
class Places:
    """Some places: ids, what they are called in sentences, longitude and latitude in degrees."""

    kind: str  #: zone or site
    ids: tuple[str, ...]
    coordinates: Floats  #: [N, 2], rounded to a tenth of a metre

    def part(self, first: int, end: int) -> Places:
        """Some of them."""
        return Places(self.kind, self.ids[first:end], self.coordinates[first:end])

    def __len__(self) -> int:
        return len(self.ids)

    def name(self, at: int) -> str:
        """One of them, in a sentence."""
        longitude, latitude = self.coordinates[at]
        return f"{self.kind} {self.ids[at]} ({longitude:g}, {latitude:g})"


def patience(settings: TravelSettings, advice: str) -> Patience:
    """How long to wait for an engine."""
    accepted = "a routing engine that answers"
    return Patience(settings.timeout_seconds, settings.retries, accepted, advice, settings.parallel)


def places(table: pd.DataFrame, key: str) -> Places:
    """The places of a table of zones (`zone_id`) or sites (`office_id`)."""
    coordinates = table[["longitude", "latitude"]].to_numpy(dtype=np.float64)
    kind = "zone" if key == "zone_id" else "site"
    return Places(kind, tuple(table[key]), np.round(coordinates, 6))


@dataclass(frozen=True)
class Block:
    """One answer: minutes and km, NaN where there is no way, and places that fit no road."""

    minutes: Floats
    km: Floats
    problems: tuple[Problem, ...] = ()

    @classmethod
    def without_way(cls, starts: int, goals: int, problems: tuple[Problem, ...] = ()) -> Block:
        """A block in which no way leads anywhere."""
        nothing = np.full((starts, goals), np.nan)
        return cls(nothing, nothing.copy(), problems)


class Engine(Protocol):
    """A routing engine, open while it is used as an asynchronous context."""

    @property
    def name(self) -> str:
        """The provider's name in the config."""

    @property
    def source(self) -> str:
        """Where it is: an address or a file."""

    @property
    def question(self) -> dict[str, object]:
        """The settings that answers depend on."""

    @property
    def requests(self) -> int:
        """How many requests have been sent."""

    async def __aenter__(self) -> Engine: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    async def version(self) -> str:
        """The engine and its map data; raises InputError if it does not answer."""

    async def table(self, starts: Places, goals: Places) -> Block:
        """Minutes and km of every pair; raises InputError for an answer that makes no sense."""


def numbers(rows: Any, shape: tuple[int, int], source: str, what: str) -> Floats:
    """A table in JSON as an array, null as NaN. Raises InputError if it is not such a table."""
    n, m = shape
    sized = isinstance(rows, list) and len(rows) == n
    if not sized or any(not isinstance(row, list) or len(row) != m for row in rows):
        raise InputError(
            Problem(source, f"{what} of another size", f"{what} of {n} x {m} pairs as asked for")
        )
    for row in rows:
        for value in row:
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, int | float)
            ):
                raise InputError(Problem(source, f"{what} with {value!r}", "numbers or null"))
    try:
        return np.array([[np.nan if v is None else float(v) for v in row] for row in rows])
    except OverflowError:
        raise InputError(Problem(source, f"{what} beyond all numbers", "numbers or null")) from None
