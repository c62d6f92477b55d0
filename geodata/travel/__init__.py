"""Travel between zones and sites: estimated, read from a table, or asked of a routing engine."""

from geodata.travel import matrix
from geodata.travel.estimate import between, estimate
from geodata.travel.provider import PROVIDERS, data_version, travel
from geodata.travel.settings import EstimateSettings, TravelSettings
from geodata.travel.table import Origin, TravelTable

__all__ = [
    "PROVIDERS",
    "EstimateSettings",
    "Origin",
    "TravelSettings",
    "TravelTable",
    "between",
    "data_version",
    "estimate",
    "matrix",
    "travel",
]
