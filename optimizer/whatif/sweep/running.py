"""The points of a sweep solved: what is finished is not solved again, what fails stops nothing."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from optimizer.progress import ProgressReporter
from optimizer.whatif.sweep.nearness import Nearest
from optimizer.whatif.sweep.points import Point
from optimizer.whatif.sweep.record import Record
from optimizer.whatif.sweep.solving import Task, solve_point
from optimizer.whatif.sweep.store import Store
from optimizer.whatif.sweep.workers import Finished, Function, Workers

_TRIES = 2  #: of a job whose worker ends


class Stopped(Exception):  # noqa: N818 - an answer, not a fault
    """Ctrl-C: what is finished is kept."""


class Solver:
    """Solves points and knows what came of them; the store keeps what is finished."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        report: ProgressReporter,
        *,
        threads: int,
        warm_start: bool,
    ) -> None:
        self._store, self._workers, self._report = store, workers, report
        self._threads, self._warm_start = threads, warm_start
        self.points: list[Point] = []  #: asked for so far
        self.records: dict[str, Record] = {}  #: by key, failed ones too
        self.earlier: set[str] = set()  #: keys that were in the store already

    def solve(self, points: Sequence[Point]) -> list[Record]:
        """Solve those of the points that are not finished; the records of all, in order.

        Raises Stopped on Ctrl-C: every record of that moment is in the store.
        """
        self.points += points
        self._find(points)
        nearest = Nearest(self.points)
        for point in self.points:
            if point.key in self.records:
                nearest.add(point, self.records[point.key])
        todo = {point.key: point for point in points if point.key not in self.records}

        def payload(key: str) -> Task:
            point = todo[key]
            warm = self._warm_start
            start = nearest.plan(point) if warm else None
            return Task(key, point.text, self._threads, start=start, warm=warm, beyond=point.beyond)

        def keep(finished: Finished) -> None:
            point = todo[finished.tag]
            record = replace(_record(finished), sent_to=self._workers.sent_to)
            self._store.keep(record)
            self.records[record.key] = record
            nearest.add(point, record)
            if record.outcome in ("bug", "lost", "wrong_input"):
                self._report.message(f"{point.name}: {record.outcome}: {record.error}")

        countdown = Countdown(self._report, len(todo))
        do_all(todo, solve_point, payload, self._workers, keep, countdown)
        return [self.records[point.key] for point in points]

    def _find(self, points: Iterable[Point]) -> None:
        for point in points:
            if point.key not in self.records:
                found = self._store.find(point.key)
                if found is not None:
                    self.records[point.key] = found
                    self.earlier.add(point.key)


def do_all(
    tags: Iterable[str],
    function: Function,
    payload: Callable[[str], object],
    workers: Workers,
    done: Callable[[Finished], None],
    countdown: Countdown,
) -> None:
    """Do a job for each tag; one whose worker ends is tried once more. Raises Stopped on Ctrl-C.

    The payload of a job is made when a worker is free for it.
    """
    queue = deque(tags)
    tries: dict[str, int] = {}
    busy = 0
    try:
        while queue or busy:
            while queue and workers.free > 0:
                tag = queue.popleft()
                tries[tag] = tries.get(tag, 0) + 1
                workers.submit(tag, function, payload(tag))
                busy += 1
            for finished in workers.wait():
                busy -= 1
                if finished.value is None and tries[finished.tag] < _TRIES:
                    queue.append(finished.tag)
                    continue
                done(finished)
                countdown.step()
    except KeyboardInterrupt:
        raise Stopped from None


class Countdown:
    """How many jobs are done and how long the rest will take, told as they end."""

    def __init__(self, report: ProgressReporter, total: int) -> None:
        self._report, self._total, self._done = report, total, 0
        self._began = time.monotonic()
        if total:
            report.counted(0, total, math.nan)

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        each = (time.monotonic() - self._began) / self._done
        self._report.counted(self._done, self._total, each * (self._total - self._done))


def _record(finished: Finished) -> Record:
    if finished.value is None:
        return Record(finished.tag, "lost", f"The point was given up twice: {finished.why}.")
    return Record.of(finished.value)
