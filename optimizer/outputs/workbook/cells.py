"""What may stand in a cell: text that stays text, numbers that are finite, nothing else."""

from __future__ import annotations

import math
import re
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST = 32_767  # characters that Excel keeps in a cell
#: What XML 1.0 cannot hold, so neither can a workbook; line breaks and tabs would break the row.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("[\t\r\n\u2028\u2029]+")


def plain(text: str) -> str:
    """The text as a cell can hold it: control characters shown as such, breaks as spaces."""
    kept = _UNWRITABLE.sub("\ufffd", _BREAKS.sub(" ", text))
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + "…"


def put(sheet: Worksheet, row: int, column: int, value: Any, form: Format | None = None) -> None:
    """Write a value: text never as a formula, number or link; nothing and NaN as an empty cell."""
    if isinstance(value, str):
        if value:
            sheet.write_string(row, column, plain(value), form)
        else:
            sheet.write_blank(row, column, None, form)
    elif value is None or not math.isfinite(value):
        sheet.write_blank(row, column, None, form)
    else:
        sheet.write_number(row, column, float(value), form)
