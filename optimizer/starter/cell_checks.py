"""What Excel itself checks in the workbook to fill in: lists to choose from, ranges, ids once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from geodata.headings import swedish
from geodata.schema import MUNICIPALITY_CODE, Column
from optimizer.config.services import GENERAL
from optimizer.outputs.strings import Strings

TWICE = PatternFill("solid", bgColor="F7B7A8")
MOST_WRITTEN = 255  #: characters of a list that stands in the check itself


@dataclass(frozen=True)
class Choices:
    """What may stand in a column: words, or the cells of another sheet (`Kontor!$A$2:$A$9`).

    `open` ones are a help: another value, such as the id of a built-in candidate, may be right.
    """

    words: tuple[str, ...] = ()
    cells: str = ""
    open: bool = False

    @property
    def formula(self) -> str:
        """As a check has it."""
        written = f'"{",".join(self.words)}"'
        assert self.cells or len(written) <= MOST_WRITTEN, "Excel holds no longer list"
        return self.cells or written


@dataclass(frozen=True)
class Lists:
    """The choices of the workbook's columns, by sheet and key; ('', key) holds in every sheet."""

    of: Mapping[tuple[str, str], Choices] = field(default_factory=dict)

    def choices(self, sheet: str, column: Column) -> Choices | None:
        """The choices of a column, if it has a closed set or a list of help."""
        found = self.of.get((sheet, column.name)) or self.of.get(("", column.name))
        if found is None and (column.also or column.one_of):
            return Choices(tuple(word for word, _ in column.also) or column.one_of)
        return found


def service_words(services: Sequence[str]) -> tuple[str, ...]:
    """Every set of services as the tables write it: `general`, `general;id_check`, ..."""
    sets = [some for n in range(len(services) + 1) for some in combinations(services, n)]
    return tuple(";".join((GENERAL, *some)) for some in sets)


def check(column: Column, choices: Choices | None, strings: Strings) -> DataValidation | None:
    """What Excel checks of a column's cells; None for free text."""
    if choices is not None:
        made = DataValidation(type="list", formula1=choices.formula, allow_blank=True)
        told = strings.text("starter.choose_or_other" if choices.open else "starter.choose")
        made.errorStyle = "warning" if choices.open else "stop"
    elif column.kind == "date":
        made = DataValidation(
            type="date", operator="between", formula1="36526", formula2="73050", allow_blank=True
        )
        told = strings.text("starter.date")
    elif column.kind in ("number", "whole"):
        made, told = _number(column, strings)
    elif column.pattern == MUNICIPALITY_CODE:
        made = DataValidation(type="textLength", operator="equal", formula1="4", allow_blank=True)
        told = strings.text("starter.code")
    else:
        return None
    return _telling(made, column, told)


def once(column: Column, formula: str, strings: Strings) -> DataValidation:
    """A check that an id stands once."""
    made = DataValidation(type="custom", formula1=formula, allow_blank=True)
    return _telling(made, column, strings.text("starter.once"))


def mark_repeated(page: Worksheet, keys: Sequence[int], last: int) -> None:
    """Colour the rows whose key (columns from 1) stands in another row too."""
    letters = [get_column_letter(at) for at in keys]
    parts = ",".join(f"${one}$2:${one}${last},${one}2" for one in letters)
    given = ",".join(f'${one}2<>""' for one in letters)
    rule = FormulaRule(formula=[f"AND({given},COUNTIFS({parts})>1)"], fill=TWICE)
    for one in letters:
        page.conditional_formatting.add(f"{one}2:{one}{last}", rule)


def _number(column: Column, strings: Strings) -> tuple[DataValidation, str]:
    low = column.least if column.least is not None else -1e12
    high = column.most if column.most is not None else 1e12
    made = DataValidation(
        type="decimal",
        operator="between",
        formula1=f"{low:.10g}",
        formula2=f"{high:.10g}",
        allow_blank=True,
    )
    if column.most is None:
        return made, strings.text("starter.number_from", least=f"{low:.10g}")
    return made, strings.text("starter.number", least=f"{low:.10g}", most=f"{high:.10g}")


def _telling(made: DataValidation, column: Column, told: str) -> DataValidation:
    made.error = told
    made.errorTitle = swedish(column.name)
    made.errorStyle = made.errorStyle or "stop"
    made.showErrorMessage = True
    return made
