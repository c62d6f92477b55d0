"""The table of contents of the model: every requirement, in order, one function each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from optimizer.engine.pooled import Pooled
from optimizer.instance import Instance
from optimizer.model.blocks import Block
from optimizer.model.requirements.access import access_standard, no_one_left_behind
from optimizer.model.requirements.assignment import assignment
from optimizer.model.requirements.budget_by_year import budget_by_year
from optimizer.model.requirements.earlier_aims import earlier_aims
from optimizer.model.requirements.equity import equity
from optimizer.model.requirements.fixed_decisions import fixed_decisions, partners
from optimizer.model.requirements.mode_limits import mode_limits
from optimizer.model.requirements.one_mode import one_mode
from optimizer.model.requirements.open_sites import open_sites
from optimizer.model.requirements.region_coverage import region_coverage
from optimizer.model.requirements.remote_balance import remote_balance
from optimizer.model.requirements.room import room
from optimizer.model.requirements.service_coverage import offer, service_coverage
from optimizer.model.requirements.staff_balance import staff_balance
from optimizer.model.requirements.staffing import staffing
from optimizer.model.requirements.transition import transition
from optimizer.model.variables import Variables

WriteRows = Callable[[Instance, Pooled, Variables], Iterator[Block]]


def _source(stated: str) -> str:
    """The sentence after `Source:` at the end of a function's docstring; empty without one."""
    return " ".join(stated.partition("Source: ")[2].split()).rstrip(".")


@dataclass(frozen=True)
class Requirement:
    """One requirement: its config key, what it says, its unit, and the rows that hold it."""

    name: str
    kind: Literal["structure", "policy"]
    sentence: str
    unit: str
    rows: WriteRows

    @property
    def source(self) -> str:
        """What it rests on: assignment, law, annual report, literature; from its function."""
        return _source(self.rows.__doc__ or "")


REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement("one_mode", "structure", "Every site is in one mode or closed.", "sites", one_mode),
    Requirement(
        "assignment",
        "structure",
        "Every visit goes to its cheapest available option.",
        "visits",
        assignment,
    ),
    Requirement(
        "transition",
        "policy",
        "A closed office stays closed; service is not raised again.",
        "changes",
        transition,
    ),
    Requirement(
        "region_coverage",
        "policy",
        "Every region has enough sites that count.",
        "sites",
        region_coverage,
    ),
    Requirement(
        "offer",
        "structure",
        "A service that is added is paid for, and stays while the mode can offer it.",
        "services",
        offer,
    ),
    Requirement(
        "service_coverage",
        "policy",
        "Every service is at enough offices, near enough people.",
        "sites or share",
        service_coverage,
    ),
    Requirement(
        "mode_limits", "policy", "At most so many sites are in a mode.", "sites", mode_limits
    ),
    Requirement("open_sites", "policy", "So many sites are open.", "sites", open_sites),
    Requirement(
        "access_standard",
        "policy",
        "Enough people are within reach of an open site.",
        "share",
        access_standard,
    ),
    Requirement(
        "no_one_left_behind",
        "policy",
        "No zone gets much farther to go.",
        "zones",
        no_one_left_behind,
    ),
    Requirement(
        "fixed_decisions",
        "policy",
        "Decisions of planners stand.",
        "decision",
        fixed_decisions,
    ),
    Requirement(
        "partners", "policy", "Shared premises only where there is a partner.", "sites", partners
    ),
    Requirement(
        "staffing", "policy", "Staff covers the peak month and the minimum.", "fte", staffing
    ),
    Requirement(
        "staff_balance",
        "policy",
        "Staff leaves, moves, is hired or redundant, and is counted.",
        "fte",
        staff_balance,
    ),
    Requirement(
        "remote_balance",
        "policy",
        "Quiet offices help busy ones by video.",
        "fte",
        remote_balance,
    ),
    Requirement("room", "policy", "Visits beyond the room are extended for.", "visits", room),
    Requirement(
        "budget_by_year", "policy", "Every year's cost fits its means.", "mnkr", budget_by_year
    ),
    Requirement(
        "equity",
        "structure",
        "The added minutes of the worst off are counted.",
        "minutes",
        equity,
    ),
    Requirement(
        "objective",
        "policy",
        "What an earlier objective has won is not given up for a later one.",
        "visit-minutes or mnkr",
        earlier_aims,
    ),
)
