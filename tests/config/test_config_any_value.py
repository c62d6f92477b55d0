"""Whatever stands in a config, it is a scenario or refused in sentences, never a crash."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.problems import InputError
from optimizer.config import Scenario, load
from optimizer.config.schema import config_schema
from optimizer.config.shipped import shipped_folder

BASE = shipped_folder() / "base.yaml"
SCHEMA = config_schema()
SECTIONS = {name: SCHEMA["$defs"].get(name.capitalize(), {}) for name in SCHEMA["properties"]}
SECTION = st.sampled_from(sorted(set(SECTIONS) - {"extends", "problem"}))
SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3000),
    st.floats(),
    st.sampled_from(["", "staffed", "fa", "2025", "builtin", "../x.csv", "åäö"]),
)
KEY = st.one_of(
    st.sampled_from(["on", "kind", "share", "amount", "office", "from", "mode", "closed", ""]),
    st.integers(1, 2030),
)
ANY = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEY, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, Any]:
    section = draw(SECTION)
    keys = sorted(SECTIONS[section].get("properties", {}))
    if not keys or draw(st.booleans()):
        return {section: draw(ANY)}
    return {section: {draw(st.sampled_from(keys)): draw(ANY)}}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(overrides())
def test_any_value_is_accepted_or_refused(changed: dict[str, Any]) -> None:
    try:
        scenario = load(Path(BASE), changed)
    except InputError as error:
        assert error.problems
        for problem in error.problems:
            assert ": " in problem.where
            assert problem.accepted.startswith("must ")
    else:
        assert Scenario.model_validate(scenario.model_dump(mode="json")) == scenario
