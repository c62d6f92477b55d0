"""`servicenet`, and `python -m optimizer`: a command in a process of its own."""

import atexit
import os
import sys
from contextlib import suppress


def program() -> int:
    """Run the command of this process and give its exit code.

    The process ends with that code as soon as Python has ended everything of its own. What follows
    otherwise are the destructors of libraries, in which threads that Arrow keeps for reading
    parquet may abort the process (github.com/apache/arrow/issues/34314): once in some hundred
    commands the exit code was 134 instead of what was told.
    """
    ended: list[int] = []
    atexit.register(_leave, ended)  # before all others register, so that it is called after them
    from optimizer.cli import main

    ended.append(main())
    return ended[0]


def _leave(ended: list[int]) -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    if ended:
        os._exit(ended[0])


if __name__ == "__main__":
    sys.exit(program())
