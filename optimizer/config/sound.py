"""What holds of a config in which something is wrong, so that the rest of it can be checked."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from optimizer.config.access import rules_of
from optimizer.config.finding import Finding, KeyPath
from optimizer.config.scenario import Scenario
from optimizer.config.section import is_section
from optimizer.config.sentences import UNKNOWN_KEY, known_keys

STANDARDS = ("requirements", "access_standard")


@dataclass(frozen=True)
class Sound:
    """The keys of a config without errors, and which they are.

    Of a list of sections, those that are wrong are left out; of other sections, the wrong keys.
    A key that can not be had at all is no attribute of the scenario, or has its default.
    """

    scenario: Scenario
    wrong: tuple[KeyPath, ...] = ()
    left_out: Mapping[KeyPath, tuple[int, ...]] = field(default_factory=dict)
    at_odds: tuple[KeyPath, ...] = ()  #: keys that are valid, and do not agree with others

    def valid(self, *keys: str) -> bool:
        """Whether each key (`data.offices`) is there and nothing of it is wrong in itself."""
        return self._there(keys) and not self._touched(keys, self.wrong)

    def holds(self, *keys: str) -> bool:
        """Whether it agrees with the other keys too."""
        return self.valid(*keys) and not self._touched(keys, self.at_odds)

    def usable(self, *keys: str) -> bool:
        """Whether it is valid, but for sections of lists, which are left out where wrong."""
        rest = [path for path in self.wrong if not self._left_out(path)]
        return self._there(keys) and not self._touched(keys, rest)

    def place(self, path: KeyPath) -> KeyPath:
        """The key in the file that a key of the scenario stands for: nothing left out there."""
        found: KeyPath = ()
        for key in path:
            for number in self.left_out.get(found, ()):
                key = key + 1 if isinstance(key, int) and number <= key else key
            found = (*found, key)
        return found

    def _there(self, keys: Iterable[str]) -> bool:
        return all(hasattr(self.scenario, key.split(".")[0]) for key in keys)

    def _touched(self, keys: Iterable[str], wrong: Iterable[KeyPath]) -> bool:
        paths = [tuple(key.split(".")) for key in keys]
        return any(_overlap(path, one) for path in paths for one in wrong)

    def _left_out(self, path: KeyPath) -> bool:
        return any(key in self.left_out.get(path[:at], ()) for at, key in enumerate(path))


def sound_part(raw: Mapping[str, Any], findings: Iterable[Finding]) -> Sound:
    """What is left of a config without the keys that findings of the schema are about."""
    rest, out, wrong = deepcopy(dict(raw)), dict[KeyPath, set[int]](), list[KeyPath]()
    for finding in findings:
        path, at = finding.path, _section_of_list(finding.path)
        if finding.accepted == UNKNOWN_KEY:
            _remove(rest, path)
            continue
        wrong.append(path)
        if at is None:
            _remove(rest, path[:2])
        else:
            number = path[at]
            assert isinstance(number, int)
            out.setdefault(path[:at], set()).add(number)
    for path, numbers in out.items():
        _without(rest, path, numbers)
    sections = {
        name: value
        for name, annotation in Scenario.model_fields.items()
        if name in rest and (value := _section(annotation, rest[name])) is not None
    }
    return Sound(
        Scenario.model_construct(**sections),
        tuple(wrong),
        {path: tuple(sorted(numbers)) for path, numbers in out.items()},
    )


def in_file(sound: Sound, raw: Mapping[str, Any], path: KeyPath) -> KeyPath:
    """The key of a file that a key of the sound part stands for.

    Sections of lists may be left out before it, and a preset stands for several standards.
    """
    if path[:2] == STANDARDS and len(path) > 2:
        entries = raw["requirements"]["access_standard"]
        out = sound.left_out.get(STANDARDS, ())
        places = [at for at, one in enumerate(entries) if at not in out for _ in rules_of(one)]
        return (*STANDARDS, *(places[key] for key in path[2:3] if isinstance(key, int)), *path[3:])
    return sound.place(path)


def _section(field: Any, raw: Any) -> Any:
    """The value of a key of the config; of a section the keys that can be had; None: nothing."""
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(Annotated[field.annotation, field])
        return adapter.validate_python(raw)
    except ValidationError:
        section = field.annotation
        if not is_section(section) or not isinstance(raw, Mapping):
            return None
    keys = {
        name: value
        for name, inner in section.model_fields.items()
        if (inner.alias or name) in raw
        and (value := _section(inner, raw[inner.alias or name])) is not None
    }
    return section.model_construct(**keys)


def _section_of_list(path: KeyPath) -> int | None:
    """Where in a path a section of a list stands: 2 in offices.keep[0].office; None: nowhere."""
    for at, key in enumerate(path):
        if isinstance(key, int) and at and known_keys(path[: at + 1]):
            return at
    return None


def _without(content: Any, path: KeyPath, numbers: set[int]) -> None:
    """Takes some items out of the list at a path, if there is one."""
    for key in path:
        if not isinstance(content, Mapping) or key not in content:
            return
        content = content[key]
    if isinstance(content, list):
        content[:] = [item for at, item in enumerate(content) if at not in numbers]


def _overlap(one: KeyPath, other: KeyPath) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _remove(content: Any, path: KeyPath) -> None:
    """Takes the value at a path out of nested dicts and lists, if it is there."""
    for key in path[:-1]:
        try:
            content = content[key]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(content, dict):
        content.pop(path[-1], None)
