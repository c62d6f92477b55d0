"""Branch and bound over a program that has grown, in a process of its own.

HiGHS is not heard within the first relaxation of a search, which takes a minute for the nation. A
process can be ended at any moment, and shares no interpreter with the search for plans beside it.
It ends by itself when the one that asked is gone.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import highspy
import numpy as np

from optimizer.instance import Floats, Ints
from optimizer.solving.simplex import Stated, passed
from optimizer.solving.solvers import NO_HEURISTICS
from optimizer.solving.stopping import ended_by


@dataclass(frozen=True)
class Asked:
    """What to search, and from where."""

    stated: Stated
    binary: Ints  #: columns
    start: Floats  #: of these
    seconds: float
    gap: float  #: of the objective, at which to end
    seed: int


#: a better bound, without the constant of the program; or a better solution [columns]
Heard = Callable[[float | Floats], None]


def branch(asked: Asked, *, stop: threading.Event, heard: Heard) -> None:
    """Search until it is proved, time is over or ``stop`` is set; what is found is told at once.

    Where no process is to be had, or it fails, nothing is told: what is known stands.
    """
    paths = os.pathsep.join(path for path in sys.path if path)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            start_new_session=True,  # Ctrl-C is for the one that asked
        )
    except OSError:
        return
    with process, ended_by(stop, process.kill):
        try:
            _converse(process, asked, heard)
        finally:
            process.kill()


def _converse(process: subprocess.Popen[bytes], asked: Asked, heard: Heard) -> None:
    """Ask, and pass on what is told until there is no more."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        pickle.dump(asked, process.stdin)
        process.stdin.flush()
        while True:
            heard(pickle.load(process.stdout))
    except (EOFError, BrokenPipeError, pickle.UnpicklingError):  # ended, or in the middle of it
        return


def _answer(asked: Asked, telling: BinaryIO) -> None:
    def tell(found: float | Floats) -> None:
        pickle.dump(found, telling)
        telling.flush()

    highs = passed(asked.stated, asked.seed)
    number, kinds = asked.binary.astype(np.int32), [highspy.HighsVarType.kInteger]
    highs.changeColsIntegrality(number.size, number, np.array(kinds * number.size))
    options: dict[str, Any] = {
        "output_flag": True,  # or nothing is told on the way
        "log_to_console": False,
        **NO_HEURISTICS,  # better plans come from the search beside
        "mip_allow_restart": False,  # each solves the first relaxation again
        "mip_rel_gap": asked.gap,
        "time_limit": asked.seconds,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.setSolution(number.size, number, asked.start)
    highs.cbMipLogging += lambda e: tell(float(e.data_out.mip_dual_bound))
    highs.cbMipImprovingSolution += lambda e: tell(np.array(e.data_out.mip_solution))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
        tell(float(highs.getInfo().mip_dual_bound))


def _end_with_who_asked() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Answer what comes by standard input."""
    telling = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever else is written goes nowhere
    asked = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_who_asked, daemon=True).start()
    _answer(asked, telling)
    os._exit(0)  # the thread still waits for standard input


if __name__ == "__main__":
    main()
