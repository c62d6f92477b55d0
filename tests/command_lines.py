"""Command lines read by the program's own parser, without running anything."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import typer

from optimizer.cli import app


def commands() -> dict[str, Any]:
    """Every command of the program by the words that call it, such as `data show`."""
    return dict(_below("", typer.main.get_command(app)))


def _below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, inner in getattr(command, "commands", {}).items():
        yield from _below(f"{words} {name}".strip(), inner)
    if words and not hasattr(command, "commands"):
        yield words, command


def parsed(line: str) -> tuple[str, dict[str, Any]]:
    """The command that a line of a shell calls, and the values of its parameters.

    Raises typer.TyperException for what the program would refuse before it runs anything.
    """
    name, *words = _before_redirection(shlex.split(line, comments=True))
    command, context = typer.main.get_command(app), None
    while True:
        context = command.make_context(name, words, parent=context)
        if not hasattr(command, "commands"):
            return context.command_path.removeprefix("servicenet "), context.params
        left = [*context._protected_args, *context.args]
        name, command, words = command.resolve_command(context, left)


def _before_redirection(words: list[str]) -> list[str]:
    ends = [at for at, word in enumerate(words) if word in (">", "|")]
    return words[: min(ends, default=len(words))]
