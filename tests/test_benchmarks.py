"""The benchmarks run: their figures are for reading, so only that there are any is looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS = ("frontier", "growth", "scale", "strengthening", "sweep", "textbook")


def told(name: str, *options: str) -> str:
    command = [sys.executable, "-m", f"benchmarks.{name}", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.soak
@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_says_what_it_takes(name: str) -> None:
    assert "usage" in told(name, "--help")


def test_the_national_case_of_the_municipalities_is_measured() -> None:
    heading, _, row = told("scale", "--zones", "290", "--seconds", "1").splitlines()
    assert heading.startswith("| zones |") and heading.endswith("| gap_1s |")
    assert row.startswith("| 290 |") and "failed" not in row


def test_textbook_problems_are_solved_and_measured_alone() -> None:
    rows = told("textbook", "--zones", "300", "--peer", "0").splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == ["p-median", "mclp", "lscp"]
    assert all(row.endswith("| optimal |") for row in rows)


@pytest.mark.soak
def test_more_zones_than_are_built_in_can_be_measured() -> None:
    table = told("scale", "--zones", "290", "2000", "--seconds", "1")
    assert "failed" not in table
    zones = [int(line.split("|")[1].replace(",", "")) for line in table.splitlines()[2:]]
    assert zones[0] == 290 and zones[1] >= 1900
