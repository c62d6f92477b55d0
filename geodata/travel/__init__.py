"""Travel between zones and sites: estimated along land, or read from the user's matrix."""

from geodata.travel import matrix
from geodata.travel.estimate import between, estimate
from geodata.travel.settings import EstimateSettings
from geodata.travel.table import TravelTable

__all__ = ["EstimateSettings", "TravelTable", "between", "estimate", "matrix"]
