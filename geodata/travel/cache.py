"""Answers of routing engines kept between runs: Parquet files named by what was asked of whom."""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import platformdirs
import pyarrow as pa
import pyarrow.parquet as pq

from geodata.arrays import Floats
from geodata.bounded_folder import make_room, written_whole

FOLDER_VARIABLE = "SERVICENET_CACHE"
OFF = "off"
_FORM = 1  #: raised when files of earlier versions can not be read
_SUFFIX = ".parquet"


class Cache:
    """A folder of answers, bounded in size; a cache that fails is a cache that is empty."""

    def __init__(self, folder: Path | None, most_bytes: int) -> None:
        self.folder, self.most_bytes = folder, most_bytes

    def read(self, key: str, shape: tuple[int, int]) -> tuple[Floats, Floats] | None:
        """Minutes and km kept under a key, or None; a broken file is taken away."""
        if self.folder is None:
            return None
        file = self.folder / f"{key}{_SUFFIX}"
        try:
            table = pq.read_table(file)
            minutes, km = (table.column(name).to_numpy() for name in ("minutes", "km"))
            found = (minutes.reshape(shape), km.reshape(shape))
            os.utime(file)  # used lately: the last to go
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, pa.ArrowException):
            with suppress(OSError):
                file.unlink()
            return None
        return found

    def write(self, key: str, minutes: Floats, km: Floats) -> None:
        """Keep an answer whole or not at all, and let the oldest go if there are too many."""
        if self.folder is None:
            return
        table = pa.table({"minutes": minutes.ravel(), "km": km.ravel()})
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with written_whole(self.folder / f"{key}{_SUFFIX}") as unfinished:
                pq.write_table(table, unfinished, compression="zstd")
            make_room(self.folder, _SUFFIX, self.most_bytes)


def cache(folder: str | None, most_mb: int) -> Cache:
    """The cache of the config (a folder, or `off`), of the environment, or the user's own."""
    named = folder or os.environ.get(FOLDER_VARIABLE)
    if named == OFF:
        return Cache(None, 0)
    place = Path(named) if named else platformdirs.user_cache_path("servicenet") / "travel"
    return Cache(place, most_mb * 1_000_000)


def key_of(question: dict[str, object], arrays: Iterable[Floats]) -> str:
    """A name that only the same question and the same coordinates have: their SHA-256."""
    found = hashlib.sha256(json.dumps({"form": _FORM, **question}, sort_keys=True).encode())
    for array in arrays:
        found.update(repr(array.shape).encode())
        found.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return found.hexdigest()
