"""Folders of files that may go again: each written whole, those used longest ago removed first."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_UNFINISHED = ".tmp"


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """A temporary neighbour to write, which takes the file's name if nothing is raised."""
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=_UNFINISHED)
    os.close(handle)
    try:
        yield Path(name)
        os.replace(name, file)
    finally:
        with suppress(OSError):
            os.unlink(name)


def make_room(folder: Path, suffix: str, most_bytes: int) -> None:
    """Remove the files used longest ago until the rest fit, and what crashes left."""
    files = []
    for file in (*folder.glob(f"*{suffix}"), *folder.glob(f"*{_UNFINISHED}")):
        with suppress(OSError):  # another run may take it away
            status = file.stat()
            files.append((status.st_mtime, status.st_size, file))
    total = sum(size for _, size, _ in files)
    for _, size, file in sorted(files, key=lambda one: one[0]):
        if total <= most_bytes:
            return
        with suppress(OSError):
            file.unlink()
        total -= size
