"""A sweep on a real Dask cluster: a scheduler and two workers on loopback, one killed mid-way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from geodata.problems import ServicenetError
from optimizer.jobs.cluster import ClusterWorkers
from tests.sweep.small_sweep import grid, results, sweep, write_small, write_sweep

ROOT = Path(__file__).parents[2]
POINTS = 6


def _started(name: str, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{name}", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)


@dataclass
class Cluster:
    """A scheduler with workers, all on loopback."""

    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    address: str = ""

    @property
    def file(self) -> Path:
        """Where the scheduler says that it listens."""
        return self.folder / "scheduler.json"

    def another_worker(self) -> None:
        """Start one more; it is there some seconds later."""
        options = ["--scheduler-file", str(self.file), "--no-dashboard", "--nthreads", "1"]
        place = self.folder / f"w{len(self.workers)}"
        options += ["--no-nanny", "--local-directory", str(place)]
        self.workers.append(_started("dask_worker", *options))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and its two workers."""
    options = ["--scheduler-file", str(tmp_path / "scheduler.json"), "--no-dashboard"]
    options += ["--host", "127.0.0.1", "--port", "0"]
    found = Cluster(tmp_path, _started("dask_scheduler", *options))
    try:
        found.another_worker()
        found.another_worker()
        found.address = _address(found.file, found.scheduler, len(found.workers))
        yield found
    finally:
        for process in (*found.workers, found.scheduler):
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
    tmp_path: Path, cluster: Cluster
) -> None:
    victim, survivor = cluster.workers
    write_small(tmp_path)
    rates = [0.001 * n for n in range(POINTS)]
    path = write_sweep(tmp_path, **grid(demand__productivity_growth=rates))
    command = [
        sys.executable,
        "-m",
        "optimizer",
        "sweep",
        str(path),
        "--scheduler",
        cluster.address,
    ]
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


def _begun(folder: Path, cluster: Cluster) -> tuple[Path, subprocess.Popen[str]]:
    """A sweep on the cluster of which one point is finished."""
    write_small(folder)
    rates = [0.001 * n for n in range(POINTS)]
    path = write_sweep(folder, **grid(demand__productivity_growth=rates))
    command = [sys.executable, "-m", "optimizer", "sweep", str(path), "--json"]
    command += ["--scheduler", cluster.address, "--out", str(folder / "out")]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)
    until = time.monotonic() + 240
    while not list((folder / "out/points").glob("*.json")):
        assert process.poll() is None and time.monotonic() < until, "no point was solved"
        time.sleep(0.02)
    return path, process


def test_a_scheduler_that_dies_ends_the_sweep_in_a_sentence(
    tmp_path: Path, cluster: Cluster
) -> None:
    path, process = _begun(tmp_path, cluster)
    cluster.scheduler.kill()
    output, told = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "Traceback" not in told and "distributed" not in told and "Cancelled" not in told
    (problem,) = json.loads(output)["problems"]
    assert problem["sentence"] == (
        f"--scheduler {cluster.address}: the scheduler does not answer any more. The points that "
        "are finished are kept: give the same command to go on."
    )
    kept = len(list((tmp_path / "out/points").glob("*.json")))
    assert 1 <= kept < POINTS
    assert sweep(path) == 0
    summary = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))
    assert summary["found_earlier"] == kept


def test_a_sweep_waits_for_workers_and_goes_on_with_them(tmp_path: Path, cluster: Cluster) -> None:
    _, process = _begun(tmp_path, cluster)
    for worker in cluster.workers:
        worker.kill()
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    said = next((line for line in lines if "no workers any more" in line), "")
    assert "waiting for some, at most 10 minutes" in said
    cluster.another_worker()
    output, told = process.communicate(timeout=240)
    assert process.returncode == 0
    assert "The scheduler has workers again." in told
    summary = json.loads(output)
    assert summary["points"] == POINTS and sum(summary["statuses"].values()) == POINTS
    (left,) = summary["left_this_machine"]
    assert (left["to"], left["points"]) == (cluster.address, POINTS)


def test_patience_with_a_scheduler_without_workers_has_an_end(cluster: Cluster) -> None:
    said: list[str] = []
    with ClusterWorkers(cluster.address, said.append, patience=1.0) as workers:
        for worker in cluster.workers:
            worker.kill()
        workers.submit("one", dict, {})
        with pytest.raises(ServicenetError, match=r"no workers for 0.0167 minutes. The points"):
            for _ in range(60):
                workers.wait()
    assert len(said) == 1
