"""The table of contents of the model: every requirement has a formula, words, an audit, a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.config.requirements import Requirements
from optimizer.model.costs import COST_TERMS
from optimizer.model.requirements import REQUIREMENTS, Requirement
from optimizer.outputs.strings import load
from optimizer.verify import rules

DOCS = Path(__file__).parents[2] / "docs"
#: what is no key under `requirements`: structure, and the objective
NOT_KEYS = {"one_mode", "offer", "equity", "objective"}
#: arranged after the plan is made
AFTER = {"staggered_days"}


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda one: one.name)
def test_a_requirement_has_formula_unit_and_source_is_counted_again_and_on_the_page(
    requirement: Requirement,
) -> None:
    name = requirement.name
    stated = requirement.rows.__doc__ or ""
    assert any(sign in stated for sign in ("=", "<=", ">=")), "a formula"
    assert requirement.unit
    assert requirement.sentence.endswith(".")
    assert len(requirement.source.split()) > 1, "what it rests on"
    page = (DOCS / "requirements.md").read_text(encoding="utf-8")
    (line,) = (line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    _, _, formula, unit, source, bound, _ = (cell.strip() for cell in line.split("|"))
    assert formula and unit and bound
    assert source.startswith(requirement.source)
    assert getattr(rules, name) in rules.REQUIREMENTS, "counted again"
    for language in ("sv", "en"):
        assert load(language).text(f"requirement.{name}")
    assert name in Requirements.model_fields or name in NOT_KEYS


def test_every_key_of_the_config_is_a_requirement_of_the_model() -> None:
    stated = {one.name for one in REQUIREMENTS} | AFTER
    assert set(Requirements.model_fields) - {"service_flows"} <= stated


def test_every_requirement_that_is_counted_again_is_on_the_page() -> None:
    page = (DOCS / "requirements.md").read_text(encoding="utf-8")
    for counted in rules.REQUIREMENTS:
        assert f"| `{counted.__name__}` |" in page


@pytest.mark.parametrize("term", COST_TERMS, ids=lambda one: one.name)
def test_an_item_of_cost_has_a_sentence_and_a_title(term: object) -> None:
    name, stated = term.name, term.add.__doc__ or ""  # type: ignore[attr-defined]
    assert stated.rstrip().endswith(".") or ":" in stated
    if name != "fixed":  # premises, local cost and staff travel in one
        for language in ("sv", "en"):
            assert load(language).text(f"tables.item.{name}")
