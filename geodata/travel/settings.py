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
