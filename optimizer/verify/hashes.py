"""The files themselves: whether they are the ones that the run wrote and read."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from optimizer.verify.findings import TEXT, Checked, compare_value, finding, together
from optimizer.verify.folder import HASHES, MANIFEST
from optimizer.verify.recount import Recount

INPUTS = "inputs"


def check_hashes(count: Recount) -> Checked:
    """inputs/sha256.json against every file beside it, and manifest.json against the outputs.

    Under `inputs` the manifest may also name files that were read from elsewhere; those are not
    part of the run folder and pass unread.
    """
    folder = count.folder
    listed = {_name(name): value for name, value in folder.hashes.items()}
    parts = [_listed_file(folder.path, HASHES, name, value) for name, value in listed.items()]
    present = {
        f"{INPUTS}/{file.relative_to(folder.path / INPUTS).as_posix()}"
        for file in (folder.path / INPUTS).rglob("*")
        if file.is_file()
    }
    unlisted = sorted(present - set(listed) - {HASHES})
    parts += [
        Checked(1, (finding("hashes", f"{HASHES}, {name}", "no hash", "a hash"),))
        for name in unlisted
    ]
    if folder.manifest is not None:
        outputs = folder.manifest.get("outputs") or {}
        inputs = folder.manifest.get("inputs") or {}
        told = dict(outputs)
        told |= {_name(name): value for name, value in inputs.items() if _name(name) in present}
        parts += [_listed_file(folder.path, MANIFEST, name, value) for name, value in told.items()]
    return together(parts)


def sha256(file: Path) -> str:
    """The SHA-256 of a file, read piece by piece."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _name(name: str) -> str:
    """The name of an input file seen from the run folder."""
    return name if PurePosixPath(name).parts[:1] == (INPUTS,) else f"{INPUTS}/{name}"


def _listed_file(path: Path, listing: str, name: str, told: object) -> Checked:
    file = path / name
    inside = file.resolve().is_relative_to(path.resolve())
    actual = sha256(file) if inside and file.is_file() else "no such file"
    return compare_value("hashes", f"{listing}, {name}", told, actual, TEXT)
