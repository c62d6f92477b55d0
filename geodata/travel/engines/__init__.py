"""Routing engines: OSRM and Valhalla over HTTP, and Valhalla on this machine."""

from geodata.travel.engines.osrm import osrm
from geodata.travel.engines.valhalla import valhalla

__all__ = ["osrm", "valhalla"]
