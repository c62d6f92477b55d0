"""Runs compared: read, told in sentences, and written where asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from optimizer.commands.retelling import language_of, motives_in
from optimizer.outputs.comparison import refuse_others, write_comparison
from optimizer.outputs.map import Apart
from optimizer.outputs.strings import Strings, load
from optimizer.whatif.compare import ALL, Comparison, InputsApart, KeyApart, compare
from optimizer.whatif.standing import within_gaps

ENGLISH = load("en")  #: what commands, JSON and csv speak
_SHOWN = 40
_FIGURES = ("open_offices", "cost_mnkr", "margin_mnkr", "fte", "mean_minutes", "lost_visits")


@dataclass(frozen=True)
class ComparedRuns:
    """A comparison and where it was written."""

    comparison: Comparison
    folder: Path | None

    def as_dict(self) -> dict[str, object]:
        """All of it for JSON; missing numbers are null."""
        tables = {name: _records(table) for name, table in _tables(self.comparison).items()}
        written = None if self.folder is None else str(self.folder)
        return {**_head(self.comparison), **tables, "folder": written}

    def sentences(self) -> list[str]:
        """What a person reads first."""
        one = self.comparison
        lines = [f"Runs: {', '.join(one.names)}."]
        lines += [f"  {each.sentence()}" for each in one.standings]
        lines += within_gaps(one.standings, ENGLISH)
        if one.differences:
            lines.append("The questions differ in:")
            lines += [f"  {text}" for text in _told(one.differences, ENGLISH)]
        else:
            lines.append("The questions are the same.")
        if one.inputs:
            lines.append("The inputs are not the same, so not all that differs is the plans':")
            lines += [f"  {text}" for text in _told(one.inputs, ENGLISH)]
        lines += self._last_year()
        if self.folder is not None:
            lines.append(f"Written to {self.folder}")
        return lines

    def _last_year(self) -> list[str]:
        """Figures, access and offices of the last year that all the runs plan for."""
        one = self.comparison
        if not one.years:
            return ["The runs have no planning year in common, so no year is compared."]
        last = one.years[-1]
        shared = "" if last == max(one.figures["year"]) else ", the last year that all plan for"
        lines = [f"In {last}{shared}:"]
        for row in _records(one.figures):
            if row["year"] == last and row["figure"] in _FIGURES:
                figure = ENGLISH.text(f"report.figure.{row['figure']}")
                lines.append(f"  {figure}: {_values(row, one.names)}")
        for row in _records(one.area_types):
            if row["year"] == last and row["measure"] == "mean_minutes":
                kind = _people(str(row["area_type"]))
                lines.append(f"  Mean minutes to full service, {kind}: {_values(row, one.names)}")
        for row in _records(one.groups):
            if row["year"] == last and row["measure"] == "mean_minutes" and row["group"] != ALL:
                kind = _people(str(row["group"]))
                lines.append(f"  Mean minutes to full service, {kind}: {_values(row, one.names)}")
        offices = one.offices[one.offices["year"] == last]
        differ = "site differs" if len(offices) == 1 else "sites differ"
        lines.append(f"{len(offices)} {differ} in {last}{':' if len(offices) else '.'}")
        for row in _records(offices.head(_SHOWN)):
            lines.append(f"  {row['office_id']} {row['office']}: {_values(row, one.names)}")
        if len(offices) > _SHOWN:
            lines.append(f"  and {len(offices) - _SHOWN} more")
        return lines


def compare_runs(folders: Sequence[Path], out: Path | None) -> ComparedRuns:
    """Compare runs; write tables and a map to ``out`` if it is given. Raises InputError."""
    if out is not None:
        refuse_others(out)
    found = compare(folders)
    if out is None:
        return ComparedRuns(found, None)
    language = language_of(folders[0])
    strings = load(language)
    written = write_comparison(
        out,
        _head(found),
        {**_tables(found), "differences": _differences(found)},
        runs=folders,
        language=language,
        apart=Apart(
            _told(found.differences, strings),
            _told(found.inputs, strings),
            list(within_gaps(found.standings, strings)),
        ),
        motives={folder: motives_in(folder, language) for folder in folders},
    )
    return ComparedRuns(found, written)


def _people(kind: str) -> str:
    """People of a kind of area or of a group, within a sentence."""
    name = ENGLISH.text_or(f"people.{kind}", kind)
    return f"{name[:1].lower()}{name[1:]}"


def _head(comparison: Comparison) -> dict[str, object]:
    """The runs, in what their questions and inputs differ, and how sure each is."""
    return {
        "runs": list(comparison.names),
        "differences": _told(comparison.differences, ENGLISH),
        "input_differences": _told(comparison.inputs, ENGLISH),
        "standings": [each.as_dict() for each in comparison.standings],
    }


def _tables(comparison: Comparison) -> dict[str, pd.DataFrame]:
    return {
        "offices": comparison.offices,
        "figures": comparison.figures,
        "budget": comparison.budget,
        "regions": comparison.regions,
        "area_types": comparison.area_types,
        "groups": comparison.groups,
    }


def _differences(comparison: Comparison) -> pd.DataFrame:
    """differences.csv: of (question, input), difference; a row for each, none if all is the same.

    It stands beside the other tables, so that nobody takes all that differs there for the plans'.
    """
    rows = [("question", text) for text in _told(comparison.differences, ENGLISH)]
    rows += [("input", text) for text in _told(comparison.inputs, ENGLISH)]
    return pd.DataFrame(rows, columns=["of", "difference"])


def _told(found: Iterable[KeyApart | InputsApart], strings: Strings) -> list[str]:
    return [one.sentence(strings) for one in found]


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def _values(row: dict[str, object], names: Sequence[str]) -> str:
    values = [row[name] for name in names]
    return " | ".join(map(_value, values))


def _value(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
