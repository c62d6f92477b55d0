"""What must agree in the catalogue of modes."""

from collections.abc import Iterator

from optimizer.config.dominance import dominated
from optimizer.config.finding import Finding, KeyPath, listed
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


def agencies_known(scenario: Scenario) -> Iterator[Finding]:
    """Agencies that grow, or that a service belongs to, have cases."""
    known = scenario.demand.cases_by_agency
    named: list[tuple[KeyPath, str]] = [
        (("demand", "growth_by_agency", agency), agency)
        for agency in scenario.demand.growth_by_agency
    ]
    named += [
        (("services", name, "agency"), service.agency)
        for name, service in scenario.services.items()
        if service.agency is not None
    ]
    for path, agency in named:
        if agency not in known:
            accepted = f"must be an agency of demand.cases_by_agency: {listed(known)}"
            yield Finding(path, repr(agency), accepted)
