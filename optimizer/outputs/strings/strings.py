"""The catalogue of texts in one language, with numbers written as that language writes them."""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from babel.numbers import format_decimal, format_percent

from optimizer.rounding import rounded

LOCALES = MappingProxyType({"sv": "sv_SE", "en": "en_GB"})
LANGUAGES = tuple(LOCALES)
NOTHING = "–"


@dataclass(frozen=True)
class Strings:
    """Texts by dotted key (`map.title`) and the writing of numbers, in one language."""

    language: str
    texts: Mapping[str, str]

    def text(self, key: str, **values: object) -> str:
        """The text of a key with its `{placeholders}` filled in; KeyError if there is none."""
        return self.texts[key].format(**values)

    def text_or(self, key: str, otherwise: str) -> str:
        """The text of a key, or another text for keys that come from data."""
        return self.texts.get(key, otherwise)

    def section(self, prefix: str) -> dict[str, str]:
        """Every text below a prefix, by the rest of its key, placeholders left open."""
        start = f"{prefix}."
        return {
            key[len(start) :]: text for key, text in self.texts.items() if key.startswith(start)
        }

    def joined(self, words: Sequence[str]) -> str:
        """`a, b och c`."""
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self.texts['report.and']} {words[-1]}"

    def counted(self, key: str, count: int, **values: object) -> str:
        """The text of a key with its `{count}` filled in; that of `<key>_one` where it is one."""
        one = f"{key}_one"
        chosen = one if count == 1 and one in self.texts else key
        return self.text(chosen, count=self.number(count), **values)

    def number(self, value: float | None, decimals: int = 0) -> str:
        """1234.5 as `1 234,5` or `1,234.5`; a dash for nothing, NaN and infinity."""
        if value is None or not math.isfinite(value):
            return NOTHING
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        locale, shown = LOCALES[self.language], rounded(value, decimals)
        text = str(format_decimal(shown, format=pattern, locale=locale))
        return text.replace("-", "−")

    def written(self, value: float) -> str:
        """A number with all its decimals and no signs between thousands: 29.25 as `29,25`."""
        return str(value) if self.language == "en" else str(value).replace(".", ",")

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """0.034 as `3,4 %` or `3.4%`; a dash for nothing, NaN and infinity."""
        if share is None or not math.isfinite(share):
            return NOTHING
        locale = LOCALES[self.language]
        sign = "\u00a0%" if self.language == "sv" else "%"
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + sign
        shown = rounded(share, decimals + 2)
        return str(format_percent(shown, format=pattern, locale=locale)).replace("-", "−")


@cache
def load(language: str) -> Strings:
    """The catalogue of a language; KeyError naming the languages if there is none."""
    if language not in LOCALES:
        raise KeyError(f"no catalogue for {language!r}; there are: {', '.join(LANGUAGES)}")
    source = resources.files(__package__) / f"{language}.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    return Strings(language, MappingProxyType(dict(_flat(tree, ""))))


def _flat(tree: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
