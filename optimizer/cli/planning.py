"""What searches for plans: solve, evaluate, sweep."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from optimizer import exits
from optimizer.cli.words import Config, Json, Quiet
from optimizer.printing import tell
from optimizer.progress import reporting


def solve(
    config: Config,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run folder; runs/<name> if not given.")
    ] = None,
    as_json: Json = False,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", help="Seconds until the search ends.")
    ] = None,
    gap: Annotated[
        float | None, typer.Option(metavar="G", help="Gap at which the search may stop, as 0.005.")
    ] = None,
    threads: Annotated[int | None, typer.Option(metavar="N", help="Threads of the solver.")] = None,
    begin_from: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="RUN",
            help="Begin with the plan of a run, and with what is still kept of its proof.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Find the best plan, verify it, write the run folder."""
    from optimizer.commands import run

    asked = {"time_limit": time_limit, "gap": gap, "threads": threads}
    with reporting(sys.stderr, quiet=quiet) as report:
        result = run.solve(config, out, _overrides(asked), report, begin_from=begin_from)
    tell(
        lambda: {**result.summary, "folder": str(result.folder)},
        lambda: [*_solved(result.summary), f"Written to {result.folder}"],
        as_json=as_json,
    )
    return exits.DONE


def evaluate(
    config: Config,
    plan: Annotated[
        str,
        typer.Option(metavar="PLAN", help="A table with office_id, year, mode; or `today`."),
    ],
    against: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="A run of the same question to compare with."),
    ] = None,
    bound: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=1.0,
            help="Seconds to search for a bound, a better plan, and an equally good cheaper one.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Run folder; runs/<name>-evaluated if not given."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Cost, access and broken rules of a plan of your own."""
    from optimizer.commands import evaluation

    with reporting(sys.stderr, quiet=quiet) as report:
        result = evaluation.evaluate_plan(
            config, plan, out, report, against=against, bound_seconds=bound
        )
    broken, folder = list(result.broken), str(result.folder)
    tell(
        lambda: {**result.summary, "broken": broken, "folder": folder},
        lambda: [*result.sentences(), f"Written to {folder}"],
        as_json=as_json,
    )
    return exits.NO_PLAN if result.broken else exits.DONE


def sweep(
    file: Annotated[Path, typer.Argument(metavar="SWEEP", help="A file of many questions.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the sweep; runs/<name> if not given."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=512, help="Processes; one a core if not given."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A Dask scheduler, such as tcp://10.0.0.5:8786."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Solve many questions; resumes where it was stopped."""
    from optimizer.commands import sweeping

    with reporting(sys.stderr, quiet=quiet) as report:
        result = sweeping.sweep(file, out, report, jobs=jobs, scheduler=scheduler)
    tell(
        lambda: {**result.summary, "folder": str(result.folder)},
        result.sentences,
        as_json=as_json,
    )
    return exits.DONE


def _overrides(asked: Mapping[str, float | None]) -> dict[str, object]:
    """Options that were given, nested as in the config."""
    given = {key: value for key, value in asked.items() if value is not None}
    return {"solver": given} if given else {}


def _solved(summary: Mapping[str, Any]) -> list[str]:
    """A run in a few sentences."""
    gap = summary.get("gap")
    of = "the objective" if "problem" in summary else "the added burden"
    if summary.get("objective_kind") not in (None, "access"):
        of = "the difference from today's network"
    shown = f", gap {gap:.2%} of {of}" if isinstance(gap, float) else ""
    if "problem" in summary:
        shown = f", {summary['problem']} objective {summary['objective']:.12g}{shown}"
    sentences = [f"{summary.get('name')}: {summary.get('status')}{shown}."]
    return sentences + [f"Warning: {text}" for text in summary.get("warnings", ())]
