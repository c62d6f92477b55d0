"""The working folder: there whole, and never in the place of something else."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from geodata.problems import InputError, Problem
from optimizer.outputs.folder import unfinished_neighbour
from optimizer.starter.form import write_form

WORKBOOK, CONFIG, README = "servicenet.xlsx", "config.yaml", "LÄSMIG.md"


def make(folder: Path, modes: tuple[str, ...]) -> Path:
    """Write the working folder. Raises InputError if anything stands there already."""
    if folder.is_symlink() or (folder.exists() and not _is_empty(folder)):
        found = "a file or a folder that is not empty"
        accepted = "a new folder or an empty one"
        raise InputError(Problem(f"init {folder}", found, accepted, "Choose another folder."))
    unfinished = unfinished_neighbour(folder)
    try:
        write_form(unfinished / WORKBOOK, modes)
        for name in (CONFIG, README):
            text = resources.files("optimizer.starter").joinpath(name).read_text(encoding="utf-8")
            (unfinished / name).write_text(text, encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    finally:
        _remove(unfinished)
    return folder


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _remove(unfinished: Path) -> None:
    if unfinished.exists():
        for path in unfinished.iterdir():
            path.unlink()
        unfinished.rmdir()
