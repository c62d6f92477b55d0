"""A matrix of the user: read in the order asked for, and refused with every problem."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.problems import InputError
from geodata.travel import matrix

ROWS = [("a", "o2", 20.004, 12.0), ("a", "o1", 10.0, 8.0), ("b", "o1", 0.0, 0.0), ("b", "o2", 5, 4)]


def written(path: Path, rows: list[tuple[object, ...]], columns: str) -> Path:
    table = pd.DataFrame(rows, columns=columns.split())
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path, index=False)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_reads_a_long_table(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"travel{suffix}", ROWS, "zone_id office_id minutes km")
    table = matrix.load(path, ["a", "b"], ["o1", "o2"])
    assert table.minutes.tolist() == [[10.0, 20.0], [0.0, 5.0]]
    assert table.km.tolist() == [[8.0, 12.0], [0.0, 4.0]]


def test_km_may_lack(tmp_path: Path) -> None:
    rows = [row[:3] for row in ROWS]
    path = written(tmp_path / "travel.csv", rows, "zone_id office_id minutes")
    assert np.isnan(matrix.load(path, ["a", "b"], ["o1", "o2"]).km).all()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (ROWS[:3], "b to o2"),
        ([*ROWS[:3], ("b", "o2", -1.0, 1.0)], "minutes"),
        ([*ROWS[:3], ("b", "o2", float("nan"), 1.0)], "minutes"),
        ([*ROWS[:3], ("b", "o2", float("inf"), 1.0)], "minutes"),
        ([*ROWS, ("c", "o2", 1.0, 1.0)], "'c'"),
        ([*ROWS, ("a", "o9", 1.0, 1.0)], "'o9'"),
        ([*ROWS, ROWS[0]], "second time"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_refuses(tmp_path: Path, suffix: str, rows: list[tuple[object, ...]], told: str) -> None:
    path = written(tmp_path / f"travel{suffix}", rows, "zone_id office_id minutes km")
    with pytest.raises(InputError) as caught:
        matrix.load(path, ["a", "b"], ["o1", "o2"])
    assert told in str(caught.value)
