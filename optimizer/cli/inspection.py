"""What looks at runs that are there: compare, explain, verify."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from optimizer import exits
from optimizer.cli.words import Json, Quiet, Run
from optimizer.printing import tell
from optimizer.progress import reporting


def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUNS", help="Two or more run folders.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write the tables there.")
    ] = None,
    as_json: Json = False,
) -> int:
    """What differs between two or more runs.

    The questions asked, the fate of each office, cost, and access by region and type of area.
    """
    from optimizer.commands import comparison

    result = comparison.compare_runs(runs, out)
    tell(result.as_dict, result.sentences, as_json=as_json)
    return exits.DONE


def explain(
    run: Run,
    offices: Annotated[
        list[str] | None,
        typer.Argument(metavar="OFFICES", help="Offices by id or name; or --all."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every site.")] = False,
    seconds: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            min=1.0,
            help="Search for each opposite; 24 for named offices, 12 for --all if not given.",
        ),
    ] = None,
    levers: Annotated[
        bool, typer.Option(help="Find what would turn each decision, such as more money.")
    ] = True,
    roadmap: Annotated[
        bool,
        typer.Option("--roadmap", help="The order in which the changes of the plan give most."),
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Processes; one a core if not given.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write the explanations there.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Why the plan decides as it does about an office.

    What the opposite decision would cost, and what would turn it.
    """
    from optimizer.commands import explanation

    if every and offices:
        raise typer.BadParameter("name the offices to explain, or use --all; not both")
    if not (every or offices or roadmap):
        raise typer.BadParameter("name the offices to explain, or use --all, or --roadmap")
    with reporting(sys.stderr, quiet=quiet) as report:
        result = explanation.explain_run(
            run,
            offices or (),
            every=every,
            seconds=seconds,
            jobs=jobs,
            levers=levers,
            roadmap=roadmap,
            out=out,
            report=report,
        )
    tell(result.as_dict, result.sentences, as_json=as_json)
    return exits.DONE


def verify(
    run: Run,
    as_json: Json = False,
) -> int:
    """Recompute a run independently of the model."""
    from optimizer import verify as auditor

    result = auditor.verify(run)
    findings = [finding.sentence for finding in result.findings]
    checks = {one.name: {"values": one.values, "findings": one.findings} for one in result.checks}
    values = sum(one.values for one in result.checks)
    verdict = "agrees" if result.ok else f"disagrees: {len(findings)} findings"
    counted = f"({values:,} values recomputed in {len(result.checks)} checks)"
    tell(
        lambda: {"ok": result.ok, "findings": findings, "checks": checks},
        lambda: [*findings, f"{run} {verdict} {counted}."],
        as_json=as_json,
    )
    return exits.DONE if result.ok else exits.NOT_VERIFIED
