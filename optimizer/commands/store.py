"""Where relaxations are kept between commands: the environment's folder, or the user's own."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from geodata.travel.cache import FOLDER_VARIABLE, OFF
from optimizer.solving.stored import Stored

_FOLDER = "relaxations"


def users_store() -> Stored:
    """The store of this user; an empty one that takes nothing where the variable is `off`."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named == OFF:
        return Stored(None)
    place = Path(named) if named else platformdirs.user_cache_path("servicenet")
    return Stored(place / _FOLDER)
