"""The textbook problems by name, and the certificate of an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from optimizer.solving.certificate import OPTIMAL_GAP, Status
from optimizer.textbook.capacitated import enough_room, solve_cflp
from optimizer.textbook.cover import all_in_reach, solve_lscp, solve_mclp, solve_p_center
from optimizer.textbook.location import solve_location
from optimizer.textbook.problem import Answer, Clock, NoAnswer, TextbookProblem

_NEXT_TO_NOTHING = 1e-9  #: of the largest objective; below is what sums are rounded by

SOLVERS: dict[str, Callable[[TextbookProblem, Clock], Answer]] = {
    "p-median": solve_location,
    "lscp": solve_lscp,
    "mclp": solve_mclp,
    "p-center": solve_p_center,
    "ufl": solve_location,
    "cflp": solve_cflp,
}


def possible(problem: TextbookProblem) -> None:
    """Raise NoAnswer for what no set of sites can meet and a look at the numbers shows."""
    n_sites = len(problem.sites)
    if problem.exactly is not None and problem.exactly > n_sites:
        reason = f"{problem.exactly} sites are to be open of {n_sites} there are"
        raise NoAnswer(reason, proved=True)
    if problem.kind == "lscp":
        all_in_reach(problem)
    if problem.kind == "cflp":
        enough_room(problem)


def relative_gap(problem: TextbookProblem, objective: float, bound: float) -> float:
    """The distance from the bound, of the objective; of an objective of next to nothing, the
    measure is a billionth of the largest that the problem's numbers allow.
    """
    distance = abs(objective - bound)
    measure = max(abs(objective), _NEXT_TO_NOTHING * problem.largest)
    return distance / measure if distance else 0.0


def solve_problem(problem: TextbookProblem, clock: Clock) -> tuple[Answer, Mapping[str, object]]:
    """The answer and its certificate: status, objective, bound, relative gap, seconds_solve.

    Raises NoAnswer.
    """
    began = time.monotonic()
    possible(problem)
    answer = SOLVERS[problem.kind](problem, clock)
    bound, objective = answer.bound, answer.objective
    if bound is not None:  # rounding of the solver never puts a bound on the wrong side
        bound = max(bound, objective) if problem.kind == "mclp" else min(bound, objective)
    gap = None if bound is None else relative_gap(problem, objective, bound)
    return answer, {
        "status": _status(gap, clock),
        "objective": objective,
        "bound": bound,
        "gap": gap,
        "seconds_solve": time.monotonic() - began,
    }


def _status(gap: float | None, clock: Clock) -> Status:
    """How the search ended; a solver that ends by itself did so at the gap it leaves."""
    if gap is not None and gap <= OPTIMAL_GAP:
        return "optimal"
    if gap is not None and gap <= clock.effort.gap:
        return "gap_reached"
    if clock.stop.is_set():
        return "interrupted"
    return "gap_reached" if gap is not None and not clock.over else "time_limit"
