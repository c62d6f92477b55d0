"""Figures and counts of a long job, in a few words."""

from math import isfinite


def figures(objective: float, bound: float, gap: float) -> str:
    """Best plan, bound and gap in a few words; a dash for what is not known."""
    best, least = (f"{value:,.0f}" if isfinite(value) else "-" for value in (objective, bound))
    share = f"{gap:.2%}" if isfinite(gap) else "-"
    return f"best {best}, bound {least}, gap {share}"


def count(done: int, total: int, seconds_left: float) -> str:
    """How many parts are done, and how long the rest is likely to take."""
    text = f"{done} of {total} done"
    if done == total or not isfinite(seconds_left):
        return text
    if seconds_left < 90:
        return f"{text}, about {seconds_left:.0f} s left"
    return f"{text}, about {seconds_left / 60:.0f} min left"
