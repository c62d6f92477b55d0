"""What axe-core holds against a page; asked of a few rows of each make where tables are long."""

from __future__ import annotations

from typing import Any

import pytest

_axe = pytest.importorskip("axe_playwright_python.base")

_RUN = """options => axe.run(document, {...options, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(one => one.nodes.map(
    node => `${one.id}: ${node.html.slice(0, 160)}`)))"""

#: Of rows and shapes made alike (elements, classes and names of attributes) two each stay.
_THINNED = """() => {
  const met = new Map();
  const whole = ["class", "role"];
  const told = one => one.name + (whole.includes(one.name) ? `=${one.value}` : "");
  const own = one => `${one.tagName}[${[...one.attributes].map(told).sort()}]`;
  const make = one => `${own(one)}(${[...one.children].map(make)})`;
  for (const one of document.querySelectorAll("tbody tr, svg path")) {
    const key = own(one.parentNode) + make(one);
    met.set(key, (met.get(key) ?? 0) + 1);
    if (met.get(key) > 2) one.remove();
  }
}"""


def violations(
    page: Any, *, whole: bool = False, options: dict[str, Any] | None = None
) -> list[str]:
    """By rule and element. Unless ``whole``, rows and shapes that are made alike are taken out of
    the page first, but for two: colours and names of thousands of cells are the same and take
    nearly all of the time. The page is good for nothing else afterwards."""
    if not whole:
        page.evaluate(_THINNED)
    page.evaluate(_axe.AXE_SCRIPT)
    found: list[str] = page.evaluate(_RUN, options or {})
    return found
