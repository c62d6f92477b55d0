"""Where a row stands in its file, for what is found wrong with it after the table was read."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from geodata.files import Raw, read_raw
from geodata.problems import InputError, Problem
from geodata.schema import Schema
from geodata.tables import keyed


class RowsOfFile:
    """The rows of a file by the values of their keys; the file is only read when it is asked."""

    def __init__(self, file: str, schema: Schema) -> None:
        self._file, self._schema = file, schema

    @cached_property
    def _raw(self) -> Raw | None:
        try:
            return keyed(read_raw(self._file), self._schema) if self._file else None
        except InputError:
            return None

    def named(self, problem: Problem, row: Mapping[str, object], column: str) -> Problem:
        """The problem with the place of the last such row; as it stands where there is none."""
        raw = self._raw
        if raw is None or not set(row) <= set(raw.table.columns):
            return problem
        same = np.ones(len(raw.table), dtype=bool)
        for key, value in row.items():
            same &= (raw.table[key].astype(str).str.strip() == str(value)).to_numpy(dtype=bool)
        if not same.any():
            return problem
        number = int(raw.rows[np.flatnonzero(same)[-1]])
        where = f"{raw.name} row {number}, column {column}"
        return replace(problem, where=where, place=raw.place([number], column))
