"""Random damage to tables and configs: a table, or sentences; never another error, never a hang."""

import random
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from geodata import regions, sites, visits, zones
from geodata.overlay import laid_over
from geodata.problems import InputError
from geodata.schemas import DECIDED, OFFICES, PLAN, ZONES
from geodata.tables import read_table
from geodata.travel import matrix
from optimizer.config.loading import load_any

PATIENCE_SECONDS = 20.0  #: of one small table
KNOWN = {"mode": ["staffed"], "office_id": ["a", "a0", "a1", "a2"]}
FA = regions.load({"fa": "builtin:fa15"})
OFFICE_TABLE = sites.load_offices()
ZONE_TABLE = zones.load()

#: What each kind of table looks like when it is sound, and how it is read.
Reader = Callable[[Path], object]
KINDS: Mapping[str, tuple[str, str, Reader]] = {
    "offices": (
        "office_id office municipality_code longitude latitude mode fte lease_end",
        "a Åsele 2463 17.35 64.16 staffed 3,5 2026-09-30",
        lambda path: read_table(path, OFFICES, KNOWN),
    ),
    "over offices": (
        "office_id visits_per_year open_days remove",
        "o001 1200 4 nej",
        lambda path: laid_over(OFFICE_TABLE, str(path), OFFICES, KNOWN),
    ),
    "candidates": (
        "office_id office Kommun sweref_e sweref_n",
        "ny Malå Malå 676000 7233000",
        lambda path: sites.load_candidates(path, OFFICE_TABLE, FA),
    ),
    "zones": (
        "zone_id zone municipality_code longitude latitude population",
        "z Kista 0180 17.94 59.40 5000",
        zones.load,
    ),
    "zones by place": (
        "zone_id longitude latitude population",
        "z 17.94 59.40 5000",
        zones.load,
    ),
    "over zones": (
        "zone_id population",
        "z0114-01 5000",
        lambda path: laid_over(ZONE_TABLE, str(path), ZONES),
    ),
    "regions": (
        "region_code region municipality_code",
        "1 Nord 0180",
        lambda path: regions.load({"own": path}),
    ),
    "visits": ("region_code visits", "nation 5000", lambda path: visits.load(path, 2024, FA)),
    "decided": (
        "office_id action into_office_id decided_on last_day",
        "a close . 2025-03-14 2025-05-16",
        lambda path: read_table(path, DECIDED, KNOWN),
    ),
    "plan": ("office_id year mode", "a 2026 staffed", lambda path: read_table(path, PLAN, KNOWN)),
    "travel": (
        "zone_id office_id minutes km",
        "z a 12,5 9",
        lambda path: matrix.load(path, ["z0", "z1", "z2"], ["a"]),
    ),
    "wide travel": (
        "zone_id a b",
        "z 12 9",
        lambda path: matrix.load(path, ["z0", "z1", "z2"], ["a", "b"]),
    ),
}
UNICODE = st.characters(codec="utf-8")
ODD = st.sampled_from(
    ["", "NaN", "inf", "-inf", "1e999", "-1", "0x10", "=1+1", "../../etc", "a\u030a", "59.4", "\0",
     "674032", "6580822", '"', "1 234", "1\u00a0234,5", "NULL", "True", "2026-02-30", "🙂", "180",
     "Stockholms kommun", "9" * 400, "ja", "1e308", "٣", "\u202e", "#REF!"]
)  # fmt: skip
CELL = st.one_of(ODD, st.text(UNICODE, max_size=12), st.floats().map(str), st.integers().map(str))
FORMS = ["csv", "csv", "parquet", "xlsx", "xlsx", "gpkg", "geojson"]

CONFIG = """extends: base.yaml
name: fuzz
data: {offices: builtin, zones: builtin:localities}
years: [2025, 2026]
budget: {cut: {2025: 50, 2026: 100}}
solver: {time_limit: 5, gap: 0.01}
"""
WORDS = ["&a", "*a", "[[[[", "{", "null", ".nan", ".inf", "!!python/object:os.system", "0114", "- ",
         "extends: fuzz.yaml", "builtin + x.xlsx#A", "builtin + builtin", "name: ../../x", "NO",
         "\t", "\0", "a\u030a: 1", "<<: *a", ": :", "1e400", "years: []", "---", "2025",
         "people: x"]  # fmt: skip


def a_damaged_table(data: st.DataObject, kind: str) -> tuple[str, list[list[str]]]:
    """A separator, and lines of a table with cells changed, columns renamed and rows added."""
    head, row = (line.split() for line in KINDS[kind][:2])
    lines = [head, *(["" if cell == "." else cell for cell in row] for _ in range(3))]
    for n, line in enumerate(lines[1:]):
        line[0] += "" if "over" in kind or kind in ("regions", "visits") else str(n)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        column = data.draw(st.integers(0, len(lines[at]) - 1)) if lines[at] else None
        match data.draw(st.sampled_from(["change", "change", "drop", "add", "repeat"])):
            case "change" if column is not None:
                lines[at][column] = data.draw(CELL)
            case "drop" if column is not None:
                del lines[at][column]
            case "add":
                lines[at].append(data.draw(CELL))
            case _:
                lines.append(list(lines[at]))
    return data.draw(st.sampled_from([",", ";", "\t"])), lines


def as_frame(lines: list[list[str]]) -> pd.DataFrame | None:
    """The lines as a table, short ones filled up; None where two columns share a name."""
    width = max(len(line) for line in lines)
    padded = [line + [None] * (width - len(line)) for line in lines[1:]]
    names = [str(n) if n >= len(lines[0]) else f"{lines[0][n]}" for n in range(width)]
    return None if len(set(names)) < width else pd.DataFrame(padded, columns=names, dtype=object)


def write(data: st.DataObject, path: Path, lines: list[list[str]], separator: str) -> bool:
    """Write the table in the form of the path; whether it can be."""
    if path.suffix == ".csv":
        text = "\n".join(separator.join(line) for line in lines)
        encoding = data.draw(st.sampled_from(["utf-8", "utf-16", "cp1252"]))
        path.write_bytes(text.encode(encoding, "ignore"))
        return True
    frame = as_frame(lines)
    if frame is None:
        return False
    if path.suffix == ".parquet":
        frame.to_parquet(path)
        return True
    try:
        if path.suffix == ".xlsx":
            book = Workbook()
            for line in [list(frame.columns), *frame.to_numpy().tolist()]:
                book.active.append([_typed(data, cell) for cell in line])
            book.save(path)
        else:
            points = gpd.points_from_xy(*np.array([[18.06] * len(frame), [59.33] * len(frame)]))
            gpd.GeoDataFrame(frame, geometry=points, crs=4326).to_file(path)
    except Exception:  # the writer knows no such cell or name
        return False
    return True


def _typed(data: st.DataObject, cell: object) -> object:
    """A number where the text is one, now and then, as spreadsheets do."""
    try:
        return float(str(cell)) if data.draw(st.booleans()) else cell
    except ValueError:
        return cell


def reads_or_refuses(data: st.DataObject) -> bool:
    """Whether there was a table to read: not every damaged one can be written in every form."""
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    separator, lines = a_damaged_table(data, kind)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t.{data.draw(st.sampled_from(FORMS))}"
        if not write(data, path, lines, separator):
            return False
        table = read(kind, path)
    if kind == "zones" and isinstance(table, pd.DataFrame):
        assert table["zone_id"].is_unique and (table["zone_id"] != "").all()
        assert table["longitude"].between(10, 25).all() and table["latitude"].between(55, 70).all()
        assert np.isfinite(table["population"]).all() and (table["population"] >= 0).all()
        assert table["municipality_code"].str.fullmatch(r"\d{4}").all()
    return True


def read(kind: str, path: Path) -> object:
    """What is read; None if it is refused, which takes a sentence for every problem."""
    began = time.monotonic()
    try:
        return KINDS[kind][2](path)
    except InputError as error:
        assert error.problems and all(problem.sentence() for problem in error.problems)
        return None
    finally:
        assert time.monotonic() - began < PATIENCE_SECONDS


def broken_bytes_are_read_or_refused(seed: int) -> None:
    """A sound file in which some bytes are changed, lost or added."""
    draw = random.Random(seed)
    kind = draw.choice(["zones", "travel"])
    forms = ["xlsx", "parquet", "csv"] if kind == "travel" else ["xlsx", "parquet", "csv", "gpkg"]
    head, row = (line.split() for line in KINDS[kind][:2])
    frame = pd.DataFrame([[f"{row[0]}{n}", *row[1:]] for n in range(3)], columns=head)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t.{draw.choice(forms)}"
        if path.suffix == ".gpkg":
            points = gpd.points_from_xy([18.06] * 3, [59.33] * 3)
            gpd.GeoDataFrame(frame, geometry=points, crs=4326).to_file(path)
        else:
            form = {".xlsx": frame.to_excel, ".parquet": frame.to_parquet, ".csv": frame.to_csv}
            form[path.suffix](path, index=False)
        content = bytearray(path.read_bytes())
        for _ in range(draw.choice([1, 1, 2, 5, 20])):
            at = draw.randrange(len(content))
            match draw.choice(["change", "change", "lose", "add"]):
                case "change":
                    content[at] = draw.randrange(256)
                case "lose" if len(content) > 50:
                    del content[at : at + draw.randrange(1, 40)]
                case _:
                    content[at:at] = draw.randbytes(draw.randrange(1, 20))
        path.write_bytes(bytes(content))
        read(kind, path)


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
        began = time.monotonic()
        try:
            scenario = load_any(path)
        except InputError as error:
            assert error.problems
            return
        finally:
            assert time.monotonic() - began < PATIENCE_SECONDS
    assert "/" not in scenario.name and not scenario.name.startswith(".")


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=4500, deadline=None, suppress_health_check=list(HealthCheck))


def tables_read_or_refused(budget: settings) -> list[bool]:
    there = []

    @budget
    @given(st.data())
    def one(data: st.DataObject) -> None:
        there.append(reads_or_refuses(data))

    one()
    return there


def test_damaged_tables_are_read_or_refused() -> None:
    there = tables_read_or_refused(QUICK)
    assert sum(there) > len(there) / 3


@QUICK
@given(st.data())
def test_damaged_configs_are_read_or_refused(data: st.DataObject) -> None:
    config_loads_or_refuses(data)


@pytest.mark.parametrize("seed", range(20))
def test_broken_bytes_are_read_or_refused(seed: int) -> None:
    broken_bytes_are_read_or_refused(seed)


@pytest.mark.soak
def test_thousands_of_damaged_tables() -> None:
    there = tables_read_or_refused(LONG)
    assert sum(there) > len(there) / 3


@pytest.mark.soak
@LONG
@given(st.data())
def test_thousands_of_damaged_configs(data: st.DataObject) -> None:
    config_loads_or_refuses(data)


@pytest.mark.soak
def test_a_thousand_files_with_broken_bytes() -> None:
    for seed in range(1000, 2000):
        broken_bytes_are_read_or_refused(seed)
