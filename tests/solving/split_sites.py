"""Small cases with little room, whose relaxations split sites between states."""

from __future__ import annotations

import pytest

from optimizer.instance import Instance
from optimizer.solving import disjunctions, relaxation, turn
from tests.instances import an_instance, crowded, staffed

SHAPES = (
    {"zones": 8, "sites": 5, "choices": 1, "modes": ("staffed", "mobile")},
    {"zones": 8, "sites": 4, "choices": 2, "modes": ("staffed", "reduced", "mobile")},
    {"zones": 6, "sites": 3, "years": 2, "choices": 1, "modes": ("staffed", "reduced")},
)
SPLIT = (28, 67, 76, 88, 93)  #: cases whose relaxation splits a site beside a small room


def case(seed: int) -> Instance:
    instance = crowded(an_instance(seed=300 + seed, **SHAPES[seed % len(SHAPES)]), seed)
    return staffed(instance, seed) if seed % 2 else instance


def cut_in_every_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relaxations that grow, and disjunctions that are sought each time."""
    monkeypatch.setattr(turn, "SLOW", 10.0)
    monkeypatch.setattr(relaxation, "FIRST_DEPTH", 1)
    monkeypatch.setattr(relaxation, "LINKED_DEPTH", 2)
    monkeypatch.setattr(relaxation, "FIRST_OPTIONS", 1)
    monkeypatch.setattr(relaxation, "FEW_OPTIONS", 0)
    monkeypatch.setattr(disjunctions, "_BROKEN", 1e-7)
