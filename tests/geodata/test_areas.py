"""Zones and divisions that are areas of a map: points, municipalities and regions."""

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point, Polygon, box

from geodata import regions, zones
from geodata.boundaries import municipality_shapes
from geodata.problems import InputError
from geodata.weighting import told_of_points


def layer(path: Path, shapes: list[object], name: str = "deso", **columns: list[object]) -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:3006")
    frame.to_file(path, layer=name)
    return path


def in_metres(path: Path) -> list[tuple[float, float]]:
    table = zones.load(path, path.with_name("rutor.gpkg"))
    points = gpd.GeoSeries.from_xy(table["longitude"], table["latitude"], crs=4326).to_crs(3006)
    return [(round(point.x), round(point.y)) for point in points]


def test_the_point_of_an_area_is_the_mean_of_its_people(tmp_path: Path) -> None:
    x, y = 674_000, 6_580_000
    layer(
        tmp_path / "rutor.gpkg",
        [Point(x + 1000, y + 1000), Point(x + 3000, y + 1000)],
        population=[300, 100],
    )
    square, empty = box(x, y, x + 4000, y + 4000), box(x + 5000, y, x + 6000, y + 1000)
    # 400 of 400 people in the two places: 3/4 of the way to the first.
    path = layer(tmp_path / "a.gpkg", [square, empty], zone_id=["a", "b"], population=[400, 10])
    assert in_metres(path) == [(x + 1500, y + 1000), (x + 5500, y + 500)]
    # 400 more live elsewhere: at the point inside, the middle of the square.
    path = layer(tmp_path / "b.gpkg", [square], zone_id=["a"], population=[800])
    assert in_metres(path) == [(x + 1750, y + 1500)]
    found = zones.load(path, tmp_path / "rutor.gpkg")
    assert list(told_of_points(found)) == [
        "The points of 1 of 1 areas are weighted by the places known in them; the others are "
        "points inside them."
    ]


def test_a_mean_outside_a_bent_area_moves_into_it(tmp_path: Path) -> None:
    x, y = 674_000, 6_580_000
    bent = Polygon([(0, 0), (10, 0), (10, 1), (1, 1), (1, 10), (0, 10)])
    shape = Polygon([(x + 1000 * a, y + 1000 * b) for a, b in bent.exterior.coords])
    layer(
        tmp_path / "rutor.gpkg",
        [Point(x + 9500, y + 500), Point(x + 500, y + 9500)],
        population=[1, 1],
    )
    path = layer(tmp_path / "bent.gpkg", [shape], zone_id=["a"], population=[2])
    ((found_x, found_y),) = in_metres(path)
    assert shape.distance(Point(found_x, found_y)) < 2


def test_built_in_places_weight_areas_where_no_finer_table_is_given(tmp_path: Path) -> None:
    towns = municipality_shapes().to_crs(3006)
    path = layer(
        tmp_path / "k.gpkg",
        towns.geometry.tolist(),
        zone_id=towns["municipality_code"].tolist(),
        population=[20_000] * 290,
    )
    found = zones.load(path)
    assert found["municipality_code"].tolist() == found["zone_id"].tolist()
    assert (found["point_found_by"] == "people").sum() > 280


def test_one_layer_of_several_is_named(tmp_path: Path) -> None:
    shapes, columns = [Point(674_000, 6_580_000)], {"zone_id": ["a"], "population": [1]}
    path = layer(tmp_path / "two.gpkg", shapes, "deso", **columns)
    layer(path, shapes, "regso", **columns)
    assert len(zones.load(f"{path}#deso")) == 1
    with pytest.raises(InputError, match=r"two\.gpkg: one layer \(found 2 layers: deso, regso\)"):
        zones.load(path)
    with pytest.raises(InputError, match="one of deso, regso"):
        zones.load(f"{path}#rutor")


def test_a_division_drawn_on_a_map_takes_whole_municipalities(tmp_path: Path) -> None:
    towns = municipality_shapes().to_crs(3006)
    towns["region_code"] = towns["municipality_code"].str[:2]
    counties = towns.dissolve("region_code").geometry.buffer(300)
    path = layer(
        tmp_path / "lan.gpkg",
        counties.tolist(),
        region_code=counties.index.tolist(),
        region=[f"Län {code}" for code in counties.index],
    )
    found = regions.load({"lan": path})
    assert len(found) == 290
    assert (found["region_code"] == found["municipality_code"].str[:2]).all()
    half = layer(
        tmp_path / "half.gpkg",
        [box(0, 6_000_000, 1_000_000, 6_600_000), box(0, 6_620_000, 1_000_000, 7_700_000)],
        region_code=["s", "n"],
        region=["Syd", "Nord"],
    )
    with pytest.raises(InputError, match=r"whole municipalities .*0381 Enköping"):
        regions.load({"lan": half})
