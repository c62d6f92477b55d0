"""`report.html`: the chapters put together from a run folder, in one self-contained file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from geodata.problems import InputError, Problem
from optimizer.outputs.account.account import Account, account_of_run, read_account
from optimizer.outputs.motives import NONE as NO_MOTIVES
from optimizer.outputs.motives import Motives, in_language
from optimizer.outputs.page_shell import asset, environment, policy, write_page
from optimizer.outputs.report import (
    choices,
    closing,
    consequences,
    dossiers,
    opening,
    proposal,
    sheets,
)
from optimizer.outputs.report.blocks import Section
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.strings import load
from optimizer.outputs.studies import NONE, Studies, read_studies

#: The chapters, in order: the report's table of contents.
CHAPTERS = (
    opening.summary,
    opening.assignment,
    opening.method,
    proposal.proposal,
    consequences.consequences,
    dossiers.dossiers,
    choices.alternatives,
    choices.certainty,
    choices.decisions,
    closing.proof,
    closing.sources,
    sheets.consultation,
)


def write_report(folder: Path, *, language: str, map_page: str = "") -> Path:
    """Write `report.html` into a run folder from its tables; equal tables give equal bytes.

    ``map_page``: the file beside it that the page leads to, if any.
    """
    page = render(read_account(folder), language, map_page=map_page)
    return write_page(folder / "report.html", page)


def write_studied_report(
    run: Path,
    out: Path | None,
    *,
    language: str | None,
    explained: Path | None = None,
    sweep: Path | None = None,
    motives: Motives = NO_MOTIVES,
) -> Path:
    """The report with what `explain` and `sweep` found: RUN-report.html beside the run, or ``out``.

    Beside it and not in it, for the files of a run folder are hashed. ``motives``: those of the run
    in ``language``, where it has another. Raises InputError if the run
    or a study is not what it is said to be, or the place cannot be written.
    """
    account = account_of_run(run)
    studies = read_studies(run, explained, sweep)
    path = out or run.resolve().with_name(run.resolve().name + "-report.html")
    text = render(account, language or account.source.run.language, studies, motives)
    try:
        return write_page(path, text)
    except OSError as error:
        raise InputError(
            Problem(f"--out {path}", error.strerror or "cannot be written", "a file to write")
        ) from None


def chapters(account: Account, language: str, studies: Studies = NONE) -> tuple[Section, ...]:
    """Every chapter as sections of blocks."""
    writer = Writer(account, load(language), studies)
    return tuple(chapter(writer) for chapter in CHAPTERS)


def render(
    account: Account,
    language: str,
    studies: Studies = NONE,
    motives: Motives = NO_MOTIVES,
    *,
    map_page: str = "",
) -> str:
    """The page as text."""
    strings = load(language)
    run = in_language(account.source.run, language, motives)
    account = Account(replace(account.source, run=run))
    writer = Writer(account, strings)
    years = account.source.run.years
    one = "_one_year" if len(years) == 1 else ""
    running = writer.say_of_plan(f"running{one}", first=years[0], last=years[-1])
    style = _style(running, strings.text("report.page"))
    page = environment(__package__, "templates").get_template("report.html.j2")
    return page.render(
        language=language,
        policy=policy(style),
        style=Markup(style),
        drawn=Markup,
        title=writer.title(),
        kicker=running,
        say=writer.say,
        map_page=map_page,
        say_of_plan=writer.say_of_plan,
        chapters=chapters(account, language, studies),
    )


def _style(running: str, page: str) -> str:
    """The style sheet with the running heads of printed pages, which no run's names enter."""
    text = asset(__package__, "report.css")
    return text.replace("RUNNING_HEAD", running).replace("PAGE_WORD", page)
