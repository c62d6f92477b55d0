"""Switches of a config that are set tighter than they need be, loosened: further ways out.

What a switch forbids is not in the arrays at all, so no relaxation can give a part of it: the case
is read again with the switch loosened, and a plan sought.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from geodata.problems import InputError, Problem
from optimizer.building.case import Case
from optimizer.building.reading import read_case
from optimizer.engine.evaluate import Evaluation
from optimizer.whatif.seeking import constructed
from optimizer.whatif.ways_out import worth

#: Sections of `requirements`, their keys, and the value that leaves most plans.
SWITCHES: tuple[tuple[str, str, Any], ...] = (
    ("transition", "conversions", True),
    ("transition", "notice_months", 0),
    ("transition", "consultation_months", 0),
    ("partners", "mobile", "anywhere"),
    ("partners", "colocated", "anywhere"),
    ("transition", "upgrades", True),
)


@dataclass(frozen=True)
class Loosened:
    """A switch that makes a plan: the sentence for it, and the plan, counted with it loosened."""

    problem: Problem
    plan: Evaluation


def ways_by_switches(
    case: Case, *, seconds: float, stop: threading.Event | None = None
) -> Iterator[Loosened]:
    """The switches that alone make a plan, as far as one is found in the time."""
    end = time.monotonic() + seconds
    tight = [one for one in SWITCHES if _value(case, *one[:2]) != one[2]]
    for number, (section, key, value) in enumerate(tight):
        if stop is not None and stop.is_set():
            return
        share = (end - time.monotonic()) / (len(tight) - number)
        requirements = case.scenario.requirements
        looser = getattr(requirements, section).model_copy(update={key: value})
        requirements = requirements.model_copy(update={section: looser})
        try:
            other = read_case(case.scenario.model_copy(update={"requirements": requirements}))
        except InputError:  # what is asked for elsewhere does not go with it
            continue
        plan = constructed(other.instance, seconds=max(0.1, share), stop=stop)
        if plan.feasible:
            problem = Problem(
                f"Another way out, requirements.{section}.{key}",
                _word(_value(case, section, key)),
                _word(value),
                f"With that a plan was found: {worth(other.instance, plan)}.",
            )
            yield Loosened(problem, plan)


def _value(case: Case, section: str, key: str) -> Any:
    return getattr(getattr(case.scenario.requirements, section), key)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
