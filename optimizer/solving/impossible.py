"""Requirements that no network could meet, seen without solving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from geodata.problems import Problem, shortened
from optimizer.instance import CLOSED, AccessRule, Instance


def impossible(instance: Instance) -> list[Problem]:
    """What no network could meet, one sentence each."""
    return [
        *_uncovered(instance),
        *_over_limits(instance),
        *_unserved(instance),
        *_open_beyond_reach(instance),
        *_unreachable(instance),
    ]


def _uncovered(instance: Instance) -> Iterator[Problem]:
    """Rules on service points that some regions have too few sites for."""
    found: dict[tuple[str, str, str, int], list[tuple[str, int]]] = {}
    for rule in instance.coverage:
        could = (instance.allowed[:, :, -1] & rule.states).any(axis=1) & rule.sites
        if could.sum() < rule.min_points:
            key = (rule.requirement, rule.division, rule.service, rule.min_points)
            found.setdefault(key, []).append((rule.scope, int(could.sum())))
    for (requirement, _, service, least), lacking in found.items():
        advice = "Add candidates there, allow more modes to count, or lower min_points."
        if service:
            advice = f"Let services.{service}.may_be_added be offices, or ask for less."
        scopes, counts = zip(*lacking, strict=True)
        where = shortened(scopes) if service else f"region {shortened(scopes)}"
        yield Problem(
            f"requirements.{requirement}: {where}",
            f"{_from_to(counts)} sites that could count",
            f"at least {least}",
            advice,
        )


def _from_to(counts: Sequence[int]) -> str:
    few, many = min(counts), max(counts)
    return str(many) if few == many else f"{few} to {many}"


def _over_limits(instance: Instance) -> Iterator[Problem]:
    """Limits on modes that decisions go beyond."""
    found: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for limit in instance.limits:
        forced = int((~(instance.allowed[:, :, -1] & ~limit.counted).any(axis=1)).sum())
        if forced > limit.at_most:
            of = limit.scope.rpartition(":")[0] if limit.scope.count(":") > 1 else limit.scope
            found.setdefault((of, limit.at_most), []).append((limit.scope, forced))
    for (_, most), beyond in found.items():
        scopes, counts = zip(*beyond, strict=True)
        yield Problem(
            f"requirements.mode_limits: {shortened(scopes)}",
            f"{_from_to(counts)} sites that decisions put in the mode",
            f"at most {most}",
            "Raise at_most or take decisions away.",
        )


def _unserved(instance: Instance) -> Iterator[Problem]:
    """Years in which decisions leave no office that serves the highest need, or a service."""
    for column in instance.last_columns:
        is_need = column < instance.n_needs
        of_service = [instance.services[s] for s in instance.flowing]
        what = f"need {column + 1}" if is_need else of_service[column - instance.n_needs]
        could = (instance.allowed & instance.serves[:, column][:, None]).any(axis=(0, 1))
        for t in np.flatnonzero(~could)[:1]:
            yield Problem(
                "offices",
                f"decisions that leave no office to serve {what} in {instance.years[t]}",
                "an office that may be open then in a mode that serves it",
                "Take one of offices.close, merge or mode away.",
            )


def _open_beyond_reach(instance: Instance) -> Iterator[Problem]:
    """More open sites than there are, or fewer than decisions keep open."""
    rule = instance.open_sites
    if rule is None:
        return
    last = instance.allowed[:, :, -1]
    could, must = int(last[:, 1:].any(axis=1).sum()), int((~last[:, CLOSED]).sum())
    if rule.least > could or rule.most < must:
        accepted = f"between {must}, which decisions keep open, and {could}, which could be open"
        found = f"{rule.most} open sites asked for"
        yield Problem("requirements.open_sites", found, accepted, "Change the number.")


def _unreachable(instance: Instance) -> Iterator[Problem]:
    """Standards of access that not even every site together could meet."""
    found: dict[tuple[str, str], list[tuple[AccessRule, float]]] = {}
    for rule in instance.access:
        could = np.asarray((instance.allowed[:, :, -1] & rule.states).any(axis=1))
        reached = rule.reached(could)
        if not rule.holds(reached):
            found.setdefault((rule.kind, rule.of), []).append((rule, reached))
    for (kind, _), missed in found.items():
        where = f"requirements.{kind}: {shortened([rule.scope for rule, _ in missed])}"
        if kind == "no_one_left_behind":
            beyond = sum(rule.total - reached for rule, reached in missed)
            found_ = f"{beyond:.0f} zones out of reach of every site"
            advice = "Raise added_minutes or within_minutes."
            yield Problem(where, found_, "minutes that leave each zone a site", advice)
        else:
            rule, reached = min(missed, key=lambda one: one[1] / one[0].total)
            least = "" if len(missed) == 1 else "as few as "
            found_ = f"{least}{reached / rule.total:.2%} of the people within reach of all sites"
            accepted = f"a share that all sites together reach, not {rule.least / rule.total:.2%}"
            yield Problem(where, found_, accepted, "Add candidates or lower share.")
