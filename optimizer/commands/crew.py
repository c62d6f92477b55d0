"""Processes that work on one case and one plan of it, for commands that ask many things of both."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from geodata.problems import LimitReached, ServicenetError
from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.jobs.doing import Countdown, Stopped, do_all
from optimizer.jobs.workers import Finished, LocalWorkers
from optimizer.progress import ProgressReporter

_LOST = (
    "A process of this command was ended twice at the same work: {why}. The machine may lack "
    "memory: give --jobs 1, or ask for fewer offices."
)


_shared: tuple[Case, Evaluation] | None = None  #: of a worker process

#: Something to do with the shared case and plan: a module-level function and what it is given.
Job = tuple[Callable[..., Any], tuple[Any, ...]]


def _share(case: Case, plan: Evaluation) -> None:
    global _shared
    _shared = case, plan


def _work(task: Job) -> dict[str, Any]:
    """The result of a task, or its error; a bug as what it says, to tell it from a loss."""
    assert _shared is not None
    function, given = task
    try:
        return {"result": function(*_shared, *given)}
    except ServicenetError as error:
        return {"error": error}
    except Exception:
        return {"bug": traceback.format_exc()}


class Crew:
    """Processes that share the case and its plan; this process alone where one is asked for.

    A context in which Ctrl-C breaks off what may be broken off, and nothing else; a second one ends
    the program.
    """

    def __init__(self, case: Case, plan: Evaluation, jobs: int, report: ProgressReporter) -> None:
        self._shared, self._report = (case, plan), report
        self.jobs = jobs  #: processes side by side
        self._workers = LocalWorkers(jobs, partial(_share, case, plan))
        self.stopped = False  #: whether Ctrl-C has come: nothing is begun any more

        self._breakable = False
        self._before: Any = None

    def __enter__(self) -> Crew:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *of_error: Any) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        self._workers.end()

    def _hear(self, number: int, frame: object) -> None:
        again, self.stopped = self.stopped, True
        if again or self._breakable:
            raise KeyboardInterrupt

    @contextmanager
    def breakable(self) -> Iterator[None]:
        """What is within is broken off by Ctrl-C, and what comes after it goes on."""
        self._breakable = True
        try:
            yield
        except (KeyboardInterrupt, Stopped):
            self.stopped = True
        finally:
            self._breakable = False

    def go_on(self) -> None:
        """To be called first within `breakable`. Raises KeyboardInterrupt if Ctrl-C has come."""
        if self.stopped:
            raise KeyboardInterrupt

    def done(self, tasks: Sequence[Job]) -> list[Any]:
        """What becomes of each task, in order; told as they end, with the time left.

        None for a task that Ctrl-C leaves undone. A task whose process is ended is done once more.
        Raises LimitReached if that is too, and what a task raises.
        """
        countdown = Countdown(self._report, len(tasks))
        if self.jobs == 1 or len(tasks) == 1:
            return self._alone(tasks, countdown)
        results: dict[str, Any] = {}

        def keep(finished: Finished) -> None:
            if finished.value is None:
                raise LimitReached(_LOST.format(why=finished.why))
            if "error" in finished.value:
                raise finished.value["error"]
            if "bug" in finished.value:
                raise RuntimeError(finished.value["bug"])
            results[finished.tag] = finished.value["result"]

        given = {str(at): task for at, task in enumerate(tasks)}
        with self.breakable():
            self.go_on()
            do_all(given, _work, given.__getitem__, self._workers, keep, countdown)
        return [results.get(tag) for tag in given]

    def _alone(self, tasks: Sequence[Job], countdown: Countdown) -> list[Any]:
        results: list[Any] = []
        with self.breakable():
            self.go_on()
            for function, given in tasks:
                results.append(function(*self._shared, *given))
                countdown.step()
        return results + [None] * (len(tasks) - len(results))
