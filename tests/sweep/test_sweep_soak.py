"""A sweep killed twenty times at random moments: at the end every point is there, solved once.

Left out of the usual tests; `.ci/long` runs it. SOAK_KILLS, SOAK_POINTS and SOAK_SEED change it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from optimizer.whatif.sweep.record import Record
from optimizer.whatif.sweep.store import Store
from tests.sweep.small_sweep import grid, results, sweep, write_small, write_sweep

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SOAK_KILLS", "20"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
POINTS = int(os.environ.get("SOAK_POINTS", "400"))


def _hashes(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every point file of the moment: when it was written, and what it says."""
    found = {}
    for path in folder.glob("points/*.json"):
        found[path.stem] = (path.stat().st_mtime_ns, path.read_bytes())
    return found


@pytest.mark.soak
def test_twenty_kills_lose_nothing_and_solve_nothing_twice(tmp_path: Path) -> None:
    write_small(tmp_path)
    rates = [round(0.0001 * n, 4) for n in range(POINTS)]
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=rates))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "optimizer", "sweep", str(path), "--jobs", "2"]
    command += ["--out", str(out), "--quiet"]
    chance = random.Random(SEED)
    kept: dict[str, tuple[int, bytes]] = {}
    torn = 0
    for kill in range(KILLS):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        # a start takes some seconds: half of the kills fall into it, half into the work
        until = time.monotonic() + chance.uniform(0.2, 6.0)
        if kill % 2:
            while process.poll() is None and len(_hashes(out)) == len(kept):
                time.sleep(0.01)
            until = time.monotonic() + chance.uniform(0.0, 1.0)
        while time.monotonic() < until and process.poll() is None:
            time.sleep(0.005)
        assert process.poll() is None, "the sweep ended before it could be killed"
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        now = _hashes(out)
        assert kept.items() <= now.items(), "a finished point was lost or solved again"
        store = Store(out)
        torn += sum(store.find(key) is None for key in now)
        kept = now
        print(f"kill {kill + 1}: {len(kept)} points finished", flush=True)
    assert torn == 0
    assert sweep(path, "--jobs", "2") == 0
    last = _hashes(out)
    assert kept.items() <= last.items()
    assert len(last) == POINTS
    table = results(path)
    assert table.index.is_unique and len(table) == POINTS
    assert table["status"].isin(["gap_reached", "optimal"]).all()
    assert json.loads((out / "summary.json").read_text())["found_earlier"] == len(kept)
    records = [Record.of(json.loads(content)["record"]) for _, content in last.values()]
    assert sorted(one.key for one in records) == sorted(table["key"])
    print(f"{KILLS} kills, {len(kept)} of {POINTS} points kept through them, none torn")
