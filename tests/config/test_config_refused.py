"""What is refused, and in which words: one sentence for each problem, all of them at once."""

from pathlib import Path

import pytest

from optimizer.config import load
from tests.config.writing import BASE, refused, refused_on_base, written

START = "trial.yaml: "


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "budget: {cutt: 3}",
            "budget.cutt: must be a known key (found 'cutt'). Did you mean cut?",
        ),
        (
            "demand: {waiting_minutes: twenty}",
            "demand.waiting_minutes: must be a number (found 'twenty')."
            " Write it without quotes or unit, with a decimal point.",
        ),
        (
            "demand: {waiting_minutes: true}",
            "demand.waiting_minutes: must be a number (found true).",
        ),
        ("demand: {waiting_minutes: .nan}", "demand.waiting_minutes: must be a finite number"),
        ("demand: {digital_share: .inf}", "demand.digital_share: must be a finite number"),
        ("years: [2025.5, 2026, 2027]", "years[0]: must be a whole number (found 2025.5)."),
        ("solver: {name: gurobi}", "solver.name: must be 'highs' or 'cbc' (found 'gurobi')."),
        ("solver: {threads: 0}", "solver.threads: must be at least 1 (found 0)."),
        (
            "output: {formats: [pdf]}",
            "output.formats[0]: must be 'csv', 'parquet', 'xlsx', 'gpkg' or 'html'",
        ),
        (
            "requirements: {transition: {upgrades: yes}}",
            "requirements.transition.upgrades: must be true or false (found 'yes').",
        ),
        (
            "costs: {city_premises_factors: {0114: 2}}",
            "costs.city_premises_factors.0114: must be a number without leading zeros"
            ' (found 0114). If it is a code, write it in quotes: "0114".',
        ),
        (
            "costs: {city_premises_factors: {1480: 2}}",
            "costs.city_premises_factors.1480: must be text (found 1480)."
            ' Write it in quotes: "1480".',
        ),
        (
            "offices: {keep: [{office: 0114}]}",
            "offices.keep[0].office: must be a number without leading zeros (found 0114).",
        ),
        ("budget: {cut: {2025: 1}}\nyears: [2025]", "budget.cut: must have the years 2025"),
        ("years: [2025, 2027, 2028]", "years: must be consecutive years"),
        ("years: [2024, 2025, 2026]", "years: must come after the base year 2024 (found 2024)."),
        (
            "costs: {redundancy_mnkr_per_fte: 0.8}",
            "costs.redundancy_mnkr_per_fte: must be at most a year's pay less"
            " costs.hire_mnkr_per_fte, 0.769 (found 0.8).",
        ),
        (
            "demand: {need_shares: {1: 0.5}}",
            "demand.need_shares: must sum to 1 (found the sum 1.25).",
        ),
        (
            "requirements: {region_coverage: [{division: fa25}]}",
            "requirements.region_coverage[0].division: must be a division of data.regions:"
            " fa, county, ssc (found 'fa25').",
        ),
        (
            "requirements: {mode_limits: [{mode: bus, at_most: 1}]}",
            "requirements.mode_limits[0].mode: must be a mode of the catalogue: staffed,",
        ),
        (
            "modes: {mobile: {variant_of: bus}}",
            "modes.mobile.variant_of: must be another mode that is not a variant itself:",
        ),
        ("modes: {closed: {tier: 1}}", "modes.closed.open_days: must be given (found nothing)."),
        (
            "offices: {keep: [{office: Kiruna}], close: [{office: Kiruna}]}",
            "offices.close[0].office: must not be an office that offices.keep keeps",
        ),
        (
            "offices: {mode: [{office: Kiruna, mode: closed}]}",
            "offices.mode[0].mode: must be a mode of the catalogue",
        ),
        (
            "offices: {close: [{office: Kiruna, from: 2031}]}",
            "offices.close[0].from: must be one of the years 2025, 2026, 2027 (found 2031).",
        ),
        (
            "offices: {decided: decisions}",
            "offices.decided: must be one of the built-in names or a path to a table file",
        ),
        ("data: {offices: builtn}", "data.offices: must be one of the built-in names or a path"),
        (
            "data: {travel: {provider: matrix}}",
            "data.travel.path: must be given for the provider matrix",
        ),
        (
            "costs: {net_price_index: {2030: 1.1}}",
            "costs.net_price_index.2030: must be one of the years",
        ),
        ("costs: {net_rent_index: {2026: 0}}", "costs.net_rent_index.2026: must be above 0"),
        ("costs: {total_mnkr: 500}", "costs.total_mnkr: must be at least front staff, premises"),
        ("budget: {cut: {2027: 1000}}", "budget.cut.2027: must be at most the base appropriation"),
    ],
)
def test_one_problem_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    sentences = refused_on_base(tmp_path, text)
    assert sentences[0].startswith(START + sentence)


def test_an_unquoted_no_is_text(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, BASE + "offices: {keep: [{office: NO}]}"))
    assert scenario.offices.keep[0].office == "NO"


@pytest.mark.parametrize("name", ["..", "../up", "a/b", "a b", "CON", "-x", "åäö", "''", "x" * 65])
def test_names_that_are_no_folder_are_refused(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, f"extends: base.yaml\nname: {name}\n")
    (sentence,) = refused(path)
    assert sentence.startswith("trial.yaml: name: must ")


def test_all_problems_at_once_each_named_once(tmp_path: Path) -> None:
    sentences = refused_on_base(
        tmp_path,
        "budget: {cutt: 3, other_income: lots, cut: {2028: 1}}\n"
        "demand: {need_shares: {1: 0.3}, digital_share: 7}\n"
        "modes: {mobile: {tier: 9}}\n"
        "requirements: {region_coverage: [{division: moon}]}\n"
        "colour: red\n",
    )
    keys = sorted(sentence.removeprefix(START).split(": must")[0] for sentence in sentences)
    assert keys == [
        "budget.cut",
        "budget.cutt",
        "budget.other_income",
        "colour",
        "demand.digital_share",
        "demand.need_shares",
        "modes.mobile.tier",
        "requirements.region_coverage[0].division",
    ]


def test_what_is_wrong_in_a_list_hides_nothing_of_its_other_entries(tmp_path: Path) -> None:
    sentences = refused_on_base(
        tmp_path,
        "requirements:\n"
        "  mode_limits: [{mode: bus, at_most: -1}, {mode: tram, at_most: 2}]\n"
        "  access_standard: [{share: 2, minutes: 9}, {preset: la-poste}, {share: .5}]\n"
        "offices:\n"
        "  close: [{from: 2031}, {office: Kiruna, from: 2031}]\n",
    )
    assert sorted(sentence.removeprefix(START).split(": must")[0] for sentence in sentences) == [
        "offices.close[0].office",
        "offices.close[1].from",
        "requirements.access_standard[0].share",
        "requirements.access_standard[2]",
        "requirements.mode_limits[0].at_most",
        "requirements.mode_limits[1].mode",
    ]


def test_a_preset_stands_for_several_standards_and_is_told_by_its_place(tmp_path: Path) -> None:
    (sentence,) = refused_on_base(
        tmp_path,
        "requirements: {access_standard: [{preset: la-poste}, {preset: la-poste}, {share: .5}]}",
    )
    assert sentence.startswith(f"{START}requirements.access_standard[2]: must say minutes")


def test_a_wrong_table_path_does_not_hide_what_rules_name(tmp_path: Path) -> None:
    sentences = refused_on_base(
        tmp_path,
        "data: {zones: z.docx}\nrequirements: {region_coverage: [{division: moon}]}\n",
    )
    assert [sentence.removeprefix(START).split(": must")[0] for sentence in sentences] == [
        "data.zones",
        "requirements.region_coverage[0].division",
    ]


def test_nothing_is_said_of_what_depends_on_wrong_years(tmp_path: Path) -> None:
    (sentence,) = refused_on_base(tmp_path, "years: [2025, 2025]")
    assert sentence.startswith(START + "years: must be consecutive years")


def test_of_two_keys_that_contradict_the_one_in_the_own_file_is_told(tmp_path: Path) -> None:
    assert refused_on_base(tmp_path, "base_year: 2025") == [
        f"{START}base_year: must be before the first planning year, 2025 (found 2025). "
        "Give `years` from 2026 on too, and the budget of each of them."
    ]
    sentence, rule = refused_on_base(tmp_path, "years: [2025, 2026]")
    assert rule.startswith(f"{START}years: must reach 2027, in which requirements.region_coverage")
    assert sentence.startswith(
        f"{START}years: must be the years of budget.cut, 2025, 2026, 2027 (found 2025, 2026). "
        "Give budget.cut of your years too."
    )
    (sentence,) = refused_on_base(tmp_path, "budget: {cut: {2028: 5}}")
    assert sentence.startswith(f"{START}budget.cut: must have the years 2025, 2026, 2027")


def test_a_wrong_item_of_a_list_is_not_also_called_lacking(tmp_path: Path) -> None:
    (sentence,) = refused_on_base(tmp_path, "output: {formats: [pdf]}")
    assert sentence.startswith(START + "output.formats[0]: must be 'csv'")


def test_two_parents_are_shown_as_they_are_written(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "extends: [base.yaml, full.yaml]\n"))
    assert sentence == (
        "trial.yaml: extends: must name one config file (found ['base.yaml', 'full.yaml'])."
        " Such as base.yaml."
    )


def test_every_standard_of_access_is_told_by_its_own_place(tmp_path: Path) -> None:
    sentences = refused_on_base(
        tmp_path,
        "requirements: {access_standard: [{share: 1.2, minutes: -1}, {minutes: 4},"
        " {preset: nope}, {preset: la-poste, minutes: 9}, 7,"
        " {share: .9, minutes: 30, group: martians}]}",
    )
    told = [sentence.removeprefix(f"{START}requirements.access_standard") for sentence in sentences]
    assert sorted(text.split(": must")[0] for text in told) == [
        *("[0].minutes", "[0].share", "[1].share", "[2].preset", "[3]", "[4]", "[5].group"),
    ]
    (preset,) = [text for text in told if text.startswith("[2]")]
    assert preset.startswith("[2].preset: must name a preset of uk-post-office,")
    assert preset.endswith("(found 'nope').")


def test_a_wrong_value_is_not_also_called_missing(tmp_path: Path) -> None:
    (sentence,) = refused_on_base(tmp_path, "budget: {cut: {2025: much}}")
    assert sentence.startswith(START + "budget.cut.2025: must be a number")


@pytest.mark.parametrize(
    "price", ["fte_min", "premises_factor", "local_factor", "conversion_cost_mnkr"]
)
def test_a_mode_without_a_price_is_refused(tmp_path: Path, price: str) -> None:
    (sentence,) = refused_on_base(tmp_path, f"modes: {{flexible: {{{price}: null}}}}")
    assert sentence.startswith(f"trial.yaml: modes.flexible.{price}: must be given")


def test_a_mode_that_costs_less_and_serves_as_well_makes_the_other_pointless(
    tmp_path: Path,
) -> None:
    # Reduced with the days of staffed: cheaper, same tier, same days.
    (sentence,) = refused_on_base(tmp_path, "modes: {reduced: {open_days: 5}}")
    assert sentence.startswith("base.yaml: modes.staffed: must be better or cheaper")
    assert "found reduced, which serves at least as well" in sentence


def test_a_mode_of_equal_price_and_higher_tier_dominates(tmp_path: Path) -> None:
    (sentence,) = refused_on_base(
        tmp_path,
        "modes: {flexible: {fte_min: 1.8, premises_factor: 0.95, local_factor: 0.9}}",
    )
    assert sentence.startswith("trial.yaml: modes.flexible: must be better or cheaper")


def test_co_location_is_compared_only_with_co_location(tmp_path: Path) -> None:
    # Cheaper than staffed in everything and as good: it needs a partner, so it dominates nothing.
    scenario = load(written(tmp_path, BASE + "modes: {staffed_colocated: {fte_min: 2.9}}"))
    assert scenario.modes["staffed_colocated"].fte_min == 2.9


def test_closed_is_reserved(tmp_path: Path) -> None:
    mode = (
        "{tier: 1, open_days: 1, fte_min: 0.1, premises_factor: 0.1, local_factor: 0.1,"
        " premises: own, placed_staff: true, counts_for_coverage: false, partner_required: false,"
        " conversion_cost_mnkr: 0}"
    )
    sentences = refused_on_base(tmp_path, f"modes: {{closed: {mode}}}")
    assert sentences == [
        "trial.yaml: modes.closed: must not be in the catalogue (found 'closed')."
        " Closed is always there."
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "requirements: {mode_limits: [{mode: mobile, at_most: 5}, {mode: reduced, at_most: 5},"
            " {mode: mobile, at_most: 1}]}",
            "requirements.mode_limits[2]: must name other sites than the limits before it (found a"
            " limit for the same sites as requirements.mode_limits[0]). Keep the lower of the two,"
            " or take one away.",
        ),
        (
            "requirements: {transition: {closures: [{at_most: 3}, {at_most: 1}]}}",
            "requirements.transition.closures[1]: must name other sites than the limits before it"
            " (found a limit for the same sites as requirements.transition.closures[0]).",
        ),
    ],
)
def test_two_limits_for_the_same_sites_are_refused(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (told,) = refused_on_base(tmp_path, text)
    assert told.startswith(START + sentence)


def test_limits_for_other_sites_stand_beside_each_other(tmp_path: Path) -> None:
    own = (
        "{mode_limits: [{mode: mobile, at_most: 5}, {mode: mobile, at_most: 1, each: county},"
        " {mode: mobile, at_most: 2, sites: offices}],"
        " transition: {closures: [{at_most: 3}, {at_most: 1, each: county}]}}"
    )
    told = load(written(tmp_path, f"{BASE}requirements: {own}\n")).requirements
    assert [limit.at_most for limit in told.mode_limits] == [5, 1, 2]
    assert [limit.at_most for limit in told.transition.closures] == [3, 1]


@pytest.mark.parametrize("key", ["costs: {total_mnkr", "modes: {mobile: {conversion_cost_mnkr"])
def test_numbers_beyond_all_measure_are_refused(tmp_path: Path, key: str) -> None:
    text = f"{key}: 1.0e+200{'}' * key.count('{')}"
    (sentence,) = refused_on_base(tmp_path, text)
    assert "must be at most 1,000,000,000 (found 1e+200)" in sentence
