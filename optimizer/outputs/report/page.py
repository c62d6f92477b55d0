"""`report.html`: the chapters put together from a run folder, in one self-contained file."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from optimizer.outputs.account.account import Account, read_account
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


def write_report(folder: Path, *, language: str) -> Path:
    """Write `report.html` into a run folder from its tables; equal tables give equal bytes."""
    path = folder / "report.html"
    path.write_text(render(read_account(folder), language), encoding="utf-8", newline="\n")
    return path


def chapters(account: Account, language: str) -> tuple[Section, ...]:
    """Every chapter as sections of blocks."""
    writer = Writer(account, load(language))
    return tuple(chapter(writer) for chapter in CHAPTERS)


def render(account: Account, language: str) -> str:
    """The page as text."""
    strings = load(language)
    writer = Writer(account, strings)
    years = account.source.run.years
    style = _style(
        writer.say("running", first=years[0], last=years[-1]), strings.text("report.page")
    )
    environment = Environment(
        loader=PackageLoader("optimizer.outputs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        language=language,
        policy=_policy(style),
        style=Markup(style),
        drawn=Markup,
        title=writer.title(),
        kicker=writer.say("running", first=years[0], last=years[-1]),
        say=writer.say,
        chapters=chapters(account, language),
    )


def _style(running: str, page: str) -> str:
    """The style sheet with the running heads of printed pages, which no run's names enter."""
    source = resources.files(__package__) / "report.css"
    text = source.read_text(encoding="utf-8").replace("\r\n", "\n")
    return text.replace("RUNNING_HEAD", running).replace("PAGE_WORD", page)


def _policy(style: str) -> str:
    """A content security policy that allows this style alone: no script, no request."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
