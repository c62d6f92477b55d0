"""The idle staff and room that a group has left for visits from elsewhere: bounds of pair cuts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.engine.pooled import Pooled
from optimizer.instance import Floats, Instance


@dataclass(frozen=True)
class Spare:
    """Spare capacity of a group over the visits of its own home zones; bounds of pair cuts."""

    idle_by_state: Floats  #: [T, G, M+1] FTE, 0 where the minimum differs between states
    unused_by_state: Floats  #: [T, G, M+1] FTE of each state's own minimum
    room_by_state: Floats  #: [T, G, M+1] thousand visits

    @property
    def idle_fte(self) -> Floats:
        """[T, G] the most over the states of the group."""
        return np.asarray(self.idle_by_state.max(axis=2))

    @property
    def room(self) -> Floats:
        """[T, G] the most over the states of the group, thousand visits."""
        return np.asarray(self.room_by_state.max(axis=2))


def usable_room(instance: Instance) -> Floats:
    """[J] room, but no more than all visits of a year: finite where room is no limit."""
    most = float(instance.demand.sum(axis=(1, 2)).max())
    return np.asarray(np.minimum(instance.room, most), dtype=np.float64)


def least_visits(instance: Instance, t: int) -> float:
    """Visits of a year that staff and room are needed for wherever the visitors go.

    Visits that may be lost do not count where staff is planned after decay: those with a digital
    alternative, and all where a longer way than the reach loses everybody.
    """
    sure = 1.0 - instance.digital if np.isinf(instance.reach_minutes) else 0.0 * instance.digital
    keep = sure if instance.staffing_after_decay else 1.0
    return float((instance.demand[t] * keep).sum())


def spare(instance: Instance, engine: Pooled) -> Spare:
    """The idle staff and room that visits from other homes may find at each group, by state.

    What is spare depends on the state: a lesser one serves fewer needs of its own zones. Groups
    whose states differ in minimum staff get no idle staff, and with it no cut.
    """
    groups = engine.groups
    serves = instance.serves
    own = np.stack([(serves @ year.first_load).T for year in engine.years])  # [T, G, M+1]
    most = np.where(groups.states, instance.fte_min, 0.0).max(axis=1)
    least = np.where(groups.states, instance.fte_min, np.inf).min(axis=1)
    unused = np.maximum(0.0, instance.fte_min - own / instance.visits_per_fte[:, None, None])
    idle = np.where((most == least)[:, None], unused, 0.0)
    room = np.maximum(0.0, usable_room(instance)[groups.site][:, None] - own) / 1000.0
    return Spare(*(np.where(groups.states, each, 0.0) for each in (idle, unused, room)))
