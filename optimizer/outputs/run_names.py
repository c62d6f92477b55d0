"""What runs are called where several stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def told_apart(names: Sequence[str], folders: Sequence[Path]) -> list[str]:
    """A name for each run: where two are alike, with as much of the folder's path as differs.

    A folder that is called as its run adds nothing, and a run that is there twice has a number.
    """
    told: list[str] = []
    for at, name in enumerate(names):
        label = ""
        if names.count(name) > 1:
            alike = [other for k, other in enumerate(folders) if k != at and names[k] == name]
            label = _tail(folders[at], alike)
        one = f"{name} ({label})" if label not in ("", name) else name
        number = 2
        while one in told:
            one = f"{one.removesuffix(f' {number - 1}')} {number}"
            number += 1
        told.append(one)
    return told


def _tail(folder: Path, others: Sequence[Path]) -> str:
    """The shortest end of a folder's path that no other has; its name if there is none."""
    own, ends = folder.resolve().parts, [one.resolve().parts for one in others]
    for length in range(1, len(own)):
        if all(own[-length:] != end[-length:] for end in ends):
            return "/".join(own[-length:])
    return folder.resolve().name
