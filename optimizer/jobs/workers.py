"""Workers: who does the jobs. Processes of this machine are the default.

A worker takes one job at a time, a function of one value, and gives its result by value. A worker
that ends with a job (killed, out of memory) is replaced, and its job comes back as lost; a
ProcessPoolExecutor gives up all jobs when one of its processes ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pickle import PicklingError
from typing import Any, Protocol, Self

Function = Callable[[Any], dict[str, Any]]

_ASK_SECONDS = 0.5  #: between looks for Ctrl-C


@dataclass(frozen=True)
class Finished:
    """A job that has come back; without a value if its worker ended, and then why."""

    tag: str
    value: dict[str, Any] | None
    why: str = ""


class Workers(Protocol):
    """Something that does jobs; a context that leaves nothing running."""

    @property
    def sent_to(self) -> str:
        """Where jobs are sent; empty if they stay on this machine."""

    @property
    def free(self) -> int:
        """How many more jobs can be taken on now."""

    def submit(self, tag: str, function: Function, payload: object) -> None:
        """Take on a job."""

    def wait(self) -> list[Finished]:
        """Wait until some job has come back, or a moment has passed."""

    def end(self) -> None:
        """Leave nothing running."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *of_error: object) -> None:
        self.end()


class _Slot:
    """One process, with the job it is at."""

    def __init__(
        self, context: multiprocessing.context.SpawnContext, first: Callable[[], None] | None
    ) -> None:
        self._here, there = context.Pipe()
        given = (there, first)
        self.process: SpawnProcess = context.Process(target=_serve, args=given, daemon=True)
        self.process.start()
        there.close()
        self.tag: str | None = None

    @property
    def pipe(self) -> Connection:
        return self._here

    def submit(self, tag: str, function: Function, payload: object) -> None:
        self.tag = tag
        try:
            self._here.send((function, payload))
        except (BrokenPipeError, ConnectionError):
            return  # it has ended already: found by the next wait

    def receive(self) -> Finished:
        """What has come back; a process that has ended gives nothing."""
        tag, self.tag = str(self.tag), None
        try:
            value, error = self._here.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            return Finished(tag, None, f"its process ended (exit code {self.process.exitcode})")
        if error is not None:
            return Finished(tag, None, str(error))
        return Finished(tag, value)

    def end(self) -> None:
        self.process.terminate()
        self.process.join(5.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self._here.close()


class LocalWorkers(Workers):
    """Processes of this machine, started anew so that nothing is shared with this one.

    ``first`` is done in each process before any job: to give it what its jobs have in common.
    """

    sent_to = ""

    def __init__(self, jobs: int, first: Callable[[], None] | None = None) -> None:
        self._first = first
        self._context = multiprocessing.get_context("spawn")
        self._jobs = jobs
        self._slots: list[_Slot] = []

    @property
    def free(self) -> int:
        """Processes without a job."""
        return self._jobs - sum(slot.tag is not None for slot in self._slots)

    def submit(self, tag: str, function: Function, payload: object) -> None:
        """Give the job to an idle process, or to a new one."""
        idle = next((slot for slot in self._slots if slot.tag is None), None)
        if idle is None:
            idle = _Slot(self._context, self._first)
            self._slots.append(idle)
        idle.submit(tag, function, payload)

    def wait(self) -> list[Finished]:
        """Wait until some job has come back, or a moment has passed."""
        busy = {slot.pipe: slot for slot in self._slots if slot.tag is not None}
        found = []
        for pipe in wait(list(busy), timeout=_ASK_SECONDS):
            slot = busy[pipe]  # type: ignore[index]
            found.append(slot.receive())
            if not slot.process.is_alive():
                slot.end()
                self._slots.remove(slot)
        return found

    def end(self) -> None:
        """End every process, at work or not."""
        for slot in self._slots:
            slot.end()
        self._slots.clear()


def _serve(pipe: Connection, first: Callable[[], None] | None) -> None:
    """The life of a process: jobs until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which then ends us
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    if first is not None:
        first()
    while True:
        try:
            function, payload = pipe.recv()
        except (EOFError, ConnectionError):
            return
        answer: tuple[dict[str, Any] | None, str | None]
        try:
            answer = function(payload), None
        except Exception as error:
            traceback.print_exc()
            answer = None, f"{type(error).__name__}: {error}"
        try:
            pipe.send(answer)
        except (TypeError, ValueError, AttributeError, PicklingError) as error:  # not to be sent
            pipe.send((None, f"{type(error).__name__}: {error}"))


def _leave_with_parent() -> None:
    """End at once if the command is killed: nobody would hear the result."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
