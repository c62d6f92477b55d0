"""What people open, made from the tables of a run folder: the list of outputs, in order."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

Writer = Callable[..., Path]

#: (format of `output.formats`, module, its function (folder, *, language) -> path)
PUBLICATIONS: tuple[tuple[str, str, str], ...] = (
    ("xlsx", "optimizer.outputs.workbook", "write_workbook"),
    ("gpkg", "optimizer.outputs.geopackage", "write_geopackage"),
    ("html", "optimizer.outputs.map", "write_map"),
    ("html", "optimizer.outputs.report", "write_report"),
)


def publish(folder: Path, formats: tuple[str, ...], *, language: str) -> None:
    """Write every publication asked for into a run folder, from its tables alone."""
    for kind, module, function in PUBLICATIONS:
        if kind in formats:
            cast(Writer, getattr(import_module(module), function))(folder, language=language)
