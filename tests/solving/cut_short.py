"""Chains and tails so short at first that relaxations of small cases grow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from optimizer.engine.tails import Reach
from optimizer.solving import growth, links, relaxation

Small = Callable[..., None]


def cut_short(
    monkeypatch: pytest.MonkeyPatch, *, linked: int = 2, reach: int = 99, minutes: float = 0.0
) -> None:
    """Chains cut after one site and tails that begin with one option, so that there is growth."""
    monkeypatch.setattr(relaxation, "FIRST_DEPTH", 1)
    monkeypatch.setattr(relaxation, "LINKED_DEPTH", linked)
    monkeypatch.setattr(relaxation, "FIRST_OPTIONS", 1)
    monkeypatch.setattr(relaxation, "FEW_OPTIONS", 0)
    monkeypatch.setattr(relaxation, "Reach", partial(Reach, minutes, reach))
    monkeypatch.setattr(links, "_BROKEN", 1e-6)
    monkeypatch.setattr(links, "_SETS_EACH", 3)
    monkeypatch.setattr(growth, "_OPTIONS_EACH", 1)
    monkeypatch.setattr(growth, "_HEAVY_PART", 0.2)
    monkeypatch.setattr(growth, "_HEAVY_OPTIONS", 2)
