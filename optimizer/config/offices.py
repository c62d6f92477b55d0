"""`offices`: decisions on single offices that the plan must keep to."""

from pydantic import Field

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
    """An office that is in a given mode from a year on."""

    office: Words = Field(min_length=1, description=_OFFICE)
    mode: Words = Field(description="A mode of the catalogue.")
    reason: Words = Field(default="", description=_REASON)
    from_year: Year | None = Field(default=None, alias="from", description=_FROM)


class Offices(Section):
    """Planners' decisions, each with a reason."""

    keep: tuple[Keep, ...] = Field(
        default=(), description="Offices that keep at least today's level of service."
    )
    close: tuple[Close, ...] = Field(default=(), description="Offices to close.")
    mode: tuple[Pin, ...] = Field(default=(), description="Offices with a mode decided.")
