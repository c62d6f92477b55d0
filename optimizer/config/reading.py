"""A YAML file as values that remember the file they came from; everything doubtful is refused."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import YAMLError

from geodata.letters import composed
from geodata.problems import InputError, Problem
from optimizer.config.finding import Key
from optimizer.config.value import Value

EMPTY = "an empty file"
MOST_BYTES = 300_000
MOST_VALUES = 20_000  #: keys, values, lists and mappings of a file; each takes its time
MOST_LEVELS = 20
_TAG = "tag:yaml.org,2002:"
_TEXTS = frozenset({_TAG + "str", _TAG + "timestamp", _TAG + "merge"})


def read(path: Path) -> Value:
    """The mapping in a config file; raises InputError with every problem of its writing."""
    node = _compose(path)
    if node is None:
        raise refused(path.name, EMPTY, "must hold a config", "Start with `extends:`.")
    reader = _Reader(path)
    value = reader.value(node, "", 0)
    if not reader.problems and not isinstance(value.content, dict):
        found = type(value.content).__name__
        reader.problems.append(Problem(path.name, found, "must be a mapping of keys to values"))
    if reader.problems:
        raise InputError(reader.problems)
    return value


def refused(where: str, found: str, accepted: str, advice: str = "") -> InputError:
    """The error for a single problem."""
    return InputError(Problem(where, found, accepted, advice))


def _compose(path: Path) -> Any:
    """The root node of the file's one document: tags resolved, nothing built yet."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise refused(path.name, f"{size:,} bytes", f"must be at most {MOST_BYTES:,} bytes")
        text = path.read_bytes().decode("utf-8-sig")
        yaml = YAML(typ="safe", pure=True)
        yaml.Composer = _Counting
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of anchors given twice; aliases are refused anyhow
            return yaml.compose(text)
    except _TooManyError as error:
        found = f"more than {MOST_VALUES:,}"
        accepted = f"must hold at most {MOST_VALUES:,} keys and values"
        raise refused(path.name, found, accepted, "Put what is a table into a file.") from error
    except UnicodeDecodeError as error:
        advice = "Save it as UTF-8."
        raise refused(path.name, "another encoding", "must be text in UTF-8", advice) from error
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise refused(str(path), found, "must be a config file that can be read") from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark is not None else ""
        found = " ".join(str(getattr(error, "problem", None) or error).split())
        found = found.removeprefix("found ")  # the sentence says so itself
        advice = "Check the indentation and the quotes there."
        raise refused(f"{path.name}{line}", found, "must be YAML", advice) from error
    except RecursionError as error:
        raise refused(path.name, "hundreds of levels", "must be nested less deeply") from error


class _TooManyError(Exception):
    """A file holds more values than any config needs."""


class _Counting(Composer):
    """Composes a file until it has more values than are allowed."""

    count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.count += 1
        if self.count > MOST_VALUES:
            raise _TooManyError
        return super().compose_node(parent, index)


class _Reader:
    """Turns the nodes of one file into Values and collects what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.folder = path.resolve().parent
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def value(self, node: Any, where: str, level: int) -> Value:
        """The value of a node; one met before is an alias, which could grow without end."""
        if id(node) in self._seen:
            self._refuse(where, "an alias (*name)", "must be written out", "Repeat the value.")
            return self._of(None)
        self._seen.add(id(node))
        if level > MOST_LEVELS:
            self._refuse(where, f"more than {MOST_LEVELS} levels", "must be nested less deeply")
            return self._of(None)
        if node.tag == _TAG + "map":
            return self._of(dict(self._items(node, where, level)))
        if node.tag == _TAG + "seq":
            items = enumerate(node.value)
            return self._of([self.value(item, f"{where}[{at}]", level + 1) for at, item in items])
        return self._of(self._scalar(node, where))

    def _of(self, content: Any) -> Value:
        return Value(content, self.file, self.folder)

    def _items(self, node: Any, where: str, level: int) -> Iterator[tuple[Key, Value]]:
        lines: dict[Key, int] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, where)
            inner = f"{where}.{key}" if where else str(key)
            line = key_node.start_mark.line + 1
            if key in lines:
                found = f"it on lines {lines[key]} and {line}"
                self._refuse(inner, found, "must appear once", "Remove one of them.")
            lines.setdefault(key, line)
            yield key, self.value(value_node, inner, level + 1)

    def _key(self, node: Any, where: str) -> Key:
        if not isinstance(node.value, str):
            self._refuse(where, "a list or mapping as a key", "must have words or years as keys")
            return "?"
        key = self._scalar(node, f"{where}.{node.value}" if where else node.value)
        if isinstance(key, int) and not isinstance(key, bool):
            return key
        return composed(str(node.value))

    def _scalar(self, node: Any, where: str) -> object:
        text: str = node.value
        if node.tag in _TEXTS:
            return composed(text)
        if node.tag == _TAG + "null":
            return None
        if node.tag == _TAG + "bool":
            return text.lower() == "true"
        if node.tag in (_TAG + "int", _TAG + "float"):
            return self._number(node, where)
        self._refuse(where, f"the tag {node.tag}", "must be plain YAML", "Remove the tag.")
        return None

    def _number(self, node: Any, where: str) -> float | int:
        text: str = node.value
        digits = text.lstrip("+-")
        if len(digits) > 1 and digits[0] == "0" and digits.isdecimal():
            advice = f'If it is a code, write it in quotes: "{text}".'
            self._refuse(where, text, "must be a number without leading zeros", advice)
            return 0
        try:
            if node.tag == _TAG + "int":
                return int(text, 0)
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:
            self._refuse(where, repr(text), "must be a number")
            return 0

    def _refuse(self, where: str, found: str, accepted: str, advice: str = "") -> None:
        place = f"{self.file}: {where}" if where else self.file
        self.problems.append(Problem(place, found, accepted, advice))
