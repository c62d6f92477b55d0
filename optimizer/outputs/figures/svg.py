"""The few SVG elements that figures are drawn of; attributes alone, so that no style is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

FONT = "Arial, Helvetica, 'DejaVu Sans Condensed', sans-serif"
INK = "#17222d"
SOFT = "#4b5863"
LINE = "#c9ced2"
PAPER = "#ffffff"
EM = 0.56  #: width of a letter of the font, about, as a part of its size

Point = tuple[float, float]


def escaped(value: str) -> str:
    """Text that can stand in an element or an attribute; controls that XML refuses are dropped."""
    kept = "".join(
        one for one in value if one in "\t\n" or (one >= " " and one not in "\ufffe\uffff")
    )
    return escape(kept, {'"': "&quot;", "'": "&#39;"})


def number(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 11,
    fill: str = INK,
    anchor: str = "start",
    weight: int = 400,
    halo: bool = False,
) -> str:
    """A line of text with its baseline at y."""
    around = ' stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-family="{FONT}" font-size="{number(size)}" '
        f'font-weight="{weight}" fill="{fill}" text-anchor="{anchor}"{around if halo else ""}>'
        f"{escaped(words)}</text>"
    )


def line(points: Sequence[Point], *, stroke: str, width: float = 1, dash: str = "") -> str:
    """A line through points."""
    drawn = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{drawn}" fill="none" stroke="{stroke}" stroke-width="{number(width)}" '
        f'stroke-linejoin="round"{dashed}/>'
    )


def rectangle(
    x: float, y: float, width: float, height: float, *, fill: str, stroke: str = ""
) -> str:
    """A rectangle."""
    edge = f' stroke="{stroke}"' if stroke else ""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(height)}" fill="{fill}"{edge}/>'
    )


def circle(x: float, y: float, radius: float, *, fill: str, stroke: str = PAPER) -> str:
    """A disc with an edge."""
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.5"/>'
    )


def group(parts: Iterable[str], **attributes: str) -> str:
    """Elements under common attributes; `stroke_width` is written `stroke-width`."""
    written = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f"<g{written}>{''.join(parts)}</g>"


def text_width(words: str, size: float) -> float:
    """About how wide a text is."""
    return len(words) * size * EM


def shortened(words: str, letters: int) -> str:
    """A text of at most so many letters, with an ellipsis where it was longer."""
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"
