"""The map of a run: one html file that works with the network off."""

from pathlib import Path

from optimizer.outputs.map.page import page
from optimizer.outputs.map.reading import read_run
from optimizer.outputs.strings import load

FILE_NAME = "map.html"

__all__ = ["FILE_NAME", "write_map"]


def write_map(folder: Path, *, language: str) -> Path:
    """Write `map.html` into a run folder, from that folder's tables alone; its path.

    `language` is `sv` or `en` (KeyError otherwise). The same tables give the same bytes.
    """
    strings = load(language)
    path = folder / FILE_NAME
    path.write_text(page(read_run(folder), strings), encoding="utf-8", newline="\n")
    return path
