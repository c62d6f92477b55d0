"""What is known of a plan: its objective, a bound no plan can beat, and how the search ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optimizer.instance.aim import ACCESS, Aim

#: How a search ended; `evaluated` is a plan that was counted, not searched for.
Status = Literal["optimal", "gap_reached", "time_limit", "interrupted", "evaluated"]

#: Relative gap of the added burden below which a plan is called optimal.
OPTIMAL_GAP = 1e-6


def gap_of_added_burden(
    objective: float, bound: float, objective_today: float, aim: Aim = ACCESS
) -> float:
    """(objective - bound) / max(objective - objective_today, 1e-9 |objective_today|); at least 0.

    The burden that is added to today's is what a cut is about; the whole objective would make
    every gap look small. Where money is counted it is the distance from today's, more or less.
    """
    return max(0.0, objective - bound) / aim.change(objective, objective_today)


@dataclass(frozen=True)
class Certificate:
    """Status, objective and bound of a solve, in the unit of its aim; seconds."""

    status: Status
    objective: float
    objective_today: float
    bound: float
    seconds_solve: float
    solver: str
    visit_minutes: float  #: of the plan, whatever its aim
    visit_minutes_today: float
    aim: Aim = ACCESS
    earlier: tuple[Certificate, ...] = ()  #: of the aims before it in a lexicographic order

    @property
    def gap(self) -> float:
        """Gap of the added burden."""
        return gap_of_added_burden(self.objective, self.bound, self.objective_today, self.aim)

    @property
    def gap_total(self) -> float:
        """Gap of the whole objective."""
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-9)

    def as_dict(self) -> dict[str, object]:
        """The keys of summary.json; earlier aims are there where the order has some."""
        told: dict[str, object] = {
            "status": self.status,
            "objective": self.objective,
            "objective_today": self.objective_today,
            "bound": self.bound,
            "gap": self.gap,
            "gap_total": self.gap_total,
            "seconds_solve": self.seconds_solve,
            "solver": self.solver,
            "objective_kind": self.aim.kind,
            "objective_unit": self.aim.unit,
            "visit_minutes": self.visit_minutes,
            "visit_minutes_today": self.visit_minutes_today,
        }
        if self.earlier:
            told["earlier"] = [one.as_dict() for one in self.earlier]
        return told


def certify(
    *,
    objective: float,
    objective_today: float,
    bound: float,
    asked_gap: float,
    interrupted: bool,
    seconds_solve: float,
    solver: str,
    visit_minutes: float,
    visit_minutes_today: float,
    aim: Aim = ACCESS,
) -> Certificate:
    """The certificate with its true status: a limit is never called optimal."""
    bound = min(bound, objective)
    gap = gap_of_added_burden(objective, bound, objective_today, aim)
    status: Status
    if gap <= OPTIMAL_GAP:
        status = "optimal"
    elif gap <= asked_gap:
        status = "gap_reached"
    elif interrupted:
        status = "interrupted"
    else:
        status = "time_limit"
    return Certificate(
        status,
        objective,
        objective_today,
        bound,
        seconds_solve,
        solver,
        visit_minutes,
        visit_minutes_today,
        aim,
    )
