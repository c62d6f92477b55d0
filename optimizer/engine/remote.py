"""`remote_balance`: staff that is idle at quiet offices helps visitors at busy ones by video.

A visitor at a busy office is helped on a screen by an officer of another office. Place does not
matter, so help is counted for the nation: as much as quiet offices have to give and busy ones may
get. Every quiet office gives the same part of its idle staff, every busy one gets the same part of
what it may, so that a small change of the network moves help by little.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from optimizer.instance import CLOSED, Bools, Floats, Instance, Ints

_SMALL_FTE = 1e-9


@dataclass(frozen=True)
class VideoHelp:
    """Help by video, FTE; the last axis is sites."""

    give: Floats
    get: Floats
    idle: Floats  #: what a site could give
    wanted: Floats  #: what it could use


def video_help(least: Floats, asked: Floats, able: Bools, share: float) -> VideoHelp:
    """Who gives and who gets: arrays over sites, or over years and sites.

        idle = max(0, least - asked)          wanted = min(share asked, max(0, asked - least))
        help = min(sum idle, sum wanted), split in proportion

    ``least`` is the minimum of the mode and ``asked`` what the peak month asks for, both FTE;
    ``able`` sites are open and have placed staff; ``share`` is the part of the work that others
    may do, must-appear visits left out.
    """
    idle = np.where(able, np.maximum(0.0, least - asked), 0.0)
    wanted = np.where(able, np.minimum(share * asked, np.maximum(0.0, asked - least)), 0.0)
    there, missed = idle.sum(axis=-1, keepdims=True), wanted.sum(axis=-1, keepdims=True)
    helped = np.minimum(there, missed)
    give = idle * np.divide(helped, there, out=np.zeros_like(there), where=there > 0)
    get = wanted * np.divide(helped, missed, out=np.zeros_like(missed), where=missed > 0)
    return VideoHelp(give, get, idle, wanted)


def help_in_plan(instance: Instance, states: Ints, planned: Floats) -> VideoHelp | None:
    """The help of every planning year, [T, J]; None where the requirement is switched off.

    ``states`` is [J, T], ``planned`` [T, J] visits that staff is planned for.
    """
    remote = instance.remote
    if remote is None:
        return None
    now = states.T
    least = instance.fte_min[now]
    asked = planned / instance.visits_per_fte[:, None]
    able = remote.states[now] & (now != CLOSED)
    return video_help(least, asked, able, remote.share)


def who_helps_whom(
    give: Floats, get: Floats, before: Iterable[tuple[int, int]] = ()
) -> tuple[Ints, Ints, Floats]:
    """Pairs (from, to, FTE) that add up to what each site gives and gets; both are [J].

    Pairs of the year ``before`` go on, as far as both still give and get. Then the largest giver
    goes to the largest taker, so that pairs are few. Ties go to the first site.
    """
    left, missing = give.copy(), get.copy()
    fte: dict[tuple[int, int], float] = {}

    def pair(j: int, k: int) -> None:
        amount = float(min(left[j], missing[k]))
        if amount > _SMALL_FTE:
            fte[j, k] = fte.get((j, k), 0.0) + amount
            left[j] -= amount
            missing[k] -= amount

    for j, k in before:
        pair(j, k)
    while left.max(initial=0.0) > _SMALL_FTE and missing.max(initial=0.0) > _SMALL_FTE:
        pair(int(left.argmax()), int(missing.argmax()))
    ends = np.array(list(fte), dtype=np.int64).reshape(-1, 2)
    return ends[:, 0], ends[:, 1], np.array(list(fte.values()))
