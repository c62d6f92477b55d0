"""The warnings of a run in the language of the reader.

A run folder holds its warnings as English sentences. Those of the catalogue's section `warning`
are known by their English form and told in any language; others are given as they stand.
"""

import re
from functools import cache

from optimizer.outputs.strings import Strings, load

WRITTEN_IN = "en"
#: A number of its own, with English separators; no part of a name or an id.
_NUMBER = re.compile(r"(?<![\w.,-])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?=%))%?(?![\w-])")


def told(warning: str, strings: Strings, section: str = "warning") -> tuple[str, str]:
    """A sentence of a section of the catalogue, and the language that the text is in."""
    for key, pattern in _patterns(section):
        found = pattern.fullmatch(warning)
        if found:
            values = {name: _as_written(text, strings) for name, text in found.groupdict().items()}
            return strings.text(f"{section}.{key}", **values), strings.language
    return warning, WRITTEN_IN


@cache
def _patterns(section: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    templates = load(WRITTEN_IN).section(section)
    return tuple((key, re.compile(_pattern(text))) for key, text in templates.items())


def _as_written(text: str, strings: Strings) -> str:
    """Numbers as the language writes them: 1,234.5 becomes 1 234,5 and 12% 12 %."""
    if strings.language == WRITTEN_IN:
        return text
    return _NUMBER.sub(lambda found: _number(found.group(), strings), text)


def _number(text: str, strings: Strings) -> str:
    digits, _, decimals = text.rstrip("%").replace(",", "").partition(".")
    if text.endswith("%"):
        return strings.percent(float(f"{digits}.{decimals or 0}") / 100, len(decimals))
    return strings.number(float(f"{digits}.{decimals or 0}"), len(decimals))


def _pattern(template: str) -> str:
    """A template as a regular expression with a named group for each placeholder."""
    parts = re.split(r"{(\w+)}", template)
    return "".join(
        f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)
    )
