"""`plan.gpkg`: the plan for GIS programs, made from the tables of a run folder; opens styled."""

from optimizer.outputs.geopackage.file import write_geopackage

__all__ = ["write_geopackage"]
