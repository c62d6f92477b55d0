"""Small cases whose relaxations grow."""

from functools import partial

import pytest

from tests.solving.cut_short import Small, cut_short


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Small:
    """Cuts chains and tails short when it is called."""
    return partial(cut_short, monkeypatch)
