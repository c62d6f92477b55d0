"""JSON Schema of a config file, for editors; a file may hold as little as its `extends`."""

from typing import Any

from optimizer.config.access import NARROWS, AccessStandard, presets
from optimizer.config.scenario import Scenario
from optimizer.config.section import Section
from optimizer.config.textbook import TextbookScenario

_EXTENDS = {
    "type": "string",
    "description": "A config to build on, looked for beside this file, then among the shipped "
    "configs (base.yaml). Mappings merge, everything else replaces, null removes a key.",
}
_PRESET = {
    "type": "object",
    "properties": {
        "preset": {"enum": sorted(name for name, one in presets().items() if one.get("rules"))},
        **{key: AccessStandard.model_json_schema()["properties"][key] for key in NARROWS},
    },
    "required": ["preset"],
    "additionalProperties": False,
    "description": "The rules of a published standard, see docs/access-standards.md.",
}
#: A textbook problem names itself, or extends a config that does.
_IS_TEXTBOOK = [
    {"required": ["problem"]},
    {"required": ["extends"], "properties": {"extends": {"pattern": "^textbook/"}}},
]
_NULL = {"type": "null"}
_OUTSIDE = ("title", "description", "default", "unit", "range", "reason")
_OFF = {
    "type": "object",
    "properties": {"on": {"const": False, "description": "false: no rules."}},
    "required": ["on"],
    "additionalProperties": False,
    "description": "Switches the requirement off.",
}


def config_schema() -> dict[str, Any]:
    """The schema: all keys with meaning, unit and range, and for assumptions the reason.

    What a complete config must have is not required here, since a parent may give it.
    """
    planner, textbook = _schema_of(Scenario), _schema_of(TextbookScenario)
    rules = planner["$defs"]["Requirements"]["properties"]
    for rule in ("region_coverage", "mode_limits", "access_standard", "service_coverage"):
        rules[rule]["anyOf"].append(_OFF)
    standards = rules["access_standard"]["anyOf"][0]
    standards["items"] = {"anyOf": [standards["items"], _PRESET]}
    sections = {**textbook.pop("$defs"), **planner.pop("$defs")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            key: {"description": value["description"]}
            for schema in (textbook, planner)
            for key, value in schema["properties"].items()
        },
        "if": {"anyOf": _IS_TEXTBOOK},
        "then": {"$ref": "#/$defs/TextbookScenario"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": {"Scenario": planner, "TextbookScenario": textbook, **sections},
    }


def _schema_of(root: type[Section]) -> dict[str, Any]:
    schema = root.model_json_schema(by_alias=True)
    in_lists = _names_in_lists(schema)
    for name, section in ((root.__name__, schema), *schema["$defs"].items()):
        if name not in in_lists:
            section.pop("required", None)
            properties = section.get("properties", {})
            section["properties"] = {key: _or_null(value) for key, value in properties.items()}
    schema["properties"] = {"extends": _EXTENDS, **schema["properties"]}
    return schema


def _names_in_lists(schema: dict[str, Any]) -> set[str]:
    """Sections that are items of a list: lists are replaced whole, so their items are complete."""
    lists = [
        value
        for section in schema["$defs"].values()
        for value in section.get("properties", {}).values()
        if value.get("type") == "array"
    ]
    return {
        value["items"]["$ref"].rpartition("/")[2] for value in lists if "$ref" in value["items"]
    }


def _or_null(value: dict[str, Any]) -> dict[str, Any]:
    """The property, or null to remove what a parent gives; its description stays outside."""
    outside = {key: item for key, item in value.items() if key in _OUTSIDE}
    inside = {key: item for key, item in value.items() if key not in _OUTSIDE}
    options = [_items_or_null(option) for option in inside.get("anyOf", [inside])]
    return {"anyOf": options if _NULL in options else [*options, _NULL], **outside}


def _items_or_null(value: dict[str, Any]) -> dict[str, Any]:
    """A mapping with keys of the user's own, such as years or modes: null removes those too."""
    changed = dict(value)
    if isinstance(value.get("additionalProperties"), dict):
        changed["additionalProperties"] = {"anyOf": [value["additionalProperties"], _NULL]}
    if "patternProperties" in value:
        patterns = value["patternProperties"].items()
        changed["patternProperties"] = {key: {"anyOf": [item, _NULL]} for key, item in patterns}
    return changed
