"""What the layers are made of: the tables of a run, its folder, and the names of things."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.boundaries import WGS84
from optimizer.outputs.geopackage.layer import CRS
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.side_by_side import Titles


@dataclass(frozen=True)
class Case:
    """A run folder as the layers read it."""

    folder: Path
    tables: RunTables
    titles: Titles

    def alias(self, column: str, **values: object) -> str:
        """The heading of a column, unit included."""
        return self.titles.strings.text(f"tables.column.{column}", **values)

    @property
    def moments(self) -> tuple[tuple[str, str], ...]:
        """Today and each year: the ending of its columns, and its name for people."""
        today = self.titles.strings.text("tables.today")
        return (("today", today), *((str(year), str(year)) for year in self.tables.years))


def points(table: pd.DataFrame) -> gpd.GeoSeries:
    """The places of a table with longitude and latitude; nothing where either is missing."""
    coordinates = [pd.to_numeric(table[name]) for name in ("longitude", "latitude")]
    known = coordinates[0].notna() & coordinates[1].notna()
    places = gpd.GeoSeries.from_xy(*coordinates, crs=WGS84, index=table.index).to_crs(CRS)
    return places.where(known, None)
