"""Help, version, built-in tables, schema: what the command line prints of its own."""

import io
import json
import subprocess
import sys

import pytest

from optimizer.cli import main
from optimizer.progress import Lines, reporting
from tests.command_lines import commands, parsed


@pytest.mark.parametrize("command", commands())
def test_every_help_has_an_example_that_is_accepted(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    epilog = commands()[command].epilog
    assert parsed(epilog.removeprefix("Example: "))[0] == command
    assert main([*command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert "".join(told.split()).endswith("".join(epilog.split()))  # long ones are wrapped


def test_every_option_says_what_it_is() -> None:
    silent = {
        f"{name} {one.name}"
        for name, command in commands().items()
        for one in command.params
        if not one.help
    }
    assert silent == set()


@pytest.mark.parametrize("group", sorted({name.rpartition(" ")[0] for name in commands()}))
def test_help_lists_the_commands(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*group.split(), "--help"]) == 0
    _, _, listed = capsys.readouterr().out.partition("Commands:")
    names = {line.split()[0] for line in listed.splitlines() if line[:3].strip()}
    within = [name.removeprefix(group).split()[0] for name in commands() if name.startswith(group)]
    assert names == set(within)
    assert len(commands()) >= 14


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Commands:" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "servicenet 0.1.0\n"


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--time-limit", "must be a number. Give a number of seconds, such as 45."),
        ("--threads", "must be a whole number. Give a number, such as 4."),
    ],
)
def test_a_value_that_is_no_number_is_told_in_our_words(
    option: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", "base.yaml", option, "abc"]) == 2
    assert f"Invalid value for '{option}': {told}" in capsys.readouterr().err


def test_the_catalogue_names_source_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "show"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "│ offices " in line]
    assert "148" in row
    assert "CC BY 4.0" in row


def test_a_table_shows_its_columns_and_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "show", "offices"]) == 0
    shown = capsys.readouterr().out
    assert "o001" in shown
    assert "Four digits" in shown
    assert "a table of your own" in shown


def test_tables_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "show", "--json"]) == 0
    catalogue = json.loads(capsys.readouterr().out)
    assert {"table", "rows", "source", "licence"} <= set(catalogue["tables"][0])
    assert main(["data", "show", "offices", "--json"]) == 0
    offices = json.loads(capsys.readouterr().out)
    assert offices["rows"][0]["municipality_code"] == "0123"
    assert offices["input"]["columns"][0]["column"] == "office_id"


def test_an_unknown_table_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "show", "ofices"]) == 2
    assert "must be one of offices" in capsys.readouterr().err


def test_schema_is_json_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert "extends" in json.loads(capsys.readouterr().out)["properties"]


def test_python_m_optimizer() -> None:
    command = [sys.executable, "-m", "optimizer", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("servicenet ")


def test_lines_tell_of_plans_only_now_and_then() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    for seconds in (0.0, 1.0, 4.9, 5.0, 6.0):
        lines.incumbent(seconds, 10.0, float("-inf"), float("nan"))
    assert stream.getvalue().splitlines() == [
        "0 s: best 10, bound -, gap -",
        "5 s: best 10, bound -, gap -",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar() -> None:
    stream = Terminal()
    with reporting(stream) as report:
        report.stage("searching [for] a plan")
        report.incumbent(1.0, 1000.0, 990.0, 0.01)
        report.message("[half] way")
    assert "[half] way" in stream.getvalue()


def test_the_schema_is_json_in_any_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    plain = capsys.readouterr().out
    assert main(["schema", "--json"]) == 0
    assert capsys.readouterr().out == plain
