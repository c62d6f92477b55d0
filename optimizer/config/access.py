"""`requirements.access_standard` and `no_one_left_behind`: how far people may have to go."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from optimizer.config.section import Flag, NonNegative, Section, Share, Words, Year

Group = Literal["all", "age_75plus", "low_education", "low_tax_base", "exclusion_areas"]

GROUP_WORDS = (
    "People who count: all; age_75plus; low_education (at most nine years of school); "
    "low_tax_base (everyone in the fifth of the municipalities with the lowest tax base); "
    "exclusion_areas (in area types 1 and 2). By the shares of the municipality."
)


class Reach(Section):
    """Within so many minutes or so many kilometres: one of them is enough."""

    minutes: NonNegative | None = Field(
        default=None, description="Travel time, waiting not counted. Unit: minutes one way."
    )
    km: NonNegative | None = Field(default=None, description="By road. Unit: kilometres one way.")


class Standard(Section):
    """Within what people must be, which people, where and from when."""

    minutes: NonNegative | None = Field(
        default=None,
        description="Travel time to the nearest open site that counts; waiting is not counted. "
        "With km too, both must hold. Unit: minutes one way.",
    )
    km: NonNegative | None = Field(
        default=None, description="Distance by road to it. Unit: kilometres one way."
    )
    either: Reach | None = Field(
        default=None, alias="any", description="Minutes or kilometres: one of them is enough."
    )
    each: Words | None = Field(
        default=None,
        description="A division of data.regions: the standard holds in each of its regions.",
    )
    group: Group = Field(
        default="all",
        description=GROUP_WORDS,
    )
    area_type: Words | tuple[Words, ...] | None = Field(
        default=None,
        description="Only zones of this area type, or of these: dense (localities of 10,000 people "
        "and more), mixed (of 3,000 and more), rural (the rest), remote (the rest in FA regions "
        "far from larger towns), or a word of the zones' own column area_type.",
    )
    relative: Flag = Field(
        default=False,
        description="The share is of those within reach today, not of all people; others who come "
        "within reach do not count.",
    )
    from_year: Year | None = Field(
        default=None,
        alias="from",
        description="First year in force; the first planning year if not given.",
    )

    @property
    def area_types(self) -> tuple[str, ...] | None:
        """The area types that count; none: all."""
        return (self.area_type,) if isinstance(self.area_type, str) else self.area_type

    @property
    def says_how_far(self) -> bool:
        """Whether it gives minutes, kilometres or one of them."""
        either = (None, None) if self.either is None else (self.either.minutes, self.either.km)
        return any(one is not None for one in (self.minutes, self.km, *either))

    @property
    def asks_for_km(self) -> bool:
        """Whether it is in kilometres, alone or beside minutes."""
        return self.km is not None or (self.either is not None and self.either.km is not None)


class AccessStandard(Standard):
    """A share of people within reach of an open site, in the nation or in each region."""

    share: Share = Field(description="Least share of the people. Unit: share, 0 to 1.")
    need: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        description="Need level that the site serves; the highest if not given.",
    )
    preset: Words | None = Field(
        default=None,
        description="The published standard it comes from, see docs/access-standards.md; "
        "{preset: service-canada} alone, or narrowed by group, area_type, each, need, relative or "
        "from, stands for its rules.",
    )


class LeftBehind(Section):
    """No zone gets much farther to go than today."""

    on: Flag = Field(default=True, description="Whether the requirement is in force.")
    added_minutes: NonNegative | None = Field(
        default=None,
        description="Most travel time that any zone may get beyond today's. Unit: minutes one way.",
    )
    within_minutes: NonNegative | None = Field(
        default=None,
        description="A zone that is within this today stays within it. Unit: minutes one way.",
    )
    need: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        description="Need level that counts; the highest if not given.",
    )
    from_year: Year | None = Field(
        default=None,
        alias="from",
        description="First year in force; the first planning year if not given.",
    )


#: What may be said beside a preset: of whom, where and from when it asks what it asks.
NARROWS = ("group", "area_type", "each", "need", "relative", "from")


@cache
def presets() -> Mapping[str, Mapping[str, Any]]:
    """The published standards by name: source, date where known, fit, note and rules."""
    text = resources.files("optimizer.config").joinpath("presets.toml").read_text("utf-8")
    return tomllib.loads(text)


def standards(value: object) -> object:
    """A list of standards, every `{preset: name}` replaced by its rules, each told by its place.

    A preset may be narrowed: what NARROWS names is said beside it, where its rules do not say it.
    A standard with a share of its own is no preset, and only says which one it comes from. Raises
    ValidationError with what is wrong with every entry.
    """
    if not isinstance(value, list | tuple):
        return value
    found: list[AccessStandard] = []
    wrong: list[InitErrorDetails] = []
    for at, one in enumerate(value):
        try:
            found += [AccessStandard.model_validate(rule) for rule in rules_of(one)]
        except ValidationError as error:
            wrong += [_at(at, detail) for detail in error.errors()]
        except ValueError as error:
            kind = PydanticCustomError("preset", "{said}", {"said": str(error)})
            key = ("preset",) if _names_no_rules(one) else ()
            given = one["preset"] if key else one
            wrong.append(InitErrorDetails(type=kind, loc=(at, *key), input=given))
    if wrong:
        raise ValidationError.from_exception_data("access_standard", wrong)
    return found


def rules_of(one: Any) -> list[Any]:
    """The rules that an entry stands for: those of its preset, or itself. Raises ValueError."""
    name = one.get("preset") if isinstance(one, Mapping) else None
    if name is None or "share" in one:
        return [one]
    known = presets()
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"must name a preset of {', '.join(known)}")
    if not known[name].get("rules"):
        raise ValueError(
            f"must be a preset that can be stated with travel between zones and sites; {name} "
            f"can not: {known[name]['note']}"
        )
    strange = [key for key in one if key != "preset" and key not in NARROWS]
    if strange:
        raise ValueError(
            f"must be a preset alone or with {', '.join(NARROWS)}, not with "
            f"{', '.join(strange)}; give a standard of your own a share"
        )
    said = {key for rule in known[name]["rules"] for key in rule if key in one}
    if said:
        raise ValueError(
            f"must not say {', '.join(sorted(said))} beside {name}, whose rules say it "
            "already; write them out as standards of your own"
        )
    return [{**rule, **one} for rule in known[name]["rules"]]


def _names_no_rules(one: Mapping[str, Any]) -> bool:
    """Whether it is the name of the preset that is wrong, not what stands beside it."""
    name = one["preset"]
    return not isinstance(name, str) or not presets().get(name, {}).get("rules")


def _at(at: int, detail: ErrorDetails) -> InitErrorDetails:
    """An error of one entry as an error of the list."""
    found = InitErrorDetails(type=detail["type"], loc=(at, *detail["loc"]), input=detail["input"])
    return {**found, "ctx": detail["ctx"]} if "ctx" in detail else found
