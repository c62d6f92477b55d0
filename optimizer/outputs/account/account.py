"""Everything that report and figures tell of a run, counted once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from geodata.problems import InputError, Problem
from optimizer.outputs.account.access import Access, access_by_area, access_by_group
from optimizer.outputs.account.carbon import Carbon, carbon_by_year
from optimizer.outputs.account.changes import OfficeChange, office_changes
from optimizer.outputs.account.efficiency import Efficiency, efficiency_by_year
from optimizer.outputs.account.journeys import journeys
from optimizer.outputs.account.peak import Receiving, receiving_offices
from optimizer.outputs.account.sensitivity import Step, sensitivity
from optimizer.outputs.account.source import Source, read_source
from optimizer.outputs.account.today import do_nothing, todays_choice
from optimizer.outputs.inputs import read_document
from optimizer.outputs.unchanged import MANIFEST, refuse_changed, tables_there


@dataclass(frozen=True)
class Account:
    """A run folder, and what follows from it."""

    source: Source

    @cached_property
    def choice(self) -> pd.DataFrame:
        """The office of today that each zone's visitors choose."""
        return todays_choice(self.source)

    @cached_property
    def ways(self) -> pd.DataFrame:
        """Every visit's way, today and by year."""
        return journeys(self.source, self.choice)

    @cached_property
    def _zones_by_town(self) -> dict[str, pd.DataFrame]:
        zones = self.source.run.zones
        last = zones[zones["year"] == self.source.last_year]
        return {str(code): rows for code, rows in last.groupby("municipality_code")}

    @cached_property
    def _ways_by_town(self) -> dict[str, pd.DataFrame]:
        last = self.ways[self.ways["year"] == self.source.last_year]
        return {str(code): rows for code, rows in last.groupby("municipality_code")}

    def zones_of(self, code: str) -> pd.DataFrame:
        """The zones of a municipality in the last year, a row per need."""
        return self._zones_by_town.get(code, self.source.run.zones.iloc[:0])

    def ways_of(self, code: str) -> pd.DataFrame:
        """The visits of a municipality's inhabitants in the last year."""
        return self._ways_by_town.get(code, self.ways.iloc[:0])

    @cached_property
    def unchanged(self) -> pd.DataFrame:
        """The money if nothing is done."""
        return do_nothing(self.source, self.choice)

    @cached_property
    def changes(self) -> list[OfficeChange]:
        """The offices that something happens to."""
        return office_changes(self.source, self.ways)

    @cached_property
    def areas(self) -> list[Access]:
        """Access in the last year by kind of area, all people first."""
        return access_by_area(self.source, self.source.last_year)

    @cached_property
    def groups(self) -> list[Access]:
        """Access in the last year by group of people."""
        return access_by_group(self.source, self.source.last_year)

    @cached_property
    def receiving(self) -> list[Receiving]:
        """The offices that take over visits."""
        return receiving_offices(self.source, self.changes, self.ways)

    @cached_property
    def carbon(self) -> list[Carbon]:
        """Travel and carbon dioxide by year."""
        return carbon_by_year(self.source, self.ways)

    @cached_property
    def efficiency(self) -> list[Efficiency]:
        """Cost efficiency by year, today first."""
        return efficiency_by_year(self.source, self.unchanged, self.ways)

    @cached_property
    def sensitivity(self) -> list[Step]:
        """What the last year's plan costs when one assumption moves."""
        return sensitivity(self.source, self.choice, self.ways)


def read_account(folder: Path) -> Account:
    """The account of a run folder; OSError if a table is missing."""
    return Account(read_source(folder))


def account_of_run(run: Path) -> Account:
    """The account of a run that a user names.

    Raises InputError if it is not one of a service network, or was changed after it was written.
    """
    if (run / MANIFEST).is_file():
        refuse_changed(run, tables_there(run))
        read_document(run / "summary.json", str(run))
    try:
        return read_account(run)
    except (OSError, ValueError):
        raise InputError(
            Problem(
                str(run),
                "no run of a service network",
                "the folder that `servicenet solve` or `evaluate` wrote",
                "Name a run folder, as runs/base.",
            )
        ) from None
