"""`plan.gpkg` put together: its layers in order, in a file that is the same for the same tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyogrio

from optimizer.outputs.geopackage.access import municipalities_layer, regions_layer, zones_layer
from optimizer.outputs.geopackage.columns import describe
from optimizer.outputs.geopackage.flows import flows_layer
from optimizer.outputs.geopackage.layer import Layer
from optimizer.outputs.geopackage.offices import offices_layer
from optimizer.outputs.geopackage.style import add_styles
from optimizer.outputs.side_by_side import Run, read_run

#: Every layer, from the one on top to the ground; each may be None where the run lacks its data.
LAYERS: tuple[Callable[[Run], Layer | None], ...] = (
    offices_layer,
    flows_layer,
    zones_layer,
    municipalities_layer,
    regions_layer,
)
MOMENT = "2025-01-01T00:00:00.000Z"  # a clock would make equal plans unequal files
VERSION = "1.2"  # what programs of some years' age read without a warning
NO_CLOCK = {"OGR_CURRENT_DATE": MOMENT}


def write_geopackage(folder: Path, *, language: str) -> Path:
    """Write `plan.gpkg` into a run folder from its tables; same tables, same bytes.

    A run without coordinates and known municipalities has nothing to draw, and gets no file.
    """
    run = read_run(folder, language)
    layers = [layer for make in LAYERS if (layer := make(run)) is not None]
    path = folder / "plan.gpkg"
    path.unlink(missing_ok=True)
    if not layers:
        return path
    with _no_clock():
        for layer in layers:
            _write(layer, path)
    with closing(sqlite3.connect(path)) as base, base:
        describe(base, layers)
        add_styles(base, layers, run, moment=MOMENT)
    return path


def _write(layer: Layer, path: Path) -> None:
    pyogrio.write_dataframe(
        layer.features,
        path,
        layer=layer.name,
        driver="GPKG",
        geometry_type=layer.kind,
        append=path.exists(),
        dataset_options={"VERSION": VERSION},
        layer_options={"IDENTIFIER": layer.title, "GEOMETRY_NAME": "geometry"},
    )


@contextmanager
def _no_clock() -> Iterator[None]:
    """GDAL writes a set date where it would write that of the clock."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in NO_CLOCK}
    pyogrio.set_gdal_config_options(NO_CLOCK)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
