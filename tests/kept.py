"""Folders that many tests begin with: each is made once by a process, and copied for every test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

_made: dict[str, Path] = {}


@cache
def _place() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="servicenet-tests-")


def copied(folder: Path, key: str, make: Callable[[Path], object]) -> None:
    """Fill ``folder`` with what ``make`` writes into a folder; ``key`` tells what that is."""
    if key not in _made:
        place = Path(tempfile.mkdtemp(dir=_place().name))
        make(place)
        _made[key] = place
    shutil.copytree(_made[key], folder, dirs_exist_ok=True)
