"""What is known of a plan: its objective, a bound no plan can beat, and how the search ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["optimal", "gap_reached", "time_limit", "interrupted"]

#: Relative gap of the added burden below which a plan is called optimal.
OPTIMAL_GAP = 1e-6


def gap_of_added_burden(objective: float, bound: float, objective_today: float) -> float:
    """(objective - bound) / max(objective - objective_today, 1e-9 |objective_today|); at least 0.

    All in visit-minutes. The burden that is added to today's is what a cut is about; the whole
    objective would make every gap look small.
    """
    added = max(objective - objective_today, 1e-9 * abs(objective_today))
    return max(0.0, objective - bound) / added


@dataclass(frozen=True)
class Certificate:
    """Status, objective and bound of a solve; visit-minutes and seconds."""

    status: Status
    objective: float
    objective_today: float
    bound: float
    seconds_solve: float
    solver: str

    @property
    def gap(self) -> float:
        """Gap of the added burden."""
        return gap_of_added_burden(self.objective, self.bound, self.objective_today)

    @property
    def gap_total(self) -> float:
        """Gap of the whole objective."""
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-9)

    def as_dict(self) -> dict[str, object]:
        """The keys of summary.json."""
        return {
            "status": self.status,
            "objective": self.objective,
            "objective_today": self.objective_today,
            "bound": self.bound,
            "gap": self.gap,
            "gap_total": self.gap_total,
            "seconds_solve": self.seconds_solve,
            "solver": self.solver,
        }


def certify(
    *,
    objective: float,
    objective_today: float,
    bound: float,
    asked_gap: float,
    interrupted: bool,
    seconds_solve: float,
    solver: str,
) -> Certificate:
    """The certificate with its true status: a limit is never called optimal."""
    bound = min(bound, objective)
    gap = gap_of_added_burden(objective, bound, objective_today)
    status: Status
    if gap <= OPTIMAL_GAP:
        status = "optimal"
    elif gap <= asked_gap:
        status = "gap_reached"
    elif interrupted:
        status = "interrupted"
    else:
        status = "time_limit"
    return Certificate(status, objective, objective_today, bound, seconds_solve, solver)
