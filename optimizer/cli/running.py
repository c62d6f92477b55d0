"""Runs a command, and tells how it ended: every error is told, none raised."""

import sys
from collections.abc import Sequence

import typer

from optimizer import exits, printing
from optimizer.cli.program import app
from optimizer.commands.invocation import commanded

INTERRUPTED = 130  #: what Typer makes of Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code; every error is told, none raised."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    with printing.heard() as streams:
        try:
            with commanded(given):
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


#: What the library says of a value that is no number, and what it is to be.
_NUMBERS = {
    "Input should be a valid number, unable to parse string as a number": "must be a number",
    "Input should be a valid integer, unable to parse string as an integer": (
        "must be a whole number"
    ),
}
_ADVICE = {
    "S": "Give a number of seconds, such as 45",
    "SECONDS": "Give a number of seconds, such as 45",
    "G": "Give a part, such as 0.005",
}


def _plain(text: str, metavar: object) -> str:
    """A sentence of the library about a number in the words of the other sentences."""
    for said, wanted in _NUMBERS.items():
        if said in text:
            advice = _ADVICE.get(str(metavar), "Give a number, such as 4")
            return text.replace(said, f"{wanted}. {advice}")
    return text


def _wrong_usage(error: typer.TyperException, given: Sequence[str], *, as_json: bool) -> int:
    text = error.format_message().strip().replace("Value error, ", "")
    text = _plain(text, getattr(getattr(error, "param", None), "metavar", None))
    if not given or given == ["data"]:  # no command: the help is the answer
        print(text, file=sys.stderr)
        return exits.WRONG_INPUT
    sentence = f"{' '.join(text.split()).rstrip('.')}. `servicenet --help` lists the commands."
    return exits.usage(sentence, as_json=as_json)
