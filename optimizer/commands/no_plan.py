"""Where a search ended without a plan: what stands against one, while Ctrl-C is heard."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from geodata.problems import LimitReached, NoPlanError, ServicenetError
from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.solving.incumbent import Limits, Report
from optimizer.solving.proof import NoPlan, Outcome, prove
from optimizer.whatif.conflicts import Why, why_no_plan
from optimizer.whatif.left_behind import limits_of
from optimizer.whatif.looser import ways_by_switches

_LOOKED_EACH, _GRACE_SECONDS = 0.1, 1.5
_WHY_SECONDS = 36.0


def asked_why(
    case: Case,
    *,
    proved: bool,
    stop: threading.Event,
    nearest: Evaluation | None = None,
    seconds: float = _WHY_SECONDS,
) -> Why:
    """What stands against a plan of the case; ``stop`` ends it with what is known then.

    It is asked in a thread of its own: a solver that runs in the first one hears no Ctrl-C. What
    does not end soon after it is left behind.
    """
    found: list[Why] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            why = why_no_plan(
                case.instance,
                proved=proved,
                seconds=seconds,
                nearest=nearest,
                switches=lambda seconds: ways_by_switches(case, seconds=seconds, stop=stop),
                means=case.scenario.budget.given_by,
                limits=limits_of(case),
                stop=stop,
            )
        except Exception as error:
            failed.append(error)
        else:
            found.append(why)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    while asking.is_alive() and not stop.is_set():
        asking.join(_LOOKED_EACH)
    asking.join(_GRACE_SECONDS)
    if failed:
        raise failed[0]
    return found[0] if found else Why((), certain=False)


def after_all(
    case: Case, limits: Limits, nothing: NoPlan, why: Why, *, report: Report, stop: threading.Event
) -> Outcome | None:
    """The plan that was come upon while it was asked why there is none, with its certificate.

    The limit has passed: nothing more is proved than the search had.
    """
    if why.plan is None:
        return None
    began = time.monotonic()
    ended = replace(limits, deadline=began)
    start, bound = why.plan.states, nothing.bound
    return prove(case.instance, ended, report=report, stop=stop, start=start, bound=bound)


def without_plan(why: Why, *, seconds: float, limit: float, stopped: bool) -> ServicenetError:
    """The error for a search that ended after so many seconds without a plan."""
    if why.certain:
        return NoPlanError(why.problems)
    if stopped:
        return LimitReached(stopped_before_a_plan(seconds))
    told = [problem.sentence() for problem in why.problems]
    return LimitReached(
        f"solver.time_limit: no plan was found in {_shown(seconds)} seconds (the limit is "
        f"{limit:g}). " + " ".join(told or ["Raise solver.time_limit, or have more means."])
    )


def stopped_before_a_plan(seconds: float) -> str:
    """What is said of a search that Ctrl-C ended too soon."""
    return f"Stopped by Ctrl-C after {_shown(seconds)} seconds, before a plan was found."


def _shown(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}"
