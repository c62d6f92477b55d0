"""The command line: words of the user to calls of the rooms below; no logic of its own."""

from optimizer.cli.program import app
from optimizer.cli.running import main

__all__ = ["app", "main"]
