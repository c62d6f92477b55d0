"""Throughput of a sweep with one process, with two, and on Dask. One command, one table.

    python -m benchmarks.sweep [--points 6] [--gap 0.3] [--cut 100] [--config base.yaml]
                               [--differ travel]

Every point is solved to the same gap of the added burden, so that the work is the same however it
is spread. The travel factor differs from point to point (`travel`: every point is another network)
or the cut of the last year, by a million kronor (`cut`: the same network). Each way starts cold in
an empty folder and with a warm start switched off, then on.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from ruamel.yaml import YAML


def _sweep(folder: Path, given: argparse.Namespace, warm: bool) -> Path:
    cut = {2025: given.cut / 3, 2026: given.cut * 2 / 3, 2027: given.cut}
    axes = {
        "travel": {"data.travel.time_factor": [1 + 0.01 * n for n in range(given.points)]},
        "cut": {"budget.cut": [{**cut, 2027: given.cut + n} for n in range(given.points)]},
    }
    fixed = {} if given.differ == "cut" else {"budget.cut": cut}
    content = {
        "kind": "grid",
        "config": given.config,
        "warm_start": warm,
        "set": {**fixed, "solver.gap": given.gap, "solver.time_limit": 900},
        "axes": axes[given.differ],
    }
    path = folder / "sweep.yaml"
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump(content, stream)
    return path


def _measured(path: Path, *options: str) -> tuple[float, pd.DataFrame]:
    out = path.parent / "out"
    command = [sys.executable, "-m", "optimizer", "sweep", str(path), "--out", str(out), "--quiet"]
    began = time.monotonic()
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began, pd.read_parquet(out / "results.parquet")


@contextlib.contextmanager
def _cluster(n_workers: int, folder: Path) -> Iterator[str]:
    """The address of a Dask cluster on this machine; its scheduler tells it in a file."""
    told = folder / "scheduler.json"
    start, quiet = [sys.executable, "-m"], subprocess.DEVNULL
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    worker = ["distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny"]
    both = ["--no-dashboard", "--scheduler-file", str(told)]
    processes = [
        subprocess.Popen([*start, *one, *both], stdout=quiet, stderr=quiet)
        for one in (scheduler, *[worker] * n_workers)
    ]
    try:
        from distributed import Client

        while not told.exists():
            if processes[0].poll() is not None:
                raise SystemExit("the scheduler ended")
            time.sleep(0.1)
        with Client(scheduler_file=str(told), timeout=120, set_as_default=False) as client:
            client.wait_for_workers(n_workers, timeout=120)
            address = client.scheduler.address
        yield address
    finally:
        for process in processes:
            process.kill()
            process.wait()


def main() -> None:
    """Run every way and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--points", type=int, default=6)
    parser.add_argument("--gap", type=float, default=0.3)
    parser.add_argument("--cut", type=float, default=100.0)
    parser.add_argument("--config", default="base.yaml")
    parser.add_argument("--differ", choices=["travel", "cut"], default="travel")
    given = parser.parse_args()
    print("| way | warm start | points | seconds | points an hour | seconds a point | reading |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as told, _cluster(2, Path(told)) as address:
        ways = {
            "1 process, 2 threads": ("--jobs", "1"),
            "2 processes, 1 thread": ("--jobs", "2"),
            "Dask, 2 workers": ("--scheduler", address),
        }
        for warm in (False, True):
            for name, options in ways.items():
                with tempfile.TemporaryDirectory() as folder:
                    seconds, table = _measured(_sweep(Path(folder), given, warm), *options)
                done = table["status"].isin(["optimal", "gap_reached"]).sum()
                reading = table["seconds_read"].median()
                print(
                    f"| {name} | {'yes' if warm else 'no'} | {done} of {len(table)} | "
                    f"{seconds:.0f} | {3600 * done / seconds:.0f} | "
                    f"{table['seconds'].median():.1f} | {reading:.2f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
