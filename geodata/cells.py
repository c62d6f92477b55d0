"""The cells of one column: read as text, number or date, with a problem for each that is wrong."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.arrays import Bools
from geodata.blank import is_blank
from geodata.files import Raw
from geodata.letters import composed
from geodata.likeness import meant_for
from geodata.numerals import UNCLEAR, doubtful, with_points
from geodata.problems import FEW_SHOWN, MOST_SHOWN, Problem, number_of
from geodata.schema import ID, MUNICIPALITY_CODE, Column

NUMBERS = ("integer", "floating", "mixed-integer-float")  #: kinds of columns without any text
MOST = 1e9  #: of any number: more is a slip, and can not be counted to the last printed digit
_NOTHING = 1e-12  #: numbers below it count as 0: to divide by them leads beyond all measure
#: What spreadsheets write where a formula fails: #N/A, #REF!, #SAKNAS!, #DIVISION/0!
_ERROR = r"#(?:N/A|N/D|NV|[A-ZÅÄÖ0-9/]{2,20}[!?])"
_NO_ERROR = "a value, not the error of a spreadsheet"
_LINE_BREAK, _ONE_LINE = r"[\r\n]", "text of one line"
_CLOSE = (
    "Where a quotation mark is not closed, the lines below it count as the same cell: close it, or "
    "take the line break away."
)
Known = Mapping[str, Collection[object]]


class Ids(tuple[str, ...]):
    """Ids that cells may name, and the table that they stand in."""

    table = ""

    @classmethod
    def of(cls, ids: Iterable[str], table: str) -> "Ids":
        """The ids of a table, by what people know it as."""
        found = cls(ids)
        found.table = table
        return found


def values(
    raw: Raw, column: Column, ids: Known, problems: list[Problem], *, told: Bools | None = None
) -> pd.Series:
    """The checked values of one column ('' or NaN where blank); problems are added to the list.

    Of rows that are ``told`` of otherwise, none is.
    """
    cells = raw.table[column.name]
    given = cells.notna() & (cells.astype(str).str.strip() != "")
    if column.required:
        lacking = ~given if told is None else ~given & ~told
        problems.extend(_bad(raw, column, lacking, "Fill it in."))
    if column.kind == "text":
        found, wrong = _text(column, cells, given)
    elif column.kind == "date":
        found, wrong = _dates(cells, given)
    else:
        found, wrong = _numbers(raw, column, cells, given)
    strange = _of_no_text(raw, column, cells, given, told, problems)
    told = strange if told is None else told | strange
    untold = wrong & ~told
    unclear = untold & _unclear(raw, column, cells)
    huge = untold & _huge(column, found)
    problems.extend(_bad(raw, column, untold & ~unclear & ~huge, _advice(column)))
    problems.extend(_bad(raw, column, huge, _advice(column), _accepted(column, huge=True)))
    problems.extend(_bad(raw, column, unclear, UNCLEAR, most=FEW_SHOWN))
    if isinstance(ids.get(column.known), Mapping):
        found = _meant(found, ids[column.known])
    if column.known in ids:
        unknown = given & ~wrong & ~strange & ~found.isin(list(ids[column.known]))
        few = (
            sorted({str(one) for one in ids[column.known]})
            if len(ids[column.known]) <= MOST_SHOWN
            else []
        )
        accepted = f"one of {', '.join(few)}" if few else f"a known {column.known}"
        table = getattr(ids[column.known], "table", "")
        accepted += f", the {column.known} of {table}" if table else ""
        advice = _advice_on(column, ids[column.known])
        problems.extend(_bad(raw, column, unknown, advice, accepted))
    return found


def _meant(found: pd.Series, names: Collection[object]) -> pd.Series:
    """Ids for the other names that people may write for them, in any case of letters."""
    assert isinstance(names, Mapping)
    plain = {composed(str(name)).casefold(): key for name, key in names.items()}
    return found.map(lambda name: plain.get(name.casefold(), name))


def absent(column: Column, rows: int) -> pd.Series:
    """The values of a column that the table does not have."""
    empty = "" if column.kind in ("text", "date") else np.nan
    return pd.Series([empty] * rows)


def is_missing(column: Column, found: pd.Series) -> pd.Series:
    """Which of the checked values are blank."""
    return found == "" if column.kind in ("text", "date") else found.isna()


def rest(
    raw: Raw, where: str, more: Sequence[int], accepted: str, column: str = "", *, advice: str = ""
) -> Iterator[Problem]:
    """The problems beyond those shown one by one, as the number of their rows."""
    if len(more):
        found = f"{number_of(len(more), 'more row')} like these"
        yield Problem(f"{raw.name}, {where}", found, accepted, advice, raw.place(more, column))


def _text(column: Column, cells: pd.Series, given: pd.Series) -> tuple[pd.Series, pd.Series]:
    found = cells.astype(str).str.strip().str.normalize("NFC").where(given, "")
    if column.also:
        words = dict(column.also)
        found = found.map(lambda text: words.get(text.casefold(), text))
    wrong = pd.Series(False, index=cells.index)
    if column.pattern == MUNICIPALITY_CODE:
        found = found.where(~given, cells.map(_four_digits))
    if column.pattern:
        wrong = given & ~found.str.fullmatch(column.pattern)
    if column.one_of:
        wrong |= given & ~found.isin(column.one_of)
    return found, wrong


def _of_no_text(
    raw: Raw,
    column: Column,
    cells: pd.Series,
    given: pd.Series,
    told: Bools | None,
    problems: list[Problem],
) -> Bools:
    """Cells of text with the error of a spreadsheet, or of several lines; they are told of here."""
    if column.kind != "text":
        return np.zeros(len(cells), dtype=bool)
    texts = cells.astype(str).str.strip()
    untold = given if told is None else given & ~told
    errors = given & texts.str.fullmatch(_ERROR)
    advice = "Mend the formula it comes from, or write the value."
    problems.extend(_bad(raw, column, errors & untold, advice, _NO_ERROR))
    lines = given & texts.str.contains(_LINE_BREAK)
    advice = _CLOSE if raw.file.lower().endswith(".csv") else "Take the line break away."
    problems.extend(_bad(raw, column, lines & untold, advice, _ONE_LINE))
    return np.asarray(errors | lines, dtype=bool)


def _four_digits(cell: object) -> str:
    """0180 where a spreadsheet has made 180 of it: a code has four digits, nothing is guessed."""
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        cell = int(cell)
    text = str(cell).strip()
    return text.zfill(4) if len(text) == 3 and text.isascii() and text.isdecimal() else text


def _numbers(
    raw: Raw, column: Column, cells: pd.Series, given: pd.Series
) -> tuple[pd.Series, pd.Series]:
    found = _as_numbers(column, cells, given, decimal_comma=raw.decimal_comma)
    found = found.mask(found.abs() < _NOTHING, 0.0)
    wrong = given & ~np.isfinite(found)
    if column.least is not None:
        wrong |= given & (found < column.least)
    if column.most is not None:
        wrong |= given & (found > column.most)
    wrong |= given & _huge(column, found)
    if column.kind == "whole":
        wrong |= given & (found != found.round())
    return found, wrong


def _huge(column: Column, found: pd.Series) -> pd.Series:
    """Numbers that no column takes, where it has no limit of its own."""
    if column.kind not in ("number", "whole") or column.most is not None:
        return pd.Series(False, index=found.index)
    return found.abs().gt(MOST) & found.abs().lt(np.inf)


def _as_numbers(
    column: Column, cells: pd.Series, given: pd.Series, *, decimal_comma: bool
) -> pd.Series:
    if pd.api.types.infer_dtype(cells) in NUMBERS:
        return cells.astype("float64")
    texts = cells.astype(str).str.strip()
    texts = with_points(texts, decimal_comma=decimal_comma, below=column.most)
    return pd.to_numeric(texts.where(given), errors="coerce").astype("float64")


def _unclear(raw: Raw, column: Column, cells: pd.Series) -> pd.Series:
    """Cells such as 1,250 in a table where a comma need not be a decimal one."""
    if raw.decimal_comma or column.kind not in ("number", "whole"):
        return pd.Series(False, index=cells.index)
    return doubtful(cells.astype(str).str.strip())


def _dates(cells: pd.Series, given: pd.Series) -> tuple[pd.Series, pd.Series]:
    texts = cells.astype(str).str.strip().str.removesuffix(" 00:00:00").where(given, "")
    days = pd.to_datetime(texts.where(given), format="%Y-%m-%d", errors="coerce")
    wrong = given & (days.isna() | (days.dt.year < 1))
    dated = given & ~wrong
    if not dated.any():
        return texts, wrong
    iso = days.where(dated).map(lambda day: day.date().isoformat(), na_action="ignore")
    return iso.astype(texts.dtype).where(dated, texts), wrong


def _bad(
    raw: Raw,
    column: Column,
    wrong: pd.Series,
    advice: str | Callable[[object], str] = "",
    accepted: str = "",
    *,
    most: int = MOST_SHOWN,
) -> Iterator[Problem]:
    """One problem for each bad cell, the first ones in full and the rest as a number."""
    accepted = accepted or _accepted(column)
    places = np.flatnonzero(wrong.to_numpy())
    for at in places[:most]:
        cell = raw.table[column.name].iloc[at]
        value = cell.item() if isinstance(cell, np.generic) else cell
        found = "nothing" if is_blank(value) else repr(value)
        where = f"{raw.name} row {raw.rows[at]}, column {column.name}"
        told = advice if isinstance(advice, str) else advice(value)
        yield Problem(where, found, accepted, told, raw.place([raw.rows[at]], column.name))
    more = raw.rows[places[most:]].tolist()
    told = advice if isinstance(advice, str) else advice(None)
    yield from rest(raw, f"column {column.name}", more, accepted, column.name, advice=told)


def _advice_on(column: Column, known: Collection[object]) -> Callable[[object], str]:
    """What to do about a value that is none of the known ones (None: about several)."""
    names = {composed(str(one)).casefold(): str(one) for one in known}

    def advice(value: object) -> str:
        if value is not None and (near := meant_for(composed(str(value)).casefold(), names)):
            return f"Did you mean {names[near]}?"
        if column.known == "municipality_code":
            return "`servicenet data show municipalities` lists the codes."
        return "Correct the value." if column.required else "Correct the value, or leave it empty."

    return advice


def _accepted(column: Column, *, huge: bool = False) -> str:
    """What a column takes, in words; with the most that any number may be where it is ``huge``."""
    example = f", such as '{column.example}'" if column.example else ""
    if column.one_of:
        return f"one of {', '.join(column.one_of)}"
    if column.pattern == ID:
        return f"an id that begins with none of = + - @{example}"
    if column.kind == "text":
        return ("four digits as text" if column.pattern else "text") + example
    if column.kind == "date":
        return f"a date, year-month-day{example}"
    sort = "whole" if column.kind == "whole" else "finite"
    unit = f", {column.unit}" if column.unit else ""
    if column.least is None:
        return f"a {sort} number" + f" between ±{MOST:,.0f}" * huge + unit
    if column.most is None and not huge:
        return f"a {sort} number of at least {column.least:g}{unit}"
    most = f"{MOST:,.0f}" if huge else f"{column.most:g}"
    return f"a {sort} number of at least {column.least:g} and at most {most}{unit}"


def _advice(column: Column) -> str:
    if column.pattern == ID:
        return "A spreadsheet would take it for a formula: begin with a letter or a digit."
    if column.pattern:
        return "Give the code of the municipality, with its leading zero."
    return "Correct the value." if column.required else "Correct the value, or leave it empty."
