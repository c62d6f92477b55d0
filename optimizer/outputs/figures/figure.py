"""A figure: drawn elements with a title and a description, as a part of a page or as a file."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.outputs.figures.svg import INK, SOFT, escaped, text

HEADING = 34
MARGIN = 12


@dataclass(frozen=True)
class Figure:
    """What is drawn on a sheet of ``width`` by ``height``, and what it says in words."""

    name: str  #: of the file, without ending
    title: str
    description: str  #: what somebody who does not see it must know
    width: int
    height: int
    body: str  #: SVG elements
    note: str = ""  #: printed below it

    def inline(self) -> str:
        """The figure for a page that prints its title: an image with a name and a description."""
        size = f'viewBox="0 0 {self.width} {self.height}"'
        return self._svg(size, self.body)

    def standalone(self) -> str:
        """The figure as a file of its own, with its title above and its note below."""
        below = 22 if self.note else 0
        width, height = self.width + 2 * MARGIN, self.height + HEADING + below + MARGIN
        heading = text(MARGIN, 22, self.title, size=15, weight=700, fill=INK)
        note = text(MARGIN, height - 12, self.note, size=10, fill=SOFT) if self.note else ""
        body = (
            f'<rect width="{width}" height="{height}" fill="#fff"/>{heading}'
            f'<g transform="translate({MARGIN} {HEADING})">{self.body}</g>{note}'
        )
        size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        return self._svg(f'xmlns="http://www.w3.org/2000/svg" {size}', body) + "\n"

    def _svg(self, attributes: str, body: str) -> str:
        title, description = f"{self.name}-title", f"{self.name}-description"
        return (
            f'<svg {attributes} role="img" aria-labelledby="{title} {description}">'
            f'<title id="{title}">{escaped(self.title)}</title>'
            f'<desc id="{description}">{escaped(self.description)}</desc>{body}</svg>'
        )
