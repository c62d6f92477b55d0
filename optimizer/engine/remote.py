"""`remote_balance`: staff that is idle at quiet offices helps visitors at busy ones by video.

A visitor at a busy office is helped on a screen by an officer of another office. Place does not
matter, so help is counted for the nation: as much as quiet offices have to give and busy ones may
get. Every quiet office gives the same part of its idle staff, every busy one gets the same part of
what it may, so that a small change of the network moves help by little.
"""

from __future__ import annotations

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


def who_helps_whom(give: Floats, get: Floats) -> tuple[Ints, Ints, Floats]:
    """Pairs (from, to, FTE) that add up to what each site gives and gets; both are [J].

    The largest giver goes to the largest taker: at most one pair less than there are sites in
    them. Ties go to the first site.
    """
    givers = [j for j in np.argsort(-give, kind="stable") if give[j] > _SMALL_FTE]
    takers = [j for j in np.argsort(-get, kind="stable") if get[j] > _SMALL_FTE]
    left, missing = give.copy(), get.copy()
    origin: list[int] = []
    target: list[int] = []
    fte: list[float] = []
    while givers and takers:
        j, k = givers[0], takers[0]
        amount = min(left[j], missing[k])
        origin.append(int(j))
        target.append(int(k))
        fte.append(float(amount))
        left[j] -= amount
        missing[k] -= amount
        if left[j] <= _SMALL_FTE:
            givers.pop(0)
        if missing[k] <= _SMALL_FTE:
            takers.pop(0)
    return np.array(origin, dtype=np.int64), np.array(target, dtype=np.int64), np.array(fte)
