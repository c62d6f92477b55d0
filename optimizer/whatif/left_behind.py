"""`no_one_left_behind` in minutes: what a plan asks of it, and the same with other minutes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np

from geodata.problems import shortened
from optimizer.building.case import Case
from optimizer.engine.evaluate import Evaluation
from optimizer.instance import AccessRule, Floats, Instance, distinct_rows
from optimizer.whatif.seeking import sought

_KIND, _NATION = "no_one_left_behind", "nation"
_HAIR = 1e-9  #: minutes
_SHOWN = 3  #: zones by name


@dataclass(frozen=True)
class Limits:
    """The minutes of the config, and what its zones are called."""

    added: float | None  #: beyond those of today
    within: float | None  #: that a zone keeps which has them today
    names: tuple[str, ...] = ()  #: [I]


@dataclass(frozen=True)
class Kept:
    """The minutes that a plan leaves every zone, in the keys of the config."""

    added: float | None
    within: float | None
    zones: tuple[str, ...]  #: names of those beyond the limit as it stands
    limits: Limits  #: as they stand

    def values(self, *, to: str = " to ") -> str:
        """The keys that rise, and what to: `added_minutes to 23.4`; empty if none does."""
        parts = [
            f"{key}{to}{now:g}"
            for key, now, before in (
                ("added_minutes", self.added, self.limits.added),
                ("within_minutes", self.within, self.limits.within),
            )
            if now is not None and now != before
        ]
        return " and ".join(parts)

    @property
    def beyond(self) -> str:
        """The zones beyond the limit as it stands: a few by name."""
        return shortened(self.zones, _SHOWN)


def limits_of(case: Case) -> Limits | None:
    """The minutes of a case; none where the requirement is not in force."""
    left = case.scenario.requirements.no_one_left_behind
    if left is None or not left.on:
        return None
    names = case.zones.set_index("zone_id")["zone"].reindex(list(case.instance.zones)).astype(str)
    return Limits(left.added_minutes, left.within_minutes, tuple(names))


def kept_by(instance: Instance, limits: Limits, plan: Evaluation) -> Kept | None:
    """The least minutes, in tenths, that a plan keeps to; none without the requirement."""
    rule = _rule(instance)
    if rule is None:
        return None
    before, after = _ways(instance, rule, plan)
    there = np.isfinite(before)
    added, within = limits.added, limits.within
    if added is not None:
        added = max(added, _tenth(float((after - before)[there].max(initial=0.0))))
    if within is not None:
        within = _last_within(before, after, within)
    beyond = np.flatnonzero(there & (after > _most(before, limits) + _HAIR))
    names = limits.names or instance.zones
    return Kept(added, within, tuple(names[i] for i in beyond), limits)


def fewer_minutes(
    instance: Instance,
    limits: Limits,
    plan: Evaluation,
    *,
    seconds: float,
    stop: threading.Event | None = None,
) -> Evaluation:
    """A plan that leaves every zone fewer added minutes, as far as one is found in the time.

    Halving between the limit and what the plan at hand leaves. The plan itself where only
    `within_minutes` is given: a larger limit holds for more zones.
    """
    end, kept = time.monotonic() + seconds, kept_by(instance, limits, plan)
    if kept is None or kept.added is None or limits.added is None:
        return plan
    steps = _steps_between(instance, limits.added, kept.added)
    low, high = 0, len(steps)
    while low < high and not (stop is not None and stop.is_set()):
        middle = (low + high) // 2
        left = (end - time.monotonic()) / max(1, (high - low).bit_length())
        if left <= 0:
            break
        tighter = with_limits(instance, replace(limits, added=steps[middle], within=None))
        found = sought(tighter, seconds=left, start=plan.states, stop=stop)
        if found is None:
            low = middle + 1
        else:
            high, plan = middle, found
    return plan


def with_limits(instance: Instance, limits: Limits) -> Instance:
    """The instance with other minutes in the requirement, from the same year on."""
    rule = _rule(instance)
    if rule is None:
        return instance
    before = _today(instance, rule)
    most = _most(before, limits)
    some = np.isfinite(most)
    sets, zone = distinct_rows(instance.minutes[some] <= most[some, None] + _HAIR)
    zones = np.bincount(zone, minlength=len(sets)).astype(np.float64)
    total = float(zones.sum())
    looser = replace(rule, sets=sets, people=zones, least=total, total=total)
    return replace(
        instance, access=tuple(looser if one is rule else one for one in instance.access)
    )


def _steps_between(instance: Instance, least: float, most: float) -> list[float]:
    """The added minutes, in tenths, between two at which another site comes within reach."""
    rule = _rule(instance)
    assert rule is not None
    added = instance.minutes - _today(instance, rule)[:, None]
    tenths = np.unique(np.ceil(added[(added > least) & (added < most)] * 10 - _HAIR) / 10)
    return [float(step) for step in tenths if least < step < most]


def _rule(instance: Instance) -> AccessRule | None:
    found = (one for one in instance.access if (one.kind, one.scope) == (_KIND, _NATION))
    return next(found, None)


def _today(instance: Instance, rule: AccessRule) -> Floats:
    """[I] minutes to the nearest site that serves today."""
    near = instance.minutes[:, rule.states[instance.today]]
    return np.asarray(near.min(axis=1, initial=np.inf))


def _ways(instance: Instance, rule: AccessRule, plan: Evaluation) -> tuple[Floats, Floats]:
    """[I] minutes to the nearest site that serves, today and at worst in the years in force."""
    after = np.max(
        [
            instance.minutes[:, rule.states[now]].min(axis=1, initial=np.inf)
            for now in plan.states.T[rule.from_year :]
        ],
        axis=0,
    )
    return _today(instance, rule), np.asarray(after)


def _most(before: Floats, limits: Limits) -> Floats:
    """[I] the most minutes of each zone; infinite where the requirement does not speak of it."""
    most = np.full(before.size, np.inf)
    if limits.added is not None:
        most = before + limits.added
    if limits.within is not None:
        most = np.where(before <= limits.within, np.minimum(most, limits.within), most)
    return most


def _last_within(before: Floats, after: Floats, within: float) -> float:
    """The first limit that holds for every zone that is within it today, from ``within`` on."""
    while True:
        longest = float(after[before <= within].max(initial=0.0))
        if longest <= within + _HAIR:
            return within
        within = _tenth(longest)


def _tenth(minutes: float) -> float:
    return float(np.ceil(minutes * 10 - _HAIR) / 10)
