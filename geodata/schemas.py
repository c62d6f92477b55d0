"""What each table of the user must look like: columns, types, units, ranges, defaults, keys."""

from geodata.headings import ACTION_WORDS, AREA_WORDS
from geodata.schema import (
    ID,
    Column,
    Schema,
    amount,
    coordinates,
    known_office,
    municipality,
    people,
    share,
    site_id,
)

_SITE_COLUMNS = (
    site_id(),
    Column("office", "text", "Name of the office", required=True, example="Kista"),
    municipality(),
    *coordinates(),
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
        "open_days",
        "number",
        "Open weekdays a week",
        "days",
        least=0.1,
        most=5,
        origin=True,
        example="5",
    ),
    amount("visits_per_year", "Visits in the base year", "visits a year", "41000"),
    amount("fte", "Front staff in the base year", "FTE", "6.5"),
    amount("premises_cost_mnkr", "Rent and premises", "mnkr a year", "2.75"),
    amount("local_cost_mnkr", "Other local fixed cost", "mnkr a year", "0.6"),
    amount("room_visits_per_year", "Visits the room has space for", "visits a year", "48000"),
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
        municipality(),
        *coordinates(),
        people(),
        Column(
            "area_type",
            "text",
            "Kind of area, for access standards",
            default="",
            origin=True,
            example="rural",
            also=AREA_WORDS,
        ),
        amount("visits_per_year", "Visits wanted in the base year", "visits a year", "5200"),
        Column("kind", "text", "Kind of zone", default=""),
        Column("office_id", "text", "Office of a city district", default=""),
        share("share_75plus", "Part of the people aged 75 and over", "0.11"),
        share("share_primary_edu", "Part with at most nine years of school", "0.13"),
        share("share_area_type_1_2", "Part living in area types 1 and 2 (exclusion)", "0.25"),
        share(
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
        *coordinates(),
        people(),
    ),
    most_rows=1_000_000,
)

REGIONS = Schema(
    "regions",
    (
        Column("division", "text", "Name of the division", default="", pattern=ID),
        Column("region_code", "text", "Id of the region", required=True, pattern=ID, example="01"),
        Column("region", "text", "Name of the region", required=True, example="Stockholm"),
        municipality(),
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
        known_office("o001"),
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
        known_office("o005"),
        Column(
            "action",
            "text",
            "What was decided",
            required=True,
            one_of=("keep", "convert", "close", "merge"),
            also=ACTION_WORDS,
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
        Column("year", "whole", "Planning year", required=True, example="2026", known="year"),
        Column("mode", "text", "Mode in that year, or closed", required=True, known="mode"),
        Column("services", "text", "Services in that year with ; between", default=""),
    ),
    unique=("office_id", "year"),
)

# Textbook problems have no places: an id, and the numbers the problem uses.
TEXTBOOK_OFFICES = OFFICES.needing("offices", ["office_id"])
TEXTBOOK_ZONES = ZONES.needing("zones", ["zone_id", "visits_per_year"])

SCHEMAS: tuple[Schema, ...] = (
    OFFICES,
    CANDIDATES,
    ZONES,
    PEOPLE,
    REGIONS,
    VISITS,
    TRAVEL,
    DECIDED,
    PLAN,
)
