"""Numbers as people write them: decimal comma or point, spaces between thousands."""

import pandas as pd

UNCLEAR = "Write it without a comma: it may stand between thousands or before decimals."
#: 1,250 or 12,500,000: the comma may stand between thousands.
_THOUSANDS = r"[+-]?[1-9]\d{0,2}(?:,\d{3})+"
#: The opposite, for columns too long to be held: 1,2 and 0,250 but not 1,250.
DECIMAL_COMMA = r"^(\s*[+-]?(?:0+,\d+|\d*,(?:\d{1,2}|\d{4,}))\s*)$"
_SPACES = r"(?<=\d)[ \u00a0\u202f](?=\d{3})"


def with_points(texts: pd.Series, *, decimal_comma: bool, below: float | None = None) -> pd.Series:
    """Numbers as text with a decimal point.

    With ``decimal_comma``, as in tables with semicolons and in workbooks, a comma is one and
    spaces stand between thousands. Otherwise 1,2 is 1.2 too, but 1,250 stays as it is (and so is
    no number) unless another cell of the column, or ``below``, the most that a number may be,
    tells that it can be no thousand.
    """
    if decimal_comma:
        texts = texts.str.replace(_SPACES, "", regex=True)
        return texts.str.replace(",", ".", regex=False)
    commas = texts.str.contains(",", regex=False, na=False)
    if not commas.any():
        return texts
    whole = commas & doubtful(texts)
    pointed = texts.str.replace(",", ".", regex=False)
    if (commas & ~whole).any() or (below is not None and below < 1000):
        return pointed
    return pointed.where(~whole, texts)


def doubtful(texts: pd.Series) -> pd.Series:
    """Which texts may be a number of thousands or one with three decimals."""
    return texts.str.fullmatch(_THOUSANDS, na=False)
