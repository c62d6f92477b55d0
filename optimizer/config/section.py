"""What every section of a config is made of: frozen, strict, and each key described."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeGuard

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

MOST = 1e9  #: of any number: what lies beyond is a slip, and can not be counted to the krona
Number = Annotated[StrictFloat, Field(allow_inf_nan=False, ge=-MOST, le=MOST)]
NonNegative = Annotated[Number, Field(ge=0)]
Positive = Annotated[Number, Field(gt=0)]
Share = Annotated[Number, Field(ge=0, le=1)]
Flag = StrictBool
Words = StrictStr


class Section(BaseModel):
    """A part of a config: frozen, unknown keys refused, written out under its own key names."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        serialize_by_alias=True,
        validate_by_name=False,
        validate_by_alias=True,
        validate_default=True,
    )


def is_section(annotation: object) -> TypeGuard[type[Section]]:
    """Whether the type of a key is a section of keys."""
    return isinstance(annotation, type) and issubclass(annotation, Section)


def _whole_keys(value: object) -> object:
    """Keys such as "2025", which JSON makes of numbers, as the numbers they are."""
    if not isinstance(value, Mapping):
        return value
    return {
        int(key) if isinstance(key, str) and key.isdecimal() else key: item
        for key, item in value.items()
    }


Year = Annotated[StrictInt, Field(ge=1990, le=2100)]
ByYear = Annotated[Mapping[Year, Number], BeforeValidator(_whole_keys)]
ByNeed = Annotated[Mapping[StrictInt, Share], BeforeValidator(_whole_keys)]


def assumption(
    default: Any, meaning: str, *, unit: str, vary: str, reason: str, **bounds: Any
) -> Any:
    """A key that holds an assumption: its default, what it means, how far to vary it, and why.

    The JSON Schema shows `range` and `reason` beside the description.
    """
    text = f"{meaning} Unit: {unit}. Assumption, to vary by {vary}. Why: {reason}."
    extra: dict[str, Any] = {"unit": unit, "range": vary, "reason": reason}
    return Field(default=default, description=text, json_schema_extra=extra, **bounds)


class Text(Section):
    """A text for people, in Swedish, English or both."""

    sv: Words = Field(default="", description="The text in Swedish.")
    en: Words = Field(default="", description="The text in English.")

    def in_language(self, language: str) -> str:
        """The text in a language (sv or en), or in the other where it is not given."""
        return (self.sv or self.en) if language == "sv" else (self.en or self.sv)
