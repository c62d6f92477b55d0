"""The auditor shares no code with what it audits."""

import ast
from pathlib import Path

import optimizer.verify

ALLOWED = {"geodata.problems", "numpy", "pandas", "pyarrow", "scipy.optimize", "scipy.sparse"}
STANDARD = {
    *(
        "__future__",
        "collections",
        "dataclasses",
        "datetime",
        "hashlib",
        "itertools",
        "json",
        "math",
    ),
    *("pathlib", "typing", "unicodedata"),
}


def test_verify_imports_only_itself_and_plain_tools() -> None:
    for file in Path(optimizer.verify.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = ["." * node.level + (node.module or "")]
            for name in names:
                ours = name.split(".")[:2] == ["optimizer", "verify"]
                plain = name in ALLOWED or name.split(".")[0] in STANDARD | {"numpy"}
                assert ours or plain, f"{file.name} imports {name}"
