"""Random damage to tables and configs: a table, or sentences; never another error."""

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata import zones
from geodata.problems import InputError
from geodata.schemas import OFFICES, ZONES, Schema
from geodata.tables import read_table
from optimizer.config.loading import load_any

HEADERS = {
    "offices": ["office_id", "office", "municipality_code", "longitude", "latitude", "mode", "fte"],
    "zones": ["zone_id", "zone", "municipality_code", "longitude", "latitude", "population"],
}
ROWS = {
    "offices": ["a", "Åsele", "2463", "17.35", "64.16", "staffed", "3,5"],
    "zones": ["z", "Kista", "0180", "17.94", "59.40", "5000"],
}
SCHEMAS: dict[str, Schema] = {"offices": OFFICES, "zones": ZONES}
UNICODE = st.characters(codec="utf-8")
ODD = st.sampled_from(
    ["", "NaN", "inf", "-inf", "1e999", "-1", "0x10", "=1+1", "../../etc", "a\u030a", "59.4", "\0",
     "674032", "6580822", '"', "1 234", "1\u00a0234,5", "NULL", "True", "2026-02-30", "🙂"]
)  # fmt: skip
CELL = st.one_of(ODD, st.text(UNICODE, max_size=12), st.floats().map(str), st.integers().map(str))

CONFIG = """extends: base.yaml
name: fuzz
data: {offices: builtin, zones: builtin:localities}
years: [2025, 2026]
budget: {cut: {2025: 50, 2026: 100}}
solver: {time_limit: 5, gap: 0.01}
"""
WORDS = ["&a", "*a", "[[[[", "{", "null", ".nan", ".inf", "!!python/object:os.system", "0114", "- ",
         "extends: fuzz.yaml", "builtin + x.xlsx#A", "builtin + builtin", "name: ../../x", "NO",
         "\t", "\0", "a\u030a: 1", "<<: *a", ": :", "1e400", "years: []", "---"]  # fmt: skip


def a_damaged_table(data: st.DataObject, kind: str) -> tuple[str, list[list[str]]]:
    """A separator, and lines of a table with cells changed, columns renamed and rows added."""
    lines = [list(HEADERS[kind]), *(list(ROWS[kind]) for _ in range(3))]
    for n, line in enumerate(lines[1:]):
        line[0] += str(n)
    for _ in range(data.draw(st.integers(0, 6))):
        row = data.draw(st.integers(0, len(lines) - 1))
        column = data.draw(st.integers(0, len(lines[row]) - 1)) if lines[row] else None
        match data.draw(st.sampled_from(["change", "change", "drop", "add", "repeat"])):
            case "change" if column is not None:
                lines[row][column] = data.draw(CELL)
            case "drop" if column is not None:
                del lines[row][column]
            case "add":
                lines[row].append(data.draw(CELL))
            case _:
                lines.append(list(lines[row]))
    return data.draw(st.sampled_from([",", ";", "\t"])), lines


def reads_or_refuses(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(SCHEMAS)))
    separator, lines = a_damaged_table(data, kind)
    form = data.draw(st.sampled_from(["csv", "csv", "parquet", "geojson", "xlsx"]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t.{form}"
        text = "\n".join(separator.join(line) for line in lines)
        if form == "parquet":
            width = max(len(line) for line in lines)
            padded = [line + [None] * (width - len(line)) for line in lines[1:]]
            names = [str(n) if n >= len(lines[0]) else f"{lines[0][n]}" for n in range(width)]
            if len(set(names)) < width:
                return
            pd.DataFrame(padded, columns=names, dtype=object).to_parquet(path)
        else:
            encoding = data.draw(st.sampled_from(["utf-8", "utf-16", "cp1252"]))
            path.write_bytes(text.encode(encoding, "ignore"))
        try:
            if kind == "zones":
                table = zones.load(path)
            else:
                table = read_table(path, SCHEMAS[kind], {"mode": ["staffed"]})
        except InputError as error:
            assert error.problems and all(problem.sentence() for problem in error.problems)
            return
    assert table[HEADERS[kind][0]].is_unique
    assert table["longitude"].between(10, 25).all() and table["latitude"].between(55, 70).all()


def config_loads_or_refuses(data: st.DataObject) -> None:
    text = CONFIG
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        new = data.draw(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)))
        text = text[:start] + new + text[end:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz.yaml"
        path.write_text(text, encoding="utf-8", errors="ignore")
        try:
            scenario = load_any(path)
        except InputError as error:
            assert error.problems
            return
    assert "/" not in scenario.name and not scenario.name.startswith(".")


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(st.data())
def test_damaged_tables_are_read_or_refused(data: st.DataObject) -> None:
    reads_or_refuses(data)


@QUICK
@given(st.data())
def test_damaged_configs_are_read_or_refused(data: st.DataObject) -> None:
    config_loads_or_refuses(data)


@pytest.mark.soak
@LONG
@given(st.data())
def test_thousands_of_damaged_tables(data: st.DataObject) -> None:
    reads_or_refuses(data)


@pytest.mark.soak
@LONG
@given(st.data())
def test_thousands_of_damaged_configs(data: st.DataObject) -> None:
    config_loads_or_refuses(data)
