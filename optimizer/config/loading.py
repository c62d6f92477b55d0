"""Reads a config file into a Scenario, or says everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from geodata.letters import on_disk
from geodata.problems import InputError, Problem
from optimizer.config.checks import CHECKS
from optimizer.config.data import PLUS, is_file
from optimizer.config.finding import Finding, KeyPath
from optimizer.config.merging import filled, inherited, merged, without_nulls
from optimizer.config.scenario import Scenario
from optimizer.config.section import is_section
from optimizer.config.sentences import findings_of
from optimizer.config.shipped import shipped_config
from optimizer.config.sound import Sound, in_file, sound_part
from optimizer.config.textbook import TextbookScenario, textbook_findings
from optimizer.config.travel import CACHE_OFF, TRAVEL_PATHS
from optimizer.config.value import Value, wrap

COMMAND_LINE = "command line"  #: the file of overrides


def load(path: Path, overrides: Mapping[str, object] | Value | None = None) -> Scenario:
    """The scenario of a config file of the planner's problem; see load_any.

    Raises InputError with every problem found, also if the file states a textbook problem.
    """
    scenario = load_any(path, overrides)
    if isinstance(scenario, TextbookScenario):
        where, found = f"{Path(path).name}: problem", repr(scenario.problem)
        raise InputError(Problem(where, found, "a config of the planner's problem here"))
    return scenario


def load_any(
    path: Path, overrides: Mapping[str, object] | Value | None = None
) -> Scenario | TextbookScenario:
    """The scenario of a config file, its parents beneath it and the overrides on top.

    `overrides` is nested as the file is: {"solver": {"time_limit": 30}}; a Value says where it
    comes from, anything else from the command line. Paths in the config come
    out absolute, each from the file that names it; the name is the file's if none is given. A
    name such as `what-if/cut-100.yaml` that is no file is looked for among the shipped configs.
    Raises InputError with every problem found: ConfigError, where the rest can still be checked.
    """
    path = Path(path)
    if not path.is_file() and not path.is_absolute():
        path = shipped_config(str(path)) or path
    defaults = _default_mappings()
    value = inherited(path, defaults)
    if isinstance(value.content, dict) and {"kind", "config"} <= value.content.keys():
        accepted, advice = "must be a config, of one question", f"Use `servicenet sweep {path}`."
        raise InputError(Problem(path.name, "a sweep, of many questions", accepted, advice))
    textbook = isinstance(value.content, dict) and "problem" in value.content
    if textbook:
        value = inherited(path)
    over = overrides or {}
    over = over if isinstance(over, Value) else wrap(over, COMMAND_LINE, Path.cwd())
    value = value.like(without_nulls(merged(value, over)).content)
    if not textbook:
        value = filled(value, _emptied(defaults, value))
    value.content.setdefault("name", value.like(path.stem))
    raw = _with_absolute_paths(value).plain()
    if textbook:
        problem, findings = _validated_textbook(raw)
        if problem is None or findings:
            raise InputError(_problem(finding, value) for finding in findings)
        return problem
    sound, findings = _validated(raw)
    scenario = sound.scenario.standing_in(value)
    if findings:
        own = (path.name, over.file)
        raise ConfigError(
            [_problem(_in_own_file(finding, value, own), value) for finding in findings],
            replace(sound, scenario=scenario),
        )
    return scenario


class ConfigError(InputError):
    """A config in which something is wrong, with what is sound in it to check its tables by."""

    def __init__(self, problems: Iterable[Problem], sound: Sound) -> None:
        super().__init__(problems)
        self.sound = sound


def _default_mappings() -> Value:
    """Defaults that are mappings, such as costs.fee_income_mnkr, by section and key."""
    defaults = {
        name: {
            key: field.default
            for key, field in section.annotation.model_fields.items()
            if isinstance(field.default, Mapping)
        }
        for name, section in Scenario.model_fields.items()
        if is_section(section.annotation)
    }
    some = {name: mappings for name, mappings in defaults.items() if mappings}
    return wrap(some, "the defaults", Path.cwd())


def _emptied(defaults: Value, value: Value) -> Value:
    """The same without anything in them, for the sections of a config: null has removed them."""
    content = {
        name: section.like({key: mapping.like({}) for key, mapping in section.content.items()})
        for name, section in defaults.content.items()
        if name in value.content
    }
    return defaults.like(content)


def _in_own_file(finding: Finding, value: Value, own: tuple[str, ...]) -> Finding:
    """Of two keys that contradict each other, the one that the user wrote."""
    if finding.other is None or value.file_of(finding.path) in own:
        return finding
    return finding.other if value.file_of(finding.other.path) in own else finding


def _problem(finding: Finding, value: Value) -> Problem:
    return Problem(value.where(finding.path), finding.found, finding.accepted, finding.advice)


def _with_absolute_paths(value: Value) -> Value:
    """The value with relative table paths resolved against the file that names them."""
    offices = value.child("offices")
    if offices is not None and isinstance(offices.content, dict):
        decided = offices.child("decided")
        if decided is not None:
            found_offices = offices.like({**offices.content, "decided": _absolute(decided)})
            value = value.like({**value.content, "offices": found_offices})
    data = value.child("data")
    if data is None or not isinstance(data.content, dict):
        return value
    content = {key: _absolute(item) for key, item in data.content.items()}
    for key in ("regions", "travel"):
        group = data.child(key)
        if group is not None and isinstance(group.content, dict):
            content[key] = group.like({name: _absolute(v) for name, v in group.content.items()})
    travel = content.get("travel")
    if isinstance(travel, Value) and isinstance(travel.content, dict):
        paths = {key: travel.content.get(key) for key in TRAVEL_PATHS}
        found = {key: _from_its_file(path) for key, path in paths.items() if path is not None}
        content["travel"] = travel.like({**travel.content, **found})
    return value.like({**value.content, "data": data.like(content)})


def _absolute(value: Value) -> Value:
    source = value.content
    return _from_its_file(value) if isinstance(source, str) and is_file(source) else value


def _from_its_file(value: Value) -> Value:
    source = value.content
    if not isinstance(source, str) or source == CACHE_OFF:
        return value
    base, plus, path = source.partition(PLUS)
    over = bool(plus) and base.startswith("builtin")
    file, mark, sheet = (path if over else source).partition("#")
    absolute = f"{_resolved(value.folder / file)}{mark}{sheet}"
    return value.like(f"{base}{plus}{absolute}" if over else absolute)


def _resolved(path: Path) -> Path:
    """The path as on the disk, without links.

    As it stands where links lead nowhere, which its reader tells.
    """
    try:
        return (on_disk(path) or path).resolve()
    except (OSError, RuntimeError, ValueError):
        return path


def _validated(raw: dict[str, Any]) -> tuple[Sound, list[Finding]]:
    """What is sound, and every finding: on single keys, then between the keys that are sound."""
    findings: list[Finding] = []
    try:
        sound = Sound(Scenario.model_validate(raw))
    except ValidationError as error:
        findings = list(findings_of(error))
        sound = sound_part(raw, findings)
    at_odds: list[KeyPath] = []
    judged: list[str] = []  # keys that a check has found wrong, so that no other builds on them
    for check in CHECKS:
        if not sound.usable(*check.reads) or any(key in judged for key in check.reads):
            continue
        found = list(check.run(sound.scenario))
        judged += check.judges if found else ()
        at_odds += [one.path for one in found]
        findings += [replace(one, path=in_file(sound, raw, one.path)) for one in found]
    return replace(sound, at_odds=tuple(at_odds)), findings


def _validated_textbook(raw: dict[str, Any]) -> tuple[TextbookScenario | None, list[Finding]]:
    """The textbook problem, and every finding: on single keys, then between keys."""
    try:
        scenario = TextbookScenario.model_validate(raw)
    except ValidationError as error:
        return None, list(findings_of(error, TextbookScenario))
    return scenario, list(textbook_findings(scenario))
