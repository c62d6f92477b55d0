"""`data.travel`: how minutes and kilometres between zones and sites are found."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from optimizer.config.section import NonNegative, Positive, Section, Words

#: Keys that name a file or a folder.
TRAVEL_PATHS = ("path", "km_path", "cache")
CACHE_OFF = "off"


class Travel(Section):
    """How minutes and kilometres between zones and sites are found."""

    provider: Literal["estimate", "matrix", "osrm", "valhalla"] = Field(
        default="estimate",
        description="estimate: roads estimated from coordinates; matrix: a table of the user; "
        "osrm, valhalla: a routing engine asked for every pair.",
    )
    path: Words | None = Field(
        default=None,
        description="For matrix: csv, parquet or xlsx, long (zone_id, office_id, minutes and "
        "perhaps km) or wide (zone_id and minutes in a column for each office id). For valhalla "
        "on this machine: its configuration, a JSON file.",
    )
    km_path: Words | None = Field(
        default=None, description="For a wide matrix: the same table with kilometres."
    )
    url: Words | None = Field(
        default=None,
        description="For osrm and valhalla: address of the engine, such as http://localhost:5000. "
        "The coordinates of zones and sites are sent there, and the manifest says so.",
    )
    profile: Annotated[Words, Field(pattern=r"^[A-Za-z0-9_-]+$")] | None = Field(
        default=None,
        description="Way of travel by the engine's name for it; driving (osrm) or auto (valhalla) "
        "if not given.",
    )
    missing: Literal["refuse", "estimate"] = Field(
        default="refuse",
        description="Pairs between which there is no row or no way: refuse them, or fill them "
        "with the estimate (counted in the warnings).",
    )
    access_minutes: NonNegative = Field(
        default=5.0,
        le=60,
        description="Parking and walking, once per trip, added to an engine's driving time (the "
        "estimate has five built in, and a matrix is taken as it stands: both refuse the key). "
        "Unit: minutes. Range: 0 to 60.",
    )
    snap_km: Positive = Field(
        default=5.0,
        le=100,
        description="Farthest that a place may lie from a road of the engine. Unit: km.",
    )
    pairs_per_request: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = Field(
        default=2500,
        description="Pairs asked for at once: within the limits that OSRM (10,000) and Valhalla "
        "(2,500) start with.",
    )
    parallel: Annotated[StrictInt, Field(ge=1, le=64)] = Field(
        default=4, description="Requests at the same time."
    )
    timeout_seconds: Positive = Field(
        default=30.0, le=3600, description="Limit of one request as a whole. Unit: seconds."
    )
    retries: Annotated[StrictInt, Field(ge=0, le=10)] = Field(
        default=3, description="Further attempts after a failed one, with growing pauses."
    )
    cache: Words | None = Field(
        default=None,
        description="Folder where an engine's answers are kept for the next run; off: none. The "
        "environment variable SERVICENET_CACHE, else the user's own cache, if not given.",
    )
    cache_mb: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = Field(
        default=2000, description="Size of that folder; the oldest answers go first. Unit: MB."
    )
    time_factor: Positive = Field(
        default=1.0,
        le=10,
        description="Multiplies every travel time. Unit: ratio. Range: 0.8 to 1.3 is plausible.",
    )
