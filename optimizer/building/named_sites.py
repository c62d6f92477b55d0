"""The site that a person means by an id or a name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.letters import composed
from geodata.problems import InputError, Problem


def find_site(sites: pd.DataFrame, word: str, key: str) -> int:
    """The row of a site named by id, or by name where that is unique. Raises InputError."""
    plain = composed(word)
    rows = np.flatnonzero((sites["office_id"] == plain).to_numpy())
    if rows.size == 0:
        names = sites["office"].map(composed).str.casefold()
        rows = np.flatnonzero((names == plain.casefold()).to_numpy())
    if rows.size == 1:
        return int(rows[0])
    if rows.size > 1:
        ids = ", ".join(sites["office_id"].iloc[rows])
        raise InputError(
            Problem(key, f"'{word}', which names {ids}", "one office", "Use the office_id.")
        )
    start = plain.casefold()[:3]
    near = [name for name in sites["office"] if composed(name).casefold().startswith(start)][:5]
    advice = f"Did you mean {', '.join(near)}?" if near else "`servicenet data show offices`"
    raise InputError(Problem(key, f"'{word}'", "an office_id or the name of an office", advice))
