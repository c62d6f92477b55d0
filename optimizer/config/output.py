"""`output`: language and files of the run folder."""

from typing import Literal

from pydantic import Field

from optimizer.config.section import Section

Format = Literal["csv", "parquet", "html"]


class Output(Section):
    """What is written, and in which language."""

    language: Literal["sv", "en"] = Field(default="sv", description="Language of map and texts.")
    formats: tuple[Format, ...] = Field(
        default=("csv", "parquet", "html"),
        min_length=1,
        description="Kinds of file: csv and parquet tables, html map and report.",
    )
