"""One layer of the GeoPackage: its features, and what each column is called for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd

from geodata.boundaries import SWEREF99_TM

CRS = f"EPSG:{SWEREF99_TM}"


@dataclass(frozen=True)
class Layer:
    """A layer in SWEREF 99 TM.

    ``aliases`` names every column for people, unit included; ``codes`` gives for columns of keys
    the words for each key; ``display`` is the column that names a feature.
    """

    name: str
    title: str
    kind: str  # the geometry type of the layer
    features: gpd.GeoDataFrame
    aliases: Mapping[str, str]
    display: str
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the layer without its geometry."""
        return tuple(str(name) for name in self.features.columns if name != "geometry")
