"""`requirements`: what a plan must keep to; each with its parameters, or `on: false`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from optimizer.config.access import AccessStandard, LeftBehind, standards
from optimizer.config.section import Flag, NonNegative, Section, Share, Words, Year, assumption
from optimizer.config.services import ServiceCoverage, ServiceFlows

_ON = "Whether the requirement is in force."
_STAYS_ON = "Always true: every plan is counted by it."


def _off_is_empty(value: object) -> object:
    """`{on: false}` in the place of a list means no rules."""
    if isinstance(value, Mapping) and dict(value) == {"on": False}:
        return ()
    return value


def _all_is_both(value: object) -> object:
    """`all`, as configs of earlier versions call it, is both."""
    return "both" if value == "all" else value


class RegionCoverage(Section):
    """Every region of a division has enough service points, from a year on."""

    division: Words = Field(description="A division of data.regions.")
    min_points: int = Field(
        default=1, strict=True, ge=1, description="Service points in every region. Unit: sites."
    )
    from_year: Year | None = Field(
        default=None,
        alias="from",
        description="First year in force; the first planning year if not given.",
    )
    modes: tuple[Words, ...] | None = Field(
        default=None,
        min_length=1,
        description="Modes that count; those with counts_for_coverage if not given.",
    )


class ModeLimit(Section):
    """At most so many sites in a mode and its variants, today's included."""

    mode: Words = Field(description="A mode of the catalogue; its variants count too.")
    at_most: int = Field(strict=True, ge=0, description="Most sites in a year. Unit: sites.")
    sites: Annotated[Literal["offices", "candidates", "both"], BeforeValidator(_all_is_both)] = (
        Field(default="both", description="Sites that count: offices of today, candidates or both.")
    )
    each: Words | None = Field(
        default=None,
        description="A division of data.regions: the limit holds in each of its regions.",
    )


class Partners(Section):
    """Where modes with partner_required may be used."""

    on: Flag = Field(default=True, description=_ON)
    mobile: Literal["anywhere", "on_record"] = Field(
        default="anywhere",
        description="Modes in a partner's premises (premises: partner): anywhere, or only where a "
        "partner is on record. Why: 7.2.3.",
    )
    colocated: Literal["anywhere", "in_municipality", "on_record"] = Field(
        default="on_record",
        description="Co-located modes (premises: colocated): only where a partner is on record, "
        "at every office of a municipality where one is (in_municipality), or anywhere. Why: "
        "7.2.6.",
    )


class Assignment(Section):
    """Which office each visit goes to."""

    kind: Literal["closest", "balanced"] = Field(
        default="closest",
        description="closest: every visit takes its cheapest available option. balanced, where the "
        "planner directs, is for capacitated location alone (textbook/cflp.yaml): visitors of "
        "service offices come without appointment.",
    )


class ClosureLimit(Section):
    """At most so many offices close in a year."""

    at_most: int = Field(strict=True, ge=0, description="Most closures in a year. Unit: offices.")
    each: Words | None = Field(
        default=None,
        description="A division of data.regions: the limit holds in each of its regions.",
    )


class Transition(Section):
    """What may follow what: a closed office stays closed, an opened candidate stays open."""

    on: Flag = Field(default=True, description=_STAYS_ON)
    upgrades: Flag = Field(
        default=False, description="Whether an office may be given more service than before."
    )
    conversions: Flag = Field(
        default=True,
        description="Whether an open site may be given another mode. Off: an office keeps today's "
        "mode or closes, and a candidate keeps the mode in which it opens.",
    )
    closures: Annotated[tuple[ClosureLimit, ...], BeforeValidator(_off_is_empty)] = Field(
        default=(), description="Most closures in a year, mergers counted."
    )
    notice_months: int = Field(
        default=0,
        strict=True,
        ge=0,
        le=120,
        description="Months from 1 January of the first planning year, when the plan is decided, "
        "until premises can be left; no office closes, or changes to a mode with other premises, "
        "in a year that begins before. An office's own notice_months, in the table of offices, "
        "go before it. What stands in offices.decided is not held by it from its day on; other "
        "changes of such an office before that are. Unit: months. Why: a lease of premises "
        "commonly has nine months' notice.",
    )
    consultation_months: int = Field(
        default=0,
        strict=True,
        ge=0,
        le=120,
        description="Months before notice for a municipality that is left without any site, after "
        "an analysis and consultation: some site is open in every year that begins before both are "
        "over, by the longest notice of its offices. Unit: months. Why: förordning 2019:202, "
        "5-7 §§.",
    )
    replacement: Literal["same_year", "any_year"] = Field(
        default="same_year",
        description="same_year: where an office of a municipality closes, no other site of it "
        "opens in an earlier or a later year, so that visitors move once.",
    )


class StaffBalance(Section):
    """Staff from one year to the next: who leaves, moves, is hired or redundant."""

    on: Flag = Field(default=True, description=_ON)
    most_redundant_fte: NonNegative | None = Field(
        default=None,
        description="Most redundancies in a year; no limit if not given. 0 asks for a plan without "
        "any. Unit: FTE.",
    )


class RemoteBalance(Section):
    """Video help from offices with idle staff to busy ones; between offices with placed staff."""

    on: Flag = Field(
        default=False,
        description="Whether offices help each other by video. Off in the national case, whose "
        "demand.productivity_growth counts distance service already.",
    )
    share: Share = assumption(
        0.1,
        "Most of an office's work in the peak month, must-appear visits left out, that other "
        "offices may do by video.",
        unit="share of the work",
        vary="0 to 20 %",
        reason="distance service (7.2.8); no public figure",
    )
    must_appear_share: Share = assumption(
        0.4,
        "Part of the visits that can not be helped by video: identity checks, id cards, moving to "
        "Sweden, coordination numbers.",
        unit="share of visits",
        vary="±10 points",
        reason="what has no digital alternative",
    )


class StaggeredDays(Section):
    """Offices with fewer open days near each other do not close on the same days."""

    on: Flag = Field(default=True, description=_ON)
    km: NonNegative = Field(
        default=10.0,
        description="Offices no farther apart than this, in a straight line, share the week "
        "between them. Unit: km. Why: five Stockholm offices, October 2023.",
    )


class OpenSites(Section):
    """How many sites are open: exactly, or at most."""

    exactly: int | None = Field(
        default=None, strict=True, ge=1, description="Open sites, exactly. Unit: sites."
    )
    at_most: int | None = Field(
        default=None, strict=True, ge=1, description="Open sites, at most. Unit: sites."
    )


class OpenSitesFrom(OpenSites):
    """How many sites of all are open, in any mode, from a year on."""

    from_year: Year | None = Field(
        default=None,
        alias="from",
        description="First year in force; the first planning year if not given.",
    )


class Room(Section):
    """Visits fit the room of a site, or it is extended."""

    on: Flag = Field(default=True, description=_ON)
    kind: Literal["soft", "hard"] = Field(
        default="soft",
        description="soft: room can be added at a price, nobody is refused. hard is for "
        "capacitated location alone (textbook/cflp.yaml).",
    )


def _standards(value: object) -> object:
    """The standards, presets replaced by their rules; none where switched off."""
    return standards(_off_is_empty(value))


class Staffing(Section):
    """Staff of a site: for the peak month, and at least the minimum of its mode."""

    on: Flag = Field(default=True, description=_STAYS_ON)
    demand: Literal["before_decay", "after_decay"] = Field(
        default="before_decay",
        description="Visits that staff and room are planned on: before_decay (a lost visit saves "
        "nothing) or after_decay.",
    )


class Switch(Section):
    """A requirement without parameters."""

    on: Flag = Field(default=True, description=_ON)


class Requirements(Section):
    """The requirements by name; one_mode and assignment are structure and always on."""

    region_coverage: Annotated[tuple[RegionCoverage, ...], BeforeValidator(_off_is_empty)] = Field(
        default=(), description="Service points that every region of a division must have."
    )
    mode_limits: Annotated[tuple[ModeLimit, ...], BeforeValidator(_off_is_empty)] = Field(
        default=(),
        description="Most sites in a mode. The national case has mobile 10, flexible 15 and "
        "reduced 15 of today's offices, assumptions to vary from 0 to 40. Why: 7.2.3, about ten "
        "mobile; decides whether offices are converted or closed.",
        json_schema_extra={
            "unit": "sites",
            "range": "0 to 40",
            "reason": '7.2.3 "about ten"; decides whether offices are converted or closed',
        },
    )
    access_standard: Annotated[tuple[AccessStandard, ...], BeforeValidator(_standards)] = Field(
        default=(),
        description="Shares of people that must be within reach of an open site.",
    )
    no_one_left_behind: LeftBehind | None = Field(
        default=None, description="How much farther any zone may get to go."
    )
    service_coverage: Annotated[tuple[ServiceCoverage, ...], BeforeValidator(_off_is_empty)] = (
        Field(
            default=(),
            description="Services that enough offices of every region must offer, or that must be "
            "near enough people.",
        )
    )
    service_flows: ServiceFlows = Field(
        default=ServiceFlows(), description="Visits of services go only to offices that offer them."
    )
    partners: Partners = Field(
        default=Partners(), description="Where shared and mobile modes may be used."
    )
    assignment: Assignment = Field(default=Assignment(), description="Where visits go.")
    transition: Transition = Field(
        default=Transition(), description="What may change from one year to the next."
    )
    room: Room = Field(default=Room(), description="Visits against the room of a site.")
    staffing: Staffing = Field(
        default=Staffing(), description="Staff covers the peak month and the minimum of the mode."
    )
    staff_balance: StaffBalance = Field(
        default=StaffBalance(), description="Staff of an office from one year to the next."
    )
    remote_balance: RemoteBalance = Field(
        default=RemoteBalance(), description="Help by video from quiet to busy offices."
    )
    open_sites: OpenSitesFrom | None = Field(
        default=None,
        description="How many offices and candidates are open, exactly or at most; for what-ifs.",
    )
    staggered_days: StaggeredDays = Field(
        default=StaggeredDays(),
        description="Weekdays of offices with fewer open days, arranged after the plan is made.",
    )
    budget_by_year: Switch = Field(
        default=Switch(),
        description="Every year's cost fits its means, with saving and credit. Off: a plan may "
        "cost more, and budget.csv tells by how much.",
    )
    fixed_decisions: Switch = Field(
        default=Switch(), description="The decisions of `offices` hold."
    )
