"""Arguments and options that several commands have."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="A config file (YAML).")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
Language = Annotated[
    Literal["sv", "en"] | None,
    typer.Option(help="Swedish or English; the run's own if not given."),
]
