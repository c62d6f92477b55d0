"""A request to a server and its answer, with a limit of time and so many attempts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from geodata.problems import InputError, Problem

FIRST_WAIT_SECONDS = 0.5  #: before the second attempt; doubled before each further one
LONGEST_WAIT_SECONDS = 8.0
MOST_BYTES = 256_000_000  #: of one answer


@dataclass(frozen=True)
class Patience:
    """How long to wait for a server, and what to tell when it does not answer."""

    timeout_seconds: float  #: of one request, from the first byte to the last
    retries: int  #: after the first attempt
    accepted: str  #: what was hoped for, in a sentence
    advice: str
    parallel: int = 1  #: requests at once


@dataclass(frozen=True)
class Reply:
    """An answer in JSON, and its HTTP status."""

    status: int
    document: dict[str, Any]


class Passing(Exception):  # noqa: N818 - not an error yet
    """What may be over at the next attempt: no answer, a broken one, a server in trouble."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(found)


class Sender(Protocol):
    """Sends requests to one server; open while it is used as an asynchronous context."""

    @property
    def source(self) -> str:
        """Where the server is."""

    @property
    def sent(self) -> int:
        """How many requests have been sent."""

    async def __aenter__(self) -> Any: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    async def send(self, action: str, body: dict[str, Any] | None = None) -> Reply:
        """The answer to a request; raises InputError when all attempts have failed."""


async def attempts(once: Callable[[], Awaitable[Reply]], source: str, patience: Patience) -> Reply:
    """The first answer of at most `retries` + 1 attempts, with growing pauses between them."""
    for attempt in range(patience.retries + 1):
        try:
            async with asyncio.timeout(patience.timeout_seconds):
                return await once()
        except TimeoutError:
            found = f"no answer within {patience.timeout_seconds:g} seconds"
        except Passing as passing:
            found = passing.found
        if attempt < patience.retries:
            await asyncio.sleep(min(FIRST_WAIT_SECONDS * 2**attempt, LONGEST_WAIT_SECONDS))
    times = f"{patience.retries + 1} attempts" if patience.retries else "one attempt"
    told = f"{found}, after {times}"
    raise InputError(Problem(source, told, patience.accepted, patience.advice))


def read_json(content: bytes) -> dict[str, Any]:
    """An answer as JSON, a list as {"items": ...}; Passing if it is cut off or something else."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        start = content[:60].decode("utf-8", errors="replace")
        raise Passing(f"an answer that is not whole JSON ({start!r})") from None
    if isinstance(document, list):
        return {"items": document}
    if not isinstance(document, dict):
        raise Passing(f"an answer in JSON of another form ({type(document).__name__})")
    return document
