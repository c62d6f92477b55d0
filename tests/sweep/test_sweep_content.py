"""The hash of a point follows the tables it reads, also those laid over the built-in ones."""

from pathlib import Path

import pytest

from geodata.problems import InputError
from optimizer.config import load
from optimizer.starter import WORKBOOK, start
from optimizer.whatif.sweep.content import content_hash


def test_own_tables_over_the_built_in_ones_are_part_of_a_point(tmp_path: Path) -> None:
    start(tmp_path / "eget")
    scenario = load(tmp_path / "eget" / "config.yaml")
    before = content_hash(scenario)
    assert content_hash(scenario) == before
    book = tmp_path / "eget" / WORKBOOK
    book.write_bytes(book.read_bytes() + b" ")
    assert content_hash(scenario) != before
    book.unlink()
    with pytest.raises(InputError, match=WORKBOOK):
        content_hash(scenario)
