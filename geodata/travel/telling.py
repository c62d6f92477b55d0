"""What is wrong with a travel table: the first places of each kind one by one, the rest counted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geodata.problems import MOST_SHOWN, Place, Problem, number_of
from geodata.travel.matrix_file import Batch, Header

_MOST_PLACED = 2_000  #: rows beyond those shown, of which the numbers are kept


@dataclass
class _Kind:
    """One kind of problem: how many are told, and how many more there are, in which rows."""

    told: int = 0
    more: int = 0
    last: Problem | None = None
    rows: list[int] = field(default_factory=list)


class Telling:
    """The problems of a file, found batch after batch."""

    def __init__(self, header: Header, name: str) -> None:
        self._header, self._name = header, name
        self._problems: list[Problem] = []
        self._kinds: dict[tuple[str, str], _Kind] = {}

    def once(self, found: str, accepted: str, advice: str) -> None:
        """A problem of the whole table."""
        place = self._header.place()
        self._problems.append(Problem(self._name, found, accepted, advice, place))

    def column(self, title: str, found: str, accepted: str, advice: str) -> None:
        """A problem of a column that is there, or (no ``title``) of one that is not."""
        where = f"{self._name}, column {title}" if title else self._name
        place = self._header.place((), title)
        self._add(("columns", accepted), Problem(where, found, accepted, advice, place))

    def rows(
        self,
        batch: Batch,
        wrong: NDArray[np.bool_],
        column: str,
        accepted: str,
        said: Callable[[int], tuple[str, str]],
        *,
        counted: str = "",
    ) -> None:
        """Rows of a batch in which a column is wrong; ``said``: what is found, what to do.

        Columns may be ``counted`` together under one name.
        """
        places = np.flatnonzero(wrong)
        if not places.size:
            return
        key = (counted or column, accepted)
        kind = self._kinds.setdefault(key, _Kind())
        free = MOST_SHOWN - kind.told
        for at in places[:free].tolist():
            row, (found, advice) = batch.row(at), said(at)
            where = f"{self._name} row {row}, column {column}"
            place = self._header.place([row], column.split(" and ")[0])
            self._add(key, Problem(where, found, accepted, advice, place))
        more = places[max(0, free) :]
        kind.more += len(more)
        kind.rows += [batch.row(at) for at in more[: _MOST_PLACED - len(kind.rows)].tolist()]

    def problems(self) -> tuple[Problem, ...]:
        """All of them, the counts of the rest last."""
        rest = [self._rest(name, one) for (name, _), one in self._kinds.items() if one.more]
        return (*self._problems, *rest)

    def _add(self, key: tuple[str, str], problem: Problem) -> None:
        kind = self._kinds.setdefault(key, _Kind())
        if kind.told < MOST_SHOWN:
            self._problems.append(problem)
            kind.told, kind.last = kind.told + 1, problem
        else:
            kind.more += 1

    def _rest(self, name: str, kind: _Kind) -> Problem:
        """The number of those that are not told, under the last that is."""
        assert kind.last is not None, "the rest comes after some that were told"
        last, place = kind.last, kind.last.place
        if place is not None and place.rows:
            found = f"{number_of(kind.more, 'more row')} like these"
            where = f"{self._name}, column {name}"
            there: Place | None = replace(place, rows=tuple(kind.rows))
        else:
            where, found, there = (
                self._name,
                f"{number_of(kind.more, 'more column')} like these",
                place,
            )
        return Problem(where, found, last.accepted, _of_all(last.advice), there)


def _of_all(advice: str) -> str:
    """The advice where it holds for others too: not a suggestion for one."""
    return "" if advice.startswith("Did you mean") else advice
