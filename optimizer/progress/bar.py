"""The bar on a terminal: stage, best plan, bound and gap, time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from optimizer.progress.words import count, figures


class Bar:
    """Reports on one line of a terminal; messages scroll by above it."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def stage(self, name: str) -> None:
        """The name before the bar; figures of the stage before are gone."""
        self._progress.update(
            self._task, description=escape(name), figures="", total=None, completed=0
        )

    def incumbent(self, seconds: float, objective: float, bound: float, gap: float) -> None:
        """The figures behind the bar."""
        del seconds  # the bar has a clock of its own
        self._progress.update(self._task, figures=figures(objective, bound, gap))

    def counted(self, done: int, total: int, seconds_left: float) -> None:
        """The bar filled so far, and the time left behind it."""
        told = count(done, total, seconds_left)
        self._progress.update(self._task, total=total, completed=done, figures=told)

    def message(self, text: str) -> None:
        """A line above the bar."""
        self._progress.console.print(text, markup=False, highlight=False)


@contextmanager
def bar(stream: TextIO) -> Iterator[Bar]:
    """A bar while the job runs; it leaves the terminal as it found it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[figures]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        yield Bar(progress, progress.add_task("", total=None, figures=""))
