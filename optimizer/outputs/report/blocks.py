"""What a page is built of: paragraphs, lists, facts, tables, figures; sections hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from optimizer.outputs.figures.figure import Figure


@dataclass(frozen=True)
class Paragraph:
    """Running text; `style` is empty, `lead` or `note`."""

    kind: ClassVar[str] = "paragraph"
    text: str
    style: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences; `language` where it is not the page's own."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True)
class Links:
    """Ways to sections of the page: what is read, and the anchor; left out on paper."""

    kind: ClassVar[str] = "links"
    label: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Facts:
    """Names and their values."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """A column's head, and whether it holds numbers."""

    head: str
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first cell of a row is its head. `strong` rows stand out."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    strong: frozenset[int] = frozenset()
    small: bool = False

    @property
    def scrolls(self) -> bool:
        """Whether it may be wider than a phone; many columns are, and several of words."""
        words = sum(not column.numeric for column in self.columns)
        return len(self.columns) > 4 or (len(self.columns) > 2 and words > 1)


@dataclass(frozen=True)
class Picture:
    """A figure with its title as a caption."""

    kind: ClassVar[str] = "picture"
    figure: Figure


@dataclass(frozen=True)
class Signature:
    """Lines to sign on: who decides, and what is decided."""

    kind: ClassVar[str] = "signature"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """An empty box to write in, with its label."""

    kind: ClassVar[str] = "answer"
    label: str


Block = Paragraph | Bullets | Links | Facts | Table | Picture | Signature | Answer


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it. `page`: begins on a page of its own in print."""

    anchor: str
    heading: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    page: bool = False
    style: str = ""


def table(
    caption: str,
    heads: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    *,
    words: tuple[int, ...] = (0,),
    note: str = "",
    strong: tuple[int, ...] = (),
    small: bool = False,
) -> Table:
    """A table whose columns hold numbers, but for those in ``words``."""
    columns = tuple(Column(head, place not in words) for place, head in enumerate(heads))
    return Table(caption, columns, tuple(rows), note, frozenset(strong), small)
