"""What must agree in name, data, years and demand."""

from collections.abc import Iterator
from math import isclose

from optimizer.config.finding import Finding, listed
from optimizer.config.scenario import Scenario

RESERVED_NAMES = frozenset({"con", "prn", "aux", "nul"})


def name_is_safe(scenario: Scenario) -> Iterator[Finding]:
    """The name can be a folder on every system."""
    if scenario.name.lower() in RESERVED_NAMES:
        yield Finding(("name",), repr(scenario.name), "must not be a reserved file name")


def years_follow(scenario: Scenario) -> Iterator[Finding]:
    """Planning years are consecutive and come after the base year."""
    years = scenario.years
    if list(years) != list(range(years[0], years[0] + len(years))):
        yield Finding(
            ("years",), str(list(years)), "must be consecutive years, the first one first"
        )
    if years[0] <= scenario.base_year:
        accepted = f"must come after the base year {scenario.base_year}"
        first = scenario.base_year + 1
        advice = f"Give years from {first} on, and the budget of each of them."
        other = Finding(
            ("base_year",),
            str(scenario.base_year),
            f"must be before the first planning year, {years[0]}",
            f"Give `years` from {first} on too, and the budget of each of them.",
        )
        yield Finding(("years",), str(years[0]), accepted, advice, other)


def need_shares_sum(scenario: Scenario) -> Iterator[Finding]:
    """Shares are given for the needs 1 to 3 and sum to 1."""
    shares = scenario.demand.need_shares
    where = ("demand", "need_shares")
    if set(shares) != {1, 2, 3}:
        yield Finding(where, f"the needs {listed(shares)}", "must have the needs 1, 2, 3")
    elif not isclose(sum(shares.values()), 1.0, abs_tol=1e-9):
        yield Finding(where, f"the sum {sum(shares.values()):g}", "must sum to 1")
