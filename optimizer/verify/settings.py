"""The numbers and rules of the run's config that the recount needs (inputs/config.json)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from geodata.problems import InputError, Problem
from optimizer.verify.folder import CONFIG, RunFolder
from optimizer.verify.stated import peak_on_record, stated


@dataclass(frozen=True)
class CoverageRule:
    """At least ``min_points`` service points in every region of a division, from a year on."""

    division: str
    min_points: int
    from_year: int
    modes: tuple[str, ...] | None = None  #: those that count, if the rule names them


@dataclass(frozen=True)
class ModeLimit:
    """At most ``at_most`` sites in a mode or its variants."""

    mode: str
    sites: str  #: offices, candidates or all
    at_most: int
    each: str = ""  #: a division: the limit holds in each of its regions


@dataclass(frozen=True)
class FixedDecision:
    """A decision of the planner: keep, close, mode, merge or offer."""

    kind: str
    office_id: str
    from_year: int
    mode: str = ""  #: for kind mode
    into_office_id: str = ""  #: for kind merge
    service: str = ""  #: for kind offer
    before_year: int | None = None  #: for kind mode: when the next decision on the office begins

    def in_force(self, year: int) -> bool:
        """Whether it holds in a year."""
        return self.from_year <= year and (self.before_year is None or year < self.before_year)


@dataclass(frozen=True)
class StaffRule:
    """How staff leaves, moves and is let go, and what that costs: mnkr per FTE."""

    commuting_minutes: float
    attrition_per_year: float
    redundancy_mnkr: float
    move_mnkr: float
    hire_mnkr: float
    most_redundant_fte: float | None


@dataclass(frozen=True)
class OpenSites:
    """So many sites are open from a year on: exactly, or at most."""

    number: int
    exactly: bool
    from_year: int


@dataclass(frozen=True)
class RemoteRule:
    """Help by video: the modes that give and get it, how much, and mnkr a year for an FTE."""

    modes: tuple[str, ...]
    share: float  #: of the staff an office asks for, must-appear visits left out
    mnkr_per_fte: float


@dataclass(frozen=True)
class Settings:
    """The config as the recount uses it."""

    base_year: int
    planning_years: tuple[int, ...]
    waiting_minutes: float
    digital_share: float
    decay_scale_minutes: float
    reach_minutes: float  #: infinite where there is none
    peak_factor: float  #: of the planning years
    peak_on_record: float  #: of the base year
    merger_minutes: float
    staffing_after_decay: bool
    lost_visit_minutes: float
    closure_mnkr: float
    closure_lease_share: float  #: of closure_mnkr, where the lease is known; 0 in older runs
    opening_mnkr: float
    conversion_cost_mnkr: dict[str, float]  #: by the mode entered
    extension_mnkr_per_1000_visits: float
    fee_income_mnkr: float
    central_fte: float | None  #: staff inside central cost, where the config says it
    write_off_years: int
    carry_in_mnkr: float
    rent_index: dict[int, float]  #: where rents do not follow the prices of the year
    compensation: dict[int, float]  #: what the appropriation is raised by; 1 where not named
    coverage: tuple[CoverageRule, ...]
    limits: tuple[ModeLimit, ...]
    fixed: tuple[FixedDecision, ...]
    staff: StaffRule | None  #: None where staff_balance is off
    remote: RemoteRule | None  #: None where remote_balance is off
    open_sites: OpenSites | None
    staggered_km: float | None  #: None where staggered_days is off
    budget_holds: bool
    transition_checked: bool
    upgrades_allowed: bool
    conversions_allowed: bool
    partners_checked: bool
    room_counts: bool  #: false: any number of visits fit a site

    @property
    def years(self) -> tuple[int, ...]:
        """The base year and the planning years."""
        return (self.base_year, *self.planning_years)

    def peak(self, year: int) -> float:
        """Visits of a year's peak month against its mean month."""
        return self.peak_on_record if year == self.base_year else self.peak_factor

    def year_before(self, year: int) -> int:
        """The year before a planning year, in the run's own calendar."""
        return self.years[self.years.index(year) - 1]

    def points_required(self, division: str, year: int) -> int:
        """Service points asked for in every region of a division in a year; 0 without a rule.

        A rule that names the modes which count is no rule on service points of any kind.
        """
        asked = [
            rule.min_points
            for rule in self.coverage
            if rule.division == division and rule.modes is None
            if year >= rule.from_year and year != self.base_year
        ]
        return max(asked, default=0)

    def merger_into(self, office_id: str) -> str:
        """The office that a demanded merger of an office names; empty without one."""
        for decision in self.fixed:
            if decision.kind == "merge" and decision.office_id == office_id:
                return decision.into_office_id
        return ""


#: Where each number stands in config.json.
NUMBERS = {
    "waiting_minutes": "demand.waiting_minutes",
    "digital_share": "demand.digital_share",
    "decay_scale_minutes": "demand.decay_scale_minutes",
    "peak_factor": "demand.peak_factor",
    "lost_visit_minutes": "objective.lost_visit_minutes",
    "closure_mnkr": "costs.closure_mnkr",
    "opening_mnkr": "costs.opening_mnkr",
    "extension_mnkr_per_1000_visits": "costs.extension_mnkr_per_1000_visits",
    "fee_income_mnkr": "costs.fee_income_mnkr",
    "carry_in_mnkr": "budget.carry_in",
}
MERGER_MINUTES = "demand.merger_minutes"
DEFAULT_MERGER_MINUTES = 45.0
DEFAULT_WRITE_OFF_YEARS = 6


def read_settings(folder: RunFolder) -> Settings:
    """The settings of a run; raises InputError with every key that config.json lacks."""
    problems: list[Problem] = []
    config = folder.config
    numbers = {name: _number(config, key, problems) for name, key in NUMBERS.items()}
    merger = stated(config, MERGER_MINUTES)
    planning_years = tuple(_years(folder, problems))
    modes = config.get("modes") or {}
    fixed = _fixed_decisions(folder, problems)
    staff = _staff_rule(config, problems)
    remote = _remote_rule(config, problems)
    if problems:
        raise InputError(tuple(problems))
    transition = _rule(config, "transition")
    return Settings(
        base_year=max(year for year in folder.years if year < planning_years[0]),
        planning_years=planning_years,
        merger_minutes=DEFAULT_MERGER_MINUTES if merger is None else float(merger),
        staffing_after_decay=stated(config, "requirements.staffing.demand") == "after_decay",
        rent_index=_rents(config),
        compensation=_by_year(config, "costs.compensation_index"),
        conversion_cost_mnkr={
            name: float(mode.get("conversion_cost_mnkr") or 0.0) for name, mode in modes.items()
        },
        coverage=tuple(
            CoverageRule(
                str(rule["division"]),
                int(rule.get("min_points") or 1),
                int(rule.get("from") or planning_years[0]),
                tuple(rule["modes"]) if rule.get("modes") else None,
            )
            for rule in _rules(config, "region_coverage")
        ),
        limits=tuple(
            ModeLimit(
                str(rule["mode"]),
                str(rule.get("sites") or "both"),
                int(rule["at_most"]),
                str(rule.get("each") or ""),
            )
            for rule in _rules(config, "mode_limits")
        ),
        fixed=fixed,
        staff=staff,
        remote=remote,
        open_sites=_open_sites(config, planning_years),
        staggered_km=_staggered_km(config, problems),
        peak_on_record=peak_on_record(config),
        central_fte=_maybe(config, "costs.central_fte"),
        closure_lease_share=float(stated(config, "costs.closure_lease_share") or 0.0),
        write_off_years=int(stated(config, "costs.write_off_years") or DEFAULT_WRITE_OFF_YEARS),
        reach_minutes=float(stated(config, "demand.reach_minutes") or "inf"),
        budget_holds=_rule(config, "budget_by_year") is not None,
        transition_checked=transition is not None,
        upgrades_allowed=bool((transition or {}).get("upgrades")),
        conversions_allowed=bool((transition or {}).get("conversions", True)),
        partners_checked=_rule(config, "partners") is not None,
        room_counts=_rule(config, "room") is not None,
        **numbers,
    )


def _maybe(config: dict[str, Any], key: str) -> float | None:
    value = stated(config, key)
    return None if value is None else float(value)


def _by_year(config: dict[str, Any], key: str) -> dict[int, float]:
    return {int(year): float(index) for year, index in (stated(config, key) or {}).items()}


def _rents(config: dict[str, Any]) -> dict[int, float]:
    """Rents net of compensation: as given, or as they rise by what the appropriation does."""
    raised = _by_year(config, "costs.compensation_index")
    gross = _by_year(config, "costs.gross_rent_index").items()
    net = {year: index / raised.get(year, 1.0) for year, index in gross}
    return _by_year(config, "costs.net_rent_index") | net


STAFF_NUMBERS = {
    "commuting_minutes": "demand.commuting_minutes",
    "attrition_per_year": "costs.attrition_per_year",
    "redundancy_mnkr": "costs.redundancy_mnkr_per_fte",
    "move_mnkr": "costs.move_mnkr_per_fte",
    "hire_mnkr": "costs.hire_mnkr_per_fte",
}


def _staff_rule(config: dict[str, Any], problems: list[Problem]) -> StaffRule | None:
    rule = _rule(config, "staff_balance")
    if rule is None:
        return None
    most = rule.get("most_redundant_fte")
    numbers = {name: _number(config, key, problems) for name, key in STAFF_NUMBERS.items()}
    return StaffRule(most_redundant_fte=None if most is None else float(most), **numbers)


def _remote_rule(config: dict[str, Any], problems: list[Problem]) -> RemoteRule | None:
    """Off where the config does not switch it on."""
    if stated(config, "requirements.remote_balance.on") is not True:
        return None
    share = _number(config, "requirements.remote_balance.share", problems)
    person = _number(config, "requirements.remote_balance.must_appear_share", problems)
    price = _number(config, "costs.remote_mnkr_per_fte", problems)
    modes = config.get("modes") or {}
    placed = tuple(name for name, mode in modes.items() if mode.get("placed_staff") is True)
    return RemoteRule(placed, share * (1.0 - person), price)


def _open_sites(config: dict[str, Any], planning_years: tuple[int, ...]) -> OpenSites | None:
    rule = stated(config, "requirements.open_sites")
    if not isinstance(rule, dict):
        return None
    exact = rule.get("exactly")
    number = int(rule.get("at_most") or 0) if exact is None else int(exact)
    return OpenSites(number, exact is not None, int(rule.get("from") or planning_years[0]))


def _staggered_km(config: dict[str, Any], problems: list[Problem]) -> float | None:
    """Off where the config does not switch it on."""
    if stated(config, "requirements.staggered_days.on") is not True:
        return None
    return _number(config, "requirements.staggered_days.km", problems)


def _years(folder: RunFolder, problems: list[Problem]) -> list[int]:
    """The planning years; years.csv must have them and one year before them."""
    years = sorted(int(year) for year in folder.config.get("years") or ())
    known = sorted(folder.years)
    if not years or not set(years) <= set(known) or known[0] >= years[0]:
        accepted = f"planning years that inputs/years.csv has, and a year before: {known}"
        problems.append(Problem(f"{CONFIG}: years", str(years), accepted))
    return years


def _fixed_decisions(folder: RunFolder, problems: list[Problem]) -> tuple[FixedDecision, ...]:
    """Decisions on offices, in the order keep, close, mode, merge, offer; by id or name."""
    decisions = folder.config.get("offices") or {}
    ids = folder.sites["office_id"]
    by_name = dict(zip(map(_plain, folder.sites["office"]), ids, strict=True))
    known = set(ids)
    found: list[FixedDecision] = []
    for kind in ("keep", "close", "mode", "merge", "offer"):
        named = "from" if kind == "merge" else "office"
        for number, decision in enumerate(decisions.get(kind) or ()):
            told = [str(decision.get(named)), str(decision.get("into") or "")]
            office, into = (
                name if name in known else by_name.get(_plain(name), "") for name in told
            )
            if not office or (kind == "merge" and not into):
                where = f"{CONFIG}: offices.{kind}[{number}]"
                problems.append(Problem(where, str(decision), "id or name of a site of the run"))
                continue
            since = int(decision.get("year" if kind == "merge" else "from") or 0)
            mode, service = (str(decision.get(key) or "") for key in ("mode", "service"))
            found.append(FixedDecision(kind, office, since, mode, into, service))
    return tuple(replace(one, before_year=_ended(one, found)) for one in found)


def _ended(one: FixedDecision, among: list[FixedDecision]) -> int | None:
    """The year from which a later mode, closure or merger takes the place of a mode, if any."""
    starts = [
        other.from_year
        for other in among
        if other.office_id == one.office_id
        and other.kind in ("mode", "close", "merge")
        and other.from_year > one.from_year
    ]
    return min(starts, default=None) if one.kind == "mode" else None


def _plain(name: str) -> str:
    """A name as it is compared: letters composed, in either case."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def _number(config: dict[str, Any], key: str, problems: list[Problem]) -> float:
    value = stated(config, key)
    if isinstance(value, dict):  # an amount by source
        value = sum(part for part in value.values() if isinstance(part, int | float))
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.append(Problem(f"{CONFIG}: {key}", str(value), "a number"))
        return 0.0
    return float(value)


def _rule(config: dict[str, Any], name: str) -> dict[str, Any] | None:
    """A requirement's parameters, or None where it is switched off (`on: false`)."""
    rule = stated(config, f"requirements.{name}")
    if isinstance(rule, dict):
        return rule if rule.get("on", True) else None
    return None if rule is False else {}


def _rules(config: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A requirement that is a list of rules."""
    rules = stated(config, f"requirements.{name}")
    return [rule for rule in rules if rule.get("on", True)] if isinstance(rules, list) else []
