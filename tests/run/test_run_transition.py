"""Leaving an office takes time, and only so many close in a year: solved, counted and verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest

from optimizer.building.reading import read_case
from optimizer.cli import main
from optimizer.config import load
from tests.run.small_case import OFFICES, QUICK, write_case
from tests.soak import sampled

NO_REGIONS = {"region_coverage": {"on": False}, "staff_balance": {"on": False}}
CANDIDATE = (
    "office_id,office,municipality_code,longitude,latitude\nc9,Hedemora södra,2083,15.986,60.277\n"
)


def tight(first: float, second: float) -> dict[str, object]:
    """Means of the two years that today's network does not fit, mnkr."""
    return {
        "base_appropriation": 30.0,
        "appropriation": {2025: first, 2026: second},
        "other_income": 0,
        "saving_limit": {"amount": 1.0},
        "credit_limit": {"amount": 1.0},
    }


def asking(**transition: object) -> dict[str, object]:
    return {"requirements": {**NO_REGIONS, "transition": transition}, "solver": QUICK}


def rules(run: Path) -> dict[tuple[str, int], tuple[float, float, bool]]:
    """The rows of `transition` in requirements.csv: value, limit, holds by scope and year."""
    table = pd.read_csv(run / "requirements.csv")
    table = table[table["requirement"] == "transition"]
    return {
        (str(row.scope), int(str(row.year))): (float(row.value), float(row.limit), bool(row.holds))
        for row in table.itertuples()
    }


def counted(
    config: Path,
    closed: Mapping[str, int],
    opened: Mapping[str, int] = {},
    modes: Mapping[tuple[str, int], str] = {},
) -> Path:
    """A plan in which offices close from a year on, counted and verified: its run.

    ``modes`` are those of some offices and years that are not staffed.
    """
    rows = [
        {
            "year": year,
            "office_id": site,
            "mode": modes.get((site, year), "staffed")
            if year < closed.get(site, 9999)
            else "closed",
        }
        for year in (2025, 2026)
        for site in [office[0] for office in OFFICES]
    ]
    rows += [
        {"year": year, "office_id": site, "mode": "staffed" if year >= first else "closed"}
        for site, first in opened.items()
        for year in (2025, 2026)
    ]
    plan = config.with_name("plan.csv")
    pd.DataFrame(rows).to_csv(plan, index=False)
    out = config.with_name("run")
    command = ["evaluate", str(config), "--plan", str(plan), "--out", str(out), "--quiet"]
    assert main(command) in (0, 1)
    return out


def in_falun(folder: Path, site: str) -> None:
    """Put an office of the case in the municipality of Falun."""
    offices = pd.read_csv(folder / "offices.csv", dtype=str)
    place = ["municipality_code", "longitude", "latitude"]
    offices.loc[offices["office_id"] == site, place] = ["2080", "15.63", "60.61"]
    offices.to_csv(folder / "offices.csv", index=False)


def solved(config: Path) -> pd.DataFrame:
    """The years in which offices of the plan close."""
    out = config.with_name("solved")
    assert main(["solve", str(config), "--out", str(out), "--quiet"]) == 0
    plan = pd.read_csv(out / "plan.csv")
    return plan[plan["action"].isin(["close", "merge"])]


def test_closures_a_year_are_counted(tmp_path: Path) -> None:
    config = write_case(tmp_path, **asking(closures=[{"at_most": 1}, {"at_most": 1, "each": "fa"}]))
    found = rules(counted(config, {"k3": 2026, "k5": 2026}))
    assert found["closures:nation", 2025] == (0, 1, True)
    assert found["closures:nation", 2026] == (2, 1, False)
    by_region = [value for (scope, year), value in found.items() if scope.startswith("closures:fa")]
    assert sum(value for value, _, _ in by_region) == 2


def test_a_plan_keeps_to_the_closures_of_a_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    free = solved(write_case(tmp_path, **asking(conversions=False), budget=tight(29.2, 28.0)))
    assert free.groupby("year").size().max() == 2
    (tmp_path / "paced").mkdir()
    wish = asking(conversions=False, closures=[{"at_most": 0}])
    config = write_case(tmp_path / "paced", **wish, budget=tight(29.2, 28.0))
    assert main(["solve", str(config), "--quiet"]) == 1
    assert (
        "requirements.transition.closures: nation at least 1 (found nation at most 0)"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("notice", "consultation", "early"),
    sampled(
        [
            (12, 0, {2025: 2}),
            (13, 0, {2025: 2, 2026: 1}),
            (0, 9, {}),
            (9, 0, {2025: 2}),
            (0, 0, {}),
        ],
        3,
    ),
)
def test_no_office_closes_before_its_premises_can_be_left(
    tmp_path: Path, notice: int, consultation: int, early: Mapping[int, int]
) -> None:
    wish = asking(notice_months=notice, consultation_months=consultation)
    config = write_case(tmp_path, **wish)
    found = rules(counted(config, {"k3": 2025, "k5": 2025, "k6": 2026}))
    for year in (2025, 2026):
        value, limit, holds = found.get(("notice:nation", year), (0.0, 0.0, True))
        assert (value, limit, holds) == (early.get(year, 0), 0, year not in early)


def test_consultation_is_about_the_only_office_of_a_municipality(tmp_path: Path) -> None:
    config = write_case(tmp_path, **asking(consultation_months=9))
    in_falun(tmp_path, "k5")
    out = counted(config, {"k3": 2025, "k5": 2025})
    found = rules(out)
    assert found["consultation:nation", 2025] == (1, 0, False)  # k3's; Falun has k1 when k5 closes
    assert found["consultation:nation", 2026] == (0, 0, True)
    assert ("notice:nation", 2025) not in found
    table = pd.read_csv(out / "requirements.csv").set_index(["scope", "year"])
    assert table.loc[("consultation:nation", "2025"), "unit"] == "municipalities"


@pytest.mark.parametrize(
    ("closed", "months", "empty"),
    sampled(
        [
            ({"k1": 2025, "k5": 2025}, (0, 12), {2025: 1}),  # both at once: neither the only one
            ({"k1": 2025, "k5": 2026}, (0, 12), {}),  # a year later it may be left
            ({"k1": 2025, "k5": 2026}, (4, 9), {2026: 1}),  # notice comes after consultation
            ({"k1": 2025, "k5": 2026}, (0, 13), {2026: 1}),
            ({"k1": 2025}, (0, 36), {}),
        ],
        usual=3,
    ),
)
def test_a_municipality_is_left_without_an_office_only_after_consultation(
    tmp_path: Path,
    closed: Mapping[str, int],
    months: tuple[int, int],
    empty: Mapping[int, int],
) -> None:
    """k1 and k5 are the two offices of Falun."""
    config = write_case(tmp_path, **asking(notice_months=months[0], consultation_months=months[1]))
    in_falun(tmp_path, "k5")
    found = rules(counted(config, closed))
    for year in (2025, 2026):
        wanted = empty.get(year, 0)
        assert found["consultation:nation", year] == (wanted, 0, not wanted)


def test_leaving_a_municipality_on_demand_before_consultation_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demands = {"close": [{"office": "Falun"}, {"office": "Leksand", "from": 2025}]}
    config = write_case(tmp_path, **asking(consultation_months=9), offices=demands)
    in_falun(tmp_path, "k5")
    told = refused(config, capsys)
    assert "offices.close: Falun, offices.close: Leksand" in told
    assert "no site left in the municipality from 2025, before consultation is over" in told
    assert "2026 or later" in told


def test_an_office_has_notice_of_its_own(tmp_path: Path) -> None:
    """k3 has none where the config asks for nine months, k5 nineteen, the others nine."""
    config = write_case(tmp_path, **asking(notice_months=9))
    offices = pd.read_csv(tmp_path / "offices.csv", dtype=str)
    offices["notice_months"] = offices["office_id"].map({"k3": "0", "k5": "19"})
    offices.to_csv(tmp_path / "offices.csv", index=False)
    found = rules(counted(config, {"k3": 2025, "k4": 2025, "k5": 2026, "k6": 2026}))
    assert found["notice:nation", 2025] == (1, 0, False)  # k4
    assert found["notice:nation", 2026] == (1, 0, False)  # k5


def test_notice_of_its_own_holds_where_the_config_asks_for_none(tmp_path: Path) -> None:
    config = write_case(tmp_path, **asking())
    offices = pd.read_csv(tmp_path / "offices.csv", dtype=str)
    offices["notice_months"] = offices["office_id"].map({"k5": "6"})
    offices.to_csv(tmp_path / "offices.csv", index=False)
    found = rules(counted(config, {"k4": 2025, "k5": 2025}))
    assert found["notice:nation", 2025] == (1, 0, False)


def test_a_plan_waits_for_notice(tmp_path: Path) -> None:
    free = solved(write_case(tmp_path, **asking(conversions=False), budget=tight(31.0, 28.1)))
    assert (free["year"] == 2025).any()
    (tmp_path / "late").mkdir()
    wish = asking(conversions=False, notice_months=9)
    config = write_case(tmp_path / "late", **wish, budget=tight(31.0, 28.1))
    assert main(["solve", str(config), "--quiet"]) == 1


@pytest.mark.parametrize(("mode", "early"), [("mobile", 1), ("flexible", 0)])
def test_notice_holds_a_conversion_out_of_the_premises(
    tmp_path: Path, mode: str, early: int
) -> None:
    """Mobile service is in a partner's premises, a flexible office in the office's own."""
    config = write_case(tmp_path, **asking(notice_months=9))
    found = rules(counted(config, {"k5": 2026}, modes={("k5", 2025): mode}))
    assert found["notice:nation", 2025] == (early, 0, not early)
    assert found["notice:nation", 2026] == (0, 0, True)


def test_a_plan_does_not_convert_out_of_premises_instead_of_waiting(tmp_path: Path) -> None:
    """Means that only mobile service in 2025 fits: with nine months' notice there is none."""
    few = {"flexible": 0, "reduced": 0}
    wish = asking(closures=[{"at_most": 0}])
    limits = [{"mode": mode, "at_most": most, "sites": "offices"} for mode, most in few.items()]
    wish["requirements"] = {**wish["requirements"], "mode_limits": limits}  # type: ignore[dict-item]
    (tmp_path / "free").mkdir()
    (tmp_path / "held").mkdir()
    config = write_case(tmp_path / "free", **wish, budget=tight(28.6, 28.6))
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    plan = pd.read_csv(tmp_path / "run" / "plan.csv")
    assert (plan.loc[plan["year"] == 2025, "mode"] == "mobile").any()
    wish["requirements"]["transition"]["notice_months"] = 9  # type: ignore[index]
    config = write_case(tmp_path / "held", **wish, budget=tight(28.6, 28.6))
    assert main(["solve", str(config), "--quiet"]) == 1


def test_a_new_mode_on_demand_before_notice_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demand = {"mode": [{"office": "Leksand", "mode": "mobile", "from": 2025}]}
    told = refused(write_case(tmp_path, **asking(notice_months=9), offices=demand), capsys)
    assert "offices.mode: Leksand" in told
    assert "in other premises from 2025, before its premises can be left" in told
    demand["mode"][0]["mode"] = "flexible"
    config = write_case(tmp_path, **asking(notice_months=9), offices=demand)
    assert main(["check", str(config)]) == 0


def test_own_premises_are_kept_while_notice_runs_though_they_could_be_shared(
    tmp_path: Path,
) -> None:
    """Reduced in its own premises is no worse choice than co-located before those can be had."""
    config = write_case(tmp_path, **asking(notice_months=9))
    offices = pd.read_csv(tmp_path / "offices.csv", dtype=str)
    offices["partner"] = offices["office_id"].map({"k5": "Leksands kommun"})
    offices.to_csv(tmp_path / "offices.csv", index=False)
    out = counted(config, {}, modes={("k5", 2025): "reduced", ("k5", 2026): "reduced_colocated"})
    assert rules(out)["notice:nation", 2025] == (0, 0, True)
    budget = pd.read_csv(out / "budget.csv").set_index(["year", "item"])["amount_mnkr"]
    assert budget["2025", "conversion"] == pytest.approx(0.3)
    assert budget["2026", "conversion"] == pytest.approx(0.3)


def refused(config: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["check", str(config)]) == 2
    return capsys.readouterr().err


def test_closing_on_demand_before_notice_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demands: dict[str, Sequence[object]] = {"close": [{"office": "Leksand", "from": 2025}]}
    config = write_case(tmp_path, **asking(notice_months=9), offices=demands)
    told = refused(config, capsys)
    assert "offices.close: Leksand" in told
    assert "closed from 2025, before its premises can be left" in told
    assert "2026 or later" in told


def test_what_was_decided_before_is_not_held_by_notice(tmp_path: Path) -> None:
    config = write_case(tmp_path, **asking(notice_months=9), offices={"decided": "decided.csv"})
    (tmp_path / "decided.csv").write_text(
        "office_id,action,mode,into_office_id,decided_on,last_day\nk5,close,,,2024-03-01,2024-12-20\n"
    )
    found = rules(counted(config, {"k5": 2025}))
    assert found["notice:nation", 2025] == (0, 0, True)
    assert solved(config).set_index("office_id")["year"]["k5"] == 2025


DECIDED = "office_id,action,mode,into_office_id,decided_on,last_day\n"


@pytest.mark.parametrize(
    ("row", "closed", "modes", "early"),
    [
        ("k5,close,,,2024-03-01,2025-06-15", {"k5": 2026}, {}, 0),
        ("k5,close,,,2024-03-01,2025-06-15", {"k5": 2025}, {}, 1),
        ("k5,close,,,2024-03-01,2025-06-15", {"k5": 2026}, {("k5", 2025): "mobile"}, 1),
        ("k5,convert,mobile,,2024-03-01,2025-06-15", {}, {("k5", 2026): "mobile"}, 0),
        ("k5,convert,mobile,,2024-03-01,2025-06-15", {"k5": 2025}, {}, 1),
    ],
)
def test_a_decision_frees_what_it_says_and_nothing_before(
    tmp_path: Path,
    row: str,
    closed: Mapping[str, int],
    modes: Mapping[tuple[str, int], str],
    early: int,
) -> None:
    """Notice of nine months: k5 is left on its decided day, 15 June 2025, and not sooner."""
    config = write_case(tmp_path, **asking(notice_months=9), offices={"decided": "decided.csv"})
    (tmp_path / "decided.csv").write_text(f"{DECIDED}{row}\n", encoding="utf-8")
    found = rules(counted(config, closed, modes=modes))
    assert found["notice:nation", 2025] == (early, 0, not early)
    assert found["notice:nation", 2026] == (0, 0, True)


def test_an_office_is_at_home_until_its_decided_closure(tmp_path: Path) -> None:
    config = write_case(tmp_path, **asking(notice_months=9), offices={"decided": "decided.csv"})
    row = "k5,close,,,2024-03-01,2025-06-15\n"
    (tmp_path / "decided.csv").write_text(f"{DECIDED}{row}", encoding="utf-8")
    instance = read_case(load(config)).instance
    allowed = instance.allowed[instance.sites.index("k5")]
    may_have = [
        {state for state, may in zip(instance.states, year, strict=True) if may}
        for year in allowed.T
    ]
    assert "staffed" in may_have[0]
    assert not may_have[0] & {"closed", "mobile"}
    assert may_have[1] == {"closed"}


@pytest.mark.parametrize(("closes", "empty"), [(2025, 1), (2026, 0)])
def test_a_municipality_has_its_office_until_the_decided_day(
    tmp_path: Path, closes: int, empty: int
) -> None:
    """Consultation of 24 months: k5, alone in Leksand, is decided to close in 2025."""
    wish = asking(consultation_months=24)
    config = write_case(tmp_path, **wish, offices={"decided": "decided.csv"})
    row = "k5,close,,,2024-03-01,2025-06-15\n"
    (tmp_path / "decided.csv").write_text(f"{DECIDED}{row}", encoding="utf-8")
    found = rules(counted(config, {"k5": closes}))
    assert found["consultation:nation", 2025] == (empty, 0, not empty)
    assert found["consultation:nation", 2026] == (0, 0, True)


@pytest.mark.parametrize(("opens", "pairs"), [(2025, 1), (2026, 0)])
def test_sites_of_a_municipality_replace_each_other_at_once(
    tmp_path: Path, opens: int, pairs: int
) -> None:
    data = {"offices": "offices.csv", "candidates": "candidates.csv", "zones": "zones.csv"}
    config = write_case(tmp_path, **asking(), data=data)
    (tmp_path / "candidates.csv").write_text(CANDIDATE, encoding="utf-8")
    found = rules(counted(config, {"k6": 2026}, {"c9": opens}))
    assert found["replaced:nation", 2026] == (pairs, 0, not pairs)


def test_the_rule_of_replacement_may_look_at_the_end_alone(tmp_path: Path) -> None:
    data = {"offices": "offices.csv", "candidates": "candidates.csv", "zones": "zones.csv"}
    (tmp_path / "candidates.csv").write_text(CANDIDATE, encoding="utf-8")
    any_year = asking(replacement="any_year")
    assert not any(
        scope.startswith("replaced")
        for scope, _ in rules(
            counted(write_case(tmp_path, **any_year, data=data), {"k6": 2026}, {"c9": 2025})
        )
    )


def test_a_limit_names_a_division(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_case(tmp_path, **asking(closures=[{"at_most": 1, "each": "socken"}]))
    assert "requirements.transition.closures" in refused(config, capsys)
