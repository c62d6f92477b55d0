"""How far a plan made by people is from the best of the same question, in minutes and in money."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.whatif.means import cut_borne, with_cut
from optimizer.whatif.rounded_up import rounded_up
from optimizer.whatif.seeking import best_found

_FIRST_STEP_MNKR = 1.0
_NOTHING_MNKR = 1e-6  #: a plan that fits may lack as much by rounding
_LEAST_SHOWN_MNKR = 0.005  #: less is printed as nothing
_DOUBLINGS, _HALVINGS = 7, 3


@dataclass(frozen=True)
class Distance:
    """Distances are known from below by plans that were found, and from above by a bound.

    ``minutes`` are of the objective over all planning years, in its unit: visit-minutes, or kronor
    where money counts. None where nothing is known.
    """

    best_known: float | None  #: objective of the best plan found that keeps every requirement
    minutes_at_least: float | None  #: the plan's less the best known's; negative: it breaks rules
    minutes_at_most: float | None  #: the plan's less the bound
    mnkr_at_least: float | None  #: a year, that a plan found does without for no more minutes
    cost_above_best_mnkr: dict[int, float] | None  #: by year, the plan's cost less the best known's
    lacks_mnkr: float  #: what every year's means lack at least for the plan; 0: it fits
    deficits_mnkr: dict[int, float] | None = None  #: by year, the plan's cost less the year's means

    def as_dict(self) -> dict[str, object]:
        """All of it for JSON."""
        return asdict(self)

    def sentences(self, plan: float, today: float, unit: str) -> list[str]:
        """What a person reads; ``plan`` and ``today`` are their objectives in ``unit``."""
        lines = [f"It adds {_million(plan - today)} million {unit} to today's."]
        if self.lacks_mnkr > _NOTHING_MNKR:
            lines.append(self._lacking())
        if self.best_known is not None and self.minutes_at_least is not None:
            lines.append(_against_best(self.best_known - today, self.minutes_at_least))
        if self.minutes_at_most is not None:
            lines.append(_against_bound(self.minutes_at_most, unit))
        if self.mnkr_at_least is not None and self.mnkr_at_least >= _LEAST_SHOWN_MNKR:
            lines.append(
                f"A plan no worse for the visitors was found that does with "
                f"{self.mnkr_at_least:.2f} mnkr less a year."
            )
        if self.cost_above_best_mnkr is not None:
            years = ", ".join(
                f"{year}: {more:+.1f}" for year, more in self.cost_above_best_mnkr.items()
            )
            lines.append(f"Its cost above that of the best plan known, mnkr: {years}.")
        return lines

    def _lacking(self) -> str:
        lacks = max(0.01, rounded_up(self.lacks_mnkr, 2))  # no less is enough
        told = f"With {lacks:.2f} mnkr more in every year it would keep the budget"
        deficits = self.deficits_mnkr or {}
        year = max(deficits, key=deficits.__getitem__, default=None)
        if year is None or deficits[year] < _LEAST_SHOWN_MNKR:
            return f"{told}."
        return f"{told}; the largest deficit of a year is {deficits[year]:.2f} ({year})."


def distance(
    case: Case,
    plan: Evaluation,
    known: Evaluation | None,
    bound: float | None,
    *,
    seconds: float,
    stop: threading.Event | None = None,
) -> Distance:
    """How far ``plan`` is from the best: against a plan that is known, a bound, and a search.

    ``seconds`` are spent on the search for less money; none: only plans at hand are used. ``stop``
    ends it with what was found by then.
    """
    best = min((one for one in (known, plan) if one and one.feasible), key=_worth, default=None)
    return Distance(
        best_known=None if best is None else best.objective,
        minutes_at_least=None if best is None else plan.objective - best.objective,
        minutes_at_most=None if bound is None else plan.objective - bound,
        mnkr_at_least=_money(case, plan, best, seconds=seconds, stop=stop),
        cost_above_best_mnkr=None if best is None else _costs(case, plan, best),
        lacks_mnkr=max(0.0, -cut_borne(case, plan)),
        deficits_mnkr=_deficits(case, plan),
    )


def _worth(plan: Evaluation) -> float:
    return plan.objective


def _costs(case: Case, plan: Evaluation, best: Evaluation) -> dict[int, float]:
    more = plan.ledger.cost - best.ledger.cost
    return {int(year): float(value) for year, value in zip(case.instance.years, more, strict=True)}


def _deficits(case: Case, plan: Evaluation) -> dict[int, float]:
    lacks = plan.ledger.cost - plan.ledger.means
    return {int(year): float(lack) for year, lack in zip(case.instance.years, lacks, strict=True)}


def _money(
    case: Case,
    plan: Evaluation,
    best: Evaluation | None,
    *,
    seconds: float,
    stop: threading.Event | None,
) -> float | None:
    """The largest further cut found under which a plan with no more minutes keeps every rule.

    Counted from what ``plan`` itself bears, which is less than nothing where it breaks the budget.
    Doubled until no such plan is found, then halved; what is found is a lower end.
    """
    own = cut_borne(case, plan)
    found = 0.0 if plan.feasible or not _rules(plan) else None
    if best is not None and best.objective <= plan.objective:
        found = max(0.0, cut_borne(case, best) - own)
    if seconds <= 0:
        return found
    each = seconds / (_DOUBLINGS + _HALVINGS)
    starts = [one.states for one in (plan, best) if one is not None]
    low, step, high = found or 0.0, _FIRST_STEP_MNKR, np.inf
    for _ in range(_DOUBLINGS + _HALVINGS):
        tried = low + step if not np.isfinite(high) else 0.5 * (low + high)
        if stop is not None and stop.is_set():
            break
        other = best_found(with_cut(case, own + tried), starts, seconds=each, stop=stop)
        if other is not None and other.objective <= plan.objective:
            low = found = max(tried, cut_borne(case, other) - own)
            starts = [other.states]
            step *= 2
        else:
            high = tried
    return found


def _rules(plan: Evaluation) -> Sequence[str]:
    """The rules that do not hold, the budget aside."""
    return [text for text in plan.broken if not text.startswith("budget_by_year")]


def _against_best(best_adds: float, more: float) -> str:
    if more < 0:
        best = (
            f"The best plan known that keeps every requirement adds {_million(best_adds)} million"
        )
        if _million(best_adds) == _million(-more):  # this one adds nothing
            return f"{best}; this one breaks some."
        return f"{best}: {_million(-more)} million more than this one, which breaks some."
    if more == 0:
        return "No better plan is known."
    return (
        f"The best plan known adds {_million(best_adds)} million: this one is at least "
        f"{_million(more)} million from the optimum."
    )


def _against_bound(at_most: float, unit: str) -> str:
    if at_most < 0:
        return (
            f"Every plan that keeps the requirements adds at least {_million(-at_most)} million "
            f"{unit} more; proved."
        )
    return (
        f"No plan that keeps every requirement is better by more than {_million(at_most)} million "
        f"{unit}; proved."
    )


def _million(value: float) -> str:
    return f"{value / 1e6:.3f}"
