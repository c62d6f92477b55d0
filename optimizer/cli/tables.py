"""Tables, built in and estimated: data show, data refresh, data estimate."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from optimizer import exits
from optimizer.cli.words import Config, Json
from optimizer.printing import tell


def show(
    table: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="One table; all of them if not given.")
    ] = None,
    as_json: Json = False,
) -> int:
    """The built-in tables, their sources and columns."""
    from optimizer.commands import data_show

    shown = data_show.catalogue() if table is None else data_show.table(table)
    tell(shown.as_dict, shown.sentences, as_json=as_json)
    return exits.DONE


def refresh(
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="csv or parquet; zones-<year>.csv if not given."),
    ] = None,
    year: Annotated[
        int | None, typer.Option(metavar="YEAR", help="The latest if not given.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="SERVICENET_POPULATION_URL",
            help="A PxWeb table; Statistics Sweden's if not given.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    as_json: Json = False,
) -> int:
    """Read newer population and write zones of it.

    By municipality and age, from open statistics; shows what changes before it writes.
    """
    from optimizer.commands import data_refresh

    found = data_refresh.refresh(url, year, to)
    if not as_json:
        for sentence in found.sentences():
            print(sentence)
    written = found.write() if yes or _confirmed(f"Write {found.to}?") else None
    unwritten = "Nothing written. `--yes` writes without asking."
    told = unwritten if written is None else _named(written, "zones")
    tell(lambda: _and_written(found.as_dict(), written), lambda: [told], as_json=as_json)
    return exits.DONE


def estimate(
    config: Config,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the offices there, whole: csv or parquet."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Visits, staff and cost of every office.

    Estimated where not given, with the error of the estimates.
    """
    from optimizer.commands import data_estimate
    from optimizer.commands.table_file import refuse_place, write_table

    if to is not None:
        refuse_place(to)
    found = data_estimate.estimate(config)
    written = None if to is None else write_table(found.offices, to)
    told = [] if written is None else [_named(written, "offices")]
    tell(
        lambda: _and_written(found.as_dict(), written),
        lambda: [*found.sentences(), *told],
        as_json=as_json,
    )
    return exits.DONE


def _named(written: Path, table: str) -> str:
    """Where a table was written, and how a config reads it."""
    return f"Written to {written}. Name it in a config: data: {{{table}: {written}}}."


def _and_written(document: Mapping[str, object], written: Path | None) -> dict[str, object]:
    return {**document, "written": None if written is None else str(written)}


def _confirmed(question: str) -> bool:
    """The answer of a person at a terminal; no where nobody can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty() and typer.confirm(question, err=True)
