"""`data`: where the tables of the case come from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from optimizer.config.section import Section, Words
from optimizer.config.travel import Travel

TABLE_FILES = (".csv", ".xlsx", ".parquet", ".gpkg", ".geojson")
PLUS = " + "  #: between a built-in table and the file laid over it
BUILTIN_ZONES = ("builtin:localities", "builtin:municipalities")
BUILTIN_REGIONS = (
    "builtin:fa15",
    "builtin:county",
    "builtin:ssc",
    "builtin:municipality",
)


def _source(builtin: tuple[str, ...]) -> AfterValidator:
    """A check that a source is one of the built-in names or a path to a table file."""

    def check(value: str) -> str:
        if value in builtin or is_file(value):
            base, plus, file = value.partition(PLUS)
            if not (plus and base.startswith("builtin")) or (base in builtin and is_file(file)):
                return value
        names = ", ".join((*builtin, *TABLE_FILES))
        raise ValueError(f"must be one of the built-in names or a path to a table file: {names}")

    return AfterValidator(check)


def source_of_file() -> AfterValidator:
    """A check that a source is a path to a table file."""
    return _source(())


def is_file(source: str) -> bool:
    """Whether a source names a table file, sheet or not (`offices.xlsx#Kontor`)."""
    return source.partition("#")[0].lower().endswith(TABLE_FILES)


def table_file(source: str) -> str:
    """The file of a source, with its sheet, without its folders; '' where there is none."""
    base, plus, file = source.partition(PLUS)
    own = file if plus and base.startswith("builtin") else source
    path, mark, sheet = own.partition("#")
    return f"{Path(path).name}{mark}{sheet}" if is_file(own) else ""


class Data(Section):
    """The tables: each `builtin` or a path (csv, xlsx#sheet, parquet, gpkg, geojson).

    `builtin + own.xlsx#Kontor` lays the cells filled in there over the built-in table.
    """

    offices: Annotated[Words, _source(("builtin",))] = Field(
        description="Offices of today: builtin (148 on 31 December 2024, reconstructed) or a path."
    )
    candidates: Annotated[Words, _source(("builtin", "none"))] = Field(
        default="none",
        description="Sites that may open: builtin (every municipality seat of a region without an "
        "office), none, or a path.",
    )
    zones: Annotated[Words, _source(BUILTIN_ZONES)] = Field(
        description="Where demand lives: builtin:localities, builtin:municipalities or a path."
    )
    people: Annotated[Words, _source(("builtin",))] = Field(
        default="builtin",
        description="Where people live within zones that are areas, to place their points: builtin "
        "(towns and villages) or a path to a finer table, points or squares with population.",
    )
    regions: Mapping[Words, Annotated[Words, _source(BUILTIN_REGIONS)]] = Field(
        default_factory=dict,
        description="Divisions of the country by the name rules use for them: builtin:fa15, "
        "builtin:county, builtin:ssc, builtin:municipality (each a region) or a path. Any number.",
    )
    visits: Annotated[Words, _source(("builtin", "none"))] = Field(
        default="builtin",
        description="Visits on record of the base year by region, which the estimate of offices "
        "without visits of their own adds up to: builtin (Tabell 25, 2022-2024), a path "
        "(region_code, visits; `nation` for the whole country), or none where every office has "
        "its own.",
    )
    travel: Travel = Field(default=Travel(), description="Source of travel times.")

    @property
    def tables_of_sites(self) -> str:
        """The tables that the ids and names of sites stand in, as people know them."""
        built_in = ["the built-in offices"] if self.offices.startswith("builtin") else []
        files = [table_file(source) for source in (self.offices, self.candidates)]
        return " or ".join(dict.fromkeys([*built_in, *filter(None, files)]))
