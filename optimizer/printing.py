"""Standard output and standard error: any letter can be told, and it is noticed if nothing can."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast


def tell(
    document: Callable[[], object], sentences: Callable[[], Iterable[str]], *, as_json: bool
) -> None:
    """Print a result as JSON or as sentences, and make only what is printed."""
    if as_json:
        print_json(document())
    else:
        for sentence in sentences():
            print(sentence)


def print_json(document: object) -> None:
    """Print a document as JSON."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


class Heard:
    """A stream that remembers what it was refused with; a reader that leaves refuses nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.refused: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, as the stream does."""
        with self._hearing():
            return self._stream.write(text)

    def flush(self) -> None:
        """Send out what was written."""
        with self._hearing():
            self._stream.flush()

    @contextmanager
    def _hearing(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            self.refused = error
            raise

    def end(self) -> None:
        """Send out what is left; what is refused is dropped, or Python tries again at its end."""
        with suppress(BrokenPipeError):
            try:
                self.flush()
            except OSError:
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._stream.fileno())
                os.close(nowhere)


@contextmanager
def heard() -> Iterator[tuple[Heard, ...]]:
    """Standard output and standard error, heard while something is told on them.

    Letters that the encoding of a terminal or a pipe does not have are written as escapes.
    """
    before = sys.stdout, sys.stderr
    streams = tuple(Heard(stream) for stream in before if stream is not None)
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    if len(streams) == len(before):  # a program without a terminal has none
        sys.stdout, sys.stderr = (cast(TextIO, stream) for stream in streams)
    try:
        yield streams
    finally:
        for stream in streams:
            stream.end()
        sys.stdout, sys.stderr = before


def refusal(streams: tuple[Heard, ...]) -> OSError | None:
    """What the first stream was refused with that was, by now or by sending out what is left."""
    for stream in streams:
        with suppress(OSError):
            stream.flush()
    return next((stream.refused for stream in streams if stream.refused is not None), None)
