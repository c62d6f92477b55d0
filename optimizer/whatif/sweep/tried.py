"""Tables read before anything is solved, so that a wrong name in a point is told at once."""

from __future__ import annotations

import json
from collections.abc import Sequence

from geodata.problems import InputError, Problem
from optimizer.building.reading import read_case
from optimizer.config import Scenario
from optimizer.whatif.sweep.points import Point

#: The sections that names of offices, regions and tables stand in.
_NAMING = ("data", "offices", "requirements", "years")
_MOST = 40  #: different ones to read


def refuse_wrong_tables(points: Sequence[Point]) -> None:
    """Raise InputError where tables of the points are wrong."""
    problems = wrong_tables(points)
    if problems:
        raise InputError(problems)


def wrong_tables(points: Sequence[Point]) -> list[Problem]:
    """What is wrong with tables, read once for each way in which the points name things.

    Beyond so many ways the rest is left to the points themselves, which record what is wrong.
    """
    problems: dict[str, Problem] = {}
    ways = {_naming(point.scenario): point.scenario for point in points}
    for scenario in list(ways.values())[:_MOST]:
        try:
            read_case(scenario)
        except InputError as error:
            for problem in error.problems:
                told = Problem(
                    f"{problem.where} (point {scenario.name})",
                    problem.found,
                    problem.accepted,
                    problem.advice,
                )
                problems.setdefault(problem.sentence(), told)
    return list(problems.values())


def _naming(scenario: Scenario) -> str:
    content = scenario.model_dump(mode="json", by_alias=True, include=set(_NAMING))
    content["data"]["travel"].pop("time_factor", None)
    return json.dumps([content, list(scenario.modes), list(scenario.services)], sort_keys=True)
