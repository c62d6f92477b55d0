"""Everything the optimization needs, as frozen arrays: ids and numbers, no tables, no geometry.

Axes, used throughout the rooms above this one:

    i  zone      0 .. I-1        j  site   0 .. J-1 (offices of today, then candidates)
    s  state     0 = closed, 1 .. M = the modes of the catalogue, in its order
    c  need      0 .. C-1        t  planning year 0 .. T-1

Where services are followed, a state is a mode with the services offered in it, and behind the
needs stand the services that have visits of their own, as further columns of the same axis.

A plan is an integer array ``states[j, t]``. Money is mnkr a year, time is minutes, visits are a
year's visits, staff is FTE.
"""

from optimizer.instance.arrays import CLOSED, Bools, Floats, Ints, distinct_rows
from optimizer.instance.instance import (
    ENDINGS,
    ONE_OFFS,
    RECURRING_ITEMS,
    WITH,
    Instance,
    same_premises,
)
from optimizer.instance.rules import (
    AccessRule,
    ClosureRule,
    Consultation,
    CoverageRule,
    FixedDecision,
    LimitRule,
    OpenSites,
)
from optimizer.instance.terms import Equity, Money, Remote, Staff

__all__ = [
    "CLOSED",
    "ENDINGS",
    "ONE_OFFS",
    "RECURRING_ITEMS",
    "WITH",
    "AccessRule",
    "Bools",
    "ClosureRule",
    "Consultation",
    "CoverageRule",
    "Equity",
    "FixedDecision",
    "Floats",
    "Instance",
    "Ints",
    "LimitRule",
    "Money",
    "OpenSites",
    "Remote",
    "Staff",
    "distinct_rows",
    "same_premises",
]
