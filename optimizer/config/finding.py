"""Something wrong with a key of a config, before it is known which file the key stands in."""

from collections.abc import Iterable
from dataclasses import dataclass

Key = str | int
KeyPath = tuple[Key, ...]


@dataclass(frozen=True)
class Finding:
    """A key by its path, what was found there, what is accepted, and what to do.

    Of two keys that contradict each other, ``other`` tells the same of the second: it holds where
    that one stands in the user's own file and this one in a file that it extends.
    """

    path: KeyPath
    found: str
    accepted: str
    advice: str = ""
    other: "Finding | None" = None


def listed(values: Iterable[object]) -> str:
    """The values with commas between, for a sentence."""
    return ", ".join(str(value) for value in values) or "none"
