"""A run under study: the opposites of its decisions sought, bounded and turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.building.case import Case
from optimizer.commands.crew import Crew, Job
from optimizer.commands.store import users_store
from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.instance import Ints
from optimizer.progress import ProgressReporter
from optimizer.solving.opposites import Variations
from optimizer.whatif.explain import Base, Explanation, explain
from optimizer.whatif.levers import (
    Flip,
    Rung,
    Span,
    budget_span,
    narrowed,
    own_cost_flip,
    own_visits_flip,
    rung,
    rungs,
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
        """An explanation for each site, and the ladder of money if ``levers`` are asked for.

        After Ctrl-C for each site that was sought by then. Raises KeyboardInterrupt if none was.
        """
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
        freed = dict(zip(releases, results[len(opposites) : len(sought)], strict=True))
        free = {site: (releases[site], each) for site, each in freed.items() if each is not None}
        whole = [
            (one, each)
            for one, each in zip(opposites, results[: len(opposites)], strict=True)
            if each is not None and (one.site in free or one.site not in releases)
        ]
        if opposites and not whole:
            raise KeyboardInterrupt
        opposites = [one for one, _ in whole]
        ladder: list[Rung] = [each for each in results[len(sought) :] if each is not None]
        base, found = self._bounded(opposites, [each for _, each in whole])
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
        return [sign * mnkr for sign in sorted(wanted) for mnkr in rungs(self.case)]

    def _bounded(
        self, opposites: Sequence[Opposite], found: Sequence[Found]
    ) -> tuple[Base, list[Found]]:
        """Bounds from one relaxation, solved once and varied for each opposite.

        Of few, who have had a proof of their own, only where an earlier command has left it: to
        grow one takes as long as those proofs did. Ctrl-C leaves the rest with the bound at hand.
        """
        few, solver, store = len(opposites) <= _FEW, self.case.scenario.solver, users_store()
        if few and not store.has(self.case.instance, seed=solver.seed):
            return self.base, list(found)
        base, bounded = self.base, []
        with self.crew.breakable():
            self.crew.go_on()
            self.report.stage("Bounding")
            variations = Variations(
                self.case.instance,
                seconds=_FEW_BOUND_SECONDS if few else _BOUND_SECONDS,
                settled=not few,
                seed=solver.seed,
                stored=store,
            )
            base = replace(base, bound=max(base.bound, variations.bound))
            for one, each in zip(opposites, found, strict=True):
                bounded.append(_varied(variations, base, one, each))
                self.report.counted(len(bounded), len(opposites), np.nan)
        rest = zip(opposites[len(bounded) :], found[len(bounded) :], strict=True)
        return base, bounded + [_varied(None, base, one, each) for one, each in rest]

    def _flips(
        self, opposites: Sequence[Opposite], found: Sequence[Found], ladder: Sequence[Rung]
    ) -> list[tuple[Flip, ...]]:
        """The levers of each decision; its own only where few are asked for.

        Money is told more closely there too, in the time that the ladder has spared.
        """
        budgets = [None if one.locks else budget_span(one, ladder) for one in opposites]
        own: dict[int, list[Flip]] = {at: [] for at in range(len(opposites))}
        spared = sum(step.spared for step in ladder) / max(self.crew.jobs, len(opposites))
        if len(opposites) <= _FEW:
            self.report.stage("Seeking what would turn the decisions")
            tasks: list[Job] = []
            places = []
            for at, (one, each) in enumerate(zip(opposites, found, strict=True)):
                if each.best is not None and not one.locks:
                    given = (one, each.best, _LEVER_PART * self.seconds)
                    tasks += [(_own_cost, given), (_own_visits, given)]
                    places += [at, at]
                if (span := budgets[at]) is not None:
                    other = self.base.evaluation if each.best is None else each.best
                    tasks.append((_narrowed, (one, other.states, span, spared)))
                    places.append(at)
            for at, answer in zip(places, self.crew.done(tasks), strict=True):
                if isinstance(answer, Span):
                    budgets[at] = answer
                elif answer is not None:
                    own[at].append(answer)
        money = [None if span is None else span.flip for span in budgets]
        return [
            tuple(flip for flip in (budget, *own[at]) if flip is not None)
            for at, budget in enumerate(money)
        ]


def _varied(variations: Variations | None, base: Base, one: Opposite, each: Found) -> Found:
    """What was found with the best bound: that of the base, and the variation's if there is one."""
    if one.ruled_out or one.locks:
        return each
    bound = max(each.bound, base.bound)
    if variations is not None:
        varied = variations.restricted(one.site, one.allowed, seconds=_VARIATION_SECONDS)
        if each.best is None or np.isfinite(varied):
            bound = max(bound, varied)
    return replace(each, bound=bound)


def _seek(case: Case, plan: Evaluation, one: Opposite, seconds: float) -> Found:
    solver = case.scenario.solver
    return seek(case.instance, plan.states, one, seconds=seconds, solver=solver.name)


def _rung(case: Case, plan: Evaluation, mnkr: float, seconds: float) -> Rung:
    return rung(case, plan.states, mnkr, seconds=seconds)


def _narrowed(
    case: Case, plan: Evaluation, one: Opposite, other: Ints, span: Span, seconds: float
) -> Span:
    return narrowed(case, plan.states, one, other, span, seconds=seconds)


def _own_cost(
    case: Case, plan: Evaluation, one: Opposite, other: Evaluation, seconds: float
) -> Flip:
    return own_cost_flip(case.instance, plan, one, other, seconds=seconds)


def _own_visits(
    case: Case, plan: Evaluation, one: Opposite, other: Evaluation, seconds: float
) -> Flip:
    return own_visits_flip(case.instance, plan, one, other, seconds=seconds)
