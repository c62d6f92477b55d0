"""`modes`: the catalogue of ways to give service, one row each; `closed` is implicit."""

from typing import Literal

from pydantic import Field

from optimizer.config.section import Flag, NonNegative, Section, Text, Words

CLOSED = "closed"


class Mode(Section):
    """One mode of service. Prices and service are stated, never assumed: they have no default."""

    title: Text = Field(default=Text(), description="Name for people; empty: the key itself.")
    tier: int = Field(
        strict=True,
        ge=1,
        le=3,
        description="Highest need it serves: 1 guidance, 2 authenticated help, 3 help in the "
        "agencies' systems.",
    )
    open_days: int = Field(
        strict=True,
        ge=1,
        le=5,
        description="Open weekdays a week. Range: 1 to 5. Shipped: staffed 5, reduced 3, flexible "
        "2, mobile 1. Why: Hudiksvall 3, Vimmerby 2.",
        json_schema_extra={
            "unit": "days a week",
            "range": "1 to 5",
            "reason": "Hudiksvall 3, Vimmerby 2",
        },
    )
    fte_min: NonNegative = Field(
        description="Least staff of an open site. Unit: FTE. Shipped: staffed 3.0, reduced 1.8, "
        "flexible 0.8, mobile 0.4; assumptions, to vary by ±30 %. Why: two on the floor and "
        "absence; Skellefteå ran 95 visits a day on 3.",
        json_schema_extra={
            "unit": "FTE",
            "range": "±30 %",
            "reason": "two on the floor and absence; Skellefteå ran 95 visits a day on 3",
        },
    )
    premises_factor: NonNegative = Field(
        description="Premises cost against an own, staffed office. Unit: ratio. Shipped: reduced "
        "0.95, flexible 0.6, mobile 0.2, co-located times 0.7; to vary by ±20 %. Why: shared "
        "premises, no technical room.",
        json_schema_extra={
            "unit": "ratio",
            "range": "±20 %",
            "reason": "shared premises, no technical room",
        },
    )
    local_factor: NonNegative = Field(
        description="Local fixed cost against an own, staffed office. Unit: ratio. Shipped: "
        "reduced 0.9, flexible 0.6, mobile 0.25, co-located times 0.8; to vary by ±20 %. Why: "
        "shared premises, no technical room.",
        json_schema_extra={
            "unit": "ratio",
            "range": "±20 %",
            "reason": "shared premises, no technical room",
        },
    )
    premises: Literal["own", "colocated", "partner"] = Field(
        description="own, colocated (shared with a municipality or agency) or partner (equipment "
        "in the premises of a partner)."
    )
    placed_staff: Flag = Field(
        description="Whether staff has its place there; without, it travels from the nearest "
        "staffed office (costs.staff_travel)."
    )
    counts_for_coverage: Flag = Field(
        description="Whether the site counts as a service point in region_coverage."
    )
    partner_required: Flag = Field(
        description="Whether it needs a partner on record, unless requirements.partners allows it "
        "anywhere."
    )
    conversion_cost_mnkr: NonNegative = Field(
        description="One-off cost of converting an open office to this mode. Unit: mnkr. Shipped: "
        "0.3, an assumption to vary by ±50 %. Why: restoration and refurbishing; rent left of a "
        "known lease is counted by itself (lease_tail).",
        json_schema_extra={
            "unit": "mnkr",
            "range": "±50 %",
            "reason": "restoration and refurbishing",
        },
    )
    variant_of: Words | None = Field(
        default=None,
        description="The mode it is a variant of, such as staffed for staffed_colocated; limits "
        "on that mode count it too.",
    )
