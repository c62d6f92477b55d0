"""The drawing of the house in README.md, held against the imports of the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Each room and the rooms it may import from, from the ground up. The README shows the same.
MAY_IMPORT: dict[str, set[str]] = {
    "geodata": {"geodata"},
    "optimizer.rounding": set(),
    "optimizer.config": {"geodata.letters", "geodata.problems"},
    "optimizer.instance.arrays": {"geodata.arrays"},
    "optimizer.instance.aim": {"optimizer.instance.arrays"},
    "optimizer.instance.options": {"geodata.ties", "optimizer.instance.arrays"},
    "optimizer.instance": set(),
    "optimizer.building": set(),
    "optimizer.building.case": {"geodata", "optimizer.config", "optimizer.instance"},
    "optimizer.building.facts": {"geodata.baseline", "optimizer.config"},
    "optimizer.building.named_sites": {"geodata.letters", "geodata.problems"},
    "optimizer.building.by_region": {"optimizer.instance"},
    "optimizer.building.transitions": {
        "optimizer.building.by_region",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.building.possible_states": {
        "optimizer.building.transitions",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.building.decisions": {
        "geodata.problems",
        "optimizer.building.named_sites",
        "optimizer.building.possible_states",
        "optimizer.building.transitions",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.building.coverage_and_limits": {
        "optimizer.building.by_region",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.building.free_modes": {
        "geodata.problems",
        "optimizer.building.possible_states",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.building.access_rules": {
        "geodata",
        "optimizer.building.by_region",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.building.services": {"geodata", "optimizer.config", "optimizer.instance"},
    "optimizer.building.offering": {
        "geodata",
        "optimizer.building.access_rules",
        "optimizer.building.coverage_and_limits",
        "optimizer.building.named_sites",
        "optimizer.building.services",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.building.objective": {
        "geodata.problems",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.building.growth": {"geodata.problems", "optimizer.config", "optimizer.instance"},
    "optimizer.building.decided": {
        "geodata",
        "optimizer.building.named_sites",
        "optimizer.config",
    },
    "optimizer.building.office_names": {
        "geodata",
        "optimizer.building.named_sites",
        "optimizer.config",
    },
    "optimizer.building.tables": {
        "geodata",
        "optimizer.building.decided",
        "optimizer.building.office_names",
        "optimizer.building.services",
        "optimizer.config",
    },
    "optimizer.building.base_year": {
        "geodata",
        "optimizer.building.facts",
        "optimizer.building.tables",
        "optimizer.config",
    },
    "optimizer.building.assembly": {
        "geodata.baseline.demand",
        "geodata.problems",
        "geodata.travel",
        "optimizer.building.access_rules",
        "optimizer.building.case",
        "optimizer.building.coverage_and_limits",
        "optimizer.building.decided",
        "optimizer.building.decisions",
        "optimizer.building.free_modes",
        "optimizer.building.growth",
        "optimizer.building.objective",
        "optimizer.building.offering",
        "optimizer.building.possible_states",
        "optimizer.building.services",
        "optimizer.building.transitions",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.building.reading": {
        "geodata",
        "optimizer.building.access_rules",
        "optimizer.building.assembly",
        "optimizer.building.base_year",
        "optimizer.building.case",
        "optimizer.building.decided",
        "optimizer.building.services",
        "optimizer.building.tables",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.engine": {"optimizer.instance"},
    "optimizer.model": {"optimizer.engine", "optimizer.instance"},
    "optimizer.solving": {
        "geodata.bounded_folder",
        "geodata.problems",
        "optimizer.engine",
        "optimizer.instance",
        "optimizer.model",
    },
    "optimizer.textbook": {
        "geodata",
        "optimizer.config",
        "optimizer.instance",
        "optimizer.solving",
    },
    "optimizer.plan": {
        "optimizer.building.case",
        "optimizer.building.services",
        "optimizer.config",
        "optimizer.engine",
        "optimizer.instance",
        "optimizer.rounding",
    },
    "optimizer.verify": {"geodata.problems"},
    "optimizer.outputs": {
        "geodata",
        "optimizer.building.case",
        "optimizer.building.facts",
        "optimizer.config",
        "optimizer.engine.remote",
        "optimizer.engine.staff",
        "optimizer.instance",
        "optimizer.plan",
        "optimizer.rounding",
        "optimizer.textbook",
    },
    "optimizer.progress": set(),
    "optimizer.jobs": {"geodata.problems", "optimizer.progress"},
    "optimizer.whatif": {
        "geodata",
        "optimizer.building.case",
        "optimizer.building.named_sites",
        "optimizer.building.reading",
        "optimizer.engine",
        "optimizer.instance",
        "optimizer.outputs",
        "optimizer.solving",
    },
    "optimizer.whatif.sweep": {
        "geodata.problems",
        "geodata.travel",
        "optimizer.building.case",
        "optimizer.building.reading",
        "optimizer.config",
        "optimizer.engine",
        "optimizer.instance",
        "optimizer.jobs",
        "optimizer.outputs.place",
        "optimizer.plan",
        "optimizer.progress",
        "optimizer.solving",
        "optimizer.whatif.conflicts",
        "optimizer.whatif.means",
        "optimizer.whatif.rounded_up",
    },
    "optimizer.starter": {
        "geodata",
        "optimizer.building.reading",
        "optimizer.config",
        "optimizer.outputs.strings",
        "optimizer.outputs.warnings",
    },
    "optimizer.commands.rereading": {
        "geodata",
        "optimizer.building.assembly",
        "optimizer.building.case",
        "optimizer.building.services",
        "optimizer.config",
        "optimizer.instance",
        "optimizer.outputs.inputs",
        "optimizer.outputs.tables",
        "optimizer.outputs.unchanged",
    },
    "optimizer.commands": {
        "geodata",
        "optimizer.building",
        "optimizer.config",
        "optimizer.engine",
        "optimizer.instance",
        "optimizer.jobs",
        "optimizer.outputs",
        "optimizer.plan",
        "optimizer.progress",
        "optimizer.solving",
        "optimizer.starter",
        "optimizer.textbook",
        "optimizer.verify",
        "optimizer.whatif",
    },
}
#: What stands on top and calls all others: the command line, its exit codes and its streams.
TOP = ("optimizer", "optimizer.__main__", "optimizer.cli", "optimizer.exits", "optimizer.printing")


def _modules() -> list[tuple[str, Path]]:
    files = [*ROOT.glob("geodata/**/*.py"), *ROOT.glob("optimizer/**/*.py")]
    names = []
    for path in sorted(files):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names.append((".".join(parts).removesuffix(".__init__"), path))
    return names


def _imports(module: str, path: Path) -> set[str]:
    found: set[str] = set()
    inside = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = inside[: len(inside) + 1 - node.level] if node.level else []
            origin = [*above, *([node.module] if node.module else [])]
            found |= {".".join([*origin, alias.name]) for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("geodata", "optimizer")}


def _room(module: str) -> str | None:
    rooms = [room for room in MAY_IMPORT if module == room or module.startswith(f"{room}.")]
    return max(rooms, key=len, default=None)


def _inside(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


@pytest.mark.parametrize(("module", "path"), _modules(), ids=lambda value: str(value))
def test_a_room_imports_only_from_the_rooms_below_it(module: str, path: Path) -> None:
    room = _room(module)
    if room is None:
        assert module in TOP or _inside(module, "optimizer.cli"), f"{module} is in no room"
        return
    allowed = MAY_IMPORT[room] | {room}
    strange = {
        name
        for name in _imports(module, path)
        if not any(_inside(name, each) for each in allowed) and name != "optimizer.__version__"
    }
    assert not strange, f"{module} imports {sorted(strange)}"


def test_imports_are_named_in_full(tmp_path: Path) -> None:
    text = "import geodata.zones\nfrom optimizer.plan import rows\nfrom ..engine import search\n"
    text += "from . import covers\nfrom .. import model\nimport ast\nfrom os import path\n"
    (tmp_path / "rounds.py").write_text(text)
    (tmp_path / "__init__.py").write_text("from .rounds import Rounds\n")
    whole = {"geodata.zones", "optimizer.plan.rows", "optimizer.engine.search"}
    whole |= {"optimizer.solving.covers", "optimizer.model"}
    assert _imports("optimizer.solving.rounds", tmp_path / "rounds.py") == whole
    own = {"optimizer.solving.rounds.Rounds"}
    assert _imports("optimizer.solving", tmp_path / "__init__.py") == own


def test_the_rooms_stand_from_the_ground_up() -> None:
    rooms = list(MAY_IMPORT)
    for at, room in enumerate(rooms):
        above = {name for name in MAY_IMPORT[room] if _room(name) not in rooms[: at + 1]}
        assert not above, f"{room} may import {sorted(above)}, which stand above it"


@pytest.mark.parametrize(("module", "path"), _modules(), ids=lambda value: str(value))
def test_pulp_stays_where_problems_are_stated_and_solved(module: str, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {
        node.module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    if names & {"pulp", "highspy"}:
        assert _room(module) in ("optimizer.model", "optimizer.solving", "optimizer.textbook")


def _drawn(readme: str) -> set[str]:
    """The rooms of the README's drawing: names that begin a line, within the one above."""
    section = readme.partition("\n## The house\n")[2].partition("\n## ")[0]
    found, above = set(), {-1: ""}  # the path at each indent
    for line in section.split("```")[1].splitlines():
        names = re.match(r" *([a-z_/]+(?:(?:, |  )[a-z_/]+)*)(?= |$)", line)
        if names is None:
            continue
        indent = names.start(1)
        above = {at: path for at, path in above.items() if at < indent}
        if indent > max(above) + 4:  # a description goes on
            continue
        for name in re.split(", |  ", names[1]):
            above[indent] = f"{above[max(at for at in above if at < indent)]}{name.rstrip('/')}."
            found.add(above[indent].rstrip(".").replace("/", "."))
    return found


def test_the_readme_draws_every_room() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(MAY_IMPORT) <= _drawn(readme)
    mentioned = "\n## The house\n```\na/    the plan\n  b  c/ plan\n         plan, too\n```\nplan"
    assert _drawn(mentioned) == {"a", "a.b", "a.c"}
