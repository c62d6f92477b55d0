"""Many cases of one test: a part of them in the usual tests, every one in `.ci/long`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[Any], usual: int = 1) -> list[Any]:
    """Parameters of a test: the first ``usual`` of the cases always, all of them in `.ci/long`."""
    return [
        pytest.param(*_values(case), marks=pytest.mark.sampled if k < usual else pytest.mark.soak)
        for k, case in enumerate(cases)
    ]


def _values(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)
