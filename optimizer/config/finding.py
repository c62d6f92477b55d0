"""Something wrong with a key of a config, before it is known which file the key stands in."""

from collections.abc import Iterable
from dataclasses import dataclass

Key = str | int
KeyPath = tuple[Key, ...]


@dataclass(frozen=True)
class Finding:
    """A key by its path, what was found there, what is accepted, and what to do."""

    path: KeyPath
    found: str
    accepted: str
    advice: str = ""


def listed(values: Iterable[object]) -> str:
    """The values with commas between, for a sentence."""
    return ", ".join(str(value) for value in values) or "none"
