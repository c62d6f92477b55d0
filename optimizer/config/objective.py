"""`objective`: what the plan is best at."""

from typing import Annotated, Literal

from pydantic import Field

from optimizer.config.access import GROUP_WORDS, Group
from optimizer.config.section import NonNegative, Section, Share, assumption

Measure = Literal["access", "cost", "weighted"]


class Equity(Section):
    """How much the added minutes of those worst off count beside those of all visits."""

    tail: Annotated[Share, Field(gt=0)] = Field(
        default=0.1, description="The part of the people who are worst off. Unit: share, 0 to 1."
    )
    weight: NonNegative = Field(
        default=0.0,
        description="What a minute more for the worst off counts against a minute more for all "
        "visits; 0: no more than theirs; as large as the tail: twice. Unit: ratio. Range: 0 to 10.",
    )
    group: Group = Field(
        default="all",
        description=GROUP_WORDS,
    )
    need: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        description="Need level whose minutes count; the highest if not given.",
    )


class Objective(Section):
    """The measure that the plan makes as small as it can."""

    kind: Literal["access", "cost", "weighted", "lexicographic"] = Field(
        default="access",
        description="access: minutes of all visits, and a penalty for lost ones. cost: cost of all "
        "planning years and the fees of lost visits. weighted: cost, and minutes at "
        "kr_per_minute. lexicographic: the measures of `order`, one after the other.",
    )
    lost_visit_minutes: NonNegative = assumption(
        60.0,
        "Penalty for a lost visit, beside its minutes.",
        unit="minutes",
        vary="±50 %",
        reason="access must never improve by losing people; no public figure",
    )
    kr_per_minute: NonNegative = assumption(
        2.0,
        "Price of a visit-minute where minutes are weighed against cost.",
        unit="kr per minute",
        vary="1 to 4",
        reason="an hour of private travel is priced at about 100 kr in Swedish transport appraisal",
    )
    order: tuple[Measure, ...] = Field(
        default=("access", "cost"),
        min_length=2,
        max_length=3,
        description="Of kind lexicographic: the measures in turn. Each is made small among the "
        "plans that give up no more than `tolerance` of those before it.",
    )
    tolerance: Share = Field(
        default=0.02,
        description="Of kind lexicographic: how much of what an earlier measure differs from "
        "today's may be given up for the later ones. Unit: share. Range: 0 to 1.",
    )
    equity: Equity = Field(
        default=Equity(), description="Whether the worst off count more where minutes count."
    )
