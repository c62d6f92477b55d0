"""All tables of a plan from a case and a counted plan."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.plan.access import assignments_table, regions_table, zones_table
from optimizer.plan.counted import counted_years
from optimizer.plan.equity import equity_table
from optimizer.plan.money import budget_table, key_figures
from optimizer.plan.offices import offices_table
from optimizer.plan.remote import remote_table
from optimizer.plan.requirements import requirements_table
from optimizer.plan.staff import staff_table, with_staff
from optimizer.plan.weekdays import schedules_of, weekdays_table


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What people read: tables by their name in the run folder, and the figures of each year."""

    offices: pd.DataFrame
    assignments: pd.DataFrame
    zones: pd.DataFrame
    regions: pd.DataFrame
    budget: pd.DataFrame
    requirements: pd.DataFrame
    staff: pd.DataFrame
    remote: pd.DataFrame
    weekdays: pd.DataFrame
    equity: pd.DataFrame
    figures: list[dict[str, float | int | None]]


def motives_table(case: Case, evaluation: Evaluation, languages: tuple[str, ...]) -> pd.DataFrame:
    """`office_id, year` of every row of the plan, and its motive in a column for each language."""
    years = with_staff(case, counted_years(case, evaluation))
    schedules = schedules_of(case, years)
    tables = [offices_table(case, years, schedules, language) for language in languages]
    motives = {name: table["motive"] for name, table in zip(languages, tables, strict=True)}
    return tables[0][["office_id", "year"]].assign(**motives)


def make_plan(case: Case, evaluation: Evaluation) -> Plan:
    """The tables of a plan; motives in the language of the config's output."""
    years = with_staff(case, counted_years(case, evaluation))
    budget = budget_table(case, years)
    schedules = schedules_of(case, years)
    return Plan(
        offices=offices_table(case, years, schedules, case.scenario.output.language),
        assignments=assignments_table(case, years),
        zones=zones_table(case, years),
        regions=regions_table(case, years),
        budget=budget,
        requirements=requirements_table(case, years, budget, schedules, evaluation),
        staff=staff_table(case, years),
        remote=remote_table(case, years),
        weekdays=weekdays_table(case, schedules),
        equity=equity_table(case, years),
        figures=key_figures(case, years, budget),
    )
