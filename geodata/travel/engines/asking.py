"""A whole table from an engine: stripes of zones, kept between runs; blocks within its limits."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from geodata.arrays import Floats
from geodata.problems import InputError, Problem
from geodata.travel.cache import cache, key_of
from geodata.travel.checks import MOST_MINUTES, listed, nonsense
from geodata.travel.engines.engine import Block, Engine, Places, places
from geodata.travel.settings import TravelSettings
from geodata.travel.table import Origin, TravelTable

ZONES_AT_ONCE = 4096
_SHOWN = 20


def ask(
    engine: Engine,
    zones: pd.DataFrame,
    sites: pd.DataFrame,
    settings: TravelSettings,
    *,
    sent_to: str,
) -> TravelTable:
    """Travel from zones to sites as the engine finds it; NaN where it finds no way.

    Raises InputError if it does not answer, answers nonsense, or a place lies far from any road.
    """
    starts, goals = places(zones, "zone_id"), places(sites, "office_id")
    return asyncio.run(_ask(engine, starts, goals, settings, sent_to))


def version_of(engine: Engine) -> str:
    """The engine and its map data, as far as it tells. Raises InputError if it does not answer."""

    async def told() -> str:
        async with engine:
            return await engine.version()

    return asyncio.run(told())


async def _ask(
    engine: Engine, starts: Places, goals: Places, settings: TravelSettings, sent_to: str
) -> TravelTable:
    kept = cache(settings.cache, settings.cache_mb)
    minutes = np.empty((len(starts), len(goals)))
    km = np.empty_like(minutes)
    told = 0
    async with engine:
        version = await engine.version()
        question = {"engine": engine.name, "at": engine.source, "version": version}
        for first in range(0, len(starts), ZONES_AT_ONCE):
            rows = slice(first, first + ZONES_AT_ONCE)
            stripe = starts.part(first, first + ZONES_AT_ONCE)
            key = key_of(question | engine.question, (stripe.coordinates, goals.coordinates))
            found = kept.read(key, (len(stripe), len(goals)))
            if found is None:
                found = await _stripe(engine, stripe, goals, settings)
                kept.write(key, *found)
                told += len(stripe) + (0 if told else len(goals))
            minutes[rows], km[rows] = found
    minutes += settings.access_minutes
    origin = Origin(
        engine.name,
        engine.source,
        version,
        sent_to=sent_to,
        sent_coordinates=told if sent_to else 0,
        requests=engine.requests,
    )
    return TravelTable(starts.ids, goals.ids, np.round(minutes, 2), np.round(km, 2), origin)


async def _stripe(
    engine: Engine, starts: Places, goals: Places, settings: TravelSettings
) -> tuple[Floats, Floats]:
    """Minutes and km of a stripe, asked block by block, some at once."""
    minutes = np.empty((len(starts), len(goals)))
    km = np.empty_like(minutes)
    free = asyncio.Semaphore(settings.parallel)
    problems: list[Problem] = []

    async def one(rows: slice, columns: slice) -> None:
        async with free:
            block = await engine.table(
                starts.part(rows.start, rows.stop), goals.part(columns.start, columns.stop)
            )
        minutes[rows, columns] = np.where(np.isnan(block.km), np.nan, block.minutes)
        km[rows, columns] = np.where(np.isnan(block.minutes), np.nan, block.km)
        problems.extend(block.problems)

    tasks = [asyncio.create_task(one(*cut)) for cut in _cuts(len(starts), len(goals), settings)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    problems += _nonsense(engine.source, starts, goals, Block(minutes, km))
    if problems:
        raise InputError(_once(problems))
    return minutes, km


def _cuts(starts: int, goals: int, settings: TravelSettings) -> Iterator[tuple[slice, slice]]:
    """Blocks of at most so many pairs, as square as they can be."""
    columns = max(1, min(goals, math.isqrt(settings.pairs_per_request)))
    rows = max(1, settings.pairs_per_request // columns)
    for first in range(0, starts, rows):
        for left in range(0, goals, columns):
            yield slice(first, min(first + rows, starts)), slice(left, min(left + columns, goals))


def _nonsense(source: str, starts: Places, goals: Places, found: Block) -> Iterator[Problem]:
    wrong = np.argwhere(nonsense(found.minutes, found.km))
    if len(wrong):
        told = [
            f"{found.minutes[i, j]:g} minutes and {found.km[i, j]:g} km from {starts.ids[i]} to "
            f"{goals.ids[j]}"
            for i, j in wrong[:_SHOWN]
        ]
        accepted = f"ways of 0 to {MOST_MINUTES:g} minutes"
        advice = "The engine or its map data is at fault: build its map data again."
        yield Problem(source, listed(told, len(wrong)), accepted, advice)


def _once(problems: list[Problem]) -> list[Problem]:
    """Each problem once, sorted; a place far from any road is found in several blocks."""
    return sorted(set(problems), key=lambda one: (one.where, one.found))
