"""The sweeps that come with the program, the schema of sweeps, and what their progress says."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from optimizer.cli import main
from optimizer.commands.sweeping import known_points
from optimizer.config.schema import config_schema
from optimizer.config.shipped import shipped_folder
from optimizer.progress import Lines, count
from optimizer.whatif.sweep.points import base_of
from optimizer.whatif.sweep.reading import read_sweep
from optimizer.whatif.sweep.statement import KINDS
from optimizer.whatif.sweep.tried import refuse_wrong_tables

SHIPPED = sorted((shipped_folder() / "sweep").glob("*.yaml"))


def test_there_is_one_of_every_kind() -> None:
    kinds = {str(read_sweep(path).sweep.model_dump()["kind"]) for path in SHIPPED}
    assert kinds == set(KINDS)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_point_of_a_shipped_sweep_is_a_sound_question(path: Path) -> None:
    base = base_of(read_sweep(path))
    points = known_points(base)
    one_by_one = base.source.sweep.model_dump()["kind"] in ("alternatives", "roadmap")
    assert len({point.key for point in points}) == len(points) >= (1 if one_by_one else 5)
    refuse_wrong_tables(points)


def test_the_assumptions_have_the_ranges_of_the_schema_but_for_those_that_are_named() -> None:
    """Of `±50 %` the default less and more by half; of `10 to 40` the two numbers."""
    path = shipped_folder() / "sweep" / "assumptions.yaml"
    text = path.read_text(encoding="utf-8")
    comment = " ".join(line[1:] for line in text.splitlines() if line.startswith("#"))
    schema = config_schema()["$defs"]
    sections = {"demand": "Demand", "costs": "Costs", "objective": "Objective"}
    other = {"modes.*.fte_min", "data.travel.time_factor"}
    for name, given in YAML(typ="safe").load(text)["ranges"].items():
        section, _, key = name.rpartition(".")
        told = {} if name in other else schema[sections[section]]["properties"][key]
        if "range" not in told:
            assert name in comment
            continue
        numbers = [float(one) for one in re.findall(r"[\d.]+", told["range"])]
        scale = 100.0 if "%" in told["range"] else 1.0
        if told["range"].startswith("±"):
            part = told["default"] * numbers[0] / scale
            numbers, scale = [told["default"] - part, told["default"] + part], 1.0
        assert given["uniform"] == pytest.approx([one / scale for one in numbers]), name
        assert name not in comment


def test_a_shipped_sweep_is_found_by_its_name() -> None:
    assert read_sweep(Path("sweep/cuts.yaml")).sweep.name == "cuts"


def test_the_schema_accepts_them_and_describes_every_key(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["schema", "--sweep"]) == 0
    schema = json.loads(capsys.readouterr().out)
    check = jsonschema.Draft202012Validator(schema)
    for path in SHIPPED:
        check.validate(json.loads(json.dumps(YAML(typ="safe").load(path))))
    with pytest.raises(jsonschema.ValidationError):
        check.validate({"kind": "grid", "axis": {}})
    for name, section in schema["$defs"].items():
        for key, value in section["properties"].items():
            assert value.get("description") or "$ref" in value, f"{name}.{key}"


def test_progress_says_how_much_is_left() -> None:
    assert count(0, 40, float("nan")) == "0 of 40 done"
    assert count(10, 40, 45.2) == "10 of 40 done, about 45 s left"
    assert count(20, 40, 600.0) == "20 of 40 done, about 10 min left"
    assert count(40, 40, 0.0) == "40 of 40 done"
    stream = io.StringIO()
    lines = Lines(stream)
    for done in range(4):
        lines.counted(done, 3, 1.0)
    assert stream.getvalue().splitlines() == ["0 of 3 done, about 1 s left", "3 of 3 done"]
