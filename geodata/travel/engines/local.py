"""Valhalla's own program on this machine, as pyvalhalla or a distribution installs it."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from geodata.network.sending import Passing, Reply, attempts, read_json
from geodata.problems import InputError, Problem
from geodata.travel.engines.engine import patience
from geodata.travel.settings import TravelSettings

PROGRAM = "valhalla_service"
ADVICE = "Check the engine's configuration and its tiles."


def program() -> str | None:
    """The path of the program: from the package pyvalhalla, else from PATH; None if not there."""
    package = find_spec("valhalla")
    for folder in (package.submodule_search_locations or ()) if package else ():
        file = shutil.which(PROGRAM, path=str(Path(folder) / "bin"))
        if file:
            return file
    return shutil.which(PROGRAM)


class Local:
    """Runs the program once for each request, within the same limits as a server."""

    def __init__(self, configuration: str, settings: TravelSettings) -> None:
        self.source = configuration
        self.sent = 0
        self._patience = patience(settings, ADVICE)
        found = program()
        if found is None:
            accepted = "the program valhalla_service on this machine"
            advice = "Install it with `pip install 'servicenet[valhalla]'` (Python 3.12 or later)."
            raise InputError(Problem("data.travel.provider", "none", accepted, advice))
        if not Path(configuration).is_file():
            accepted = "the configuration of Valhalla, a JSON file"
            raise InputError(Problem("data.travel.path", f"no file {configuration}", accepted))
        self._program = found

    async def __aenter__(self) -> Local:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    async def send(self, action: str, body: dict[str, Any] | None = None) -> Reply:
        """Runs an action of the service."""
        return await attempts(lambda: self._once(action, body or {}), self.source, self._patience)

    async def _once(self, action: str, body: dict[str, Any]) -> Reply:
        self.sent += 1
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as question:
            json.dump(body, question)
            question.flush()
            process = await asyncio.create_subprocess_exec(
                self._program,
                self.source,
                action,
                question.name,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                out, errors = await process.communicate()
            finally:
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
        answer = out.strip()
        if not answer:
            last = errors.decode("utf-8", errors="replace").strip().splitlines()[-1:]
            raise Passing(f"no answer of {PROGRAM} ({' '.join(last)[:200]})")
        document = read_json(answer)
        return Reply(int(document.get("status_code", 200)), document)
