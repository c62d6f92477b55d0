"""Why a plan does what it does to a site: the regret of the opposite, and what is in its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from geodata import builtin
from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.whatif.levers import Flip
from optimizer.whatif.means import more_a_year
from optimizer.whatif.opposites import Found, Opposite, added_minutes, burden_of_zones

_SHOWN = 5
_LEAST_VISIT_MINUTES = 1.0
_NOISE = 1e-9  #: of a zone's visit-minutes: sums of the same numbers in another order


@dataclass(frozen=True)
class Base:
    """The plan that is explained: counted, with its bound and the motives of its tables."""

    evaluation: Evaluation
    bound: float  #: visit-minutes
    motives: Mapping[str, str]  #: by office_id: the motive of its last change, or of the last year


@dataclass(frozen=True)
class Change:
    """A site whose last year differs if the opposite is taken, and to which modes."""

    office_id: str
    office: str
    plan: str
    instead: str


@dataclass(frozen=True)
class Effect:
    """What the opposite means in a municipality: minutes of all its visits in the last year."""

    municipality_code: str
    municipality: str
    visit_minutes: float  #: more than in the plan; negative: less


@dataclass(frozen=True)
class Explanation:
    """The opposite of one decision. Minutes are visit-minutes over all planning years."""

    office_id: str
    office: str
    decision: str  #: the mode of the last year
    motive: str
    opposite: str  #: keep, as_today, close, open, leave_closed; release: without the locks
    outcome: str  #: `found`, `no_plan` (proved), `ruled_out` (by the rules) or `not_found`
    locks: tuple[str, ...]  #: the decisions of the config that are set aside for it
    decisions: tuple[str, ...]  #: those that touch the site and leave the opposite allowed
    #: as far as found: best plan with the opposite less the plan; below 0: solve again, or the
    #: price of the locks
    regret: float | None
    regret_low: float | None  #: no less than this, by the bound of the opposite
    regret_high: float | None  #: no more than this, by the bound of the plan
    better_plan: bool  #: the search for the opposite found a plan better than the one explained
    lock_price: float | None  #: what locks or decisions cost the network, as found; else None
    gained: float | None  #: by those for whom the opposite is better, together
    lost: float | None  #: by all others: lost less gained is the regret, if minutes are the aim
    breaks: tuple[str, ...]  #: requirements broken by the plan with only this changed
    missing_mnkr: float | None  #: so much more a year, and the budget bears that
    free_at_mnkr: float | None  #: so much more a year, or less own cost, and nobody loses by it
    flips: tuple[Flip, ...]  #: where the decision turns
    changes: tuple[Change, ...]  #: other sites that differ in the best plan with the opposite
    gain: tuple[Effect, ...]
    lose: tuple[Effect, ...]

    def as_dict(self) -> dict[str, object]:
        """All of it for JSON."""
        return asdict(self)

    @property
    def separated(self) -> bool:
        """Whether the bounds prove that the opposite is worse."""
        return self.regret_low is not None and self.regret_low > _LEAST_VISIT_MINUTES

    @property
    def impossible(self) -> bool:
        """Whether it is proved that no plan takes the opposite."""
        return self.outcome == "no_plan"


def explain(
    case: Case,
    base: Base,
    one: Opposite,
    found: Found,
    flips: Sequence[Flip] = (),
    released: tuple[Opposite, Found] | None = None,
) -> Explanation:
    """What is known of the opposite; ``found`` carries the bound of all plans that take it.

    ``released``: the best plan without the decisions that touch the site, if they allow the
    opposite.
    """
    instance = case.instance
    low, high, regret = _regrets(base, one, found)
    alone = found.alone
    missing = None if alone is None else more_a_year(instance, alone)
    breaks = () if alone is None else tuple(r for r in alone.broken if r != "assignment")
    spared = one.gives_more and not _other_than_money(breaks)
    gained, lost = _sides(case, base.evaluation, found.best)
    return Explanation(
        office_id=instance.sites[one.site],
        office=str(case.sites["office"].iloc[one.site]),
        decision=instance.modes[int(base.evaluation.states[one.site, -1])],
        motive=base.motives.get(instance.sites[one.site], ""),
        opposite=one.kind,
        outcome=_outcome(one, found),
        locks=one.locks,
        decisions=() if released is None else released[0].locks,
        regret=regret,
        regret_low=low,
        regret_high=high,
        better_plan=not one.locks
        and found.best is not None
        and found.best.objective < base.evaluation.objective - _LEAST_VISIT_MINUTES,
        lock_price=_lock_price(base, one, found, released),
        gained=gained,
        lost=lost,
        breaks=breaks,
        missing_mnkr=missing,
        free_at_mnkr=missing if spared else None,
        flips=tuple(flips),
        changes=_changes(case, base.evaluation, found.best, -1 if one.locks else one.site),
        gain=_effects(case, base.evaluation, found.best, gain=True),
        lose=_effects(case, base.evaluation, found.best, gain=False),
    )


def _outcome(one: Opposite, found: Found) -> str:
    if found.best is not None:
        return "found"
    if one.ruled_out:
        return "ruled_out"
    return "no_plan" if found.bound == np.inf else "not_found"


def _regrets(
    base: Base, one: Opposite, found: Found
) -> tuple[float | None, float | None, float | None]:
    """The regret no less than, no more than, and as found; none where there is no such plan.

    Without locks no opposite is better than the best plan: a regret below 0 says that the plan is
    not the best. Where locks were set aside it may be, and then the bound of the plan says nothing
    of it.
    """
    if found.bound == np.inf or one.ruled_out:
        return None, None, None
    plan = base.evaluation.objective
    low = found.bound - plan if np.isfinite(found.bound) else None
    if one.locks:
        best = None if found.best is None else found.best.objective
        high = None if best is None else best - base.bound
        regret = None if best is None else best - plan
        return (low if low is None or regret is None else min(low, regret)), high, regret
    if found.best is None:
        return max(0.0, low or 0.0), None, None
    objective = found.best.objective
    regret = objective - plan
    if regret < -_LEAST_VISIT_MINUTES:
        return (None if low is None else min(low, regret)), objective - base.bound, regret
    least, regret = min(plan, objective), max(0.0, regret)
    return min(max(0.0, low or 0.0), regret), objective - min(base.bound, least), regret


def _lock_price(
    base: Base, one: Opposite, found: Found, released: tuple[Opposite, Found] | None
) -> float | None:
    """What the network would gain without the decisions about the site, as found."""
    free = found if one.locks else None if released is None else released[1]
    if free is None or free.best is None:
        return None
    return max(0.0, base.evaluation.objective - free.best.objective)


def _sides(
    case: Case, plan: Evaluation, other: Evaluation | None
) -> tuple[float | None, float | None]:
    """Visit-minutes of all years won by those who win, and lost by those who lose.

    A zone's rounding noise is neither.
    """
    if other is None:
        return None, None
    now = burden_of_zones(case.instance, plan)
    more = burden_of_zones(case.instance, other) - now
    noise = _NOISE * np.maximum(now, 1.0)
    return float(np.abs(more[more < -noise]).sum()), float(more[more > noise].sum())


def _other_than_money(broken: tuple[str, ...]) -> bool:
    return any(not rule.startswith("budget_by_year") for rule in broken)


def _changes(
    case: Case, plan: Evaluation, other: Evaluation | None, own: int
) -> tuple[Change, ...]:
    if other is None:
        return ()
    states, names = case.instance.modes, case.sites["office"].to_numpy(dtype=object)
    mode = case.instance.mode_id
    differ = np.flatnonzero(mode[plan.states[:, -1]] != mode[other.states[:, -1]])
    return tuple(
        Change(
            case.instance.sites[j],
            str(names[j]),
            states[int(plan.states[j, -1])],
            states[int(other.states[j, -1])],
        )
        for j in differ.tolist()
        if j != own
    )


def _effects(
    case: Case, plan: Evaluation, other: Evaluation | None, *, gain: bool
) -> tuple[Effect, ...]:
    """The municipalities that gain or lose most in the last year."""
    if other is None:
        return ()
    more = added_minutes(case.instance, plan, other)
    by_town = (
        case.zones.assign(_more=more)
        .groupby("municipality_code", sort=True)["_more"]
        .sum()
        .sort_values(ascending=gain, kind="stable")
    )
    chosen = by_town[
        (by_town < -_LEAST_VISIT_MINUTES) if gain else (by_town > _LEAST_VISIT_MINUTES)
    ]
    names = builtin.load("municipalities").set_index("municipality_code")["municipality"]
    return tuple(
        Effect(str(code), str(names.get(code, code)), float(value))
        for code, value in chosen.head(_SHOWN).items()
    )
