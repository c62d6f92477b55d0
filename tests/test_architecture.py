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
    "optimizer.config": {"geodata.letters", "geodata.problems"},
    "optimizer.aim": set(),
    "optimizer.options": set(),
    "optimizer.instance": {"optimizer.aim", "optimizer.options"},
    "optimizer.case": {"geodata", "optimizer.config", "optimizer.instance"},
    "optimizer.rules": {
        "geodata",
        "optimizer.config",
        "optimizer.instance",
        "optimizer.transitions",
    },
    "optimizer.impossible": {"geodata.problems", "optimizer.instance"},
    "optimizer.free_modes": {
        "geodata.problems",
        "optimizer.config",
        "optimizer.instance",
        "optimizer.rules",
    },
    "optimizer.access_rules": {"geodata", "optimizer.config", "optimizer.instance"},
    "optimizer.services": {"geodata", "optimizer.config", "optimizer.instance"},
    "optimizer.offering": {
        "geodata",
        "optimizer.access_rules",
        "optimizer.config",
        "optimizer.instance",
        "optimizer.rules",
        "optimizer.services",
    },
    "optimizer.objective": {
        "geodata.problems",
        "optimizer.access_rules",
        "optimizer.aim",
        "optimizer.config",
        "optimizer.instance",
    },
    "optimizer.growth": {"geodata.problems", "optimizer.config", "optimizer.instance"},
    "optimizer.decided": {"geodata", "optimizer.config", "optimizer.rules"},
    "optimizer.transitions": {"optimizer.config", "optimizer.instance"},
    "optimizer.tables": {
        "geodata",
        "optimizer.config",
        "optimizer.decided",
        "optimizer.rules",
        "optimizer.services",
    },
    "optimizer.base_year": {"geodata", "optimizer.config", "optimizer.tables"},
    "optimizer.assembly": {
        "geodata.problems",
        "geodata.travel",
        "optimizer.access_rules",
        "optimizer.case",
        "optimizer.config",
        "optimizer.decided",
        "optimizer.free_modes",
        "optimizer.growth",
        "optimizer.instance",
        "optimizer.objective",
        "optimizer.offering",
        "optimizer.rules",
        "optimizer.services",
        "optimizer.transitions",
    },
    "optimizer.reading": {
        "geodata",
        "optimizer.access_rules",
        "optimizer.assembly",
        "optimizer.base_year",
        "optimizer.case",
        "optimizer.config",
        "optimizer.decided",
        "optimizer.instance",
        "optimizer.options",
        "optimizer.services",
        "optimizer.tables",
    },
    "optimizer.engine": {"optimizer.aim", "optimizer.instance", "optimizer.options"},
    "optimizer.model": {"optimizer.aim", "optimizer.engine", "optimizer.instance"},
    "optimizer.solving": {
        "geodata.problems",
        "optimizer.aim",
        "optimizer.engine",
        "optimizer.instance",
        "optimizer.model",
        "optimizer.options",
        "optimizer.impossible",
    },
    "optimizer.textbook": {
        "geodata",
        "optimizer.config",
        "optimizer.instance",
        "optimizer.solving",
    },
    "optimizer.plan": {
        "optimizer.aim",
        "optimizer.case",
        "optimizer.config",
        "optimizer.engine",
        "optimizer.instance",
        "optimizer.services",
    },
    "optimizer.verify": {"geodata.problems"},
    "optimizer.outputs": {
        "geodata",
        "optimizer.case",
        "optimizer.config",
        "optimizer.engine.remote",
        "optimizer.engine.staff",
        "optimizer.instance",
        "optimizer.options",
        "optimizer.plan",
        "optimizer.textbook",
    },
    "optimizer.rereading": {
        "geodata",
        "optimizer.assembly",
        "optimizer.case",
        "optimizer.config",
        "optimizer.instance",
        "optimizer.options",
        "optimizer.outputs.inputs",
        "optimizer.outputs.tables",
        "optimizer.services",
    },
    "optimizer.whatif": {
        "optimizer.aim",
        "geodata",
        "optimizer.case",
        "optimizer.engine",
        "optimizer.instance",
        "optimizer.outputs",
        "optimizer.reading",
        "optimizer.solving",
    },
    "optimizer.whatif.sweep": {
        "optimizer.aim",
        "geodata.problems",
        "geodata.travel",
        "optimizer.case",
        "optimizer.config",
        "optimizer.engine",
        "optimizer.instance",
        "optimizer.outputs.place",
        "optimizer.plan",
        "optimizer.progress",
        "optimizer.reading",
        "optimizer.impossible",
        "optimizer.solving",
        "optimizer.whatif.conflicts",
        "optimizer.whatif.means",
    },
    "optimizer.progress": {"optimizer.progress_bar"},
    "optimizer.progress_bar": {"optimizer.progress"},
}
#: The rooms at the top, which call all others: one run, the command line, its exit codes.
TOP = (
    "optimizer.run",
    "optimizer.comparison",
    "optimizer.evaluation",
    "optimizer.sweeping",
    "optimizer.point_run",
    "optimizer.explanation",
    "optimizer.cli",
    "optimizer.exits",
    "optimizer.data_show",
    "optimizer.data_refresh",
    "optimizer.data_estimate",
    "optimizer.table_file",
    "optimizer.starter",
    "optimizer.workbook",
    "optimizer.cell_checks",
    "optimizer.built_in_sheet",
    "optimizer.marked",
    "optimizer",
)


def _modules() -> list[tuple[str, Path]]:
    files = [*ROOT.glob("geodata/**/*.py"), *ROOT.glob("optimizer/**/*.py")]
    names = []
    for path in sorted(files):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names.append((".".join(parts).removesuffix(".__init__"), path))
    return names


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
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
        assert module in TOP or module == "optimizer.__main__", f"{module} is in no room"
        return
    allowed = MAY_IMPORT[room] | {room}
    strange = {
        name
        for name in _imports(path)
        if not any(_inside(name, each) for each in allowed) and name != "optimizer.__version__"
    }
    assert not strange, f"{module} imports {sorted(strange)}"


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
