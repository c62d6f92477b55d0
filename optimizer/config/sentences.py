"""Errors of types and ranges as findings, each saying what was found and what is accepted."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from optimizer.config.finding import Finding, Key, KeyPath
from optimizer.config.scenario import Scenario
from optimizer.config.section import Section, is_section

UNKNOWN_KEY = "must be a known key"

_ACCEPTED = {
    "missing": "must be given",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "string_type": "must be text",
    "mapping_type": "must be a mapping of keys to values",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "tuple_type": "must be a list",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be above {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be below {lt}",
    "literal_error": "must be {expected}",
    "too_short": "must have at least {min_length} of them",
    "too_long": "must have at most {max_length} of them",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must have only letters a-z, digits, - and _",
}
_FIRST = {  #: what each pattern of names asks of the first character
    r"^[a-z][a-z0-9_]*$": ", a small letter first",
    r"^[A-Za-z0-9][A-Za-z0-9_-]*$": ", a letter or a digit first",
}
_MOST_SHOWN = 60  #: characters of a mapping or list that is written out


def findings_of(error: ValidationError, root: type[Section] = Scenario) -> Iterator[Finding]:
    """What each error of a validation of ``root`` says."""
    details = error.errors()
    inside = {detail["loc"][:at] for detail in details for at in range(len(detail["loc"]))}
    for detail in details:
        if detail["type"] == "too_short" and detail["loc"] in inside:
            continue  # what is wrong in a list is told, and was not counted
        yield _finding(tuple(key for key in detail["loc"] if key != "[key]"), detail, root)


def known_keys(path: KeyPath, root: type[Section] = Scenario) -> tuple[str, ...]:
    """The keys that the section at a path may have; none if it is not a section."""
    section: Any = root
    for key in path:
        section = _under(section, key)
    if not is_section(section):
        return ()
    return tuple(field.alias or name for name, field in section.model_fields.items())


def _finding(path: KeyPath, detail: ErrorDetails, root: type[Section]) -> Finding:
    kind = detail["type"]
    if kind in ("extra_forbidden", "invalid_key"):
        return Finding(path, repr(path[-1]), UNKNOWN_KEY, _suggestion(path, detail["input"], root))
    accepted = _ACCEPTED.get(kind, detail["msg"].removeprefix("Value error, "))
    if kind in _ACCEPTED:
        accepted = accepted.format(**{key: _number(v) for key, v in detail.get("ctx", {}).items()})
    if kind == "string_pattern_mismatch":
        accepted += _FIRST.get(detail["ctx"]["pattern"], "")
    found = "nothing" if kind == "missing" else _shown(detail["input"])
    return Finding(path, found, accepted, _advice(path, detail))


def _suggestion(path: KeyPath, value: object, root: type[Section]) -> str:
    known = known_keys(path[:-1], root)
    close = difflib.get_close_matches(str(path[-1]), known, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    torn = " Put a text with a comma in quotes." if value is None else ""
    return f"Known here: {', '.join(known)}.{torn}"


def _advice(path: KeyPath, detail: ErrorDetails) -> str:
    given = detail["input"]
    if detail["type"] == "string_type" and isinstance(given, int | float):
        return f'Write it in quotes: "{_shown(given)}".'
    if detail["type"] == "int_type" and isinstance(given, str):
        return "Write it without quotes or unit."
    if detail["type"] == "float_type" and isinstance(given, str):
        return "Write it without quotes or unit, with a decimal point."
    if detail["type"] == "missing" and len(path) == 1:
        return "Extend a config that has it: `extends: base.yaml`."
    if detail["type"] == "missing":
        return f"Add {path[-1]} there; `servicenet schema` tells of each key."
    return ""


def _number(value: object) -> object:
    if not isinstance(value, float):
        return value
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:g}"


def _shown(value: object) -> str:
    if isinstance(value, Mapping | list | tuple):
        text, many = _written(value), len(value)
        if many and len(text) <= _MOST_SHOWN:
            return text
        kind = f"a mapping of {many} keys" if isinstance(value, Mapping) else f"a list of {many}"
        return kind.replace(" 1 keys", " 1 key")
    text = _written(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _written(value: object) -> str:
    """As YAML has it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    return "null" if value is None else repr(value)


def _under(annotation: Any, key: Key) -> Any:
    """The type of what stands under a key of a section, a mapping or a list."""
    if is_section(annotation):
        fields = annotation.model_fields.items()
        found = [field.annotation for name, field in fields if key in (name, field.alias)]
        return _bare(found[0]) if found else None
    inner = get_args(annotation)
    return _bare(inner[-1] if inner[-1] is not Ellipsis else inner[0]) if inner else None


def _bare(annotation: Any) -> Any:
    """The type without Annotated and without None."""
    if hasattr(annotation, "__metadata__"):
        return _bare(annotation.__origin__)
    inner = get_args(annotation)
    others = [item for item in inner if item is not type(None)]
    return _bare(others[0]) if len(others) == 1 < len(inner) else annotation
