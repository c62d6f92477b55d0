"""A server at an address, over HTTP."""

from __future__ import annotations

import ipaddress
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx

from geodata.network.sending import (
    MOST_BYTES,
    Passing,
    Patience,
    Reply,
    attempts,
    read_json,
)
from geodata.problems import InputError, Problem

_TOO_MANY = 429


def on_this_machine(url: str) -> bool:
    """Whether an address never leaves the machine: localhost or a loopback address."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Http:
    """Sends requests to an address; a redirect is not followed, lest coordinates go elsewhere."""

    def __init__(self, url: str, patience: Patience) -> None:
        self.source = url.rstrip("/")
        self.sent = 0
        self._patience = patience
        self._client = httpx.AsyncClient(
            timeout=patience.timeout_seconds,
            follow_redirects=False,
            trust_env=not on_this_machine(url),
            limits=httpx.Limits(max_connections=patience.parallel),
        )

    async def __aenter__(self) -> Http:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def send(self, action: str, body: dict[str, Any] | None = None) -> Reply:
        """GET of a path, or POST with a body in JSON."""
        return await attempts(lambda: self._once(action, body), self.source, self._patience)

    async def _once(self, action: str, body: dict[str, Any] | None) -> Reply:
        method = "GET" if body is None else "POST"
        address = f"{self.source}/{action}" if action else self.source
        content = bytearray()
        self.sent += 1
        try:
            async with self._client.stream(method, address, json=body) as answer:
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > MOST_BYTES:
                        raise Passing(f"an answer of more than {MOST_BYTES // 1_000_000} MB")
                status = answer.status_code
        except httpx.TimeoutException:
            raise TimeoutError from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            accepted = "an address such as http://localhost:5000"
            raise InputError(Problem(self.source, f"no address ({error})", accepted)) from None
        except httpx.ConnectError as error:
            raise Passing(f"nobody there ({error})") from None
        except httpx.HTTPError as error:
            raise Passing(f"a connection that broke ({error or type(error).__name__})") from None
        if 300 <= status < 400:
            found = f"a redirect to {answer.headers.get('location', 'nowhere')}"
            accepted = "the address of the server itself"
            raise InputError(Problem(self.source, found, accepted, "Correct the address."))
        if status >= 500 or status == _TOO_MANY:
            raise Passing(f"HTTP status {status}")
        return Reply(status, read_json(bytes(content)))
