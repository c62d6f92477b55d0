"""`offices`: decisions on single offices that the plan must keep to."""

from typing import Annotated

from pydantic import Field

from optimizer.config.data import source_of_file
from optimizer.config.section import Section, Words, Year

_OFFICE = "The office, by id or by name where that is unique."
_REASON = "Why; follows into the outputs."
_FROM = "First year in force; the first planning year if not given."


class Keep(Section):
    """An office that is never given less service than today."""

    office: Words = Field(min_length=1, description=_OFFICE)
    reason: Words = Field(default="", description=_REASON)


class Close(Section):
    """An office that is closed from a year on."""

    office: Words = Field(min_length=1, description=_OFFICE)
    reason: Words = Field(default="", description=_REASON)
    from_year: Year | None = Field(default=None, alias="from", description=_FROM)


class Pin(Section):
    """An office that is in a given mode from a year on, until a later decision on it begins."""

    office: Words = Field(min_length=1, description=_OFFICE)
    mode: Words = Field(
        description="A mode of the catalogue, until a later mode, closure or merger of the office."
    )
    reason: Words = Field(default="", description=_REASON)
    from_year: Year | None = Field(default=None, alias="from", description=_FROM)


class Merge(Section):
    """An office that closes and whose staff goes to another one, which keeps today's service."""

    from_office: Words = Field(min_length=1, alias="from", description=f"{_OFFICE} It closes.")
    into: Words = Field(min_length=1, description=f"{_OFFICE} It receives and is kept.")
    reason: Words = Field(default="", description=_REASON)
    year: Year | None = Field(
        default=None,
        description="Year by which it is done; the first planning year if not given.",
    )

    @property
    def office(self) -> str:
        """The office that closes."""
        return self.from_office

    @property
    def from_year(self) -> int | None:
        """First year in force."""
        return self.year


class Offer(Section):
    """A service that an office offers from a year on; it stays open for it."""

    office: Words = Field(min_length=1, description=_OFFICE)
    service: Words = Field(description="A service of the catalogue `services`.")
    reason: Words = Field(default="", description=_REASON)
    from_year: Year | None = Field(default=None, alias="from", description=_FROM)


class Offices(Section):
    """Planners' decisions, each with a reason."""

    keep: tuple[Keep, ...] = Field(
        default=(), description="Offices that keep at least today's level of service."
    )
    close: tuple[Close, ...] = Field(default=(), description="Offices to close.")
    mode: tuple[Pin, ...] = Field(default=(), description="Offices with a mode decided.")
    merge: tuple[Merge, ...] = Field(
        default=(),
        description="Mergers that are demanded: {from: one office, into: another}. At most "
        "demand.commuting_minutes apart, since staff goes along.",
    )
    offer: tuple[Offer, ...] = Field(
        default=(),
        description="Services that offices must offer: {office: ..., service: ...}. One that the "
        "office lacks today is added at services.<name>.equipment_mnkr.",
    )
    decided: Annotated[Words, source_of_file()] | None = Field(
        default=None,
        description="Path to a table of decisions already taken (office_id, action: keep, convert, "
        "close or merge, mode, into_office_id, decided_on, last_day). An office is closed or in "
        "its new mode from the first planning year that begins after last_day (after decided_on if "
        "no last day is given).",
    )
