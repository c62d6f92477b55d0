"""`output`: language and files of the run folder."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from optimizer.config.section import Section

Format = Literal["csv", "parquet", "xlsx", "gpkg", "html"]


class Output(Section):
    """What is written, and in which language."""

    language: Literal["sv", "en"] = Field(default="sv", description="Language of map and texts.")
    formats: tuple[Format, ...] = Field(
        default=("csv", "parquet", "xlsx", "gpkg", "html"),
        min_length=1,
        description="Kinds of file: csv and parquet tables, xlsx workbook, gpkg file for GIS "
        "programs, html map and report. The csv and parquet tables are always written: all else is "
        "made of them and verified against them.",
    )
    suppress_below: Annotated[StrictInt, Field(ge=0, le=10_000)] = Field(
        default=0,
        description="Counts of people and visits above 0 and below this are left out of what is "
        "made for people (map, report, workbook, map layers); 0 leaves none out. The csv and "
        "parquet tables and inputs/ stay whole, for verification and analysis: keep them inside.",
    )
