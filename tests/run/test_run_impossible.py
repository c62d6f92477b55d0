"""What can not be is found before any solve: contradictions (exit 2), what none meets (1)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer.cli import main
from tests.run.small_case import write_case

OFF = {"region_coverage": {"on": False}, "staff_balance": {"on": False}}
NOTHING_ELSE = {"base_appropriation": 30, "other_income": 0}
FREE = {
    "title": {"sv": "", "en": "Better"},
    "tier": 3,
    "open_days": 5,
    "premises": "own",
    "placed_staff": True,
    "counts_for_coverage": True,
    "partner_required": False,
}
PRICES = {
    "fte_min": 1.0,
    "premises_factor": 0.5,
    "local_factor": 0.5,
    "conversion_cost_mnkr": 0.1,
}
#: Nothing to pay for, in the year or once.
NO_PRICE = {
    "fte_min": 0.0,
    "premises_factor": 0.0,
    "local_factor": 0.0,
    "conversion_cost_mnkr": 0.0,
}
#: One price above that of `staffed`, and so small that the others outweigh it at every site.
NEARLY = {
    "fte_min": 1.0,
    "premises_factor": 0.3,
    "local_factor": 0.3,
    "conversion_cost_mnkr": 0.31,
}


def told(
    folder: Path, capsys: pytest.CaptureFixture[str], requirements: dict[str, Any], **changes: Any
) -> tuple[int, str]:
    config = write_case(folder, requirements={**OFF, **requirements}, **changes)
    code = main(["check", str(config)])
    heard = capsys.readouterr()
    return code, heard.out + heard.err


#: What contradicts itself, refused as wrong input (exit 2).
CONTRADICTIONS: list[Any] = [
    ({}, {"offices": {"merge": [{"from": "k4", "into": "k6"}]}}, "offices at most 60 minutes"),
    ({}, {"offices": {"merge": [{"from": "k4", "into": "k4"}]}}, "must be another office"),
    (
        {},
        {"offices": {"keep": [{"office": "k1"}], "close": [{"office": "Falun"}]}},
        "both kept and closed",
    ),
    (
        {},
        {"offices": {"merge": [{"from": "k1", "into": "k2"}], "close": [{"office": "k2"}]}},
        "must be an office that stays open",
    ),
    ({}, {"modes": {"better": FREE}}, "modes.better.fte_min: must be given"),
    ({}, {"modes": {"better": {**FREE, **PRICES}}}, "modes.staffed: must be better or cheaper"),
    ({"staffing": {"on": False}}, {}, "requirements.staffing.on: must be true"),
    ({"transition": {"on": False}}, {}, "requirements.transition.on: must be true"),
    ({"assignment": {"kind": "balanced"}}, {}, "assignment.kind: must be closest"),
    ({"room": {"kind": "hard"}}, {}, "room.kind: must be soft"),
    (
        {"transition": {"notice_months": 9}},
        {"offices": {"close": [{"office": "k2"}]}},
        "before its premises can be left",
    ),
    (
        {"region_coverage": [{"division": "fa", "from": 2031}]},
        {},
        "requirements.region_coverage[0].from: must be at most 2026, the last planning year",
    ),
    (
        {"access_standard": [{"share": 0.1, "minutes": 60, "from": 2031}]},
        {},
        "requirements.access_standard[0].from: must be at most 2026, the last planning year",
    ),
    (
        {"service_coverage": [{"service": "id_check", "division": "fa", "from": 2031}]},
        {},
        "requirements.service_coverage[0].from: must be at most 2026, the last planning year",
    ),
    (
        {"no_one_left_behind": {"added_minutes": 60, "from": 2031}},
        {},
        "requirements.no_one_left_behind.from: must be at most 2026, the last planning year",
    ),
    (
        {"no_one_left_behind": {"within_minutes": 0.001}},
        {},
        "requirements.no_one_left_behind.within_minutes: at least",
    ),
    ({}, {"modes": {"free": {**FREE, **NO_PRICE, "tier": 1}}}, "modes.free: a mode that costs"),
    (
        {},
        {"modes": {"cheap": {**FREE, **NEARLY}}},
        "cheap, which serves at least as well and costs no more at each of the 6 sites",
    ),
]
#: What no network can meet, told with the way out (exit 1).
BEYOND: list[Any] = [
    ({"access_standard": [{"share": 1.0, "minutes": 0.01}]}, {}, "0.00% of the people"),
    (
        {"no_one_left_behind": {"added_minutes": 0}},
        {"offices": {"close": [{"office": "k4"}]}},
        "2 zones out of reach of every site",
    ),
    ({"open_sites": {"exactly": 9}}, {}, "6, which could be open"),
    (
        {"mode_limits": [{"mode": "reduced", "at_most": 0}]},
        {"offices": {"mode": [{"office": "k1", "mode": "reduced"}]}},
        "1 sites that decisions put in the mode",
    ),
    (
        {},
        {"offices": {"close": [{"office": f"k{j}"} for j in range(1, 7)]}},
        "decisions that leave no office to serve need 3 in 2025",
    ),
    (
        {"transition": {"closures": [{"at_most": 0}]}},
        {"offices": {"close": [{"office": "k2"}]}},
        "Raise at_most to 1",
    ),
    (
        {},
        {"budget": {**NOTHING_ELSE, "appropriation": {2025: 5, 2026: 5}}},
        "Raise budget.appropriation for",
    ),
]


@pytest.mark.parametrize(
    ("code", "requirements", "changes", "words"),
    [*((2, *one) for one in CONTRADICTIONS), *((1, *one) for one in BEYOND)],
)
def test_what_can_not_be_is_told(
    code: int,
    requirements: dict[str, Any],
    changes: dict[str, Any],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found, heard = told(tmp_path, capsys, requirements, **changes)
    assert found == code
    assert words in heard


def test_a_mode_that_is_cheaper_at_small_sites_alone_is_no_free_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """More staff at the least, for less rent: dearer where visits are few, cheaper where many."""
    prices = {
        "fte_min": 4.0,
        "premises_factor": 0.6,
        "local_factor": 0.6,
        "conversion_cost_mnkr": 0.3,
    }
    code, heard = told(tmp_path, capsys, {}, modes={"other": {**FREE, **prices}})
    assert code == 0, heard


def test_a_rule_for_every_region_that_none_can_meet_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    coverage = {"service": "id_check", "division": "fa", "min_points": 9}
    standard = {"share": 1.0, "minutes": 0.01, "each": "fa"}
    wanted = {"service_coverage": [coverage], "access_standard": [standard]}
    code, heard = told(tmp_path, capsys, wanted)
    assert code == 1
    lines = [line for line in heard.splitlines() if "requirements." in line]
    assert len(lines) == 2, heard
    assert "and 57 more: at least 9 (found 0" in lines[0]
    assert "1:fa:" in lines[1] and "as few as 0.00% of the people" in lines[1]


def none_of(*modes: str) -> list[dict[str, Any]]:
    return [{"mode": mode, "at_most": 0} for mode in modes]


STAYS = {"closures": [{"at_most": 0}]}


@pytest.mark.parametrize(
    ("requirements", "mnkr", "way"),
    [
        (
            {
                "transition": {"notice_months": 24},
                "mode_limits": none_of("reduced", "flexible", "mobile"),
            },
            29.0,
            "transition.notice_months: 0 (found 24)",
        ),
        (
            {
                "transition": {"consultation_months": 24},
                "mode_limits": none_of("reduced", "flexible", "mobile"),
            },
            29.0,
            "transition.consultation_months: 0 (found 24)",
        ),
        (
            {
                "transition": STAYS,
                "partners": {"mobile": "on_record"},
                "mode_limits": none_of("reduced", "flexible"),
            },
            29.0,
            "partners.mobile: anywhere (found on_record)",
        ),
        (
            {"transition": STAYS, "mode_limits": none_of("reduced", "flexible", "mobile")},
            29.5,
            "partners.colocated: anywhere (found on_record)",
        ),
        (
            {"transition": STAYS, "mode_limits": none_of("reduced", "flexible", "mobile")},
            31.0,
            "transition.upgrades: true (found false)",
        ),
    ],
)
def test_a_switch_of_every_kind_that_alone_makes_a_plan_is_a_way_out(
    requirements: dict[str, Any],
    mnkr: float,
    way: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Today's network costs 29.8 mnkr. In the last case one of its offices is reduced already,
    which is not allowed: to close or convert it is not either, so it has to become staffed.
    """
    budget = {**NOTHING_ELSE, "appropriation": {2025: 31.0, 2026: mnkr}}
    budget |= {"saving_limit": {"amount": 0}, "credit_limit": {"amount": 0}}
    config = write_case(tmp_path, requirements={**OFF, **requirements}, budget=budget)
    if "upgrades" in way:
        offices = pd.read_csv(tmp_path / "offices.csv", dtype=str)
        offices.loc[0, ["mode", "open_days"]] = ["reduced", "3"]
        offices.to_csv(tmp_path / "offices.csv", index=False)
    assert main(["check", str(config)]) == 1
    heard = "".join(capsys.readouterr())
    expected = f"Another way out, requirements.{way}. With that a plan was found: it adds "
    assert expected in heard


def test_a_switch_that_alone_makes_a_plan_is_a_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Mobile service would do for everyone near; without conversions an office has to be kept."""
    requirements = {
        "transition": {"conversions": False},
        "no_one_left_behind": {"added_minutes": 5, "need": 1},
    }
    code, heard = told(tmp_path, capsys, requirements)
    assert code == 1
    assert "no_one_left_behind" in heard and "budget_by_year" in heard
    expected = "Another way out, requirements.transition.conversions: true (found false)."
    assert f"{expected} With that a plan was found: it adds " in heard
    requirements["transition"] = {"conversions": True}
    assert told(tmp_path, capsys, requirements)[0] == 0


def keeping_all(folder: Path, appropriation: dict[int, float]) -> Path:
    return keeping(folder, (1, 2, 3, 4, 5, 6), appropriation)


def keeping(folder: Path, numbers: tuple[int, ...], appropriation: dict[int, float]) -> Path:
    keep = [{"office": f"k{number}", "reason": "asked for"} for number in numbers]
    budget = {"base_appropriation": 30.0, "appropriation": appropriation, "other_income": 0}
    budget |= {"saving_limit": {"amount": 1.0}, "credit_limit": {"amount": 1.0}}
    return write_case(folder, budget=budget, offices={"keep": keep})


def test_decisions_that_the_means_do_not_allow_are_a_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Visits of offices that are kept have nowhere else to go, until the decisions give way."""
    appropriation = {2025: 28.5, 2026: 26.5}

    def told(numbers: tuple[int, ...]) -> tuple[int, str]:
        config = keeping(tmp_path, numbers, appropriation)
        return main(["check", str(config), "--quiet"]), capsys.readouterr().out

    code, heard = told((1, 2, 3))
    assert code == 1
    assert "budget_by_year 2025, 2026; fixed_decisions keep:k2 (" in heard
    assert "offices.keep: k1, offices.keep: k2" in heard and "Take away" in heard
    assert told((3,))[0] == 0
    code, heard = told((1, 2, 3, 4, 5, 6))  # no single one of them makes the others possible
    assert code == 1
    assert "budget_by_year 2026; fixed_decisions keep:k5, keep:k6" in heard
    assert "Take away" not in heard and "One way out is known" in heard


def test_a_rule_collides_with_the_decisions_that_make_it_impossible(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = keeping_all(tmp_path, {2025: 29.0, 2026: 25.0})
    assert main(["check", str(config), "--quiet"]) == 1
    told = capsys.readouterr().out
    assert "no network keeps to this one" not in told
    assert "keep:k" in told.splitlines()[0]


def test_a_conflict_with_the_budget_switched_off_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a budget some columns of the relaxation stand in no row of it."""
    rules = {
        "budget_by_year": {"on": False},
        "open_sites": {"at_most": 2},
        "no_one_left_behind": {"added_minutes": 5},
    }
    code, heard = told(tmp_path, capsys, rules)
    assert code == 1, heard
    assert "these collide" in heard and "no_one_left_behind nation" in heard
    assert "Way out 1, requirements.open_sites" in heard


@pytest.mark.parametrize(("key", "minutes"), [("added_minutes", 5), ("within_minutes", 20)])
def test_a_limit_for_every_zone_is_told_in_minutes_that_can_be_followed(
    key: str, minutes: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = {"mode_limits": none_of("mobile", "flexible"), "no_one_left_behind": {key: minutes}}
    code, heard = told(tmp_path, capsys, rules)
    assert code == 1
    (way,) = [line for line in heard.splitlines() if "requirements.no_one_left_behind:" in line]
    (advice,) = re.findall(rf"Raise {key} to ([\d.]+); beyond the limit as it stands: (.+?)\.", way)
    assert float(advice[0]) > minutes and "by" in advice[1]  # zones by name
    assert "With that a plan was found" in way
    rules["no_one_left_behind"] = {key: float(advice[0])}
    assert told(tmp_path, capsys, rules)[0] == 0


def test_a_way_out_by_money_can_be_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The least that is proved is too little; what a plan was found with is told."""
    limits = [*none_of("mobile", "flexible"), {"mode": "reduced", "at_most": 1}]
    rules = {"mode_limits": limits, "access_standard": [{"share": 0.95, "minutes": 25}]}
    budget = {**NOTHING_ELSE, "saving_limit": {"amount": 1.0}, "credit_limit": {"amount": 1.0}}

    def answer(mnkr: float) -> tuple[int, str]:
        changes = {"years": [2025], "budget": {**budget, "appropriation": {2025: mnkr}}}
        return told(tmp_path, capsys, rules, **changes)

    code, heard = answer(28.4)
    assert code == 1
    words = r"at least ([\d.]+) mnkr more in 2025.* for 2025 by ([\d.]+) mnkr\. With that a plan"
    ((least, enough),) = re.findall(words, heard)
    assert float(enough) > float(least)
    assert answer(28.4 + float(enough))[0] == 0
