"""What must agree in the catalogue of modes."""

from collections.abc import Iterator

from optimizer.config.dominance import dominated
from optimizer.config.finding import Finding, listed
from optimizer.config.modes import CLOSED
from optimizer.config.scenario import Scenario
from optimizer.config.services import GENERAL


def modes_named(scenario: Scenario) -> Iterator[Finding]:
    """`closed` is not a row of the catalogue; variants name another mode, not a variant."""
    if CLOSED in scenario.modes:
        accepted = "must not be in the catalogue"
        yield Finding(("modes", CLOSED), repr(CLOSED), accepted, "Closed is always there.")
    for name, mode in scenario.modes.items():
        if mode.variant_of is None:
            continue
        parent = scenario.modes.get(mode.variant_of)
        if parent is None or mode.variant_of == name or parent.variant_of is not None:
            bases = [key for key, other in scenario.modes.items() if other.variant_of is None]
            accepted = f"must be another mode that is not a variant itself: {listed(bases)}"
            yield Finding(("modes", name, "variant_of"), repr(mode.variant_of), accepted)


def modes_not_dominated(scenario: Scenario) -> Iterator[Finding]:
    """No mode serves at least as well as another of equal partner_required for no higher price."""
    for better, worse in dominated(scenario.modes):
        found = f"{better}, which serves at least as well and costs no more at any site"
        accepted = "must be better or cheaper than every other mode with equal partner_required"
        advice = f"Raise a price of {better}, lower its service, or remove {worse}."
        yield Finding(("modes", worse), found, accepted, advice)


def services_named(scenario: Scenario) -> Iterator[Finding]:
    """`general` is no row of the catalogue of services, and some mode can offer each."""
    if GENERAL in scenario.services:
        accepted = "must not be in the catalogue"
        advice = "Every open site gives general service."
        yield Finding(("services", GENERAL), repr(GENERAL), accepted, advice)
    highest = max(mode.tier for mode in scenario.modes.values())
    for name, service in scenario.services.items():
        if service.need > highest:
            accepted = f"must be a need that a mode serves, 1 to {highest}"
            yield Finding(("services", name, "need"), str(service.need), accepted)
