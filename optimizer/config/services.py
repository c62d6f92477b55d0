"""`services`: what some offices offer beyond the general service, one row each."""

from typing import Literal

from pydantic import Field

from optimizer.config.access import Standard
from optimizer.config.section import Flag, NonNegative, Section, Share, Text, Words

GENERAL = "general"


class Service(Section):
    """One service with visits of its own, offered where there is equipment and training for it."""

    title: Text = Field(default=Text(), description="Name for people; empty: the key itself.")
    need: int = Field(
        default=3,
        strict=True,
        ge=1,
        le=3,
        description="Need level a mode must serve to offer it, and whose visits it takes. 3: only "
        "offices with help in the agencies' systems. Why: equipment and trained staff on site.",
    )
    visits_share: Share = Field(
        description="Its part of all visits, the country over. Unit: share of visits. Shipped: "
        "migration 0.0136 (44 457 of 3 280 775 cases 2024, Tabell 26); id_check 0.03, an "
        "assumption to vary by ±50 %. Why: about 80 000 registrations of people who move to "
        "Sweden and coordination numbers a year; not public by office.",
        json_schema_extra={
            "unit": "share of visits",
            "range": "±50 %",
            "reason": "migration: Tabell 26; id_check: registrations that ask for a visit",
        },
    )
    follows: Literal["visits", "foreign_born"] = Field(
        default="visits",
        description="How its visits fall on zones: visits (as all visits) or foreign_born (times "
        "the share of foreign born in the municipality against the country's).",
    )
    agency: Words | None = Field(
        default=None,
        description="The partner agency whose matter it is, a name of demand.cases_by_agency: its "
        "visits grow with demand.growth_by_agency.",
    )
    digital_share: Share = Field(
        default=0.0,
        description="Part of its visits that has a digital alternative, the part that distance "
        "can lose. Unit: share of visits. 0: must appear in person.",
    )
    equipment_mnkr: NonNegative = Field(
        description="One-off cost of adding it to an office: equipment and training. Unit: mnkr. "
        "Shipped: id_check 0.25, migration 0.1; assumptions to vary by ±50 %. Why: no public "
        "figure.",
        json_schema_extra={"unit": "mnkr", "range": "±50 %", "reason": "no public figure"},
    )
    may_be_added: Literal["nowhere", "offices", "anywhere"] = Field(
        default="nowhere",
        description="Where a plan may add it: nowhere, at offices of today, or anywhere "
        "(candidates too). Decisions under offices.offer stand beside it.",
    )


class ServiceCoverage(Standard):
    """A service at enough offices of every region, or within reach of enough people.

    Within reach: as in access_standard, of an open office with the service.
    """

    service: Words = Field(description="A service of the catalogue `services`.")
    division: Words | None = Field(
        default=None,
        description="A division of data.regions: every region of it has min_points offices with "
        "the service.",
    )
    min_points: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        description="Offices with the service in every region of the division; 1 if not given. "
        "Unit: sites.",
    )
    share: Share | None = Field(
        default=None,
        description="Least share of the people who have an open office with the service within "
        "reach: minutes, km or any. Unit: share, 0 to 1.",
    )


class ServiceFlows(Section):
    """Whether services have visits of their own, which only offices with the service can take."""

    on: Flag = Field(
        default=False,
        description="Whether visits_share of all visits goes only to offices that offer the "
        "service, in the objective, staff, room and money too. Services that no office offers "
        "today have no visits to follow.",
    )
