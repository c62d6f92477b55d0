"""The map: one HTML file of a run that works without a network."""

from optimizer.outputs.map.page import write_map

__all__ = ["write_map"]
