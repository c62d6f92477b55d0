"""`output`: language and files of the run folder."""

from typing import Literal

from pydantic import Field

from optimizer.config.section import Section

Format = Literal["csv", "parquet", "xlsx", "gpkg", "html"]


class Output(Section):
    """What is written, and in which language."""

    language: Literal["sv", "en"] = Field(default="sv", description="Language of map and texts.")
    formats: tuple[Format, ...] = Field(
        default=("csv", "parquet", "xlsx", "gpkg", "html"),
        min_length=1,
        description="Kinds of file: csv and parquet tables, xlsx workbook, gpkg file for GIS "
        "programs, html map.",
    )
