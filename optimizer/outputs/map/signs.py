"""The signs of the map: a shape for each mode, a glyph for each state, drawn around (0, 0)."""

from collections.abc import Mapping
from typing import Any

SHAPES = (  # of about the same area, told apart without colour
    "M5 0A5 5 0 1 1-5 0A5 5 0 1 1 5 0Z",
    "M0-5.9L5.5 4H-5.5Z",
    "M0-6.2L6.2 0L0 6.2L-6.2 0Z",
    "M-4.5-4.5H4.5V4.5H-4.5Z",
    "M0 5.9L5.5-4H-5.5Z",
    "M-5.6 0L-2.8-4.9H2.8L5.6 0L2.8 4.9H-2.8Z",
)
GLYPHS = {
    "today": "",
    "keep": "",
    "convert": "M8 0A8 8 0 1 1-8 0A8 8 0 1 1 8 0Z",
    "merge": "M-2.6 0H2.6M.4-2.2L2.6 0L.4 2.2",
    "close": "M-2.2-2.2L2.2 2.2M2.2-2.2L-2.2 2.2",
    "open": "M-2.6 0H2.6M0-2.6V2.6",
}


def mode_signs(modes: Mapping[str, Mapping[str, Any]], language: str) -> dict[str, dict[str, Any]]:
    """For each mode its title and shape; a variant has its family's shape and a dot in it."""
    families = list(dict.fromkeys(one.get("variant_of") or name for name, one in modes.items()))
    return {
        name: {
            "title": title(one.get("title"), language) or name,
            "shape": SHAPES[families.index(one.get("variant_of") or name) % len(SHAPES)],
            "dot": bool(one.get("variant_of")),
        }
        for name, one in modes.items()
    }


def title(texts: Any, language: str) -> str:
    """A title in the language asked for, else in any that it has, else nothing."""
    if not isinstance(texts, Mapping):
        return str(texts or "")
    return str(texts.get(language) or next((text for text in texts.values() if text), ""))
