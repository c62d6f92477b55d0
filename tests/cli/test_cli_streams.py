"""Where what is told goes: encodings with few letters, a full disk, a reader that leaves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")


def run(*arguments: str, **changes: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "optimizer", *arguments]
    pipes: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **changes}
    return subprocess.run(command, cwd=ROOT, check=False, **pipes)  # type: ignore[call-overload, no-any-return]


def test_letters_that_the_encoding_lacks_are_escaped() -> None:
    few = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run("check", "Åre.yaml", "--json", env=few)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"\\xc5re.yaml" in done.stdout


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["data", "show", "offices", "--json"], ["check", "no.yaml", "--json"]],
    ids=" ".join,
)
def test_output_that_is_refused_is_one_sentence(arguments: list[str], unbuffered: str) -> None:
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with FULL.open("wb") as full:
        done = run(*arguments, stdout=full, env=env)
    assert done.returncode == 2
    told = done.stderr.decode().splitlines()
    assert "No space left on device" in told[-1]
    assert "Traceback" not in done.stderr.decode()
    with FULL.open("wb") as full:
        assert run(*arguments, stdout=full, stderr=full, env=env).returncode == 2


def test_a_reader_that_leaves_has_what_it_wants() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run("data", "show", "offices", "--json", stdout=writing)
    os.close(writing)
    assert done.returncode == 0
    assert done.stderr == b""
