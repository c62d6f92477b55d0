"""What the plan is best at: minutes, the worst off, money; of the plan and of today's network."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from optimizer.verify.equity import worst_off
from optimizer.verify.flows import flows_by_year
from optimizer.verify.money import RECURRING, central, site_costs
from optimizer.verify.recount import Recount
from optimizer.verify.staffing import staffing_by_year

KRONOR = 1e6
ACCESS = "access"
LEXICOGRAPHIC = "lexicographic"
VISIT_MINUTES = "visit-minutes"

AimRow = tuple[str, int, float, float, str, float]  #: scope, year, value, limit, unit, margin


@dataclass(frozen=True)
class Measures:
    """Sums over the planning years."""

    visit_minutes: float  #: of all visits, lost ones priced
    worst: float  #: visit-minutes that the worst off count beside them
    mnkr: float  #: cost, and the fees of lost visits

    def value(self, kind: str, kr_per_minute: float) -> float:
        """The value of an aim, in visit-minutes or kronor."""
        minutes = self.visit_minutes + self.worst
        if kind == ACCESS:
            return minutes
        if kind == "cost":
            return KRONOR * self.mnkr
        return KRONOR * self.mnkr + kr_per_minute * minutes


def of_the_plan(count: Recount) -> Measures:
    """The measures of the plan; its money is that of the recounted budget."""
    money = count.budget.set_index(["year", "item"])["amount_mnkr"]
    mnkr = sum(
        float(money[str(year), "cost"] + money[str(year), "fees_lost"])
        for year in count.settings.planning_years
    )
    worst = sum(worst_off(count, year) for year in count.settings.planning_years)
    return Measures(visit_minutes(count), worst, mnkr)


def visit_minutes(count: Recount) -> float:
    """demand * (travel + waiting + penalty * loss) over the planning years."""
    penalty = count.settings.lost_visit_minutes
    flows = [count.flows[year] for year in count.settings.planning_years]
    return sum(
        float((flow.demand * (flow.option_minutes + penalty * flow.loss)).sum()) for flow in flows
    )


def of_today(count: Recount, kind: str) -> Measures:
    """The same with today's network in every planning year: nobody lost, and no change paid for.

    Its money is not a number where an aim of the kind does not ask for it.
    """
    today = count.flows[count.settings.base_year].option_minutes
    minutes = sum(
        float((count.flows[year].demand * today).sum()) for year in count.settings.planning_years
    )
    return Measures(minutes, 0.0, math.nan if kind == ACCESS else _cost_of_today(count))


def _cost_of_today(count: Recount) -> float:
    """Recurring and central cost of today's network in the planning years, mnkr."""
    folder, settings = count.folder, replace(count.settings, staff=None)
    kept = dict.fromkeys(settings.years, count.networks[settings.base_year])
    flows = flows_by_year(folder, settings, kept)
    costs = site_costs(folder, settings, kept, staffing_by_year(folder, settings, kept, flows))
    return sum(
        float(costs[year][list(RECURRING)].to_numpy().sum()) + central(folder, settings, year)
        for year in settings.planning_years
    )


def objective_of(config: dict[str, Any]) -> dict[str, Any]:
    """The section `objective` of the config."""
    return dict(config.get("objective") or {})


def order_of(config: dict[str, Any]) -> tuple[str, ...]:
    """The kinds of aims that the config asks for, in order."""
    asked = objective_of(config)
    kind = str(asked.get("kind") or "access")
    return tuple(asked.get("order") or ()) if kind == LEXICOGRAPHIC else (kind,)


def kind_of(count: Recount) -> str:
    """The kind whose value the summary gives."""
    return str(count.folder.summary.get("objective_kind") or order_of(count.folder.config)[0])


def kr_per_minute(count: Recount) -> float:
    """The price of a minute where it is weighed against cost."""
    return float(objective_of(count.folder.config).get("kr_per_minute") or 0.0)


def change(kind: str, value: float, today: float) -> float:
    """What a gap is measured against: the burden added to today's, or how far cost is from it."""
    far = value - today if kind == "access" else abs(value - today)
    return max(far, 1e-9 * abs(today)) or 1.0


def ceiling_rows(count: Recount) -> Iterator[AimRow]:
    """Each earlier aim of an order: its value in the plan against what its own search has won.

    The most is the value that summary.json tells for the aim, and the tolerance of its change from
    today. Over all planning years, told under the last.
    """
    earlier = count.folder.summary.get("earlier") or []
    if not earlier:
        return
    tolerance = float(objective_of(count.folder.config).get("tolerance") or 0.0)
    plan, price = of_the_plan(count), kr_per_minute(count)
    for one in earlier:
        kind, won = str(one["objective_kind"]), float(one["objective"])
        most = won + tolerance * change(kind, won, float(one["objective_today"]))
        value = plan.value(kind, price)
        scale, unit = (1.0, VISIT_MINUTES) if kind == "access" else (KRONOR, "mnkr")
        year = count.settings.planning_years[-1]
        yield kind, year, value / scale, most / scale, unit, (most - value) / scale
