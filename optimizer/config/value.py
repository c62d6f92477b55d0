"""A value of a config that remembers the file it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimizer.config.finding import Key, KeyPath
from optimizer.config.shipped import shipped_folder


@dataclass(frozen=True)
class Value:
    """A scalar, or a dict or list of further Values, with the file it stands in."""

    content: Any
    file: str
    folder: Path

    def plain(self) -> Any:
        """The value without its origins."""
        if isinstance(self.content, dict):
            return {key: value.plain() for key, value in self.content.items()}
        if isinstance(self.content, list):
            return [value.plain() for value in self.content]
        return self.content

    def like(self, content: Any) -> "Value":
        """Another content of the same origin."""
        return Value(content, self.file, self.folder)

    def where(self, path: KeyPath) -> str:
        """File and key as people write them: `whatif.yaml: offices.keep[0].reason`.

        A key that is missing where a shipped config stands is one of the file on top of it. The
        file alone where the whole of it is meant.
        """
        value, text, missing = self, "", False
        for key in path:
            text += f"[{key}]" if isinstance(value.content, list) else f".{key}"
            inner = value.child(key)
            missing = inner is None
            value = inner or value.like(None)
        of_the_top = missing and value.folder.is_relative_to(shipped_folder())
        file = self.file if of_the_top else value.file
        return f"{file}: {text.removeprefix('.')}" if path else file

    def file_of(self, path: KeyPath) -> str:
        """The file that a key stands in; that of what is around it where the key is not there."""
        return self.where(path).partition(": ")[0]

    def child(self, key: Key) -> "Value | None":
        """The value under a key or at a place of a list, if there is one."""
        if isinstance(self.content, dict):
            found: Value | None = self.content.get(key)
            return found
        if isinstance(self.content, list) and isinstance(key, int) and key < len(self.content):
            item: Value = self.content[key]
            return item
        return None


def wrap(content: object, file: str, folder: Path) -> Value:
    """Plain mappings, lists and scalars as Values of one origin."""
    if isinstance(content, Mapping):
        inner = {key: wrap(item, file, folder) for key, item in content.items()}
        return Value(inner, file, folder)
    if isinstance(content, list | tuple):
        return Value([wrap(item, file, folder) for item in content], file, folder)
    return Value(content, file, folder)
