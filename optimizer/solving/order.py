"""Aims in order: each is made small among the plans that give up little of those before it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from optimizer.instance import Instance
from optimizer.instance.aim import Aim, Ceiling


class StageStop(threading.Event):
    """Ends one aim's search by itself, or with the whole search."""

    def __init__(self, whole: threading.Event) -> None:
        super().__init__()
        self._whole = whole

    def is_set(self) -> bool:
        """Whether this search or the whole one is to end."""
        return super().is_set() or self._whole.is_set()


def stages(instance: Instance) -> tuple[Aim, ...]:
    """The aims in their order."""
    return (instance.aim, *instance.later)


def next_stage(instance: Instance, value: float, today: float) -> Instance:
    """The instance of the next aim, with ``value`` and a tolerance as the ceiling of this one."""
    aim, later = instance.aim, instance.later
    most = value + instance.tolerance * aim.change(value, today)
    ceilings = (*instance.ceilings, Ceiling(aim, most))
    return replace(instance, aim=later[0], later=later[1:], ceilings=ceilings)


def settled(instance: Instance, certificate: Mapping[str, Any]) -> Instance:
    """The instance of the last aim, as the certificate of a run has decided the earlier ones."""
    for one in certificate.get("earlier") or ():
        instance = next_stage(instance, float(one["objective"]), float(one["objective_today"]))
    return instance


def seconds_of_stage(deadline: float, left: Sequence[Aim]) -> float:
    """What a stage may take: an equal part of the time that is left."""
    return max(0.0, deadline - time.monotonic()) / len(left)
