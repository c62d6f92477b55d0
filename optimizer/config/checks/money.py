"""What must agree in budget and costs."""

from collections.abc import Iterator

from optimizer.config.finding import Finding, listed
from optimizer.config.scenario import Scenario


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
    """Cut or appropriation is given for each planning year and for no other."""
    for key in ("cut", "appropriation"):
        amounts = getattr(scenario.budget, key)
        if amounts is not None and set(amounts) != set(scenario.years):
            accepted = f"must have the years {listed(scenario.years)}"
            advice = _year_advice(set(amounts), set(scenario.years))
            other = Finding(
                ("years",),
                listed(scenario.years),
                f"must be the years of budget.{key}, {listed(amounts)}",
                f"Give budget.{key} of your years too. {advice}",
            )
            yield Finding(("budget", key), listed(amounts), accepted, advice, other)


def appropriation_not_negative(scenario: Scenario) -> Iterator[Finding]:
    """No appropriation is below 0."""
    budget = scenario.budget
    base = budget.base_appropriation
    if budget.cut is not None and base is not None:
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


def central_staff_fits(scenario: Scenario) -> Iterator[Finding]:
    """Where pay has an index of its own, central staff costs no more than central cost."""
    costs = scenario.costs
    central = costs.total_mnkr - costs.front_fte * costs.wage_mnkr_per_fte
    central -= costs.premises_total_mnkr + costs.local_total_mnkr
    apart = any(costs.wage_index(year) != costs.price_index(year) for year in scenario.years)
    if apart and 0.0 <= central < costs.central_fte * costs.wage_mnkr_per_fte:
        most = central / costs.wage_mnkr_per_fte
        accepted = f"must be at most {most:.1f}, whose pay is all of central cost, {central:.1f}"
        advice = "It says how much of central cost follows the index of pay."
        yield Finding(("costs", "central_fte"), f"{costs.central_fte:g}", accepted, advice)


def letting_go_below_wage(scenario: Scenario) -> Iterator[Finding]:
    """A redundancy and a hire cost no more than a year's pay; else idle staff would be kept."""
    costs = scenario.costs
    if costs.redundancy_mnkr_per_fte + costs.hire_mnkr_per_fte > costs.wage_mnkr_per_fte:
        accepted = (
            "must be at most a year's pay less costs.hire_mnkr_per_fte, "
            f"{costs.wage_mnkr_per_fte - costs.hire_mnkr_per_fte:g}"
        )
        where = ("costs", "redundancy_mnkr_per_fte")
        advice = "Staff that costs more to let go than to keep is not modelled."
        yield Finding(where, f"{costs.redundancy_mnkr_per_fte:g}", accepted, advice)


def help_below_wage(scenario: Scenario) -> Iterator[Finding]:
    """Help by video saves more pay than it costs; else it would not be used."""
    costs = scenario.costs
    most = costs.wage_mnkr_per_fte - costs.redundancy_mnkr_per_fte - costs.hire_mnkr_per_fte
    if scenario.requirements.remote_balance.on and costs.remote_mnkr_per_fte > most:
        accepted = f"must be at most a year's pay less redundancy and hire, {most:g}"
        where = ("costs", "remote_mnkr_per_fte")
        advice = "Or switch requirements.remote_balance off: such help does not pay."
        yield Finding(where, f"{costs.remote_mnkr_per_fte:g}", accepted, advice)


INDICES = ("price", "rent", "wage")


def index_years(scenario: Scenario) -> Iterator[Finding]:
    """Prices are given for planning years only, are above 0, and each year's once."""
    costs = scenario.costs
    names = [f"{way}_{one}_index" for one in INDICES for way in ("net", "gross")]
    for key in (*names, "compensation_index"):
        for year, index in getattr(costs, key).items():
            where = ("costs", key, year)
            if year not in scenario.years:
                accepted = f"must be one of the years {listed(scenario.years)}"
                yield Finding(where, str(year), accepted, f"Remove it with `{year}: null`.")
            if index <= 0:
                yield Finding(where, str(index), "must be above 0")
    for one in INDICES:
        net, gross = f"net_{one}_index", f"gross_{one}_index"
        for year in sorted(set(getattr(costs, net)) & set(getattr(costs, gross))):
            accepted = f"must not be given where costs.{net} is"
            advice = f"Remove one of them with `{year}: null`."
            yield Finding(("costs", gross, year), "both", accepted, advice)


def _year_advice(found: set[int], wanted: set[int]) -> str:
    extra = ", ".join(f"`{year}: null`" for year in sorted(found - wanted))
    missing = listed(sorted(wanted - found))
    advice = f"Add {missing}." if wanted - found else ""
    return f"{advice} Remove a year with {extra}.".strip() if extra else advice
