"""The map: one HTML file of a run, or of several, that works without a network."""

from optimizer.outputs.map.page import Apart, write_comparison_map, write_map

__all__ = ["Apart", "write_comparison_map", "write_map"]
