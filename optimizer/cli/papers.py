"""What makes papers of runs that are there: figures, report."""

from pathlib import Path
from typing import Annotated

import typer

from geodata.problems import number_of
from optimizer import exits
from optimizer.cli.words import Json, Language, Run
from optimizer.printing import tell


def figures(
    run: Run,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where to write; RUN-figures beside the run if not given."
        ),
    ] = None,
    language: Language = None,
    as_json: Json = False,
) -> int:
    """Maps and charts of a run as SVG and PNG."""
    from optimizer.outputs.figures import write_figures

    written = write_figures(run, out, language=language)
    tell(
        lambda: {"figures": [str(path) for path in written]},
        lambda: [f"{number_of(len(written), 'file')} written to {written[0].parent}"],
        as_json=as_json,
    )
    return exits.DONE


def report(
    run: Run,
    explained: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="What `explain` wrote; RUN-explained if there is one."),
    ] = None,
    sweep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of a sweep to include.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write; RUN-report.html if not given."),
    ] = None,
    language: Language = None,
    as_json: Json = False,
) -> int:
    """Write a run's report again, with later analyses.

    Those of `explain` and of a sweep.
    """
    from optimizer.commands.retelling import motives_in
    from optimizer.outputs.report import write_studied_report

    path = write_studied_report(
        run,
        out,
        language=language,
        explained=explained,
        sweep=sweep,
        motives=motives_in(run, language),
    )
    tell(lambda: {"report": str(path)}, lambda: [f"Written {path}"], as_json=as_json)
    return exits.DONE
