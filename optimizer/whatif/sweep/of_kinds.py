"""The files that each kind of sweep writes into its folder, beside those that every sweep has."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.whatif.sweep.statement import RobustSweep, Sweep

_TWO_STAGE = frozenset({"two-stage.csv", "closures.csv"})

#: Results, plans, points and run folders are every kind's, and are not listed.
_OF_KIND: Mapping[str, frozenset[str]] = {
    "robust": frozenset(
        {"regrets.csv", "candidates.csv", "robust.csv", "least-regret.json", "least-regret.csv"}
    )
    | _TWO_STAGE,
    "frontier": frozenset({"frontier.csv", "frontier.html", "frontier.svg"}),
    "alternatives": frozenset({"alternatives.csv", "shared.csv"}),
    "roadmap": frozenset({"roadmap.csv"}),
}


def left_behind(earlier: Mapping[str, object], now: Sweep) -> frozenset[str]:
    """Names of the files that an earlier sweep in the folder wrote and this one has none of.

    ``earlier`` is what its `sweep.json` tells under `sweep`. What it does not tell was written by
    no sweep of that kind, and is left alone.
    """
    before = _OF_KIND.get(str(earlier.get("kind")), frozenset())
    return before - _written_by(now)


def _written_by(sweep: Sweep) -> frozenset[str]:
    written = _OF_KIND.get(str(sweep.model_dump()["kind"]), frozenset())
    if isinstance(sweep, RobustSweep) and not sweep.closure_choices:
        return written - _TWO_STAGE
    return written
