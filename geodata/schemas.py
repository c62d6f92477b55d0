"""What each table of the user must look like: columns, types, units, ranges, defaults, keys."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

ORIGINS = ("observed", "estimated", "assumed", "default")
LONGITUDES = (10.5, 24.5)
LATITUDES = (55.0, 69.5)
MUNICIPALITY_CODE = r"\d{4}"


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


def _site_id() -> Column:
    return Column("office_id", "text", "Id of the office", required=True, example="o001")


#: Swedish words for values, as people write them.
ACTIONS = (("behåll", "keep"), ("ändra", "convert"), ("avveckla", "close"), ("slå samman", "merge"))
AREA_WORDS = (
    *(("stad", "dense"), ("blandat", "mixed"), ("landsbygd", "rural"), ("glesbygd", "remote")),
)


def _municipality(required: bool = True) -> Column:
    return Column(
        "municipality_code",
        "text",
        "Municipality by its code of four digits (or the column municipality, its name)",
        required=required,
        pattern=MUNICIPALITY_CODE,
        example="0114",
        known="municipality_code",
    )


def _known_office(example: str) -> Column:
    meaning, known = "Id of the office", "office_id"
    return Column("office_id", "text", meaning, required=True, known=known, example=example)


def _coordinates() -> tuple[Column, Column]:
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


def _people() -> Column:
    meaning = "Inhabitants"
    return Column(
        "population", "number", meaning, "inhabitants", required=True, least=0, example="1250"
    )


def _share(name: str, meaning: str, example: str) -> Column:
    more = "; of its municipality where empty"
    return Column(
        name, "number", meaning + more, "share", least=0, most=1, example=example, origin=True
    )


def _amount(name: str, meaning: str, unit: str, example: str) -> Column:
    return Column(name, "number", meaning, unit, least=0, origin=True, example=example)


_SITE_COLUMNS = (
    _site_id(),
    Column("office", "text", "Name of the office", required=True, example="Kista"),
    _municipality(),
    *_coordinates(),
    Column(
        "mode",
        "text",
        "Mode of today, by its name in the catalogue",
        required=True,
        example="staffed",
        known="mode",
        origin=True,
    ),
    Column(
        "open_days", "number", "Open days a week", "days", least=0, most=7, origin=True, example="5"
    ),
    _amount("visits_per_year", "Visits in the base year", "visits a year", "41000"),
    _amount("fte", "Front staff in the base year", "FTE", "6.5"),
    _amount("premises_cost_mnkr", "Rent and premises", "mnkr a year", "2.75"),
    _amount("local_cost_mnkr", "Other local fixed cost", "mnkr a year", "0.6"),
    _amount("room_visits_per_year", "Visits the room has space for", "visits a year", "48000"),
    Column(
        "lease_end",
        "date",
        "Last day of the lease; rent until then is paid if the office closes or changes premises "
        "before",
        example="2026-09-30",
        origin=True,
    ),
    Column(
        "improvements_mnkr",
        "number",
        "Improvements of the premises not yet written off at the end of the base year; the rest "
        "is a cost if the office closes or changes premises",
        "mnkr",
        least=0,
        example="0.4",
        origin=True,
    ),
    Column(
        "notice_months",
        "number",
        "Notice of the premises, where it is not that of the config; counted from the decision on "
        "the plan, 1 January of its first year",
        "months",
        least=0,
        most=120,
        example="9",
        origin=True,
    ),
    Column(
        "services",
        "text",
        "Services with ; between; general is there anyhow",
        default="",
        example="general;id_check",
        origin=True,
    ),
    Column(
        "partner",
        "text",
        "Partner on record: municipality, agency or empty",
        default="",
        example="Åsele kommun",
        origin=True,
    ),
)

OFFICES = Schema("offices", _SITE_COLUMNS, unique=("office_id",))

CANDIDATES = Schema(
    "candidates",
    tuple(column for column in _SITE_COLUMNS if column.name not in ("mode", "open_days")),
    unique=("office_id",),
)

ZONES = Schema(
    "zones",
    (
        Column("zone_id", "text", "Id of the zone", required=True, example="z0114-01"),
        Column("zone", "text", "Name of the zone", default="", example="Upplands Väsby"),
        _municipality(),
        *_coordinates(),
        _people(),
        Column(
            "area_type",
            "text",
            "Kind of area, for access standards",
            default="",
            origin=True,
            example="rural",
            also=AREA_WORDS,
        ),
        _amount("visits_per_year", "Visits wanted in the base year", "visits a year", "5200"),
        Column("kind", "text", "Kind of zone", default=""),
        Column("office_id", "text", "Office of a city district", default=""),
        _share("share_75plus", "Part of the people aged 75 and over", "0.11"),
        _share("share_primary_edu", "Part with at most nine years of school", "0.13"),
        _share("share_area_type_1_2", "Part living in area types 1 and 2 (exclusion)", "0.25"),
        _share(
            "share_low_tax_base",
            "Part counted as of low tax base (without it: all where the municipality is in the "
            "lowest fifth, none elsewhere)",
            "1",
        ),
    ),
    unique=("zone_id",),
    most_rows=250_000,
)

PEOPLE = Schema(
    "people",
    (
        *_coordinates(),
        _people(),
    ),
    most_rows=1_000_000,
)

REGIONS = Schema(
    "regions",
    (
        Column("division", "text", "Name of the division", default=""),
        Column("region_code", "text", "Id of the region", required=True, example="01"),
        Column("region", "text", "Name of the region", required=True, example="Stockholm"),
        _municipality(),
    ),
    unique=("division", "municipality_code"),
    most_rows=100_000,
)

VISITS = Schema(
    "visits",
    (
        Column("division", "text", "Division that the region is of", default=""),
        Column(
            "region_code",
            "text",
            "Id or name of the region, or nation",
            required=True,
            example="Nord",
        ),
        Column("region", "text", "Name of the region", default="", example="Nord"),
        Column("year", "whole", "Year of the visits; the base year if empty", example="2025"),
        Column(
            "visits",
            "number",
            "Visits in the year",
            "visits a year",
            required=True,
            least=0,
            example="223422",
        ),
    ),
    unique=("division", "region_code", "year"),
)

TRAVEL = Schema(
    "travel",
    (
        Column(
            "zone_id",
            "text",
            "Id of the zone",
            required=True,
            known="zone_id",
            example="z0114-01",
        ),
        _known_office("o001"),
        Column(
            "minutes",
            "number",
            "Travel time one way",
            "minutes",
            required=True,
            least=0,
            example="23.5",
        ),
        Column("km", "number", "Road distance one way", "km", least=0, example="31"),
    ),
    unique=("zone_id", "office_id"),
    most_rows=1_000_000,
)

DECIDED = Schema(
    "decided",
    (
        _known_office("o005"),
        Column(
            "action",
            "text",
            "What was decided",
            required=True,
            one_of=("keep", "convert", "close", "merge"),
            also=ACTIONS,
            example="close",
        ),
        Column("mode", "text", "Mode decided", default="", known="mode", example="reduced"),
        Column(
            "into_office_id",
            "text",
            "Receiving office",
            default="",
            known="office_id",
            example="o001",
        ),
        Column("decided_on", "date", "Day of the decision", example="2025-03-14"),
        Column("last_day", "date", "Last visiting day", example="2025-05-16"),
    ),
    unique=("office_id",),
)

PLAN = Schema(
    "plan",
    (
        Column("office_id", "text", "Id of the site", required=True, known="office_id"),
        Column("year", "whole", "Planning year", required=True, example="2026"),
        Column("mode", "text", "Mode in that year, or closed", required=True, known="mode"),
        Column("services", "text", "Services in that year with ; between", default=""),
    ),
    unique=("office_id", "year"),
)

# Textbook problems have no places: an id, and the numbers the problem uses.
TEXTBOOK_OFFICES = OFFICES.needing("offices", ["office_id"])
TEXTBOOK_ZONES = ZONES.needing("zones", ["zone_id", "visits_per_year"])

SCHEMAS: tuple[Schema, ...] = (OFFICES, CANDIDATES, ZONES, PEOPLE, REGIONS, VISITS, TRAVEL, DECIDED)
