"""Whether a run's folder is as the run wrote it, by the hashes that it keeps."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from geodata.problems import InputError, Problem
from optimizer.outputs.inputs import read_document, sha256

HASHES = "inputs/sha256.json"
MANIFEST = "manifest.json"
_TABLES = (".csv", ".parquet", ".json")


def refuse_changed(run: Path, outputs: Iterable[str], where: str = "") -> None:
    """Raise InputError if inputs, or ``outputs``, are not as the run wrote them.

    The sentence says ``where``, or the run's path, and names the files.
    """
    where = where or str(run)
    listed = {f"inputs/{name}": told for name, told in read_document(run / HASHES, where).items()}
    there = {f"inputs/{path.name}" for path in (run / "inputs").iterdir()}
    manifest = read_document(run / MANIFEST, where)
    told = [*listed.items(), *((name, None) for name in sorted(there - set(listed) - {HASHES}))]
    told += [(f"inputs/{name}", value) for name, value in manifest.get("inputs", {}).items()]
    written = manifest.get("outputs", {})
    told += [(name, written.get(name)) for name in outputs]
    actual = {name: _hash(run / name) for name, _ in told}
    changed = sorted({name for name, value in told if value != actual[name]})
    if changed:
        found = f"{', '.join(changed)} changed, added or gone"
        accepted = f"the files as the run wrote them, by {HASHES} and {MANIFEST}"
        advice = "Take an unchanged copy of the run, or solve its question again."
        raise InputError(Problem(where, found, accepted, advice))


def tables_there(run: Path) -> list[str]:
    """The tables and documents that the run wrote and that are still in its folder."""
    listed = read_document(run / MANIFEST, str(run)).get("outputs", {})
    return [name for name in listed if name.endswith(_TABLES) and (run / name).is_file()]


def _hash(path: Path) -> str | None:
    return sha256(path) if path.is_file() else None
