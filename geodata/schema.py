"""What a table is made of: its columns with type, unit, range and default, and its keys."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

ORIGINS = ("observed", "estimated", "assumed", "default")
LONGITUDES = (10.5, 24.5)
LATITUDES = (55.0, 69.5)
MUNICIPALITY_CODE = r"\d{4}"
ID = r"(?s)[^=+@-].*"  #: no formula in the csv tables, where ids are written as they are


@dataclass(frozen=True)
class Column:
    """One column: `kind` text, number, whole (an integer) or date; `default` fills what is missing.

    `known` names a list of ids the value must be among; `origin` says that each value keeps where
    it came from in a neighbouring column `origin_<name>`. `also` gives other words for values, in
    small letters, such as the Swedish ones.
    """

    name: str
    kind: Literal["text", "number", "whole", "date"]
    meaning: str
    unit: str = ""
    required: bool = False
    default: str | float | None = None
    least: float | None = None
    most: float | None = None
    pattern: str = ""
    example: str = ""
    one_of: tuple[str, ...] = ()
    known: str = ""
    origin: bool = False
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Schema:
    """A table: its columns in order, the columns whose values together are unique, and how many
    rows it may have at most.
    """

    name: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()
    most_rows: int = 10_000

    def column(self, name: str) -> Column | None:
        """The column of that name, if the table has it."""
        return next((column for column in self.columns if column.name == name), None)

    def needing(self, name: str, required: Iterable[str]) -> "Schema":
        """The same table under another name where exactly the given columns are required."""
        must = frozenset(required)
        columns = tuple(replace(column, required=column.name in must) for column in self.columns)
        return replace(self, name=name, columns=columns)


def site_id() -> Column:
    """The id of a site."""
    meaning = "Id of the office"
    return Column("office_id", "text", meaning, required=True, pattern=ID, example="o001")


def municipality(required: bool = True) -> Column:
    """The municipality by its code."""
    return Column(
        "municipality_code",
        "text",
        "Municipality by its code of four digits (or the column municipality, its name)",
        required=required,
        pattern=MUNICIPALITY_CODE,
        example="0114",
        known="municipality_code",
    )


def known_office(example: str) -> Column:
    """The id of an office that another table has."""
    meaning, known = "Id of the office", "office_id"
    return Column("office_id", "text", meaning, required=True, known=known, example=example)


def coordinates() -> tuple[Column, Column]:
    """Where a point lies."""
    return (
        _degrees("longitude", "Longitude, WGS 84", LONGITUDES, "17.944"),
        _degrees("latitude", "Latitude, WGS 84", LATITUDES, "59.403"),
    )


def _degrees(name: str, meaning: str, bounds: tuple[float, float], example: str) -> Column:
    low, high = bounds
    return Column(
        name,
        "number",
        meaning,
        "degrees",
        required=True,
        least=low,
        most=high,
        example=example,
        origin=True,
    )


def people() -> Column:
    """How many people live there."""
    meaning = "Inhabitants"
    return Column(
        "population", "number", meaning, "inhabitants", required=True, least=0, example="1250"
    )


def share(name: str, meaning: str, example: str) -> Column:
    """A part of the people, with its origin."""
    more = "; of its municipality where empty"
    return Column(
        name, "number", meaning + more, "share", least=0, most=1, example=example, origin=True
    )


def amount(name: str, meaning: str, unit: str, example: str) -> Column:
    """A number from nought up, with its origin."""
    return Column(name, "number", meaning, unit, least=0, origin=True, example=example)
