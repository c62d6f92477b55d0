"""The command line: words of the user to calls of the rooms below; no logic of its own."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from optimizer import __version__, exits, printing
from optimizer.printing import print_json, tell
from optimizer.progress import reporting

INTERRUPTED = 130  #: what Typer makes of Ctrl-C

app = typer.Typer(
    name="servicenet",
    help="Plans a network of service offices within a budget, and shows how it was found.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data = typer.Typer(help="The built-in tables.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(data, name="data")

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="A config file (YAML).")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
Language = Annotated[
    Literal["sv", "en"] | None,
    typer.Option(help="Swedish or English; the run's own if not given."),
]


@app.command(
    epilog="Example: servicenet solve configs/what-if/cut-100.yaml --out runs/cut-100 --gap 0.01"
)
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


@app.command(
    epilog="Example: servicenet evaluate configs/base.yaml --plan today --out runs/do-nothing"
)
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


@app.command(epilog="Example: servicenet compare runs/base runs/cut-100 --out runs/compared")
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


@app.command(epilog="Example: servicenet explain runs/base Åsele Kista --out runs/why")
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


@app.command(epilog="Example: servicenet sweep configs/sweep/assumptions.yaml --jobs 2")
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


@app.command(epilog="Example: servicenet init planering2027")
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


@app.command(epilog="Example: servicenet check configs/base.yaml")
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


@app.command(epilog="Example: servicenet verify runs/base")
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


@app.command(epilog="Example: servicenet figures runs/base --out documents/figures")
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
        lambda: [f"{len(written)} files written to {written[0].parent}"],
        as_json=as_json,
    )
    return exits.DONE


@app.command(epilog="Example: servicenet report runs/base --sweep runs/assumptions")
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
    from optimizer.outputs.report import write_studied_report

    path = write_studied_report(run, out, language=language, explained=explained, sweep=sweep)
    tell(lambda: {"report": str(path)}, lambda: [f"Written {path}"], as_json=as_json)
    return exits.DONE


@data.command(epilog="Example: servicenet data show offices")
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


@data.command(epilog="Example: servicenet data refresh --to zones-2025.csv")
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


@data.command(epilog="Example: servicenet data estimate planering/config.yaml --to kontor.csv")
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


@app.command(epilog="Example: servicenet schema > servicenet.schema.json")
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


def _named(written: Path, table: str) -> str:
    """Where a table was written, and how a config reads it."""
    return f"Written to {written}. Name it in a config: data: {{{table}: {written}}}."


def _and_written(document: Mapping[str, object], written: Path | None) -> dict[str, object]:
    return {**document, "written": None if written is None else str(written)}


def _confirmed(question: str) -> bool:
    """The answer of a person at a terminal; no where nobody can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty() and typer.confirm(question, err=True)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"servicenet {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Plans a network of service offices within a budget, and shows how it was found."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code; every error is told, none raised."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    with printing.heard() as streams:
        try:
            code = _run(given, streams)
        except OSError:  # the error itself could not be told
            code = exits.WRONG_INPUT
        refused = printing.refusal(streams)
        return code if refused is None else exits.not_printed(refused)


def _run(given: Sequence[str], streams: tuple[printing.Heard, ...]) -> int:
    as_json = "--json" in given
    try:
        code = app(args=list(given), prog_name="servicenet", standalone_mode=False)
    except typer.TyperException as error:
        return _wrong_usage(error, given, as_json=as_json)
    except SystemExit:  # what Typer makes of a reader that leaves, as in `... | head`
        return exits.DONE
    except Exception as error:
        if error is printing.refusal(streams):
            return exits.WRONG_INPUT
        return exits.told(error, as_json=as_json)
    if code == INTERRUPTED:
        print("Stopped before there was a result.", file=sys.stderr)
        return exits.LIMIT_REACHED
    return code if isinstance(code, int) else exits.DONE


def _wrong_usage(error: typer.TyperException, given: Sequence[str], *, as_json: bool) -> int:
    text = error.format_message().strip().replace("Value error, ", "")
    if not given or given == ["data"]:  # no command: the help is the answer
        print(text, file=sys.stderr)
        return exits.WRONG_INPUT
    sentence = f"{' '.join(text.split()).rstrip('.')}. `servicenet --help` lists the commands."
    return exits.usage(sentence, as_json=as_json)


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
