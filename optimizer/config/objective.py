"""`objective`: what the plan is best at."""

from typing import Literal

from pydantic import Field

from optimizer.config.section import NonNegative, Section, assumption


class Objective(Section):
    """The measure that the plan makes as small as it can."""

    kind: Literal["access"] = Field(
        default="access", description="access: minutes of all visits, and a penalty for lost ones."
    )
    lost_visit_minutes: NonNegative = assumption(
        60.0,
        "Penalty for a lost visit, beside its minutes.",
        unit="minutes",
        vary="±50 %",
        reason="access must never improve by losing people; no public figure",
    )
