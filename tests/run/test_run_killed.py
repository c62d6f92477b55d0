"""Runs that are killed, run into each other, or run out of disk: an earlier run stands whole."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from optimizer.outputs import folder as run_folder
from optimizer.outputs.place import ASIDE, claimed, neighbour
from optimizer.verify import verify
from tests.run.small_case import evaluate, write_case

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small.yaml and its run of today's plan, `run`."""
    folder = tmp_path_factory.mktemp("killed")
    write_case(folder)
    assert evaluate(folder / "small.yaml", folder / "run") == 1
    return folder


@pytest.fixture
def place(case: Path, tmp_path: Path) -> Path:
    """A copy of that run in a folder of its own."""
    shutil.copytree(case / "run", tmp_path / "runs" / "run")
    return tmp_path / "runs"


def started(config: Path, out: Path) -> subprocess.Popen[bytes]:
    options = ["--plan", "today", "--out", str(out), "--quiet"]
    command = [sys.executable, "-m", "optimizer", "evaluate", str(config), *options]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)


def files(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.rglob("*")) if file.is_file()]


def content(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files(folder)
    }


def is_temporary(path: Path) -> bool:
    """Whether a path is what a run leaves beside its folder while it works, or when killed."""
    return re.fullmatch(r"\..+(\.lock|\.[a-z0-9_]{8}\.(tmp|old))", path.name) is not None


def killed(case: Path, place: Path, signals: list[int], after: Iterator[float]) -> int:
    """Kill a run at each moment; every time there must be a whole run. How often it was new."""
    renewed = 0
    before = content(place / "run")
    for number, seconds in zip(signals, after, strict=False):
        process = started(case / "small.yaml", place / "run")
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        process.communicate(timeout=60)
        now = content(place / "run")
        if now != before:
            assert verify(place / "run").ok
            renewed += 1
        others = [path for path in place.iterdir() if path.name != "run"]
        assert all(is_temporary(path) for path in others), others
        before = now
    return renewed


def moments(count: int, longest: float, seed: int) -> Iterator[float]:
    """Half of them at any time of a run, half while it writes, which is its end."""
    draw = random.Random(seed)
    for k in range(count):
        yield draw.uniform(0.0, longest) if k % 2 else longest * draw.uniform(0.75, 1.02)


def timed(case: Path, place: Path) -> float:
    began = time.monotonic()
    process = started(case / "small.yaml", place / "run")
    process.communicate(timeout=120)
    assert process.returncode == 1
    return time.monotonic() - began


def test_a_killed_run_leaves_the_earlier_one(case: Path, place: Path) -> None:
    longest = timed(case, place)
    killed(case, place, [signal.SIGKILL, signal.SIGTERM], moments(2, longest, 1))
    assert evaluate(case / "small.yaml", place / "run") == 1
    assert [path.name for path in place.iterdir()] == ["run"]


@pytest.mark.soak
def test_a_hundred_killed_runs(case: Path, place: Path) -> None:
    longest = timed(case, place)
    killed(case, place, [signal.SIGKILL, signal.SIGTERM] * 50, moments(100, longest, 2))
    assert evaluate(case / "small.yaml", place / "run") == 1
    assert [path.name for path in place.iterdir()] == ["run"]


WRITER = """
import shutil, sys
from pathlib import Path
from optimizer.outputs.folder import write_whole
made, folder = Path(sys.argv[1]), Path(sys.argv[2])
def write(unfinished):
    shutil.copytree(made, unfinished, dirs_exist_ok=True)
print("ready", flush=True)
while True:
    write_whole(folder, write, lambda unfinished: None)
"""


def killed_writing(case: Path, place: Path, count: int, seed: int) -> None:
    """Kill a process that writes one run after another into the same folder."""
    whole = content(case / "run")
    draw = random.Random(seed)
    for k in range(count):
        command = [sys.executable, "-c", WRITER, str(case / "run"), str(place / "run")]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(draw.uniform(0.0, 0.3))
        process.send_signal(signal.SIGTERM if k % 3 == 0 else signal.SIGKILL)
        process.communicate(timeout=60)
        assert content(place / "run") == whole
        assert all(is_temporary(path) for path in place.iterdir() if path.name != "run")
    with claimed(place / "run"):
        pass
    assert [path.name for path in place.iterdir()] == ["run"]


def test_a_writer_killed_at_any_moment(case: Path, place: Path) -> None:
    killed_writing(case, place, 3, 1)


@pytest.mark.soak
def test_a_writer_killed_at_a_hundred_moments(case: Path, place: Path) -> None:
    killed_writing(case, place, 100, 2)


def test_sigterm_while_writing_leaves_no_temporary(
    case: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(place / "run")

    def ended(*arguments: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    monkeypatch.setattr(run_folder, "write_tables", ended)
    assert evaluate(case / "small.yaml", place / "run") == 3
    assert content(place / "run") == before
    assert [path.name for path in place.iterdir()] == ["run"]


def test_a_run_set_aside_by_a_killed_one_is_put_back(case: Path, place: Path) -> None:
    whole = content(place / "run")
    aside = neighbour(place / "run", ASIDE)
    (place / "run").rename(aside / "run")
    with claimed(place / "run"):
        assert content(place / "run") == whole
    assert [path.name for path in place.iterdir()] == ["run"]


def test_folders_swap_without_the_step_that_does_it_at_once(
    case: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_folder, "_exchanged", lambda one, other: False)
    before = content(place / "run")
    assert evaluate(case / "small.yaml", place / "run") == 1
    assert content(place / "run") != before
    assert verify(place / "run").ok
    assert [path.name for path in place.iterdir()] == ["run"]


def test_only_ones_own_leftovers_are_cleared(place: Path) -> None:
    for name in (".run.x.abcdefgh.tmp", ".other.abcdefgh.tmp", "run.abcdefgh.tmp", ".run.notes"):
        (place / name).mkdir()
    (place / ".run.abcdefgh.tmp").mkdir()
    with claimed(place / "run"):
        pass
    assert not (place / ".run.abcdefgh.tmp").exists()
    assert len(list(place.iterdir())) == 5


def test_the_second_of_two_runs_says_so(
    case: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(place / "run")
    holder = (
        "import sys; from pathlib import Path; from optimizer.outputs.place import claimed\n"
        "with claimed(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holder, str(place / "run")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, **pipes)
    assert process.stdout is not None
    process.stdout.readline()
    assert evaluate(case / "small.yaml", place / "run") == 2
    told = capsys.readouterr().err
    assert "another run that is being written there" in told
    assert told.count("\n") == 1
    assert content(place / "run") == before
    process.kill()  # a lock does not outlive its holder
    process.communicate(timeout=30)
    assert evaluate(case / "small.yaml", place / "run") == 1
    assert [path.name for path in place.iterdir()] == ["run"]


@pytest.mark.soak
def test_two_runs_at_once_leave_one_whole(case: Path, place: Path) -> None:
    two = [started(case / "small.yaml", place / "run") for _ in range(2)]
    told = [process.communicate(timeout=120)[1].decode() for process in two]
    codes = sorted(process.returncode for process in two)
    assert codes in ([1, 2], [1, 1])  # the later one may have begun after the first had ended
    for process, text in zip(two, told, strict=True):
        assert (process.returncode == 2) == ("another run" in text)
        assert "Traceback" not in text
    assert verify(place / "run").ok
    assert [path.name for path in place.iterdir()] == ["run"]


@contextmanager
def a_small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("no small disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("room", [20, 60, 90])
def test_a_full_disk(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], room: int
) -> None:
    with a_small_disk(tmp_path / "disk", "512k") as disk:
        shutil.copytree(case / "run", disk / "run")
        assert filled(case, disk, room) == 2
        told = capsys.readouterr().err
        assert "--out" in told
        assert "Make room, or choose another folder" in told
        assert told.count("\n") == 1


@pytest.mark.soak
def test_a_disk_that_is_full_at_any_moment(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run takes some room: with any less of it the earlier run stands, and one sentence tells."""
    draw = random.Random(3)
    needed = sum(-(-file.stat().st_size // 4096) * 4 for file in files(case / "run"))  # KiB
    codes = []
    with a_small_disk(tmp_path / "disk", f"{4 * needed}k") as disk:
        shutil.copytree(case / "run", disk / "run")
        for _ in range(100):
            codes.append(filled(case, disk, draw.randrange(4, int(1.2 * needed))))
            told = capsys.readouterr().err
            if codes[-1] == 2:
                assert "Make room, or choose another folder" in told
                assert told.count("\n") == 1
            assert verify(disk / "run").ok
    assert set(codes) == {1, 2}, "both must be seen: disks too small, and disks just large enough"
    print(f"{codes.count(2)} of {len(codes)} runs ended by a full disk")


def filled(case: Path, disk: Path, room: int) -> int:
    """The exit code of a run into a disk with ``room`` KiB left; checks what stands after it."""
    before = content(disk / "run")
    free = shutil.disk_usage(disk).free
    (disk / "ballast").write_bytes(b"x" * max(0, free - room * 1024))
    code = evaluate(case / "small.yaml", disk / "run")
    if code == 2:
        assert content(disk / "run") == before
    assert {path.name for path in disk.iterdir()} <= {"run", "ballast"}
    (disk / "ballast").unlink()
    return code


def test_a_limit_of_file_size_is_told(
    case: Path, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(place / "run")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_folder, "write_manifest", full)
    assert evaluate(case / "small.yaml", place / "run") == 2
    assert "No space left on device" in capsys.readouterr().err
    assert content(place / "run") == before
    assert [path.name for path in place.iterdir()] == ["run"]


def test_a_bug_in_writing_is_not_called_a_full_disk(
    case: Path, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise FileNotFoundError(2, "a template is missing")

    monkeypatch.setattr(run_folder, "write_manifest", broken)
    assert evaluate(case / "small.yaml", place / "run") == 70
    assert "a template is missing" in capsys.readouterr().err
    assert [path.name for path in place.iterdir()] == ["run"]


def test_a_place_that_may_not_be_written(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_small_disk(tmp_path / "disk", "512k") as disk:
        command = ["mount", "-o", "remount,ro", str(disk)]
        assert subprocess.run(command, capture_output=True).returncode == 0
        assert evaluate(case / "small.yaml", disk / "runs" / "run") == 2
        told = capsys.readouterr().err
        assert "Read-only file system" in told
        assert told.count("\n") == 1
