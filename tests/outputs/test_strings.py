"""The catalogues of texts: complete in each language, and numbers as the language writes them."""

import re
from pathlib import Path

import pytest

from geodata import builtin
from optimizer.config.requirements import Requirements
from optimizer.instance import ONE_OFFS, RECURRING_ITEMS
from optimizer.outputs import strings
from optimizer.outputs.built_in import TOLD, built_in_tables
from optimizer.outputs.map.charts import COSTS
from optimizer.outputs.map.legend import class_texts
from optimizer.outputs.strings import LANGUAGES, load

NARROW = str.maketrans({"\u00a0": " ", "\u202f": " "})


def test_every_language_has_every_text_with_the_same_placeholders() -> None:
    def shape(language: str) -> dict[str, set[str]]:
        return {
            key: set(re.findall(r"{(\w+)}", text)) for key, text in load(language).texts.items()
        }

    assert LANGUAGES == ("sv", "en")
    assert shape("sv") == shape("en")
    assert all(text.strip() for language in LANGUAGES for text in load(language).texts.values())


@pytest.mark.parametrize(
    ("language", "value", "decimals", "written"),
    [
        ("sv", 1234567.0, 0, "1 234 567"),
        ("sv", -2.84, 1, "−2,8"),
        ("sv", -0.04, 1, "0,0"),
        ("en", 1234567.0, 0, "1,234,567"),
        ("en", 12.345, 2, "12.35"),
        ("sv", 1.05, 1, "1,1"),  # halves away from zero, as they are written
        ("sv", 1.15, 1, "1,2"),
        ("sv", 0.1 + 0.2 + 0.75, 1, "1,1"),
        ("en", -2.5, 0, "−3"),
        ("en", 2e15, 0, "2" + 5 * ",000"),
        ("sv", None, 0, "–"),
        ("en", float("nan"), 0, "–"),
    ],
)
def test_numbers(language: str, value: float | None, decimals: int, written: str) -> None:
    assert load(language).number(value, decimals).translate(NARROW) == written


@pytest.mark.parametrize(("share", "written"), [(0.125, "13%"), (0.285, "29%"), (-0.004, "0%")])
def test_shares_are_rounded_by_the_same_rule(share: float, written: str) -> None:
    assert load("en").percent(share) == written


def test_shares() -> None:
    assert load("sv").percent(0.0043, 2).translate(NARROW) == "0,43 %"
    assert load("en").percent(0.5) == "50%"
    assert load("sv").percent(None) == "–"


def test_a_language_without_catalogue_is_refused() -> None:
    with pytest.raises(KeyError, match="sv, en"):
        load("fi")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_requirement_item_of_money_and_flow_of_staff_has_a_title(language: str) -> None:
    titles = load(language).texts
    items = {"central", *RECURRING_ITEMS, *ONE_OFFS}
    shown = [item for part in COSTS.values() for item in part]  # the bars of the map: each once
    assert sorted(shown) == sorted(items)
    assert {f"tables.item.{item}" for item in items} <= set(titles)
    assert {f"requirement.{name}" for name in Requirements.model_fields} <= set(titles)
    assert {f"tables.builtin.{name}" for name in builtin.names()} <= set(titles)


def test_every_evidence_of_an_office_is_told_in_words() -> None:
    known = {*builtin.load("offices")["evidence"], "own", "candidate", "unknown"}
    for language in LANGUAGES:
        assert set(load(language).section("evidence")) == known


def test_the_last_class_of_every_scale_of_the_map_is_told_alike() -> None:
    last = {name: texts[-1] for name, texts in class_texts(load("sv")).items()}
    assert last["points"] == "10 eller mer" and last["minutes"] == "90 eller mer"


def test_built_in_tables_are_told_in_swedish_and_in_english_as_they_say_themselves() -> None:
    said = builtin.catalogue().set_index("table")
    for column, section in TOLD.items():
        english, swedish = (load(language).section(section) for language in ("en", "sv"))
        assert english == said[column].to_dict()  # a text that is changed is translated again
        assert set(swedish) == set(said.index)
    told = built_in_tables(load("sv"))
    assert told.loc["visits_by_region", "source"] == "Årsredovisningen 2024, tabell 25"


SOURCES = Path(strings.__file__).parents[1]
CALL = re.compile(r"""(?:\btext|\btext_or|\bsay|\bcounted|\bsay_counted)\(\s*f?(["'`])(.+?)\1""")


def spoken() -> list[tuple[str, re.Pattern[str]]]:
    """Every key that code and templates ask for, as a pattern: what is filled in matches any."""
    found = []
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix not in (".py", ".j2", ".js"):
            continue
        for _, key in CALL.findall(path.read_text(encoding="utf-8")):
            parts = re.split(r"\$?\{[^}]*\}", key)
            start = r"(?:[a-z_]+\.)*"  # a room that adds its own section in front
            end = ".*" if key.endswith((".", "_")) else ""  # "map.control." ~ layer
            pattern = start + ".+".join(map(re.escape, parts)) + end
            found.append((f"{path.name}: {key}", re.compile(pattern)))
    return found


def test_every_text_that_is_asked_for_is_in_the_catalogue() -> None:
    keys = list(load("sv").texts)
    asked = spoken()
    assert len(asked) > 60
    missing = [where for where, key in asked if not any(map(key.fullmatch, keys))]
    assert missing == []
