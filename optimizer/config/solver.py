"""`solver`: how long and how exactly to search."""

from typing import Literal

from pydantic import Field

from optimizer.config.section import Positive, Section


class Solver(Section):
    """The solver and its limits."""

    name: Literal["highs", "cbc"] = Field(default="highs", description="HiGHS or CBC.")
    gap: float = Field(
        default=0.005,
        strict=True,
        ge=0,
        lt=1,
        description="Gap of the added burden at which the search may stop. Unit: share. Range: 0 "
        "to 1.",
    )
    time_limit: Positive = Field(
        default=45.0,
        description="Time from the start of the command until the search ends; without a plan by "
        "then, the search for a first one goes on as long again. Unit: seconds.",
    )
    threads: int = Field(
        default=2, strict=True, ge=1, le=256, description="Threads of the solver. Unit: threads."
    )
    seed: int = Field(
        default=1, strict=True, ge=0, description="Seed of every random choice. Any whole number."
    )
