"""An existing Dask cluster as workers: jobs go by reference to a function, results come by value.

Dask gives the job of a worker that is lost to another one. Every machine needs this program in the
same version, and the table files of the config under the same path.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from geodata.problems import InputError, Problem, ServicenetError
from optimizer.jobs.workers import Finished, Function, Workers

#: [tcp:// or such] host : port, as `dask scheduler` prints it
_ADDRESS = re.compile(r"((tcp|tls|ws|wss)://)?(\[[0-9A-Fa-f:.]+\]|[^\s/:\[\]]+):[0-9]{1,5}")
_CONNECT_SECONDS = 10
_ASK_SECONDS = 0.5
PATIENCE_SECONDS = 600.0  #: with a scheduler that has lost all its workers
_KEPT = "The points that are finished are kept: give the same command to go on."


class ClusterWorkers(Workers):
    """The workers of a scheduler at an address such as tcp://10.0.0.5:8786.

    ``say`` is told when all workers are lost, and when there are some again. Raises ServicenetError
    when the scheduler is lost, or has had no workers for ``patience`` seconds.
    """

    def __init__(
        self,
        address: str,
        say: Callable[[str], None] = lambda _: None,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._address, self._say, self._patience = address, say, patience
        self._alone_since: float | None = None  #: when all workers were lost
        try:
            self._dask: Any = import_module("distributed")  # an extra, and without types
        except ImportError:
            advice = "Install it: pip install 'servicenet[cluster]'."
            raise self._refused("no library for it", advice) from None
        if not _ADDRESS.fullmatch(address):
            raise self._refused(f"'{address}'", "Write it as tcp://10.0.0.5:8786.")
        _silence()
        try:
            asyncio.run(self._reached())
            self._client = self._dask.Client(
                address, timeout=_CONNECT_SECONDS, set_as_default=False, direct_to_workers=False
            )
        except (OSError, ValueError, TypeError, ImportError, KeyError):
            advice = "Start one with `dask scheduler`, or leave --scheduler away."
            raise self._refused("no scheduler that answers there", advice) from None
        self._jobs: dict[Any, str] = {}
        if not self._threads():
            self._client.close()
            advice = "Start some with `dask worker ADDRESS --nthreads 1`."
            raise self._refused("a scheduler without workers", advice)

    async def _reached(self) -> None:
        """Connect and hang up: a client that could not connect would wait for itself in the end."""
        security = self._dask.Security().get_connection_args("client")
        connect = import_module("distributed.comm").connect
        comm = await connect(self._address, timeout=_CONNECT_SECONDS, **security)
        await comm.close()

    def _refused(self, found: str, advice: str) -> InputError:
        where = f"--scheduler {self._address}"
        accepted = "must be the address of a Dask scheduler with workers"
        return InputError(Problem(where, found, accepted, advice))

    def _threads(self) -> int:
        with self._answering():
            return int(sum(self._client.nthreads().values()))

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Raise ServicenetError where the scheduler has gone."""
        try:
            yield
        except (OSError, CancelledError, RuntimeError):
            if self._client.status == "running":
                raise
        if self._client.status != "running":
            raise self._lost("the scheduler does not answer any more")

    def _lost(self, what: str) -> ServicenetError:
        return ServicenetError(f"--scheduler {self._address}: {what}. {_KEPT}")

    @property
    def sent_to(self) -> str:
        """The address of the scheduler."""
        return self._address

    @property
    def free(self) -> int:
        """Jobs that the cluster can take on; one waits for each that is being done."""
        return max(1, 2 * self._threads()) - len(self._jobs)

    def submit(self, tag: str, function: Function, payload: object) -> None:
        """Give the job to the cluster."""
        with self._answering():
            self._jobs[self._client.submit(function, payload, pure=False)] = tag

    def wait(self) -> list[Finished]:
        """Wait until some job has come back, or a moment has passed."""
        # a job that was cancelled is known by its status below
        with self._answering(), self._client.as_current(), suppress(TimeoutError, CancelledError):
            jobs = list(self._jobs)
            self._dask.wait(jobs, timeout=_ASK_SECONDS, return_when="FIRST_COMPLETED")
        with self._answering():
            found = self._come_back()
        self._notice_workers()
        return found

    def _notice_workers(self) -> None:
        """Say that all workers are lost or that there are some again; lose patience at last."""
        if self._threads():
            if self._alone_since is not None:
                self._say("The scheduler has workers again.")
            self._alone_since = None
            return
        minutes = f"{self._patience / 60:.3g} minutes"
        if self._alone_since is None:
            self._alone_since = time.monotonic()
            self._say(
                f"The scheduler has no workers any more: waiting for some, at most {minutes}. "
                "Start one with `dask worker ADDRESS --nthreads 1`."
            )
        elif time.monotonic() - self._alone_since >= self._patience:
            raise self._lost(f"the scheduler has had no workers for {minutes}")

    def _come_back(self) -> list[Finished]:
        found = []
        for future, tag in list(self._jobs.items()):
            if future.status == "finished":
                found.append(Finished(tag, future.result()))
            elif future.status in ("error", "cancelled", "lost"):
                found.append(Finished(tag, None, self._why(future)))
            else:
                continue
            del self._jobs[future]
            future.release()
        return found

    def _why(self, future: Any) -> str:
        if future.status != "error":
            return f"the cluster gave it up ({future.status})"
        error = future.exception()
        return f"{type(error).__name__}: {error}"

    def end(self) -> None:
        """Give up the jobs that are left, and leave the cluster."""
        if self._client.status == "running":
            with suppress(OSError, CancelledError, RuntimeError):
                for future in self._jobs:
                    future.cancel()
        self._client.close()


def _silence() -> None:
    """No lines of the library: what matters is said in our own words.

    Its parts have levels of their own.
    """
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    for name in ("distributed", *names):
        logging.getLogger(name).setLevel(logging.CRITICAL)
