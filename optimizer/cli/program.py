"""The program: every command with an example, in the order in which the help lists them."""

from collections.abc import Callable
from typing import Annotated

import typer

from optimizer import __version__
from optimizer.cli import inputs, inspection, papers, planning, tables

Command = Callable[..., int]  #: gives the exit code

COMMANDS: tuple[tuple[Command, str], ...] = (
    (planning.solve, "servicenet solve configs/what-if/cut-100.yaml --out runs/cut-100 --gap 0.01"),
    (planning.evaluate, "servicenet evaluate configs/base.yaml --plan today --out runs/do-nothing"),
    (inspection.compare, "servicenet compare runs/base runs/cut-100 --out runs/compared"),
    (inspection.explain, "servicenet explain runs/base Åsele Kista --out runs/why"),
    (planning.sweep, "servicenet sweep configs/sweep/assumptions.yaml --jobs 2"),
    (inputs.init, "servicenet init planering2027"),
    (inputs.check, "servicenet check configs/base.yaml"),
    (inspection.verify, "servicenet verify runs/base"),
    (papers.figures, "servicenet figures runs/base --out documents/figures"),
    (papers.report, "servicenet report runs/base --sweep runs/assumptions"),
    (inputs.schema, "servicenet schema > servicenet.schema.json"),
)
DATA_COMMANDS: tuple[tuple[Command, str], ...] = (
    (tables.show, "servicenet data show offices"),
    (tables.refresh, "servicenet data refresh --to zones-2025.csv"),
    (tables.estimate, "servicenet data estimate planering/config.yaml --to kontor.csv"),
)

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
for group, commands in ((app, COMMANDS), (data, DATA_COMMANDS)):
    for command, example in commands:
        group.command(epilog=f"Example: {example}")(command)


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
