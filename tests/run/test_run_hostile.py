"""Hostile places and damaged cases: a sentence and an exit code, never a traceback or a hang."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from optimizer.cli import main
from tests.run.small_case import write_case

PATIENCE_SECONDS = 60.0
TABLES = ("offices.csv", "zones.csv")
CELLS = ["", "-1", "NaN", "inf", "1e308", "x", "å\u030a", "2080", "9999", "15.6", "60.6", "0", '"',
         "staffed", "closed", "k1", "z0a", "1e-9", "2026-09-30", ";", "🙂"]  # fmt: skip
VALUES = ["0", "-1", "1e9", ".nan", ".inf", "null", "[]", "{}", "true", "x", "'2025'", "{2025: 1}",
          "[1, 2]", "1e-300", "builtin", "none", "zones.csv", "&a [*a]", "~"]  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write_case(folder)
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "lost").symlink_to("nowhere")
    return tmp_path


HOSTILE = ["file/x", "x" * 300, "loop/x", "loop", "lost", "lost/x/y", "file", "file/../file/y"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_run_can_not_be_written_there(
    small: Path, place: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = str(small / "small.yaml")
    out = str(place / name)
    assert main(["evaluate", config, "--plan", "today", "--quiet", "--out", out]) == 2
    told = capsys.readouterr().err
    assert "--out" in told and told.count("\n") == 1
    assert (place / "file").read_text(encoding="utf-8") == "mine"
    assert {path.name for path in place.iterdir()} == {"file", "loop", "lost"}


@pytest.mark.parametrize(
    "source",
    ["a\\0b.csv", "x" * 5000 + ".csv", "/dev/zero.csv", "loop.csv", "folder.csv", "pipe.csv"],
)
@pytest.mark.parametrize("key", ["offices", "zones", "candidates", "travel"])
def test_a_table_can_not_be_read_there(
    small: Path, tmp_path: Path, source: str, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(small, tmp_path / "case")
    place = tmp_path / "case"
    (place / "loop.csv").symlink_to("loop.csv")
    (place / "folder.csv").mkdir()
    os.mkfifo(place / "pipe.csv")
    value = f'"{source}"' if key != "travel" else f'{{provider: matrix, path: "{source}"}}'
    (place / "hostile.yaml").write_text(f"extends: small.yaml\ndata: {{{key}: {value}}}\n")
    assert main(["check", str(place / "hostile.yaml"), "--quiet"]) == 2
    told = capsys.readouterr().err
    assert "a file that exists" in told and "Traceback" not in told


def damaged(folder: Path, draw: random.Random) -> None:
    """Some cells of the tables and some keys of the config set to something else."""
    for _ in range(draw.randrange(4)):
        path = folder / draw.choice(TABLES)
        lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
        row = draw.randrange(len(lines))
        lines[row][draw.randrange(len(lines[row]))] = draw.choice(CELLS)
        if draw.random() < 0.2:
            del lines[draw.randrange(len(lines))]
        path.write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
    path = folder / "small.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    for _ in range(draw.randrange(4)):
        at = draw.randrange(len(lines))
        head, colon, _ = lines[at].partition(":")
        match draw.choice(["value", "value", "lose", "key"]):
            case "value" if colon:
                lines[at] = f"{head}: {draw.choice(VALUES)}"
            case "lose":
                del lines[at]
            case _:
                lines[at] = lines[at].replace("_", draw.choice(["", "__", "-"]), 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def checks_or_refuses(
    small: Path, seed: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> int:
    shutil.copytree(small, folder)
    damaged(folder, random.Random(seed))
    began = time.monotonic()
    code = main(["check", str(folder / "small.yaml"), "--quiet"])
    told = capsys.readouterr()
    assert code in (0, 1, 2), told.err
    assert time.monotonic() - began < PATIENCE_SECONDS
    assert (code == 2) == bool(told.err.strip()), told
    shutil.rmtree(folder)
    return code


def seeds(first: int, count: int) -> Iterator[int]:
    return iter(range(first, first + count))


def test_damaged_cases_are_checked_or_refused(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = [checks_or_refuses(small, seed, tmp_path / "case", capsys) for seed in seeds(0, 12)]
    assert 2 in codes and 0 in codes


@pytest.mark.soak
def test_five_hundred_damaged_cases(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in seeds(1000, 500):
        checks_or_refuses(small, seed, tmp_path / "case", capsys)
