"""The points of a sweep solved: what is finished is not solved again, what fails stops nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from optimizer.jobs.doing import Countdown, do_all
from optimizer.jobs.workers import Finished, Workers
from optimizer.progress import ProgressReporter
from optimizer.whatif.sweep.nearness import Nearest
from optimizer.whatif.sweep.points import Point
from optimizer.whatif.sweep.record import Record
from optimizer.whatif.sweep.solving import Task, solve_point
from optimizer.whatif.sweep.store import Store


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
        self.sent: dict[str, str] = {}  #: where points were sent by key, come back or not

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
            if self._workers.sent_to:
                self.sent[key] = self._workers.sent_to
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


def _record(finished: Finished) -> Record:
    if finished.value is None:
        return Record(finished.tag, "lost", f"The point was given up twice: {finished.why}.")
    return Record.of(finished.value)
