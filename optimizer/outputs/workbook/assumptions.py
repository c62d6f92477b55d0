"""The assumptions of a config: each with its value in the run, its default, range and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from optimizer.config.scenario import Scenario
from optimizer.config.section import is_section


@dataclass(frozen=True)
class Assumption:
    """An assumption by its key in the config (`demand.digital_share`)."""

    key: str
    value: object
    default: object
    meaning: str
    unit: str
    vary: str
    reason: str

    @property
    def changed(self) -> bool:
        """Whether the run departs from the default, where there is one."""
        return self.default != () and self.value != self.default


def assumptions(config: Mapping[str, Any]) -> tuple[Assumption, ...]:
    """Every key of the schema that says how far to vary it; the default where the run has none."""
    return tuple(
        Assumption(
            key=key,
            value=_value(config, key, default),
            default=default,
            meaning=(field.description or "").split(" Unit: ")[0],
            unit=str(extra["unit"]),
            vary=str(extra["range"]),
            reason=str(extra["reason"]),
        )
        for key, field in _fields(Scenario, "")
        for extra in [field.json_schema_extra]
        if isinstance(extra, dict) and {"unit", "range", "reason"} <= extra.keys()
        for default in [_as_json(field.get_default(call_default_factory=False))]
    )


def _fields(section: type[Any], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in section.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        if is_section(field.annotation):
            yield from _fields(field.annotation, f"{key}.")
        else:
            yield key, field


def _value(config: Mapping[str, Any], key: str, default: object) -> object:
    found: Any = config
    for name in key.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return default
        found = found[name]
    return found


def _as_json(value: object) -> object:
    """As config.json has it: keys of mappings are text."""
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else value
