"""What README.md and docs/ show can be done: their configs load, their commands are accepted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from geodata.problems import InputError
from optimizer.building.reading import read_case
from optimizer.commands.sweeping import known_points
from optimizer.config import Scenario, load, load_any
from optimizer.config.shipped import shipped_config, shipped_folder
from optimizer.whatif.sweep.points import base_of
from optimizer.whatif.sweep.reading import read_sweep
from tests.command_lines import commands, parsed

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([a-z]\w*(?:\.[a-z]\w*)*): ([^`]+)`")  # `section.key: value`
OFFICE = re.compile(r"\b(?:office|from|into): *[A-ZÅÄÖ]")  # a decision on an office by its name
ENTRY = re.compile(r"^(?=\w)", re.MULTILINE)  # a key of the top level, with what stands below it
FOLDERS = {path.name for path in shipped_folder().iterdir() if path.is_dir()}


@dataclass(frozen=True)
class Block:
    """A block of code of a document."""

    where: str  #: document and line
    language: str
    text: str


def blocks_of(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    return [
        Block(f"{document.name}:{text.count(chr(10), 0, found.start()) + 1}", *found.groups())
        for found in FENCE.finditer(text)
    ]


BLOCKS = [block for document in DOCUMENTS for block in blocks_of(document)]
COMMANDS = [
    pytest.param(part.strip().removeprefix(".venv/bin/"), id=f"{block.where} {part.strip()[:40]}")
    for block in BLOCKS
    for line in block.text.splitlines()
    for part in line.split(" && ")
    if part.strip().removeprefix(".venv/bin/").startswith("servicenet ")
]


def configs_of(text: str) -> list[str]:
    """The block; or, where keys of the top level stand twice, a config for each of their values.

    What says neither what it extends nor which sweep it is says what differs from the base.
    """
    entries = [entry for entry in ENTRY.split(text) if entry.strip()]
    by_key: dict[str, list[str]] = {}
    for entry in entries:
        by_key.setdefault(entry.partition(":")[0], []).append(entry)
    found = []
    for at in range(max(map(len, by_key.values()))):
        one = "".join(values[min(at, len(values) - 1)] for values in by_key.values())
        found.append(one if by_key.keys() & {"extends", "kind"} else f"extends: base.yaml\n{one}")
    return found


YAML = [
    pytest.param(config, id=f"{block.where} {at}")
    for block in BLOCKS
    if block.language == "yaml"
    for at, config in enumerate(configs_of(block.text))
]


def settings_of(document: Path) -> list[tuple[str, str]]:
    """Settings in the running text, as configs that extend the base; with where they stand."""
    text = document.read_text(encoding="utf-8")
    found = []
    for setting in INLINE.finditer(FENCE.sub("", text)):
        section, *keys = setting.group(1).split(".")
        if section in Scenario.model_fields:
            value = "".join(f"{{{key}: " for key in keys) + setting.group(2) + "}" * len(keys)
            config = f"extends: base.yaml\n{section}: {value}\n"
            found.append((f"{document.name} {setting.group()[:40]}", config))
    return found


INLINED = [
    pytest.param(config, id=where) for one in DOCUMENTS for where, config in settings_of(one)
]
NAMING = [one for one in (*YAML, *INLINED) if OFFICE.search(str(one.values[0]))]


def test_every_block_is_seen() -> None:
    fences = sum(document.read_text(encoding="utf-8").count("```") for document in DOCUMENTS)
    assert fences == 2 * len(BLOCKS)
    assert len(YAML) >= 10
    assert len(COMMANDS) >= 20


@pytest.mark.parametrize("config", [*YAML, *INLINED])
def test_a_config_that_is_shown_loads(config: str, tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(config, encoding="utf-8")
    if re.search("^kind:", config, re.MULTILINE):
        assert len(known_points(base_of(read_sweep(path)))) > 0
    else:
        assert load_any(path).name


def test_decisions_by_name_are_seen() -> None:
    shown = " ".join(str(one.values[0]) for one in NAMING)
    assert all(f"{decision}: " in shown for decision in ("merge", "offer"))


@pytest.mark.parametrize("config", NAMING)
def test_offices_that_are_named_can_be_decided_on(config: str, tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(config, encoding="utf-8")
    assert read_case(load(path)).sites is not None


def test_a_config_with_a_wrong_key_would_be_told(tmp_path: Path) -> None:
    """Blocks are split where a key stands twice, and each part is checked."""
    one, two = configs_of("objective: {kind: cost}\nobjective: {kind: coast}\n")
    path = tmp_path / "shown.yaml"
    path.write_text(one, encoding="utf-8")
    assert load_any(path)
    path.write_text(two, encoding="utf-8")
    with pytest.raises(InputError, match="coast"):
        load_any(path)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_that_is_shown_is_accepted(line: str) -> None:
    command, given = parsed(line)
    assert command in commands()
    for value in given.values():
        if isinstance(value, Path) and value.suffix == ".yaml" and value.parts[0] == "configs":
            assert (ROOT / value).is_file(), value
        elif isinstance(value, Path) and value.suffix == ".yaml" and value.parts[0] in FOLDERS:
            assert shipped_config(str(value)) is not None, value


@pytest.mark.parametrize(
    "line",
    [
        "servicenet solv configs/base.yaml",
        "servicenet solve configs/base.yaml --no-such",
        "servicenet solve --gap little configs/base.yaml",
        "servicenet verify",
        "servicenet data shows",
    ],
)
def test_a_command_that_is_wrong_would_be_told(line: str) -> None:
    with pytest.raises(typer.TyperException):
        parsed(line)


def test_every_command_is_shown() -> None:
    assert {parsed(str(one.values[0]))[0] for one in COMMANDS} == set(commands())
