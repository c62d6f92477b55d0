"""The parameters of the travel estimate, with the values the calibration chose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EstimateSettings:
    """Parameters of the estimate; geodata/build/travel_calibration.py chose the tuned ones."""

    access_minutes: float = 5.0  #: parking and walking, once per trip (assumed)
    detour_factor: float = 1.14  #: road distance by distance over land (tuned)
    band_ends_km: tuple[float, ...] = (10.0, 40.0, 100.0)  #: of road distance (assumed)
    band_speeds_km_h: tuple[float, ...] = (50.0, 89.0, 95.0, 102.0)  #: one more (tuned)
    built_up_km: float = 5.0  #: at each end, slower where settlement is dense (assumed)
    built_up_minutes_per_km: float = 0.6  #: in the densest settlement (assumed)
    sparse_inhabitants_per_km2: float = 50.0  #: no slowing below (assumed)
    dense_inhabitants_per_km2: float = 3000.0  #: full slowing above (assumed)
    open_country_km: float = 15.0  #: shorter lines that stay on land know no detour by water
    time_factor: float = 1.0  #: multiplies every travel time


@dataclass(frozen=True)
class TravelSettings:
    """Which provider finds the minutes, and how it is asked."""

    provider: str = "estimate"  #: a name of geodata.travel.PROVIDERS
    path: str | None = None  #: matrix: the table; valhalla on this machine: its configuration
    km_path: str | None = None  #: wide matrix: the table of kilometres
    url: str | None = None  #: address of a routing engine
    profile: str | None = None  #: osrm: driving; valhalla: auto
    missing: str = "refuse"  #: or `estimate`: pairs without a way
    access_minutes: float = 5.0  #: parking and walking, added to an engine's driving time
    snap_km: float = 5.0  #: farthest from a road that a place may lie
    pairs_per_request: int = 2500
    parallel: int = 4  #: requests at once
    timeout_seconds: float = 30.0  #: of one request, from the first byte to the last
    retries: int = 3  #: after the first attempt
    time_factor: float = 1.0  #: multiplies every travel time
    cache: str | None = None  #: folder of answers kept; None: the user's own; "off": none
    cache_mb: int = 2000  #: the oldest answers go first
