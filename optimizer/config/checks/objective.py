"""What must agree in the objective."""

from collections.abc import Iterator

from optimizer.config.finding import Finding
from optimizer.config.scenario import Scenario


def order_of_measures(scenario: Scenario) -> Iterator[Finding]:
    """The measures of a lexicographic order differ from each other."""
    order = scenario.objective.order
    if len(set(order)) < len(order):
        accepted = "must name each measure once"
        yield Finding(("objective", "order"), ", ".join(order), accepted, "Such as [access, cost].")


def weight_counts(scenario: Scenario) -> Iterator[Finding]:
    """The worst off count only where minutes do."""
    asked = scenario.objective
    kinds = asked.order if asked.kind == "lexicographic" else (asked.kind,)
    if asked.equity.weight and set(kinds) == {"cost"}:
        found = f"{asked.equity.weight:g} where cost alone is made small"
        accepted = "must be 0, or an objective.kind that counts minutes"
        yield Finding(("objective", "equity", "weight"), found, accepted)
