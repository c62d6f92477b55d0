"""What every travel provider hands over: minutes and kilometres from each zone to each site."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TravelTable:
    """One-way travel, zones x sites, rounded to 0.01; always finite and never negative.

    `minutes` includes access and ferries. `km` is what is driven on roads; a matrix without
    kilometres leaves them NaN.
    """

    zone_ids: tuple[str, ...]
    office_ids: tuple[str, ...]
    minutes: NDArray[np.float64]
    km: NDArray[np.float64]
