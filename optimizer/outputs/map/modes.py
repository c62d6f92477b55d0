"""The modes of a run as people see them: a title and a shape of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.outputs.strings import Strings

CLOSED = "closed"
SHAPES = {  # paths around 0,0 of about the same weight to the eye, in pixels
    "circle": "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0z",
    "square": "M-5 -5h10v10h-10z",
    "diamond": "M0 -7L7 0L0 7L-7 0z",
    "triangle": "M0 -6.8L6.6 5H-6.6z",
    "pentagon": "M0 -6.5L6.2 -2L3.8 5.3H-3.8L-6.2 -2z",
    "bar": "M-7 -3.5h14v7h-14z",
}
SIGNS = {  # drawn on the shape, so that a state is never told by colour alone
    "keep": "",
    "convert": "M-10 0a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z",
    "merge": "M-3 0H3M0 -3L3 0L0 3",
    "close": "M-2.6 -2.6L2.6 2.6M2.6 -2.6L-2.6 2.6",
    "open": "M-3.2 0H3.2M0 -3.2V3.2",
}
STATES = tuple(SIGNS)


@dataclass(frozen=True)
class ModeView:
    """How a mode is named and drawn; a variant has its family's shape with a dot."""

    title: str
    shape: str
    dot: bool


def mode_views(config: Mapping[str, Any], strings: Strings) -> dict[str, ModeView]:
    """The modes of the config in its order; `closed` is not among them."""
    catalogue: Mapping[str, Any] = config.get("modes") or {}
    families = [name for name, mode in catalogue.items() if not mode.get("variant_of")]
    shapes = dict(zip(families, _cycled(len(families)), strict=True))
    return {
        name: ModeView(
            title=in_language(mode.get("title"), strings.language) or name,
            shape=shapes.get(mode.get("variant_of") or name, "circle"),
            dot=bool(mode.get("variant_of")),
        )
        for name, mode in catalogue.items()
    }


def in_language(title: object, language: str) -> str:
    """A title that is a text or {sv, en}; the other language rather than none."""
    if isinstance(title, Mapping):
        return str(title.get(language) or title.get("sv") or title.get("en") or "")
    return str(title or "")


def _cycled(count: int) -> list[str]:
    names = list(SHAPES)
    return [names[position % len(names)] for position in range(count)]
