"""A sweep on a real Dask cluster: a scheduler and two workers on loopback, one killed mid-way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sweep.small_sweep import grid, results, sweep, write_small, write_sweep

ROOT = Path(__file__).parents[2]
POINTS = 6


def _started(name: str, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{name}", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers."""
    file = tmp_path / "scheduler.json"
    both = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = _started("dask_scheduler", *both, "--host", "127.0.0.1", "--port", "0")
    options = [*both, "--nthreads", "1", "--no-nanny", "--local-directory"]
    workers = [_started("dask_worker", *options, str(tmp_path / name)) for name in ("w1", "w2")]
    try:
        yield _address(file, scheduler, len(workers)), workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def _address(file: Path, scheduler: subprocess.Popen[bytes], n_workers: int) -> str:
    """Where the scheduler says that it listens, once it has its workers."""
    from distributed import Client

    until = time.monotonic() + 120
    while not file.exists():
        assert scheduler.poll() is None and time.monotonic() < until, "no scheduler"
        time.sleep(0.02)
    with Client(scheduler_file=str(file), timeout=120, set_as_default=False) as client:
        client.wait_for_workers(n_workers, timeout=120)
        return str(client.scheduler.address)


def test_every_point_is_there_once_though_a_worker_is_killed(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, (victim, survivor) = cluster
    write_small(tmp_path)
    rates = [0.001 * n for n in range(POINTS)]
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=rates))
    command = [sys.executable, "-m", "optimizer", "sweep", str(path), "--scheduler", address]
    command += ["--out", str(tmp_path / "out"), "--quiet", "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    points = tmp_path / "out" / "points"
    until = time.monotonic() + 240
    while time.monotonic() < until and len(list(points.glob("*.json"))) < 3:
        assert process.poll() is None, "the sweep ended before there was anything to kill"
        time.sleep(0.02)
    victim.kill()
    finished_before = len(list(points.glob("*.json")))
    output, _ = process.communicate(timeout=400)
    assert process.returncode == 0
    assert finished_before < POINTS
    summary = json.loads(output)
    assert summary["points"] == POINTS and summary["found_earlier"] == 0
    table = results(path)
    assert table.index.is_unique and len(table) == POINTS
    assert table["demand.productivity_growth"].tolist() == rates
    assert table["status"].isin(["gap_reached", "optimal"]).all()
    assert len(list(points.glob("*.json"))) == POINTS
    late = table["worker"].str.endswith(f":{survivor.pid}")
    assert late.sum() >= POINTS - finished_before
    # the points solved there are found by a sweep on processes of this machine
    assert sweep(path) == 0
    assert json.loads((tmp_path / "out/summary.json").read_text())["found_earlier"] == POINTS
