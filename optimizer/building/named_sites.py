"""The site that a person means by an id or a name."""

from __future__ import annotations

import difflib

import numpy as np
import pandas as pd

from geodata.letters import composed
from geodata.problems import InputError, Problem, shortened

_NEAR = 0.6  #: how alike a name is to one that was meant, from 0 to 1
_SHOWN = 5


def find_site(
    sites: pd.DataFrame, word: str, key: str, table: str = "", advice: str = "Check the spelling."
) -> int:
    """The row of a site named by id, or by name where that is unique. Raises InputError.

    ``table`` is what people know the sites by, ``advice`` what to do where no name is near.
    """
    rows = rows_named(sites, word)
    if len(rows) == 1:
        return rows[0]
    if rows:
        ids = ", ".join(sites["office_id"].iloc[rows])
        raise InputError(
            Problem(key, f"'{word}', which names {ids}", "one office", "Use the office_id.")
        )
    accepted = "an office_id or the name of an office" + (f" in {table}" if table else "")
    raise InputError(Problem(key, f"'{word}'", accepted, _meant(sites, word) or advice))


def rows_named(sites: pd.DataFrame, word: str) -> list[int]:
    """The rows of the sites of an id, or else of a name."""
    plain = composed(word)
    found = np.flatnonzero((sites["office_id"] == plain).to_numpy())
    if found.size == 0:
        names = sites["office"].map(composed).str.casefold()
        found = np.flatnonzero((names == plain.casefold()).to_numpy())
    rows: list[int] = found.tolist()
    return rows


def _meant(sites: pd.DataFrame, word: str) -> str:
    """The names and ids that are near a word; all names where there are few; else nothing."""
    plain = composed(word).casefold()
    names = [str(name) for name in sites["office"] if name]
    known = {composed(name).casefold(): name for name in [*sites["office_id"], *names]}
    near = [known[one] for one in difflib.get_close_matches(plain, known, n=3, cutoff=_NEAR)]
    near += [name for name in names if composed(name).casefold().startswith(plain[:3])]
    if near:
        return f"Did you mean {', '.join(list(dict.fromkeys(near))[:_SHOWN])}?"
    return f"There are {shortened(names, _SHOWN)}." if 0 < len(names) <= 2 * _SHOWN else ""
