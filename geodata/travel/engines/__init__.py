"""Routing engines: OSRM and Valhalla over HTTP, and Valhalla on this machine."""
