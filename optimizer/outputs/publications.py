"""What people open, made from the tables of a run folder: the list of outputs, in order."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

MAP, REPORT = "map.html", "report.html"  #: written together, and each leads to the other


class Writer(Protocol):
    """What makes one publication."""

    def __call__(self, folder: Path, *, language: str) -> Path:
        """Write it into a run folder, from its tables alone; where it is."""


def _workbook(folder: Path, *, language: str) -> Path:
    from optimizer.outputs.workbook import write_workbook

    return write_workbook(folder, language=language)


def _geopackage(folder: Path, *, language: str) -> Path:
    from optimizer.outputs.geopackage import write_geopackage

    return write_geopackage(folder, language=language)


def _map(folder: Path, *, language: str) -> Path:
    from optimizer.outputs.map import write_map

    return write_map(folder, language=language, report=REPORT)


def _report(folder: Path, *, language: str) -> Path:
    from optimizer.outputs.report import write_report

    return write_report(folder, language=language, map_page=MAP)


#: (format of `output.formats`, what writes it); each imports what it needs, which takes a while
PUBLICATIONS: tuple[tuple[str, Writer], ...] = (
    ("xlsx", _workbook),
    ("gpkg", _geopackage),
    ("html", _map),
    ("html", _report),
)


def publish(folder: Path, formats: tuple[str, ...], *, language: str) -> None:
    """Write every publication asked for into a run folder, from its tables alone."""
    for kind, write in PUBLICATIONS:
        if kind in formats:
            write(folder, language=language)
