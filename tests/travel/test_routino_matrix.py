"""Another real engine, Routino, fills a matrix file from the same network; read as any matrix."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from geodata.travel import TravelSettings, travel
from tests.travel.road_network import PLACES, TOWNS, TREE, minutes_by_hand, sites, write_osm, zones

pytest.importorskip("osmium", reason="osmium writes the network")
pytestmark = pytest.mark.skipif(
    shutil.which("planetsplitter") is None or shutil.which("routino-router") is None,
    reason="Routino is not installed (apt-get install routino)",
)


def routed(folder: Path, start: tuple[float, float], goal: tuple[float, float]) -> tuple[str, str]:
    """Minutes and km of one way, from the last line of Routino's full text."""
    ends = [f"--lon1={start[0]}", f"--lat1={start[1]}", f"--lon2={goal[0]}", f"--lat2={goal[1]}"]
    how = ["--quickest", "--transport=motorcar", "--output-text-all", "--output-stdout", "--quiet"]
    command = ["routino-router", f"--dir={folder}", "--prefix=net", *how, *ends]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    cells = text.strip().splitlines()[-1].split("\t")
    return cells[7].strip(), cells[6].strip()


def test_a_matrix_made_by_a_router_is_read_as_it_stands(tmp_path: Path) -> None:
    write_osm(tmp_path / "net.osm", roads=TREE)
    split = ["planetsplitter", f"--dir={tmp_path}", "--prefix=net", str(tmp_path / "net.osm")]
    subprocess.run(split, check=True, capture_output=True)
    with (tmp_path / "matrix.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["zone_id", "office_id", "minutes", "km"])
        for i, place in enumerate(PLACES.tolist()):
            for j, town in enumerate(TOWNS):
                start = (place[0], place[1])
                way = ("0", "0") if start == town else routed(tmp_path, start, town)
                rows.writerow([f"z{i}", f"o{j}", *way])
    settings = TravelSettings("matrix", path=str(tmp_path / "matrix.csv"))
    table = travel(zones(), sites(), settings)
    assert np.allclose(table.minutes, minutes_by_hand(TREE)[:, :6], atol=0.15)  # told to a tenth
    assert table.km[0, 1] == pytest.approx(17.02, abs=0.02)
