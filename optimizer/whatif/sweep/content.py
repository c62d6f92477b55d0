"""What a point is made of, as one hash: equal hashes are the same question to the same program."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from geodata.problems import InputError, Problem
from geodata.travel import TravelSettings, data_version
from optimizer import __version__
from optimizer.config import Scenario
from optimizer.config.data import PLUS, is_file

#: What changes neither which plan is found nor what it is worth.
_FREE = ("name", "title", "question", "output")
_FREE_OF_SOLVER = ("threads",)
_ASKED_SECONDS = 60.0  #: for so long an engine is not asked again for the version of its data


def content_hash(scenario: Scenario) -> str:
    """The hash of config, tables, seed, program version and the data of a routing engine.

    Raises InputError for a lost table and for an engine that does not answer.
    """
    config = scenario.model_dump(mode="json", by_alias=True)
    for key in _FREE:
        config.pop(key, None)
    for key in _FREE_OF_SOLVER:
        config["solver"].pop(key, None)
    config["data"] = _hashed(config["data"])
    settings = TravelSettings(**scenario.data.travel.model_dump())
    config["data"]["travel"]["data"] = _data_of(settings, int(time.monotonic() / _ASKED_SECONDS))
    config["offices"]["decided"] = _hashed(config["offices"]["decided"])
    text = json.dumps([__version__, config], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _hashed(value: Any) -> Any:
    """The value with the hash of a file in the place of its path."""
    if isinstance(value, Mapping):
        return {key: _hashed(item) for key, item in value.items()}
    if isinstance(value, str) and is_file(value):
        base, over, path = value.partition(PLUS)
        if not (over and base.startswith("builtin")):
            base, over, path = "", "", value
        file, mark, sheet = path.partition("#")
        return f"{base}{over}sha256:{_hash_of_file(Path(file), _stamp(Path(file)))}{mark}{sheet}"
    return value


@lru_cache(maxsize=8)
def _data_of(settings: TravelSettings, moment: int) -> str:
    del moment  # part of the key only
    return data_version(settings)


def _stamp(path: Path) -> tuple[int, int]:
    """Size and time of a file, so that it is read again when it has changed."""
    try:
        found = path.stat()
    except OSError as error:
        raise _unread(path, error) from None
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=64)
def _hash_of_file(path: Path, stamp: tuple[int, int]) -> str:
    del stamp  # part of the key only
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unread(path, error) from None


def _unread(path: Path, error: OSError) -> InputError:
    found = error.strerror or type(error).__name__
    return InputError(Problem(str(path), found, "must be a table that can be read"))
