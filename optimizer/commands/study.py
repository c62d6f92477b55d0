"""A run under study: the opposites of its decisions sought, bounded and turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.building.case import Case
from optimizer.commands.crew import Crew, Job
from optimizer.commands.store import users_store
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.progress import ProgressReporter
from optimizer.solving.opposites import Variations
from optimizer.whatif.explain import Base, Explanation, explain
from optimizer.whatif.levers import (
    RUNGS,
    Flip,
    Rung,
    budget_flip,
    own_cost_flip,
    own_visits_flip,
    rung,
)
from optimizer.whatif.opposites import Found, Opposite, opposite, release, seek

_BOUND_SECONDS, _FEW_BOUND_SECONDS, _VARIATION_SECONDS = 30.0, 8.0, 20.0
_LESS = 1e-6  #: in the unit of the objective: no better plan, but rounding
_FEW = 8  #: sites; for more the bounds come from one relaxation that is varied, site by site
_RUNG_PART = 0.4  #: of the seconds of a site, for each amount of money
_LEVER_PART = 1.2  #: of the seconds of a site, for each of its levers


@dataclass(frozen=True)
class Studied:
    """What a study has found."""

    base: Base  #: with the best bound known
    explanations: tuple[Explanation, ...] = ()
    ladder: tuple[Rung, ...] = ()  #: what more or less money gives
    better: Evaluation | None = None  #: the best plan come upon, if it is better than the base


@dataclass(frozen=True)
class Study:
    """A run under study."""

    case: Case
    base: Base
    crew: Crew
    seconds: float  #: for each opposite
    report: ProgressReporter

    def of(self, sites: Sequence[int], levers: bool) -> Studied:
        """An explanation for each site, and the ladder of money if ``levers`` are asked for."""
        states = self.base.evaluation.states
        opposites = [opposite(self.case.instance, states, site) for site in sites]
        releases = self._releases(opposites)
        sought = [*opposites, *releases.values()]
        tasks: list[Job] = [(_seek, (one, self.seconds)) for one in sought]
        asked = self._rungs(opposites) if levers else []
        tasks += [(_rung, (mnkr, _RUNG_PART * self.seconds)) for mnkr in asked]
        if not tasks:
            return Studied(self.base)
        self.report.stage(f"Seeking {len(opposites)} opposites")
        results = self.crew.done(tasks)
        found: list[Found] = results[: len(opposites)]
        freed: list[Found] = results[len(opposites) : len(sought)]
        pairs = zip(releases.values(), freed, strict=True)
        free = {one.site: (one, each) for one, each in pairs}
        ladder: list[Rung] = results[len(sought) :]
        base, found = self._bounded(opposites, found)
        flips = self._flips(opposites, found, ladder) if levers else [()] * len(found)
        explanations = [
            explain(self.case, base, one, each, turns, free.get(one.site))
            for one, each, turns in zip(opposites, found, flips, strict=True)
        ]
        better = self._better(opposites, found)
        return Studied(base, tuple(explanations), tuple(ladder), better)

    def _better(self, opposites: Sequence[Opposite], found: Sequence[Found]) -> Evaluation | None:
        """The best plan come upon that no decision rules out; None if it is no better."""
        plans = [
            evaluate(self.case.instance, each.best.states)
            for one, each in zip(opposites, found, strict=True)
            if each.best is not None and not one.locks
        ]
        fit = (plan for plan in plans if plan.feasible)
        best = min(fit, key=lambda plan: plan.objective, default=None)
        if best is None or best.objective >= self.base.evaluation.objective - _LESS:
            return None
        return best

    def _releases(self, opposites: Sequence[Opposite]) -> dict[int, Opposite]:
        """By site: what it may do without the decisions about it, if they allow its opposite."""
        asked = [one.site for one in opposites if not one.locks]
        released = {site: release(self.case.instance, site) for site in asked}
        return {site: one for site, one in released.items() if one is not None}

    def _rungs(self, opposites: Sequence[Opposite]) -> list[float]:
        """More money if something ends or stays closed, less if something stays."""
        wanted = {1.0 if one.gives_more else -1.0 for one in opposites}
        return [sign * mnkr for sign in sorted(wanted) for mnkr in RUNGS]

    def _bounded(
        self, opposites: Sequence[Opposite], found: Sequence[Found]
    ) -> tuple[Base, list[Found]]:
        """Bounds from one relaxation, solved once and varied for each opposite.

        Of few, who have had a proof of their own, only where an earlier command has left it: to
        grow one takes as long as those proofs did.
        """
        few, solver, store = len(opposites) <= _FEW, self.case.scenario.solver, users_store()
        if few and not store.has(self.case.instance, seed=solver.seed):
            return self.base, list(found)
        self.report.stage("Bounding")
        variations = Variations(
            self.case.instance,
            seconds=_FEW_BOUND_SECONDS if few else _BOUND_SECONDS,
            settled=not few,
            seed=solver.seed,
            stored=store,
        )
        base = replace(self.base, bound=max(self.base.bound, variations.bound))
        bounded = []
        for count, (one, each) in enumerate(zip(opposites, found, strict=True), start=1):
            bound = each.bound
            if not one.ruled_out and not one.locks:
                varied = variations.restricted(one.site, one.allowed, seconds=_VARIATION_SECONDS)
                proved = each.best is None or np.isfinite(varied)
                bound = max(bound, base.bound, varied) if proved else max(bound, base.bound)
            bounded.append(replace(each, bound=bound))
            self.report.counted(count, len(opposites), np.nan)
        return base, bounded

    def _flips(
        self, opposites: Sequence[Opposite], found: Sequence[Found], ladder: Sequence[Rung]
    ) -> list[tuple[Flip, ...]]:
        """The levers of each decision; its own only where few are asked for."""
        budgets = [None if one.locks else budget_flip(one, ladder) for one in opposites]
        own: dict[int, list[Flip]] = {at: [] for at in range(len(opposites))}
        if len(opposites) <= _FEW:
            self.report.stage("Seeking what would turn the decisions")
            tasks: list[Job] = []
            places = []
            for at, (one, each) in enumerate(zip(opposites, found, strict=True)):
                if each.best is not None and not one.locks:
                    given = (one, each.best, _LEVER_PART * self.seconds)
                    tasks += [(_own_cost, given), (_own_visits, given)]
                    places += [at, at]
            for at, flip in zip(places, self.crew.done(tasks), strict=True):
                own[at].append(flip)
        return [
            tuple(flip for flip in (budget, *own[at]) if flip is not None)
            for at, budget in enumerate(budgets)
        ]


def _seek(case: Case, plan: Evaluation, one: Opposite, seconds: float) -> Found:
    solver = case.scenario.solver
    return seek(case.instance, plan.states, one, seconds=seconds, solver=solver.name)


def _rung(case: Case, plan: Evaluation, mnkr: float, seconds: float) -> Rung:
    return rung(case, plan.states, mnkr, seconds=seconds)


def _own_cost(
    case: Case, plan: Evaluation, one: Opposite, other: Evaluation, seconds: float
) -> Flip:
    return own_cost_flip(case.instance, plan, one, other, seconds=seconds)


def _own_visits(
    case: Case, plan: Evaluation, one: Opposite, other: Evaluation, seconds: float
) -> Flip:
    return own_visits_flip(case.instance, plan, one, other, seconds=seconds)
