"""A table of a PxWeb server, such as Statistics Sweden's: its variables, and some of its cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.network.http import Http
from geodata.network.sending import Patience, Reply
from geodata.problems import InputError, Problem

_ADVICE = "Check the address, or try again later: the built-in tables stand as they are."
PATIENCE = Patience(60.0, 3, "a PxWeb server that answers", _ADVICE)


@dataclass(frozen=True)
class Variable:
    """A variable of a table: its code, and the codes of its values in order."""

    code: str
    values: tuple[str, ...]
    optional: bool  #: may be left out of a question, which then adds over it


class Table:
    """One table at an address, open while it is used as an asynchronous context."""

    def __init__(self, url: str, patience: Patience = PATIENCE) -> None:
        self.url = url
        self._http = Http(url, patience)

    async def __aenter__(self) -> Table:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._http.__aexit__(*error)

    async def variables(self) -> dict[str, Variable]:
        """Its variables by code. Raises InputError if this is no table of PxWeb."""
        reply = await self._http.send("")
        listed = reply.document.get("variables")
        try:
            found = [
                Variable(one["code"], tuple(one["values"]), bool(one.get("elimination")))
                for one in listed or ()
            ]
        except (TypeError, KeyError, AttributeError):
            found = []
        if not found:
            raise self._refused(reply, "a table of PxWeb with its variables")
        return {one.code: one for one in found}

    async def cells(self, wanted: Mapping[str, Sequence[str]]) -> pd.DataFrame:
        """A row for each cell: a column of codes for each variable, and `value`."""
        query = [
            {"code": code, "selection": {"filter": "item", "values": list(values)}}
            for code, values in wanted.items()
        ]
        question = {"query": query, "response": {"format": "json-stat2"}}
        reply = await self._http.send("", question)
        try:
            return _read(reply.document)
        except (TypeError, KeyError, ValueError, IndexError, AttributeError):
            raise self._refused(reply, "cells as JSON-stat 2 or JSON of PxWeb") from None

    def _refused(self, reply: Reply, accepted: str) -> InputError:
        found = f"HTTP status {reply.status}, something else"
        return InputError(Problem(self.url, found, accepted, _ADVICE))


def _read(document: Mapping[str, Any]) -> pd.DataFrame:
    if "columns" in document and "data" in document:
        return _json(document)
    if document.get("class") != "dataset":
        raise ValueError("another form")
    return _json_stat(document)


def _json_stat(document: Mapping[str, Any]) -> pd.DataFrame:
    codes = []
    for name, size in zip(document["id"], document["size"], strict=True):
        index = document["dimension"][name]["category"]["index"]
        values = list(index) if isinstance(index, list) else sorted(index, key=index.__getitem__)
        if len(values) != size:
            raise ValueError("sizes that do not agree")
        codes.append(values)
    count = math.prod(len(values) for values in codes)
    values = document["value"]
    if isinstance(values, dict):
        values = [values.get(str(at)) for at in range(count)]
    if len(values) != count:
        raise ValueError("another number of cells")
    rows = pd.MultiIndex.from_product(codes, names=document["id"])
    return pd.DataFrame({"value": values}, index=rows).reset_index()


def _json(document: Mapping[str, Any]) -> pd.DataFrame:
    keys = [one["code"] for one in document["columns"] if one.get("type") != "c"]
    rows = [[*row["key"], row["values"][0]] for row in document["data"]]
    return pd.DataFrame(rows, columns=[*keys, "value"])
