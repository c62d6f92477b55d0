"""What must agree between the keys of a config; the list CHECKS is the table of contents."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from optimizer.config.checks.basics import (
    name_is_safe,
    need_shares_sum,
    years_follow,
)
from optimizer.config.checks.catalogue import (
    agencies_known,
    modes_named,
    modes_not_dominated,
    services_named,
)
from optimizer.config.checks.decisions import decisions_agree, decisions_in_time
from optimizer.config.checks.money import (
    INDICES,
    appropriation_not_negative,
    budget_by_cut_or_appropriation,
    budget_years,
    central_staff_fits,
    costs_fit_total,
    help_below_wage,
    index_years,
    letting_go_below_wage,
    limits_say_one,
)
from optimizer.config.checks.objective import order_of_measures, weight_counts
from optimizer.config.checks.rules import (
    help_between_offices,
    limits_stated_once,
    open_sites_say_one,
    rules_in_time,
    rules_name_divisions,
    rules_name_modes,
    services_covered,
    standards_say_how_far,
    structure_stays_on,
)
from optimizer.config.checks.travel import travel_is_told
from optimizer.config.finding import Finding
from optimizer.config.scenario import Scenario


@dataclass(frozen=True)
class Check:
    """A check and the keys it reads; it is left out while one of them is wrong in itself.

    Where it finds something, the keys that it ``judges`` are wrong for the checks below it.
    """

    reads: tuple[str, ...]
    run: Callable[[Scenario], Iterator[Finding]]
    judges: tuple[str, ...] = ()


CHECKS: tuple[Check, ...] = (
    Check(("name",), name_is_safe),
    Check(("data.travel",), travel_is_told),
    Check(("years", "base_year"), years_follow, judges=("years",)),
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
    Check(("modes", "services"), services_named),
    Check(("demand", "services"), agencies_known),
    Check(("costs",), costs_fit_total),
    Check(("costs", "years"), central_staff_fits),
    Check(("costs",), letting_go_below_wage),
    Check(("costs", "requirements.remote_balance"), help_below_wage),
    Check(("modes", "requirements.remote_balance"), help_between_offices),
    Check(("years", "requirements.open_sites"), open_sites_say_one),
    Check(
        (
            "requirements.staffing",
            "requirements.transition",
            "requirements.assignment",
            "requirements.room",
        ),
        structure_stays_on,
    ),
    Check(
        (
            "years",
            *(f"costs.{way}_{one}_index" for one in INDICES for way in ("net", "gross")),
            "costs.compensation_index",
        ),
        index_years,
    ),
    Check(("demand.need_shares",), need_shares_sum),
    Check(("objective",), order_of_measures),
    Check(("objective",), weight_counts),
    Check(("offices.keep", "offices.close", "offices.mode", "offices.merge"), decisions_agree),
    Check(
        ("years", "offices.close", "offices.mode", "offices.merge", "offices.offer"),
        decisions_in_time,
    ),
    Check(
        (
            "data.regions",
            "requirements.region_coverage",
            "requirements.mode_limits",
            "requirements.transition",
            "requirements.access_standard",
            "requirements.service_coverage",
            "demand.growth_by_region",
        ),
        rules_name_divisions,
    ),
    Check(("services", "requirements.service_coverage", "offices.offer"), services_covered),
    Check(
        (
            "years",
            "requirements.region_coverage",
            "requirements.access_standard",
            "requirements.service_coverage",
            "requirements.no_one_left_behind",
        ),
        rules_in_time,
    ),
    Check(
        ("requirements.access_standard", "requirements.no_one_left_behind"),
        standards_say_how_far,
    ),
    Check(("requirements.mode_limits", "requirements.transition"), limits_stated_once),
    Check(
        ("modes", "offices.mode", "requirements.region_coverage", "requirements.mode_limits"),
        rules_name_modes,
    ),
)
