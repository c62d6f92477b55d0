"""The audit of a run folder: every check, in order.

How the auditor reads what could be read in two ways:

- Options whose minutes agree to a millionth are tied, and the first office_id is taken.
- The planning years are those of config.json; today is the last year of inputs/years.csv before
  them. assignments.parquet and zones.parquet hold planning years; rows without demand may be left
  out. regions.csv and budget.csv hold today as well; today's columns `after` repeat `before`.
- Of inputs, years.csv, site_modes.csv and the price of room follow from config.json and sites.csv
  (means_and_prices, mode_catalogue, room_prices); the offices of today, zones and travel are taken
  as they are.
- The price index of a year is on every cost but rents and pay, which have their own; pay is that
  of front and central staff and of the time staff is on the way.
- An office's visits of the year before, which decide who receives them, are that year's demand.
- A site is raised if its (tier, open days) go up, its own open days counted in today's mode.
- Two rules for one division ask for the larger number of points.
- A row binds where it has a limit and nothing is left to it, of money less than a thousandth; what
  only adds up does not bind.
- A requirement may be broken if its row says so, unless the status is that of a solved run.
- A mode that inputs/site_modes.csv does not have for a site is a finding and counts as closed; one
  that it has at a site without the partner for it is a finding and breaks the rule of partners.
- mean_minutes of a year is travel (no waiting), averaged over the demand of all needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geodata.problems import Problem
from optimizer.verify import textbook
from optimizer.verify.certificate import check_certificate, check_key_figures
from optimizer.verify.demand import check_demand
from optimizer.verify.equity import check_equity
from optimizer.verify.findings import Checked, Finding
from optimizer.verify.folder import read
from optimizer.verify.hashes import check_hashes
from optimizer.verify.means_and_prices import check_years
from optimizer.verify.mode_catalogue import check_site_modes
from optimizer.verify.reading import read_document
from optimizer.verify.recount import Recount, recount
from optimizer.verify.remote import check_remote
from optimizer.verify.requirements import check_requirements, requirement_rows
from optimizer.verify.room_prices import check_room_prices
from optimizer.verify.staff import check_staff
from optimizer.verify.tables import (
    check_actions,
    check_assignments,
    check_budget,
    check_offices,
    check_plan,
    check_regions,
    check_zones,
)
from optimizer.verify.weekdays import check_weekdays


@dataclass(frozen=True)
class CheckCount:
    """A check that was made."""

    name: str
    values: int  #: how many values it compared
    findings: int  #: how many findings it made


@dataclass(frozen=True)
class Verification:
    """The result of an audit."""

    ok: bool
    findings: tuple[Finding, ...]
    checks: tuple[CheckCount, ...]
    requirements: pd.DataFrame  #: requirements.csv, recomputed


def verify(folder: Path, *, finished: bool = True) -> Verification:
    """Recompute a run from its folder alone and say what disagrees.

    A run that is not ``finished`` has no manifest yet: that is written when all else agrees.
    Raises InputError if the folder is not a run: a file is missing, cannot be read or lacks a
    column, or the config lacks a key.
    """
    if is_textbook(folder):
        return _verify_textbook(folder)
    count = recount(read(folder, finished=finished))
    requirements = requirement_rows(count)
    done = [(name, check(count)) for name, check in CHECKS]
    done.append(("requirements", check_requirements(count, requirements)))
    findings = tuple(one for _, checked in done for one in checked.findings)
    return Verification(
        ok=not findings,
        findings=findings,
        checks=tuple(
            CheckCount(name, checked.values, len(checked.findings)) for name, checked in done
        ),
        requirements=requirements,
    )


def is_textbook(folder: Path) -> bool:
    """Whether a run folder holds a textbook problem: summary.json names it."""
    unread: list[Problem] = []
    return "problem" in read_document(folder / "summary.json", "summary.json", unread)


def _verify_textbook(folder: Path) -> Verification:
    run = textbook.read_run(folder)
    done = [(name, check(run)) for name, check in textbook.CHECKS]
    findings = tuple(one for _, checked in done for one in checked.findings)
    counts = tuple(CheckCount(name, one.values, len(one.findings)) for name, one in done)
    return Verification(not findings, findings, counts, run.requirements)


CHECKS: tuple[tuple[str, Callable[[Recount], Checked]], ...] = (
    ("hashes", check_hashes),
    ("years", check_years),
    ("site_modes", check_site_modes),
    ("room_prices", check_room_prices),
    ("demand", check_demand),
    ("plan", check_plan),
    ("actions", check_actions),
    ("assignments", check_assignments),
    ("zones", check_zones),
    ("offices", check_offices),
    ("budget", check_budget),
    ("staff", check_staff),
    ("remote", check_remote),
    ("weekdays", check_weekdays),
    ("equity", check_equity),
    ("regions", check_regions),
    ("certificate", check_certificate),
    ("key_figures", check_key_figures),
)
