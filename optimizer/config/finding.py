"""Something wrong with a key of a config, before it is known which file the key stands in."""

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
