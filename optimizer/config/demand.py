"""`demand`: how many visit, what they need, how distance and waiting keep them away, staff."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from optimizer.config.section import (
    ByNeed,
    NonNegative,
    Number,
    Positive,
    Section,
    Share,
    Words,
    assumption,
)

Rate = Annotated[Number, Field(gt=-0.5, le=0.5)]


class RegionGrowth(Section):
    """Growth of the visits wanted in some regions of a division, beside that of the country."""

    division: Words = Field(description="A division of data.regions.")
    per_year: Mapping[Words, Rate] = Field(
        description="By region_code, in quotes: growth a year beyond growth_per_year; 0 where not "
        "named. Unit: share a year. Range: -0.5 to 0.5."
    )


class Demand(Section):
    """Visits by need, their answer to distance, and the staff and room they take."""

    need_shares: ByNeed = assumption(
        {1: 0.25, 2: 0.30, 3: 0.45},
        "Share of the visits with each need: 1 guidance, 2 authenticated help, 3 help in the "
        "agencies' systems; they sum to 1.",
        unit="share of visits",
        vary="±10 points",
        reason="Tabell 26: over half of the cases are Skatteverket's, many must-appear",
    )
    propensity_scale_minutes: Positive = assumption(
        60.0,
        "Visits per inhabitant fall by exp(-minutes / scale) with the minutes to the nearest "
        "office of today; for estimating today's visits only.",
        unit="minutes",
        vary="±50 %",
        reason="no public figure; visits by region are met with any value, so it moves visits "
        "between near and far places of a region",
    )
    growth_per_year: Number = Field(
        default=0.0,
        gt=-0.5,
        le=0.5,
        description="Growth of the visits wanted. Unit: share a year. Range: -0.5 to 0.5.",
    )
    growth_by_region: RegionGrowth | None = Field(
        default=None,
        description="Growth of the visits of people in some regions, beside growth_per_year.",
    )
    growth_by_agency: Mapping[Words, Rate] = Field(
        default_factory=dict,
        description="Growth of the visits that each partner agency's matters bring, beside "
        "growth_per_year: by a name of cases_by_agency; 0 where not named. A service that belongs "
        "to an agency grows with it, everything else with all by their cases. Unit: share a year. "
        "Range: -0.5 to 0.5. Annual report 2024, Tabell 26: Skatteverket's cases rose by 7.1 %, "
        "Försäkringskassan's fell by 2.3 %.",
    )
    cases_by_agency: Mapping[Words, NonNegative] = Field(
        default={
            "arbetsformedlingen": 457805.0,
            "forsakringskassan": 830644.0,
            "migrationsverket": 44457.0,
            "pensionsmyndigheten": 175831.0,
            "skatteverket": 1772038.0,
        },
        description="Cases of the base year by partner agency, to weigh growth_by_agency. Unit: "
        "cases a year. Annual report 2024, Tabell 26.",
    )
    waiting_minutes: NonNegative = assumption(
        20.0,
        "Minutes that a visit waits where an office is closed all weekdays; an office open D days "
        "costs (5 - D) / 5 of it.",
        unit="minutes",
        vary="10 to 40",
        reason="Hudiksvall 3 open days, Vimmerby 2",
    )
    digital_share: Share = assumption(
        0.6,
        "Part of the visits with a digital alternative, the part that distance can lose.",
        unit="share of visits",
        vary="±50 %",
        reason="must-appear visits are not replaced by any e-service",
    )
    decay_scale_minutes: Positive = assumption(
        120.0,
        "Visits with an alternative are lost by 1 - exp(-added minutes / scale).",
        unit="minutes",
        vary="±50 %",
        reason="no public figure",
    )
    reach_minutes: Positive | None = Field(
        default=None,
        description="Travel and waiting beyond which a visit is lost, whatever it is for, where "
        "the way becomes longer than today's; no such limit if not given. Unit: minutes one way.",
    )
    peak_on_record: Number = Field(
        default=1.32,
        ge=1,
        description="Visits of the base year's peak month against its mean month: the peak that "
        "the staff of today manages, from which visits per FTE are found. Unit: ratio. Range: 1 or "
        "more. April 2024: 304 155 of 2 758 758 visits (annual report 2024, 7.3.1).",
    )
    peak_factor: Number = assumption(
        1.32,
        "Visits of the peak month against the mean month that plans are staffed for; more than "
        "peak_on_record asks for more staff than the same visits have today.",
        unit="ratio",
        vary="1.2 to 1.5",
        reason="as on record in 2024; the size of a surge as in June 2024 is not public",
        ge=1,
    )
    productivity_growth: Number = assumption(
        0.01,
        "Growth of visits per FTE.",
        unit="share a year",
        vary="0 to 2 %",
        reason="resource planning, distance service (7.2.8); steers the plan more than anything",
        gt=-0.5,
        le=0.5,
    )
    room_slack: NonNegative = assumption(
        0.15,
        "Room an office has beyond the visits of today.",
        unit="share of today's visits",
        vary="±50 %",
        reason="rent per visit and refurbishing over six years",
    )
    commuting_minutes: NonNegative = assumption(
        60.0,
        "Staff moves between offices no farther apart than this, and so do demanded mergers.",
        unit="minutes one way",
        vary="40 to 75",
        reason="what a daily commute may be asked to be; no public figure",
    )
    merger_minutes: NonNegative = assumption(
        45.0,
        "An office that closes merges into the one that receives most of its visits, if that lies "
        "within so many minutes; otherwise it is a closure.",
        unit="minutes",
        vary="±50 %",
        reason="no public figure",
    )
