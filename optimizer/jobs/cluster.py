"""An existing Dask cluster as workers: jobs go by reference to a function, results come by value.

Dask gives the job of a worker that is lost to another one. Every machine needs this program in the
same version, and the table files of the config under the same path.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from importlib import import_module
from typing import Any

from geodata.problems import InputError, Problem, ServicenetError
from optimizer.jobs.workers import Finished, Function, Workers

#: [tcp:// or such] host : port, as `dask scheduler` prints it
_ADDRESS = re.compile(r"((tcp|tls|ws|wss)://)?(\[[0-9A-Fa-f:.]+\]|[^\s/:\[\]]+):[0-9]{1,5}")
_CONNECT_SECONDS = 10
_ASK_SECONDS = 0.5


class ClusterWorkers(Workers):
    """The workers of a scheduler at an address such as tcp://10.0.0.5:8786."""

    def __init__(self, address: str) -> None:
        self._address = address
        try:
            self._dask: Any = import_module("distributed")  # an extra, and without types
        except ImportError:
            advice = "Install it: pip install 'servicenet[cluster]'."
            raise self._refused("no library for it", advice) from None
        if not _ADDRESS.fullmatch(address):
            raise self._refused(f"'{address}'", "Write it as tcp://10.0.0.5:8786.")
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we say it in our own words
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
        return int(sum(self._client.nthreads().values()))

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
        self._jobs[self._client.submit(function, payload, pure=False)] = tag

    def wait(self) -> list[Finished]:
        """Wait until some job has come back, or a moment has passed."""
        with self._client.as_current(), suppress(TimeoutError):
            jobs = list(self._jobs)
            self._dask.wait(jobs, timeout=_ASK_SECONDS, return_when="FIRST_COMPLETED")
        if self._client.status != "running":
            raise ServicenetError(
                f"--scheduler {self._address}: the scheduler does not answer any more. The points "
                "that are finished are kept: give the same command to go on."
            )
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
        for future in self._jobs:
            future.cancel()
        self._client.close()
