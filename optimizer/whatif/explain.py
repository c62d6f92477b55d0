"""Why a plan does what it does to a site: the regret of the opposite, and what is in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from optimizer.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.whatif.opposites import Found, Opposite, added_minutes

_SHOWN = 5
_LEAST_VISIT_MINUTES = 1.0


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
    visit_minutes: float  #: more than in the plan; negative: less


@dataclass(frozen=True)
class Explanation:
    """The opposite of one decision. Minutes are visit-minutes over all planning years."""

    office_id: str
    office: str
    decision: str  #: the mode of the last year
    motive: str
    opposite: str  #: keep, close, open or leave_closed
    outcome: str  #: `found`, `no_plan` (proved), `ruled_out` (by the config) or `not_found`
    regret: float | None  #: as far as found: best plan with the opposite less the plan
    regret_low: float | None  #: no less than this, by the bound of the opposite
    regret_high: float | None  #: no more than this, by the bound of the plan
    better_plan: bool  #: the search for the opposite found a plan better than the one explained
    breaks: tuple[str, ...]  #: requirements broken by the plan with only this changed
    missing_mnkr: float | None  #: what the budget lacks at most in a year for that
    flips_at_mnkr: float | None  #: more means or less own cost, so that it costs nobody a minute
    flips_at_visits: float | None  #: about: times its own visits at which the opposite pays
    changes: tuple[Change, ...]  #: other sites that differ in the best plan with the opposite
    gain: tuple[Effect, ...]
    lose: tuple[Effect, ...]

    def as_dict(self) -> dict[str, object]:
        """All of it for JSON."""
        return asdict(self)


def explain(case: Case, base: Base, one: Opposite, found: Found, bound: float) -> Explanation:
    """What is known of the opposite; ``bound`` is the bound of all plans that take it."""
    instance = case.instance
    low, high, regret = _regrets(base, found, bound)
    alone = found.alone
    missing = None if alone is None else _missing_mnkr(alone)
    breaks = () if alone is None else tuple(r for r in alone.broken if r != "assignment")
    more_service = one.kind in ("keep", "open")
    return Explanation(
        office_id=instance.sites[one.site],
        office=str(case.sites["office"].iloc[one.site]),
        decision=instance.modes[int(base.evaluation.states[one.site, -1])],
        motive=base.motives.get(instance.sites[one.site], ""),
        opposite=one.kind,
        outcome=_outcome(one, found, bound),
        regret=regret,
        regret_low=low,
        regret_high=high,
        better_plan=found.best is not None
        and found.best.objective < base.evaluation.objective - _LEAST_VISIT_MINUTES,
        breaks=breaks,
        missing_mnkr=missing,
        flips_at_mnkr=missing if more_service and not _other_than_money(breaks) else None,
        flips_at_visits=_visits_factor(base, alone, regret) if more_service else None,
        changes=_changes(case, base.evaluation, found.best, one.site),
        gain=_effects(case, base.evaluation, found.best, gain=True),
        lose=_effects(case, base.evaluation, found.best, gain=False),
    )


def _outcome(one: Opposite, found: Found, bound: float) -> str:
    if found.best is not None:
        return "found"
    if not one.allowed.any(axis=0).all():
        return "ruled_out"
    return "no_plan" if bound == np.inf else "not_found"


def _regrets(
    base: Base, found: Found, bound: float
) -> tuple[float | None, float | None, float | None]:
    """The regret no less than, no more than, and as found; none where there is no such plan."""
    if bound == np.inf:
        return None, None, None
    low = max(0.0, bound - base.evaluation.objective)
    if found.best is None:
        return low, None, None
    objective = found.best.objective
    best = min(base.evaluation.objective, objective)
    return min(low, objective - best), objective - min(base.bound, best), objective - best


def _missing_mnkr(alone: Evaluation) -> float:
    """What the worst year lacks, one-off costs included, or the years after the last."""
    ledger = alone.ledger
    return max(0.0, -float(ledger.margin.min()), -ledger.margin_after)


def _other_than_money(broken: tuple[str, ...]) -> bool:
    return any(not rule.startswith("budget_by_year") for rule in broken)


def _visits_factor(base: Base, alone: Evaluation | None, regret: float | None) -> float | None:
    """How many times its own visits would make the opposite pay: 1 + regret / what they gain."""
    if alone is None or regret is None:
        return None
    gained = base.evaluation.objective - alone.objective
    return 1.0 + regret / gained if gained > _LEAST_VISIT_MINUTES else None


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
    return tuple(Effect(str(code), float(value)) for code, value in chosen.head(_SHOWN).items())
