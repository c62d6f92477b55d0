"""The config of a textbook problem: three tables and, where the problem has one, a number."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from optimizer.config.data import source_of_file
from optimizer.config.finding import Finding
from optimizer.config.output import Output
from optimizer.config.requirements import OpenSites
from optimizer.config.section import NonNegative, Section, Text, Words
from optimizer.config.solver import Solver

ProblemKind = Literal["p-median", "lscp", "mclp", "p-center", "ufl", "cflp"]

#: What each problem makes small or large, and what it needs: objective, assignment, sites, minutes
KINDS: dict[str, tuple[str, str, bool, bool]] = {
    "p-median": ("access", "closest", True, False),
    "lscp": ("count", "closest", False, True),
    "mclp": ("covered", "closest", True, True),
    "p-center": ("max_minutes", "closest", True, False),
    "ufl": ("cost", "closest", False, False),
    "cflp": ("cost", "balanced", False, False),
}


class TextbookTravel(Section):
    """The cost of one unit of weight between each zone and site."""

    provider: Literal["matrix"] = Field(default="matrix", description="matrix: a table.")
    path: Words = Field(
        description="csv or parquet with zone_id, office_id, minutes; every pair once."
    )


class TextbookData(Section):
    """The three tables of a textbook problem."""

    offices: Annotated[Words, source_of_file()] = Field(
        description="Sites: office_id; local_cost_mnkr is the fixed cost (ufl, cflp) and "
        "room_visits_per_year the capacity (cflp)."
    )
    zones: Annotated[Words, source_of_file()] = Field(
        description="Demand points: zone_id, visits_per_year is the weight."
    )
    travel: TextbookTravel = Field(description="What a unit of weight costs from zone to site.")


class TextbookAssignment(Section):
    """Which site each zone goes to."""

    kind: Literal["closest", "balanced"] = Field(
        default="closest",
        description="closest: the cheapest open site; balanced: the planner directs (cflp).",
    )


class TextbookRoom(Section):
    """Capacity of a site."""

    kind: Literal["hard"] = Field(default="hard", description="hard: no site exceeds its room.")


class TextbookRequirements(Section):
    """What a plan of a textbook problem must keep to."""

    open_sites: OpenSites | None = Field(
        default=None, description="How many sites are open (p-median, mclp, p-center)."
    )
    assignment: TextbookAssignment = Field(
        default=TextbookAssignment(), description="Where zones go."
    )
    room: TextbookRoom = Field(default=TextbookRoom(), description="Capacity (cflp).")


class TextbookObjective(Section):
    """What a textbook problem makes small, or large (covered)."""

    kind: Literal["access", "count", "covered", "max_minutes", "cost"] = Field(
        description="access: weight times minutes; count: open sites; covered: weight in reach "
        "(objective.minutes); max_minutes: the longest way; cost: fixed cost and access."
    )
    minutes: NonNegative | None = Field(
        default=None, description="Reach of a site (lscp, mclp). Unit: that of the matrix."
    )


class TextbookScenario(Section):
    """A location problem of the textbooks over a matrix: no places, regions or years."""

    name: Words = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        max_length=64,
        description="Name of the scenario and of its run folder.",
    )
    title: Text = Field(default=Text(), description="Title for people.")
    question: Text | None = Field(default=None, description="The question it answers.")
    problem: ProblemKind = Field(description="The textbook problem.")
    data: TextbookData = Field(description="The three tables.")
    requirements: TextbookRequirements = Field(
        default=TextbookRequirements(), description="What a plan must keep to."
    )
    objective: TextbookObjective = Field(description="What the plan is best at.")
    solver: Solver = Field(default=Solver(), description="How long and how exactly to search.")
    output: Output = Field(default=Output(), description="Language and files of the run.")


def textbook_findings(scenario: TextbookScenario) -> Iterator[Finding]:
    """What does not agree between the keys of a textbook problem."""
    kind, assignment, has_sites, has_minutes = KINDS[scenario.problem]
    problem = scenario.problem
    if scenario.objective.kind != kind:
        found = scenario.objective.kind
        yield Finding(("objective", "kind"), repr(found), f"must be {kind} for {problem}")
    if scenario.requirements.assignment.kind != assignment:
        given = scenario.requirements.assignment.kind
        path = ("requirements", "assignment", "kind")
        yield Finding(path, repr(given), f"must be {assignment} for {problem}")
    yield from _open_sites(scenario, has_sites)
    minutes = scenario.objective.minutes
    if has_minutes and minutes is None:
        advice = "Such as objective: {minutes: 30}."
        yield Finding(("objective", "minutes"), "nothing", f"must be given for {problem}", advice)
    if not has_minutes and minutes is not None:
        accepted = f"must not be given for {problem}"
        yield Finding(("objective", "minutes"), f"{minutes:g}", accepted, "Take it away.")


def _open_sites(scenario: TextbookScenario, has_sites: bool) -> Iterator[Finding]:
    path = ("requirements", "open_sites")
    sites = scenario.requirements.open_sites
    given = [] if sites is None else [x for x in (sites.exactly, sites.at_most) if x is not None]
    if has_sites and len(given) != 1:
        found = "nothing" if not given else "both exactly and at_most"
        accepted = f"must say exactly or at_most for {scenario.problem}"
        yield Finding(path, found, accepted, "Such as requirements: {open_sites: {exactly: 5}}.")
    if not has_sites and sites is not None:
        accepted = f"must not be given for {scenario.problem}"
        yield Finding(path, "a number of sites", accepted, "Take it away.")
