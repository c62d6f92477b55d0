"""What holds whatever happens: plans of some futures tried in all others, and what they regret.

The regret of a plan in a scenario is what its minutes are above those of the scenario's own plan.
A plan that breaks a requirement there, most often its budget, is no choice in that scenario: plans
are ranked by how many scenarios they hold in, then by their greatest regret (Savage 1951).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from optimizer import __version__
from optimizer.engine.evaluate import evaluate
from optimizer.whatif.sweep.minmax import Futures, least_greatest_regret
from optimizer.whatif.sweep.points import Point
from optimizer.whatif.sweep.record import Record, States, states_of
from optimizer.whatif.sweep.solving import Assessment, case_of

LEAST_REGRET = "least-regret"  #: the name of the plan that was sought over all scenarios
FATES = ("stays", "converts", "closes", "opens", "stays_closed")
_BY_ACTION = {"close": "closes", "merge": "closes", "open": "opens", "not_opened": "stays_closed"}
_SHOWN = 12


def plans_of(points: Sequence[Point], records: Mapping[str, Record]) -> dict[str, States]:
    """The plans that were found, by the name of their scenario."""
    plans = {point.name: records[point.key].plan for point in points if point.key in records}
    return {name: plan for name, plan in plans.items() if plan is not None}


@dataclass(frozen=True)
class Seeking:
    """Scenarios, the plans known of them, and how long to look for a better one over all."""

    texts: Mapping[str, str]  #: resolved configs by name
    plans: Mapping[str, States]
    seconds: float

    @property
    def key(self) -> str:
        """Equal for equal tasks."""
        text = json.dumps([__version__, asdict(self)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def seek_least_regret(task: Seeking) -> dict[str, Any]:
    """The plan of least greatest regret found, by names; plain values."""
    end = time.monotonic() + task.seconds
    instances = [case_of(text).instance for text in task.texts.values()]
    fitted = [plan.fitted(one) for plan in task.plans.values() for one in instances[:1]]
    plans = [states for states in fitted if states is not None]
    alike = all(
        (one.sites, one.years, one.states)
        == (instances[0].sites, instances[0].years, instances[0].states)
        for one in instances
    )
    if not plans or not alike:
        return {"plan": None}
    counted = [[evaluate(one, states) for one in instances] for states in plans]
    best = [
        min((plan.objective for plan in found if plan.feasible), default=np.inf)
        for found in zip(*counted, strict=True)
    ]
    held = [at for at, value in enumerate(best) if np.isfinite(value)]
    if not held:
        return {"plan": None}
    futures = Futures([instances[at] for at in held], np.array([best[at] for at in held]))
    states, worth = least_greatest_regret(
        futures, plans, out_of_time=lambda: time.monotonic() >= end
    )
    plan = states_of(instances[0], evaluate(instances[0], states))
    return {"plan": asdict(plan), "worth": asdict(worth)}


def assessments(
    points: Sequence[Point], records: Mapping[str, Record], there: Mapping[str, States]
) -> dict[str, Assessment]:
    """A job for each scenario that could be read: count the plans in it."""
    known = [point for point in points if point.key in records]
    return {
        point.name: Assessment(point.name, point.text, there)
        for point in known
        if records[point.key].outcome in ("done", "no_plan", "limit")
    }


def regrets_table(
    points: Sequence[Point],
    records: Mapping[str, Record],
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
) -> pd.DataFrame:
    """plan, scenario, minutes, regret_minutes, regret_at_most, holds, short_mnkr, broken.

    The regret is against the best plan known of the scenario, which may be another one's;
    ``regret_at_most`` against the scenario's bound, so that no better plan can make it more.
    Minutes are visit-minutes over the planning years.
    """
    table = []
    for point in points:
        found = rows.get(point.name)
        if found is None:
            continue
        own = records[point.key].certificate
        known = [row["objective"] for row in found if row["holds"]]
        known += [own["objective"]] if own else []
        best = min(known, default=None)
        bound = own.get("bound")
        for row in found:
            minutes = row["objective"]
            usable = minutes is not None and row["holds"] and best is not None
            table.append(
                {
                    "plan": row["plan"],
                    "scenario": point.name,
                    "minutes": minutes,
                    "regret_minutes": max(0.0, minutes - best) if usable else None,
                    "regret_at_most": max(0.0, minutes - bound) if usable and bound else None,
                    "holds": row["holds"],
                    "short_mnkr": row["short"],
                    "broken": row["broken"],
                }
            )
    columns = ["plan", "scenario", "minutes", "regret_minutes", "regret_at_most"]
    return pd.DataFrame(table, columns=[*columns, "holds", "short_mnkr", "broken"])


def ranking_table(regrets: pd.DataFrame) -> pd.DataFrame:
    """The plans, best first: scenarios they hold in, greatest and mean regret, most money short."""
    rows = []
    for plan, of_plan in regrets.groupby("plan", sort=True):
        regret = of_plan["regret_minutes"].astype(float)
        rows.append(
            {
                "plan": plan,
                "scenarios": len(of_plan),
                "holds_in": int(of_plan["holds"].sum()),
                "greatest_regret_minutes": regret.max(),
                "mean_regret_minutes": regret.mean(),
                "most_short_mnkr": of_plan["short_mnkr"].astype(float).max(),
            }
        )
    columns = ["plan", "scenarios", "holds_in", "greatest_regret_minutes", "mean_regret_minutes"]
    table = pd.DataFrame(rows, columns=[*columns, "most_short_mnkr"])
    order = ["holds_in", "greatest_regret_minutes", "plan"]
    return table.sort_values(order, ascending=[False, True, True]).reset_index(drop=True)


def fates_table(
    points: Sequence[Point], records: Mapping[str, Record], names: Mapping[str, str]
) -> pd.DataFrame:
    """office_id, office, scenarios, share_<fate> by the last year, and ``always``.

    ``names`` says what the sites are called; ``always`` is a fate with no other. Counted over the
    plans of the scenarios, each under its own requirements.
    """
    rows = []
    for point in points:
        record = records.get(point.key)
        if record is None or record.plan is None:
            continue
        for site, actions in zip(record.plan.sites, record.actions, strict=True):
            rows.append((site, _fate(actions)))
    found = pd.DataFrame(rows, columns=["office_id", "fate"])
    counts = pd.crosstab(found["office_id"], found["fate"])
    counts = counts.reindex(columns=list(FATES), fill_value=0)
    scenarios = counts.sum(axis=1)
    shares = counts.div(scenarios.where(scenarios > 0, 1), axis=0).add_prefix("share_")
    always = counts.idxmax(axis=1).where(counts.max(axis=1) == scenarios, "")
    table = pd.concat([scenarios.rename("scenarios"), shares, always.rename("always")], axis=1)
    table = table.rename_axis("office_id").reset_index()
    table.insert(1, "office", [names.get(site, "") for site in table["office_id"]])
    return table


def _fate(actions: Sequence[str]) -> str:
    """What has become of a site by the last year."""
    happened = [_BY_ACTION.get(action, action) for action in actions]
    for fate in ("closes", "opens"):
        if fate in happened:
            return fate
    if "convert" in happened:
        return "converts"
    return "stays_closed" if happened[-1] == "stays_closed" else "stays"


def robust_sentences(ranking: pd.DataFrame, offices: pd.DataFrame) -> list[str]:
    """What a person reads first: the plan to choose, and the offices whose fate never changes."""
    lines = []
    if len(ranking):
        best = ranking.iloc[0]
        lines.append(
            f"Least greatest regret: the plan of {best['plan']}, at most "
            f"{best['greatest_regret_minutes']:,.0f} visit-minutes above the best known; it holds "
            f"in {best['holds_in']} of {best['scenarios']} scenarios."
        )
    for fate in ("closes", "converts", "stays"):
        always = offices[offices["always"] == fate]
        named = [
            f"{i} {name}".strip()
            for i, name in zip(always["office_id"], always["office"], strict=True)
        ]
        if named:
            more = f" and {len(named) - _SHOWN} more in robust.csv" if len(named) > _SHOWN else ""
            lines.append(f"Always {fate}: {len(named)}: {', '.join(named[:_SHOWN])}{more}.")
    return lines
