"""Values drawn at random from the ranges of a sample, with a seed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.stats import norm, qmc, triang

from optimizer.instance import Floats
from optimizer.whatif.sweep.keys import TIMES
from optimizer.whatif.sweep.statement import Range, Sample

_DIGITS = 6  #: significant ones; a drawn number is an assumption, not a measurement


def drawn(sample: Sample) -> list[dict[str, Any]]:
    """A mapping of config keys to values for each point of the sample."""
    keys = list(sample.ranges)
    shares = _shares(sample, len(keys))
    return [
        {key: _value(sample.ranges[key], float(row[at])) for at, key in enumerate(keys)}
        for row in shares
    ]


def _shares(sample: Sample, n_keys: int) -> Floats:
    """[points, keys] numbers between 0 and 1."""
    if sample.method == "latin_hypercube":
        hypercube = qmc.LatinHypercube(d=n_keys, seed=sample.seed)
        return np.asarray(hypercube.random(sample.points), dtype=np.float64)
    return np.random.default_rng(sample.seed).random((sample.points, n_keys))


def _value(given: Range, share: float) -> Any:
    """The value below which ``share`` of the distribution lies."""
    if given.choice is not None:
        return given.choice[min(int(share * len(given.choice)), len(given.choice) - 1)]
    number = _rounded(_quantile(given, share))
    value = round(number) if given.whole else number
    return {TIMES: value} if given.times else value


def _quantile(given: Range, share: float) -> float:
    if given.uniform is not None:
        least, most = given.uniform
        return least + share * (most - least)
    if given.triangular is not None:
        least, likely, most = given.triangular
        width = most - least
        return float(triang.ppf(share, (likely - least) / width, loc=least, scale=width))
    mean, deviation = given.normal or (0.0, 1.0)
    return float(norm.ppf(min(max(share, 1e-9), 1.0 - 1e-9), loc=mean, scale=deviation))


def _rounded(value: float) -> float:
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, _DIGITS - 1 - math.floor(math.log10(abs(value))))
