"""Reconstruction of the base year: visits, staff, premises, local and central cost, room.

What the agency has measured is taken as it is; the rest is estimated so that the public totals
hold. Each value keeps its origin: observed, estimated, assumed or default.
"""

from geodata.baseline.facts import Assumptions, ModeFacts
from geodata.baseline.holdout import errors, held_out
from geodata.baseline.reconstruct import Baseline, Offices, offices, reconstruct

__all__ = [
    "Assumptions",
    "Baseline",
    "ModeFacts",
    "Offices",
    "errors",
    "held_out",
    "offices",
    "reconstruct",
]
