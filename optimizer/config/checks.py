"""What must agree between the keys of a config; the list CHECKS is the table of contents."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import isclose

from optimizer.config.data import MATRIX_FILES
from optimizer.config.dominance import dominated
from optimizer.config.finding import Finding, KeyPath
from optimizer.config.modes import CLOSED
from optimizer.config.scenario import Scenario

RESERVED_NAMES = frozenset({"con", "prn", "aux", "nul"})


@dataclass(frozen=True)
class Check:
    """A check and the keys it reads; it is left out while one of them is wrong in itself."""

    reads: tuple[str, ...]
    run: Callable[[Scenario], Iterator[Finding]]


def name_is_safe(scenario: Scenario) -> Iterator[Finding]:
    """The name can be a folder on every system."""
    if scenario.name.lower() in RESERVED_NAMES:
        yield Finding(("name",), repr(scenario.name), "must not be a reserved file name")


def years_follow(scenario: Scenario) -> Iterator[Finding]:
    """Planning years are consecutive and come after the base year."""
    years = scenario.years
    if list(years) != list(range(years[0], years[0] + len(years))):
        yield Finding(
            ("years",), str(list(years)), "must be consecutive years, the first one first"
        )
    if years[0] <= scenario.base_year:
        accepted = f"must come after the base year {scenario.base_year}"
        yield Finding(("years",), str(years[0]), accepted)


def budget_by_cut_or_appropriation(scenario: Scenario) -> Iterator[Finding]:
    """The budget says one of cut and appropriation, and what a cut is counted from."""
    budget = scenario.budget
    given = [key for key in ("cut", "appropriation") if getattr(budget, key) is not None]
    if len(given) != 1:
        accepted = "must give exactly one of cut and appropriation"
        yield Finding(("budget",), " and ".join(given) or "neither", accepted)
    if budget.cut is not None and budget.base_appropriation is None:
        accepted = "must be given where the budget gives a cut"
        yield Finding(("budget", "base_appropriation"), "nothing", accepted)


def budget_years(scenario: Scenario) -> Iterator[Finding]:
    """Cut or appropriation is given for each planning year and no other; prices for no other."""
    for key in ("cut", "appropriation"):
        amounts = getattr(scenario.budget, key)
        if amounts is not None and set(amounts) != set(scenario.years):
            accepted = f"must have the years {_listed(scenario.years)}"
            advice = _year_advice(set(amounts), set(scenario.years))
            yield Finding(("budget", key), _listed(amounts), accepted, advice)


def index_years(scenario: Scenario) -> Iterator[Finding]:
    """Prices are given for planning years only, and are above 0."""
    for year, index in scenario.costs.net_price_index.items():
        where = ("costs", "net_price_index", year)
        if year not in scenario.years:
            accepted = f"must be one of the years {_listed(scenario.years)}"
            yield Finding(where, str(year), accepted, f"Remove it with `{year}: null`.")
        if index <= 0:
            yield Finding(where, str(index), "must be above 0")


def appropriation_not_negative(scenario: Scenario) -> Iterator[Finding]:
    """No year's appropriation is below 0."""
    budget = scenario.budget
    if budget.cut is not None:
        base = budget.base_appropriation or 0.0
        for year, cut in budget.cut.items():
            if cut > base:
                accepted = f"must be at most the base appropriation {base:g}"
                yield Finding(("budget", "cut", year), f"{cut:g}", accepted)
    for year, amount in (budget.appropriation or {}).items():
        if amount < 0:
            yield Finding(("budget", "appropriation", year), f"{amount:g}", "must be at least 0")


def limits_say_one(scenario: Scenario) -> Iterator[Finding]:
    """Saving and credit limits are a share or an amount, not both."""
    for key in ("saving_limit", "credit_limit"):
        limit = getattr(scenario.budget, key)
        given = [name for name in ("share", "amount") if getattr(limit, name) is not None]
        if len(given) != 1:
            accepted = "must give exactly one of share and amount"
            yield Finding(("budget", key), " and ".join(given) or "neither", accepted)


def costs_fit_total(scenario: Scenario) -> Iterator[Finding]:
    """Front staff, premises and local cost of today do not exceed the total."""
    costs = scenario.costs
    items = costs.front_fte * costs.wage_mnkr_per_fte
    items += costs.premises_total_mnkr + costs.local_total_mnkr
    if items > costs.total_mnkr:
        accepted = f"must be at least front staff, premises and local cost, {items:.1f}"
        yield Finding(("costs", "total_mnkr"), f"{costs.total_mnkr:g}", accepted)


def need_shares_sum(scenario: Scenario) -> Iterator[Finding]:
    """Shares are given for the needs 1 to 3 and sum to 1."""
    shares = scenario.demand.need_shares
    where = ("demand", "need_shares")
    if set(shares) != {1, 2, 3}:
        yield Finding(where, f"the needs {_listed(shares)}", "must have the needs 1, 2, 3")
    elif not isclose(sum(shares.values()), 1.0, abs_tol=1e-9):
        yield Finding(where, f"the sum {sum(shares.values()):g}", "must sum to 1")


def modes_named(scenario: Scenario) -> Iterator[Finding]:
    """`closed` is not a row of the catalogue; variants name another mode, not a variant."""
    if CLOSED in scenario.modes:
        accepted = "must not be in the catalogue"
        yield Finding(("modes", CLOSED), repr(CLOSED), accepted, "Closed is always there.")
    for name, mode in scenario.modes.items():
        if mode.variant_of is None:
            continue
        parent = scenario.modes.get(mode.variant_of)
        if parent is None or mode.variant_of == name or parent.variant_of is not None:
            bases = [key for key, other in scenario.modes.items() if other.variant_of is None]
            accepted = f"must be another mode that is not a variant itself: {_listed(bases)}"
            yield Finding(("modes", name, "variant_of"), repr(mode.variant_of), accepted)


def modes_not_dominated(scenario: Scenario) -> Iterator[Finding]:
    """No mode serves at least as well as another of equal partner_required for no higher price."""
    for better, worse in dominated(scenario.modes):
        found = f"{better}, which serves at least as well and costs no more at any site"
        accepted = "must be better or cheaper than every other mode with equal partner_required"
        advice = f"Raise a price of {better}, lower its service, or remove {worse}."
        yield Finding(("modes", worse), found, accepted, advice)


def rules_name_divisions(scenario: Scenario) -> Iterator[Finding]:
    """Divisions that rules name are in data.regions."""
    known = scenario.data.regions
    rules = scenario.requirements
    named: list[tuple[KeyPath, str]] = [
        (("requirements", "region_coverage", at, "division"), rule.division)
        for at, rule in enumerate(rules.region_coverage)
    ]
    named += [
        (("requirements", "mode_limits", at, "each"), rule.each)
        for at, rule in enumerate(rules.mode_limits)
        if rule.each is not None
    ]
    for path, division in named:
        if division not in known:
            accepted = f"must be a division of data.regions: {_listed(known)}"
            yield Finding(path, repr(division), accepted)


def rules_name_modes(scenario: Scenario) -> Iterator[Finding]:
    """Modes that rules and decisions name are in the catalogue."""
    rules = scenario.requirements
    named: list[tuple[KeyPath, str]] = [
        (("requirements", "mode_limits", at, "mode"), rule.mode)
        for at, rule in enumerate(rules.mode_limits)
    ]
    for at, coverage in enumerate(rules.region_coverage):
        for number, mode in enumerate(coverage.modes or ()):
            named.append((("requirements", "region_coverage", at, "modes", number), mode))
    named += [
        (("offices", "mode", at, "mode"), pin.mode) for at, pin in enumerate(scenario.offices.mode)
    ]
    for path, mode in named:
        if mode not in scenario.modes:
            advice = "List the office under offices.close." if mode == CLOSED else ""
            accepted = f"must be a mode of the catalogue: {_listed(scenario.modes)}"
            yield Finding(path, repr(mode), accepted, advice)


def decisions_agree(scenario: Scenario) -> Iterator[Finding]:
    """No office is decided upon in two ways, or twice in the same way."""
    decisions = scenario.offices
    keeps = [("keep", at, item.office) for at, item in enumerate(decisions.keep)]
    closes = [("close", at, item.office) for at, item in enumerate(decisions.close)]
    kept = {office for _, _, office in keeps}
    seen: Counter[tuple[str, str]] = Counter()
    for kind, at, office in (*keeps, *closes):
        seen[kind, office] += 1
        where = ("offices", kind, at, "office")
        if seen[kind, office] > 1:
            yield Finding(where, f"{office!r} again", "must name each office once")
        elif kind == "close" and office in kept:
            accepted = "must not be an office that offices.keep keeps"
            yield Finding(where, repr(office), accepted, "Remove it from one of the two.")
    yield from _pins_agree(scenario)


def decisions_in_time(scenario: Scenario) -> Iterator[Finding]:
    """Decisions come into force in a planning year."""
    for kind in ("close", "mode"):
        for at, item in enumerate(getattr(scenario.offices, kind)):
            if item.from_year is not None and item.from_year not in scenario.years:
                accepted = f"must be one of the years {_listed(scenario.years)}"
                yield Finding(("offices", kind, at, "from"), str(item.from_year), accepted)


def travel_has_path(scenario: Scenario) -> Iterator[Finding]:
    """A matrix has a path, an estimate has none."""
    travel = scenario.data.travel
    where = ("data", "travel", "path")
    if travel.provider == "matrix" and travel.path is None:
        yield Finding(where, "nothing", "must be given for the provider matrix")
    if travel.provider == "estimate" and travel.path is not None:
        advice = "Write `provider: matrix`, or remove the path."
        yield Finding(where, repr(travel.path), "must not be given for estimate", advice)
    if travel.path is not None and not travel.path.lower().endswith(MATRIX_FILES):
        yield Finding(where, repr(travel.path), "must be a csv or parquet file")


CHECKS: tuple[Check, ...] = (
    Check(("name",), name_is_safe),
    Check(("data.travel",), travel_has_path),
    Check(("years", "base_year"), years_follow),
    Check(
        ("budget.cut", "budget.appropriation", "budget.base_appropriation"),
        budget_by_cut_or_appropriation,
    ),
    Check(("years", "budget.cut", "budget.appropriation"), budget_years),
    Check(
        ("budget.cut", "budget.appropriation", "budget.base_appropriation"),
        appropriation_not_negative,
    ),
    Check(("budget.saving_limit", "budget.credit_limit"), limits_say_one),
    Check(("modes",), modes_named),
    Check(("modes",), modes_not_dominated),
    Check(("costs",), costs_fit_total),
    Check(("years", "costs.net_price_index"), index_years),
    Check(("demand.need_shares",), need_shares_sum),
    Check(("offices.keep", "offices.close", "offices.mode"), decisions_agree),
    Check(("years", "offices.close", "offices.mode"), decisions_in_time),
    Check(
        ("data.regions", "requirements.region_coverage", "requirements.mode_limits"),
        rules_name_divisions,
    ),
    Check(
        ("modes", "offices.mode", "requirements.region_coverage", "requirements.mode_limits"),
        rules_name_modes,
    ),
)


def _pins_agree(scenario: Scenario) -> Iterator[Finding]:
    closed = {item.office: item.from_year or scenario.years[0] for item in scenario.offices.close}
    seen: set[tuple[str, int]] = set()
    for at, pin in enumerate(scenario.offices.mode):
        since = pin.from_year or scenario.years[0]
        where = ("offices", "mode", at, "office")
        if (pin.office, since) in seen:
            found = f"{pin.office!r} a second time from {since}"
            yield Finding(where, found, "must name each office once for a year")
        elif since >= closed.get(pin.office, since + 1):
            accepted = "must not be an office that offices.close has closed by then"
            yield Finding(where, repr(pin.office), accepted, "Remove it from one of the two.")
        seen.add((pin.office, since))


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values) or "none"


def _year_advice(found: set[int], wanted: set[int]) -> str:
    extra = ", ".join(f"`{year}: null`" for year in sorted(found - wanted))
    missing = _listed(sorted(wanted - found))
    advice = f"Add {missing}." if wanted - found else ""
    return f"{advice} Remove a year with {extra}.".strip() if extra else advice
