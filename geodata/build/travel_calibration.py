"""`python -m geodata.build.travel_calibration`: tune the travel estimate and tell its error.

Rows of road_checks marked `tune` choose the parameters, rows marked `check` tell the error.
"""

import sys
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geodata import builtin
from geodata.arrays import Floats
from geodata.travel import EstimateSettings, estimate

START = EstimateSettings(detour_factor=1.2, band_speeds_km_h=(50.0, 65.0, 80.0, 95.0))
SPEED_STEPS_KM_H = (-5.0, -1.0, 1.0, 5.0)
DETOURS = np.round(np.arange(1.10, 1.41, 0.01), 2)


@dataclass(frozen=True)
class Errors:
    """Absolute relative errors in per cent: median and 90th percentile."""

    pairs: int
    median_km: float
    p90_km: float
    median_minutes: float
    p90_minutes: float


def checks(half: str) -> pd.DataFrame:
    """The known distances of one half: tune or check."""
    table = builtin.load("road_checks")
    return table[table["half"] == half].reset_index(drop=True)


def estimated(known: pd.DataFrame, settings: EstimateSettings) -> pd.DataFrame:
    """The known distances with km and minutes as estimated between the seats."""
    zones, sites = _seats(known, "from"), _seats(known, "to")
    table = estimate(
        zones.rename(columns={"id": "zone_id"}), sites.rename(columns={"id": "office_id"}), settings
    )
    own = np.arange(len(known))
    return known.assign(km=table.km[own, own], minutes=table.minutes[own, own])


def errors(half: str, settings: EstimateSettings) -> Errors:
    """How far the estimate is from the known distances and times of one half."""
    table = estimated(checks(half), settings)
    km, minutes = (100 * np.abs(part) for part in _relative(table))
    return Errors(
        len(table),
        *(round(float(np.quantile(km, q)), 1) for q in (0.5, 0.9)),
        *(round(float(np.quantile(minutes, q)), 1) for q in (0.5, 0.9)),
    )


def signed_errors(settings: EstimateSettings) -> pd.DataFrame:
    """The errors of km and minutes of every known pair in per cent; below 0 is too short."""
    known = builtin.load("road_checks")
    km, minutes = _relative(estimated(known, settings))
    pairs = known["from_place"] + "–" + known["to_place"]
    return pd.DataFrame({"km": 100 * km, "minutes": 100 * minutes}, index=pd.Index(pairs))


def calibrate() -> EstimateSettings:
    """The parameters with the least mean relative error on the tuning half.

    First the detour, by distance; then the speeds, by time, one step at a time until no step makes
    it better. Speeds never fall from one band to the next.
    """
    known = checks("tune")
    tried = [replace(START, detour_factor=float(factor)) for factor in DETOURS]
    best = min(tried, key=lambda settings: _mean_error(known, settings)[0])
    least = _mean_error(known, best)[1]
    while True:
        near = [(_mean_error(known, step)[1], step) for step in _steps(best)]
        error, step = min(near, key=lambda pair: pair[0])
        if error >= least - 1e-9:
            return best
        best, least = step, error


def _seats(known: pd.DataFrame, end: str) -> pd.DataFrame:
    towns = builtin.load("municipalities").set_index("municipality_code")
    codes = known[f"{end}_municipality_code"]
    towns = towns.loc[codes]
    return pd.DataFrame(
        {
            "id": known["check_id"].to_numpy(),
            "longitude": towns["seat_longitude"].to_numpy(),
            "latitude": towns["seat_latitude"].to_numpy(),
            "municipality_code": codes.to_numpy(),
        }
    )


def _relative(table: pd.DataFrame) -> tuple[Floats, Floats]:
    km = (table["km"] / table["road_km"] - 1).to_numpy(dtype=np.float64)
    minutes = (table["minutes"] / table["road_minutes"] - 1).to_numpy(dtype=np.float64)
    return km, minutes


def _mean_error(known: pd.DataFrame, settings: EstimateSettings) -> tuple[float, float]:
    km, minutes = _relative(estimated(known, settings))
    return float(np.abs(km).mean()), float(np.abs(minutes).mean())


def _steps(settings: EstimateSettings) -> list[EstimateSettings]:
    steps = []
    speeds = settings.band_speeds_km_h
    for band in range(len(speeds)):
        for change in SPEED_STEPS_KM_H:
            moved = tuple(speed + change * (at == band) for at, speed in enumerate(speeds))
            if list(moved) == sorted(moved):
                steps.append(replace(settings, band_speeds_km_h=moved))
    return steps


if __name__ == "__main__":
    chosen = calibrate()
    sys.stdout.write(f"{chosen}\n")
    for name in ("tune", "check"):
        sys.stdout.write(f"{name}: {errors(name, chosen)}\n")
