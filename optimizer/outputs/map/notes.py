"""What a reader of the map must know: what is estimated, what a colour means, what was warned."""

from collections.abc import Sequence
from typing import Any

from optimizer.outputs.map.figures import certificate
from optimizer.outputs.measure import measure_of
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.strings import Strings


def reading_notes(
    tables: RunTables, offices: Sequence[dict[str, Any]], strings: Strings
) -> list[str]:
    """The sentences below the map; each only where it is true of the run."""
    total = len(offices)
    notes = []
    estimated = sum(one["estimated"] for one in offices)
    if estimated:
        notes.append(strings.text("map.note.estimated", count=estimated, total=total))
    provisional = sum(one["evidence"] == "provisional" for one in offices)
    if provisional and not tables.summary.get(
        "warnings"
    ):  # which tell of them, where there are any
        notes.append(strings.counted("map.note.provisional", provisional))
    if _travel_provider(tables) == "estimate":
        notes.append(strings.text("map.note.travel"))
    notes += [
        strings.text(f"map.note.{key}", base_year=tables.base_year)
        for key in ("average", "mean", "cost")
    ]
    proof = certificate(tables.summary, strings)
    if proof is not None and proof.proved:
        notes.append(measure_of(tables.summary).text("gap_help", strings))
    nowhere = sum(one["x"] is None for one in offices)
    if nowhere:
        notes.append(strings.counted("map.note.no_place", nowhere))
    return [*notes, strings.text("map.note.proposal")]


def _travel_provider(tables: RunTables) -> str:
    travel = tables.config.get("data", {}).get("travel") or {}
    return str(travel.get("provider", ""))
