"""What can be wrong with the user's input or a plan, as sentences and as errors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_SHOWN = 20  #: problems of a kind that are told one by one
FEW_SHOWN = 3  #: of a kind that is told in the same words for every row


@dataclass(frozen=True)
class Place:
    """Cells of a file: rows as the file numbers them and the column, both from 1; 0: all of it."""

    file: str
    sheet: str = ""
    rows: tuple[int, ...] = ()
    column: int = 0


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, told to the person who can put it right.

    where: file, row, column or key, such as "offices.csv row 7, column latitude".
    found: what stands there. accepted: what may stand there. advice: what to do.
    place: the cells, where the problem is in some.
    """

    where: str
    found: str
    accepted: str
    advice: str = ""
    place: Place | None = None

    def sentence(self) -> str:
        """The problem in one line."""
        text = f"{self.where}: {self.accepted} (found {self.found})."
        return f"{text} {self.advice}".rstrip()


def shortened(names: Sequence[str], most: int = 3) -> str:
    """The first of many names, and how many more there are."""
    more = len(names) - most
    first = ", ".join(names[: most if more > 1 else len(names)])
    return f"{first} and {more} more" if more > 1 else first


def number_of(number: int, one: str) -> str:
    """`1 plan`, `2 plans`: a number of things whose plural ends in s."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once: those of no cell first, then by table, row and column."""

    def key(problem: Problem) -> tuple[str, str, int, int]:
        place = problem.place
        if place is None:
            return ("", "", 0, 0)
        return (place.file, place.sheet, min(place.rows, default=0), place.column)

    return tuple(sorted(dict.fromkeys(problems), key=key))


class ServicenetError(Exception):
    """Base of every error meant for the user; shown without a traceback."""


class _ProblemsError(ServicenetError):
    """An error that carries every problem found."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(problem.sentence() for problem in self.problems))

    def __reduce__(self) -> tuple[object, ...]:  # from a process to another
        return type(self), (self.problems,)


class InputError(_ProblemsError):
    """The user's input is wrong (exit 2)."""


class NoPlanError(_ProblemsError):
    """No plan satisfies the requirements, or a given plan breaks one (exit 1)."""


class LimitReached(ServicenetError):  # noqa: N818 - the name of the contract
    """A limit was reached before any plan was found (exit 3)."""


class VerificationFailed(ServicenetError):  # noqa: N818 - an answer, not a fault of the user
    """The independent verification disagrees with a run (exit 4)."""

    def __init__(self, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(self.findings))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.findings,)


def refused(where: str, found: str, accepted: str, advice: str = "") -> InputError:
    """The error for one problem."""
    return InputError((Problem(where, found, accepted, advice),))
