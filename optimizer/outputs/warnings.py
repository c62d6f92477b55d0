"""The warnings of a run in the language of the reader.

A run folder holds its warnings as English sentences. Those of the catalogue's section `warning`
are known by their English form and told in any language; others are given as they stand.
"""

import re

from optimizer.outputs.strings import Strings, load

WRITTEN_IN = "en"


def told(warning: str, strings: Strings) -> tuple[str, str]:
    """A warning's text and the language that the text is in."""
    for key, template in load(WRITTEN_IN).section("warning").items():
        found = re.fullmatch(_pattern(template), warning)
        if found:
            return strings.text(f"warning.{key}", **found.groupdict()), strings.language
    return warning, WRITTEN_IN


def _pattern(template: str) -> str:
    """A template as a regular expression with a named group for each placeholder."""
    parts = re.split(r"{(\w+)}", template)
    return "".join(
        f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)
    )
