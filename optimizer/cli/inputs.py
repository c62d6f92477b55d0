"""What helps to ask a question: init, check, schema."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from optimizer import exits
from optimizer.cli.words import Config, Json, Quiet
from optimizer.printing import print_json, tell
from optimizer.progress import reporting


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    as_json: Json = False,
) -> int:
    """Make a folder for your own data.

    A workbook to fill in, a config that reads it, and a readme.
    """
    from optimizer.starter import starter

    files = starter.start(folder)
    then = f"Fill in {starter.WORKBOOK}, then: servicenet check {folder / 'config.yaml'}"
    tell(
        lambda: {"folder": str(folder), "files": [file.name for file in files]},
        lambda: [*(f"Written {file}" for file in files), then],
        as_json=as_json,
    )
    return exits.DONE


def check(
    config: Config,
    marked: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.xlsx", help="Write a copy of the workbook with the wrong cells marked."
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Check the input, and that a plan can exist."""
    from optimizer.commands import run
    from optimizer.starter.marked import marking

    def tell_where(path: Path) -> None:
        if not as_json:
            print(f"The wrong cells are coloured and commented in {path}.")

    with marking(marked, tell_where), reporting(sys.stderr, quiet=quiet) as report:
        result = run.check(config, report)
    tell(
        lambda: {
            "ok": result.ok,
            "sentences": list(result.sentences),
            **({} if result.ok else exits.no_plan(result.problems, result.sentences)),
        },
        lambda: result.sentences,
        as_json=as_json,
    )
    return exits.DONE if result.ok else exits.NO_PLAN


def schema(
    of_sweeps: Annotated[bool, typer.Option("--sweep", help="That of a sweep instead.")] = False,
    as_json: Json = False,
) -> int:
    """Print the JSON Schema of a config."""
    from optimizer.config.schema import config_schema
    from optimizer.whatif.sweep.statement import sweep_schema

    del as_json  # it is JSON in any case
    print_json(sweep_schema() if of_sweeps else config_schema())
    return exits.DONE
