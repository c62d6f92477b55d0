"""The opposite of what a plan decides for a site, and the best plan that takes it.

The regret of the opposite is what the visitors of the whole network lose by it: the objective of
the best plan with the opposite, less that of the best plan. Both are known as intervals: a plan
found is an upper end, a bound a lower one.

Where a decision of the config rules the opposite out, the best plan without that decision is sought
instead: what the network gains by it is the price of the lock.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from optimizer.engine.evaluate import Evaluation, evaluate
from optimizer.engine.paths import all_paths
from optimizer.instance import CLOSED, Bools, FixedDecision, Floats, Instance, Ints
from optimizer.solving.incumbent import Limits
from optimizer.solving.proof import NoPlan, prove
from optimizer.whatif.seeking import best_found, is_small

Kind = Literal["keep", "as_today", "close", "open", "leave_closed", "release"]
_SEARCH_SECONDS = 12.0  #: of local search before a proof is begun, and at least half of all
_LEAST_PROOF_SECONDS = 6.0
_GAP = 1e-4  #: of the added burden: a small office's regret is small


@dataclass(frozen=True)
class Opposite:
    """What a site would have to do instead."""

    site: int
    kind: Kind
    allowed: Bools  #: [M+1, T] states of the site under it; a year without any: ruled out
    locks: tuple[str, ...] = ()  #: decisions of the config set aside for it: keep, close, ...

    @property
    def ruled_out(self) -> bool:
        """Whether no state is left for the site in some year."""
        return not bool(self.allowed.any(axis=0).all())

    @property
    def gives_more(self) -> bool:
        """Whether the site gives more service under it than in the plan."""
        return self.kind in ("keep", "as_today", "open")

    def taken_by(self, states: Ints) -> bool:
        """Whether a plan [J, T] takes it."""
        return bool(self.allowed[states[self.site], np.arange(states.shape[1])].all())


def opposite(instance: Instance, states: Ints, site: int) -> Opposite:
    """The opposite of the plan for a site: keep what ends or serves less, close what stays.

    `keep` is today's tier in every year, as in `offices.keep`; `as_today` is today's mode in every
    year, for what is converted within its tier (fewer days, shared premises); `close` and
    `leave_closed` are closed in the last year; `open` is open in the last year, in any mode. Where
    decisions of the config rule that out it is `release`: anything, without those decisions.
    """
    kind = _kind(instance, states, site)
    allowed = _narrowed(instance, instance.allowed[site], site, kind)
    found = Opposite(site, kind, allowed)
    released = release(instance, site) if found.ruled_out else None
    return found if released is None else released


def release(instance: Instance, site: int) -> Opposite | None:
    """Anything that the site may do without the decisions that touch it; None where there are none.

    The price of decisions that leave the opposite allowed is sought with it too: an office that is
    kept and converted within its tier would perhaps close without them.
    """
    locks = tuple(dict.fromkeys(one.kind for one in instance.fixed if _touches(one, site)))
    if not locks or instance.possible is None:
        return None
    return Opposite(site, "release", without_locks(instance, site).allowed[site], locks)


def _kind(instance: Instance, states: Ints, site: int) -> Kind:
    last, today = int(states[site, -1]), int(instance.today[site])
    if instance.candidate[site]:
        return "open" if last == CLOSED else "leave_closed"
    if instance.tier[last] < instance.tier[today]:
        return "keep"
    return "close" if instance.mode_id[last] == instance.mode_id[today] else "as_today"


def _narrowed(instance: Instance, allowed: Bools, site: int, kind: Kind) -> Bools:
    allowed = allowed.copy()
    if kind == "keep":
        allowed[instance.tier < instance.tier[instance.today[site]]] = False
    elif kind == "as_today":
        allowed[instance.mode_id != instance.mode_id[instance.today[site]]] = False
    elif kind == "open":
        allowed[CLOSED, -1] = False
    else:
        allowed[np.arange(allowed.shape[0]) != CLOSED, -1] = False
    return allowed


def _touches(decision: FixedDecision, site: int) -> bool:
    return site in (decision.site, decision.into)


def without_locks(instance: Instance, site: int) -> Instance:
    """The instance without the planners' decisions that speak of a site."""
    dropped = [one for one in instance.fixed if _touches(one, site)]
    if not dropped or instance.possible is None:
        return instance
    fixed = tuple(one for one in instance.fixed if not _touches(one, site))
    allowed = instance.allowed.copy()
    for j in {one.site for one in dropped} | {one.into for one in dropped} - {-1}:
        allowed[j] = instance.possible[j]
        for one in fixed:
            if one.site == j:
                allowed[j] &= one.allowed
            if one.into == j:
                in_force = ~one.allowed.all(axis=0)
                allowed[j] &= instance.receiving(j)[:, None] | ~in_force
    return replace(instance, allowed=allowed, fixed=fixed)


def taking(instance: Instance, one: Opposite) -> Instance | None:
    """The instance in which the opposite holds; None where it is ruled out."""
    if one.ruled_out:
        return None
    if one.locks:
        instance = without_locks(instance, one.site)
    allowed = instance.allowed.copy()
    allowed[one.site] = one.allowed
    return replace(instance, allowed=allowed)


@dataclass(frozen=True)
class Found:
    """The best plan with the opposite, as far as it was sought."""

    best: Evaluation | None
    alone: Evaluation | None  #: the plan at hand with nothing but the opposite in it
    bound: float = (
        -np.inf
    )  #: of all plans with the opposite, visit-minutes; infinite: there is none


def seek(
    instance: Instance,
    states: Ints,
    one: Opposite,
    *,
    seconds: float,
    solver: str = "highs",
    seed: int = 1,
) -> Found:
    """Look for the best plan with the opposite and its bound, from the plan at hand, for so long.

    Local search comes first, so that small differences are seen: plan and opposite are improved
    alike. A proof follows in the time left, if that is enough to bound anything: any time is where
    the problem is small, or where the search had nothing more to try.
    """
    changed = taking(instance, one)
    if changed is None:
        return Found(None, None)
    end = time.monotonic() + seconds
    start = _nearest_path(changed, states, one.site)
    if start is None:  # from what the site is today no path leads there
        return Found(None, None, np.inf)
    alone = evaluate(changed, start)
    small = is_small(changed)
    searching = 0.5 * seconds if small else min(seconds, max(_SEARCH_SECONDS, 0.5 * seconds))
    best = best_found(changed, [start], seconds=searching, seed=seed)
    left = end - time.monotonic()
    searched_out = best is not None and left > seconds - searching
    if left < _LEAST_PROOF_SECONDS and not small and not searched_out:
        return Found(best, alone)
    limits = Limits(solver, _GAP, end, 1, seed)
    begin = start if best is None else best.states
    try:
        outcome = prove(
            changed, limits, report=lambda *_: None, stop=threading.Event(), start=begin
        )
    except NoPlan as nothing:
        return Found(best, alone, np.inf if nothing.proved and best is None else -np.inf)
    better = outcome.evaluation
    if best is not None and best.objective < better.objective:
        better = best
    return Found(better, alone, outcome.certificate.bound)


def _nearest_path(instance: Instance, states: Ints, site: int) -> Ints | None:
    """The plan with the site on the allowed path that differs least, the better served first."""
    paths = all_paths(instance)
    own = paths.states[paths.site == site]
    if len(own) == 0:
        return None
    same = (own == states[site]).sum(axis=1)
    rank = instance.rank[site, own].sum(axis=1)
    start = states.copy()
    start[site] = own[np.lexsort((rank, same))[-1]]
    return start


def added_minutes(instance: Instance, before: Evaluation, after: Evaluation) -> Floats:
    """[I] visit-minutes of the last year that each zone has more in ``after``, waiting included."""
    t = len(instance.years) - 1
    one, other = before.assignments[t].cost, after.assignments[t].cost
    return np.asarray((instance.demand[t] * (other - one)).sum(axis=1))


def burden_of_zones(instance: Instance, plan: Evaluation) -> Floats:
    """[I] visit-minutes of each zone over all years, lost visits priced: they sum to the burden.

    Infinite where no open site serves a need.
    """
    total = np.zeros(len(instance.zones))
    for t, found in enumerate(plan.assignments):
        price = found.cost + instance.lost_visit_minutes * found.loss(instance)
        total += (instance.demand[t] * price).sum(axis=1)
    return total
