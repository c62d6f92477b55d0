"""What every travel provider hands over: minutes and kilometres from each zone to each site."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Origin:
    """Where the minutes of a table come from, and what was told to others to get them.

    `source` is a file or an address; `version` the engine and its map data, or the file's SHA-256.
    """

    provider: str
    source: str = ""
    version: str = ""
    estimated_pairs: int = 0  #: pairs without a way, filled in by the estimate
    sent_to: str = ""  #: the address that coordinates left this machine for; empty: none
    sent_coordinates: int = 0  #: places told to it in this run; answers kept from before tell none
    requests: int = 0  #: asked in this run


ESTIMATED = Origin("estimate")


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
    origin: Origin = field(default=ESTIMATED)
