"""A demanded merger: the office closes, the other stays, and the plan calls it a merger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.config import load
from optimizer.outputs.flows import moved_visits
from optimizer.outputs.run_tables import read_tables
from optimizer.plan.motives import Happening, motive
from optimizer.verify import verify
from tests.run.small_case import OFFICES, QUICK, write_case

MERGER = {"from": "Hedemora", "into": "k1", "year": 2026}
MODE = {"office": "k6", "from": 2026}
#: the receiving office, made less than it is today
PIN = [{"office": "Falun", "mode": "flexible"}]
TOWNS = {office[0]: office[1] for office in OFFICES}
OFF = {"region_coverage": {"on": False}}


def counted(
    folder: Path, config: Path, modes: dict[str, str], later: dict[str, str] | None = None
) -> Path:
    """The plan with these offices in these modes in both years, or other ones in 2026; the others
    are staffed."""
    by_year = {2025: modes, 2026: modes | (later or {})}
    rows = [
        f"{office},{year},{by_year[year].get(office, 'staffed')}"
        for office in ("k1", "k2", "k3", "k4", "k5", "k6")
        for year in (2025, 2026)
    ]
    (folder / "mine.csv").write_text("\n".join(["office_id,year,mode", *rows]) + "\n")
    options = ["--plan", str(folder / "mine.csv"), "--out", str(folder / "run"), "--quiet"]
    assert main(["evaluate", str(config), *options]) in (0, 1)
    return folder / "run"


def test_a_demanded_merger_is_done_and_named(tmp_path: Path) -> None:
    merge = [{"from": "Hedemora", "into": "k1", "reason": "one lease ends", "year": 2026}]
    config = write_case(tmp_path, offices={"merge": merge}, requirements=OFF, solver=QUICK)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    plan = pd.read_csv(tmp_path / "run" / "plan.csv")
    merged = plan[(plan["office_id"] == "k6") & (plan["mode"] == "closed")]
    first = merged.iloc[0]
    assert (first["action"], first["into_office_id"]) == ("merge", "k1")
    assert "one lease ends" in first["motive"]
    assert merged["year"].max() == 2026
    assert (plan[plan["office_id"] == "k1"]["mode"] != "closed").all()
    rules = pd.read_csv(tmp_path / "run" / "requirements.csv", dtype={"year": str})
    decided = rules[rules["requirement"] == "fixed_decisions"]
    assert list(decided["scope"]) == ["merge:k6"]
    assert list(decided["year"]) == ["2026"]
    assert decided["holds"].all()


def test_a_merger_done_a_year_early_moves_everybody_and_is_told_at_both_ends(
    tmp_path: Path,
) -> None:
    """Demanded by 2026, done in 2025: 3.8 of Hedemora's 4.0 FTE, less attrition, go to Falun."""
    config = write_case(tmp_path, offices={"merge": [MERGER]}, requirements=OFF)
    run = counted(tmp_path, config, {"k6": "closed"})
    plan = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"])
    staff = pd.read_csv(run / "staff.csv", dtype={"from_office_id": str})
    moves = staff[(staff["kind"] == "move") & (staff["from_office_id"] == "k6")]
    assert list(moves["to_office_id"]) == ["k1"]
    sites = pd.read_csv(run / "inputs" / "sites.csv").set_index("office_id")
    assert moves["fte"].iloc[0] == pytest.approx(0.95 * sites.loc["k6", "fte_today"], abs=1e-6)
    zones = pd.read_parquet(run / "assignments.parquet")
    own = zones[(zones["year"] == 2025) & zones["zone_id"].isin(["z5a", "z5b"])]
    arrive = own["visits"].groupby(own["office_id"]).sum()
    told, received = plan.loc[("k6", 2025), "motive"], arrive.get("k1", 0.0)
    share = f"{received:,.0f} visits, {received / arrive.sum():.0%} of those that still come"
    assert f"Merges with Falun, which receives {share}:" in told
    assert f"The office had {sites.loc['k6', 'visits_today']:,.0f} visits the year before." in told
    assert f"Of the visits {own['lost_visits'].sum():,.0f} are lost." in told
    assert "3.8 to Falun" in told
    receives = f"Receives Hedemora ({received:,.0f} visits, 3.8 FTE), of those who were there"
    assert receives in plan.loc[("k1", 2025), "motive"]


def test_an_office_whose_receiver_closes_later_says_so(tmp_path: Path) -> None:
    config = write_case(tmp_path, requirements=OFF)
    once = pd.read_csv(counted(tmp_path, config, {"k6": "closed"}) / "plan.csv", dtype=str)
    closing = once[(once["office_id"] == "k6") & (once["year"] == "2025")].iloc[0]
    assert "itself closes" not in closing["motive"]
    receiver = str(closing["into_office_id"])
    run = counted(tmp_path, config, {"k6": "closed"}, {receiver: "closed"})
    plan = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"])
    name = plan.loc[(receiver, 2025), "office"]
    assert f"{name} itself closes in 2026." in plan.loc[("k6", 2025), "motive"]
    assert "itself closes" not in plan.loc[(receiver, 2026), "motive"]


def test_an_office_whose_receiver_serves_less_later_says_so(tmp_path: Path) -> None:
    config = write_case(tmp_path, requirements=OFF)
    run = counted(tmp_path, config, {"k6": "closed"})
    once = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"]).loc[("k6", 2025)]
    assert "itself becomes" not in once["motive"]
    into = str(once["into_office_id"])
    again = counted(tmp_path, config, {"k6": "closed"}, later={into: "flexible"})
    plan = pd.read_csv(again / "plan.csv").set_index(["office_id", "year"])
    title = "itself becomes flexible office in 2026"
    assert f"{TOWNS[into]} {title}" in plan.loc[("k6", 2025), "motive"]
    assert "itself becomes" not in plan.loc[("k6", 2026), "motive"]


def test_many_offices_that_staff_moves_to_are_told_as_a_sum(tmp_path: Path) -> None:
    scenario = load(write_case(tmp_path))
    moves = (("A", 1.2), ("B", 0.3), ("C", 0.2), ("D", 0.1), ("E", 0.1), ("F", 0.01))
    told = motive(_happening(moves), scenario, "sv")
    assert told.endswith(
        " Av 2,0 årsarbetskrafter flyttar 1,2 till A, 0,3 till B, 0,2 till C, "
        "0,2 till 2 andra kontor."
    )
    few = motive(_happening(moves[:4]), scenario, "sv")
    assert "0,1 till D" in few and "andra kontor" not in few


def test_numbers_are_rounded_as_map_and_report_round_them(tmp_path: Path) -> None:
    """1.05 FTE is 1.1 in both; the decimal number, halves away from zero."""
    scenario = load(write_case(tmp_path))
    told = motive(replace(_happening((("A", 1.15),)), redundant_fte=1.05), scenario, "sv")
    assert "flyttar 1,2 till A, blir 1,1 övertaliga." in told


def test_small_counts_of_visits_are_left_out_of_a_motive_where_that_is_asked_for(
    tmp_path: Path,
) -> None:
    scenario = load(write_case(tmp_path, output={"language": "sv", "suppress_below": 30}))
    told = motive(_happening(()), scenario, "sv")
    assert "som tar emot 80 besök" in told and "Av besöken uteblir färre än 30." in told


def test_visits_of_a_closing_office_are_those_of_its_tables(tmp_path: Path) -> None:
    """Hedemora closes in 2026: motive, plan.csv and flows say the same numbers."""
    config = write_case(tmp_path, requirements=OFF)
    run = counted(tmp_path, config, {}, later={"k6": "closed"})
    plan = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"])
    closing, had = plan.loc[("k6", 2026)], plan.loc[("k6", 2025), "visits"]
    told, into = closing["motive"], closing["into_office_id"]
    flows = moved_visits(read_tables(run)).query("year == 2026 and from_office_id == 'k6'")
    moved = flows.set_index("to_office_id")["visits"]
    assert f"The office had {had:,.0f} visits the year before." in told
    assert f"which receives {moved[into]:,.0f} visits" in told
    gained = plan.loc[(into, 2026), "visits"] - plan.loc[(into, 2025), "visits"]
    assert gained == pytest.approx(moved[into], abs=2e-3)
    assert f"Of the visits {had - moved.sum():,.0f} are lost." in told


def _happening(moves: tuple[tuple[str, float], ...]) -> Happening:
    return Happening(
        action="merge",
        mode="closed",
        mode_before="staffed",
        visits=0.0,
        visits_before=100.0,
        saved_mnkr=1.0,
        receiver="A",
        received_visits=80.0,
        received_share=1.0,
        lost_visits=20.0,
        added_minutes=10.0,
        decided=False,
        reason="",
        fte_before=2.0,
        moves=moves,
    )


def test_a_decision_is_told_from_the_year_in_which_it_stands(tmp_path: Path) -> None:
    pin = {"office": "k4", "mode": "reduced", "from": 2026, "reason": "agreed with the town"}
    config = write_case(tmp_path, offices={"mode": [pin]}, requirements=OFF)
    plan = pd.read_csv(counted(tmp_path, config, {}) / "plan.csv").set_index(["office_id", "year"])
    assert "Decided beforehand" not in plan.loc[("k4", 2025), "motive"]
    assert "Decided beforehand: agreed with the town." in plan.loc[("k4", 2026), "motive"]


def test_a_closure_lets_staff_go_where_a_merger_moves_it(tmp_path: Path) -> None:
    """The same office closes: its staff, its one-off cost and its text differ."""
    demanded = {"merge": [{"from": "k6", "into": "k1"}]}
    told = {}
    for name, offices in (("merger", demanded), ("closure", {"close": [{"office": "k6"}]})):
        folder = tmp_path / name
        folder.mkdir()
        demand = {"merger_minutes": 5, "commuting_minutes": 45}
        config = write_case(folder, offices=offices, demand=demand, requirements=OFF)
        run = counted(folder, config, {"k6": "closed"})
        plan = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"])
        staff = pd.read_csv(run / "staff.csv").fillna("")
        k6 = staff[(staff["from_office_id"] == "k6") & (staff["year"] == 2025)]
        into_k1 = k6[k6["to_office_id"] == "k1"]["fte"].sum()
        budget = pd.read_csv(run / "budget.csv", dtype={"year": str})
        of_2025 = budget[budget["year"] == "2025"].set_index("item")["amount_mnkr"]
        told[name] = (
            plan.loc[("k6", 2025), "action"],
            into_k1,
            plan.loc[("k6", 2025), "motive"],
            of_2025["redundancy"] + of_2025["relocation"],
            of_2025["closure"],
        )
    assert told["merger"][0] == "merge" and told["closure"][0] == "close"
    assert told["merger"][1] > told["closure"][1]
    assert told["merger"][2] != told["closure"][2]
    assert told["merger"][3] != pytest.approx(told["closure"][3])
    assert told["merger"][4] == told["closure"][4]  # premises are restored in both


def test_a_receiving_office_keeps_its_service_and_pays_for_its_room(tmp_path: Path) -> None:
    """Ludvika into Borlänge: all visits go there, beyond its room; Borlänge may not be reduced."""
    offices = {"merge": [{"from": "k3", "into": "k2", "year": 2026}]}
    config = write_case(tmp_path, offices=offices, requirements=OFF)
    for mode, broken in (("staffed", False), ("flexible", True)):
        run = counted(tmp_path, config, {"k2": mode, "k3": "closed"})
        rules = pd.read_csv(run / "requirements.csv").set_index(["requirement", "scope"])
        assert rules.loc[("fixed_decisions", "merge:k3"), "holds"].all() != broken
        if not broken:
            plan = pd.read_csv(run / "plan.csv").set_index(["office_id", "year"])
            rooms = pd.read_csv(run / "inputs" / "sites.csv").set_index("office_id")
            beyond = plan.loc[("k2", 2025), "visits"] - rooms.loc["k2", "room_visits_per_year"]
            assert beyond > 100
            told = plan.loc[("k2", 2025), "motive"]
            assert "Receives Ludvika (" in told
            assert "Its room is extended for" in told


def test_no_redundancies_can_be_asked_for(tmp_path: Path) -> None:
    rule = OFF | {"staff_balance": {"most_redundant_fte": 0.4}}
    config = write_case(tmp_path, requirements=rule, solver=QUICK)
    assert main(["solve", str(config), "--out", str(tmp_path / "run"), "--quiet"]) == 0
    staff = pd.read_csv(tmp_path / "run" / "staff.csv")
    redundant = staff[staff["kind"] == "redundant"].groupby("year")["fte"].sum()
    assert (redundant <= 0.4 + 1e-6).all()
    rules = pd.read_csv(tmp_path / "run" / "requirements.csv")
    told = rules[(rules["requirement"] == "staff_balance") & (rules["scope"] == "nation")]
    assert len(told) == 2 and (told["limit"] == 0.4).all()


def test_who_may_not_be_made_redundant_is_kept_and_paid(tmp_path: Path) -> None:
    """Fewer are needed than there are and nobody may go: idle staff is planned, and checked."""
    rule = OFF | {"staff_balance": {"most_redundant_fte": 0.0}}
    demand = {"productivity_growth": 0.1}
    config = write_case(tmp_path, requirements=rule, solver=QUICK, demand=demand)
    run = counted(tmp_path, config, {"k3": "closed", "k6": "closed"})
    staff = pd.read_csv(run / "staff.csv")
    assert staff[staff["kind"] == "redundant"]["fte"].sum() <= 1e-5
    (tmp_path / "free").mkdir()
    free = write_case(tmp_path / "free", requirements=OFF, solver=QUICK, demand=demand)
    least = pd.read_csv(
        counted(tmp_path / "free", free, {"k3": "closed", "k6": "closed"}) / "plan.csv"
    )
    plan = pd.read_csv(run / "plan.csv")
    kept = (
        plan.set_index(["office_id", "year"])["fte"] - least.set_index(["office_id", "year"])["fte"]
    )
    assert (kept >= -1e-6).all() and kept.max() > 0.1
    more = plan.copy()
    more.loc[more["fte"] > 0, "fte"] += 0.5  # beyond what the limit keeps
    more.to_csv(run / "plan.csv", index=False)
    assert any("balance" in one.where for one in verify(run).findings)


def test_a_plan_that_ignores_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    merge = [{"from": "k6", "into": "k1"}]
    config = write_case(tmp_path, offices={"merge": merge}, requirements=OFF)
    options = ["--plan", "today", "--out", str(tmp_path / "run"), "--quiet"]
    assert main(["evaluate", str(config), *options]) == 1
    assert "fixed_decisions merge:k6 2025" in capsys.readouterr().out


def test_a_candidate_takes_no_part_in_a_merger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = "office_id,office,municipality_code,longitude,latitude"
    (tmp_path / "new.csv").write_text(f"{columns}\nn1,Smedjebacken,2061,15.42,60.14\n")
    data = {"offices": "offices.csv", "candidates": "new.csv", "zones": "zones.csv"}
    offices = {"merge": [{"from": "k3", "into": "n1"}]}
    assert main(["check", str(write_case(tmp_path, data=data, offices=offices))]) == 2
    told = capsys.readouterr().err
    assert "Smedjebacken, which is not an office of today" in told and "offices.mode" in told


@pytest.mark.parametrize(
    ("offices", "words"),
    [
        ({"merge": [{"from": "k6", "into": "k6"}]}, "must be another office"),
        ({"merge": [{"from": "k6", "into": "k9"}]}, "offices.merge[0].into"),
        ({"merge": [{"from": "k6", "into": "k4"}]}, "minutes between them"),
        (
            {"merge": [{"from": "k6", "into": "k1"}], "keep": [{"office": "k6"}]},
            "must not be an office of offices.keep",
        ),
        (
            {"merge": [{"from": "k6", "into": "k1"}], "close": [{"office": "k1"}]},
            "must be an office that stays open",
        ),
        (
            {"merge": [{"from": "k6", "into": "k1"}, {"from": "k6", "into": "k2"}]},
            "must name each office once",
        ),
        ({"merge": [{"from": "k6", "into": "k1", "year": 2031}]}, "must be one of the years"),
        (
            {"merge": [{"from": "k6", "into": "k1"}, {"from": "Hedemora", "into": "k2"}]},
            "must name each office once (found 'Hedemora', which is k6, again)",
        ),
        ({"merge": [{"from": "k6", "into": "k1"}], "mode": PIN}, "no mode is left"),
    ],
)
def test_mergers_that_can_not_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], offices: dict[str, object], words: str
) -> None:
    config = write_case(tmp_path, offices=offices, requirements=OFF)
    assert main(["check", str(config)]) == 2
    assert words in capsys.readouterr().err


def test_all_that_decisions_can_not_be_is_told_at_once_with_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Too far apart, too soon, and against one another; the reason of a reason is not told."""
    offices = {
        "merge": [{"from": "k6", "into": "k4", "year": 2025}, {"from": "k2", "into": "k1"}],
        "mode": PIN,
    }
    transition = {"transition": {"notice_months": 9}}
    config = write_case(tmp_path, offices=offices, requirements=OFF | transition)
    assert main(["check", str(config)]) == 2
    told = capsys.readouterr().err.splitlines()
    begin = "small.yaml: offices.merge: "
    assert len(told) == 4, told
    assert told[0].startswith(f"{begin}Hedemora into Mora: offices at most 60 minutes apart")
    assert told[1].startswith(f"{begin}Hedemora: 2026 or later")
    assert told[2].startswith(f"{begin}Borlänge: 2026 or later")
    assert told[3].startswith(f"{begin}Falun: ") and "no mode is left" in told[3]


def test_a_merger_too_far_in_the_table_of_decisions_is_told_by_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = "k6,merge,,k4,2025-01-01,"
    columns = "office_id,action,mode,into_office_id,decided_on,last_day"
    (tmp_path / "decided.csv").write_text(f"{columns}\n{row}\n", encoding="utf-8")
    offices = {"decided": "decided.csv", "merge": [{"from": "k2", "into": "k1"}]}
    config = write_case(tmp_path, offices=offices, requirements=OFF)
    assert main(["check", str(config)]) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("decided.csv: Hedemora into Mora: ")


def test_a_merger_too_far_is_told_with_what_consultation_and_services_forbid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    offices: dict[str, object] = {"merge": [{"from": "k6", "into": "k4", "year": 2025}]}
    transition = {"transition": {"notice_months": 0, "consultation_months": 14}}
    config = write_case(tmp_path, offices=offices, requirements=OFF | transition)
    assert main(["check", str(config)]) == 2
    far, early = capsys.readouterr().err.splitlines()
    assert "minutes between them" in far
    assert early.startswith("small.yaml: offices.merge: Hedemora: ")
    assert "before consultation is over" in early
    offices["mode"] = [{"office": "k1", "mode": "flexible"}]
    offices["offer"] = [{"office": "k1", "service": "id_check"}]
    config = write_case(tmp_path, offices=offices, requirements=OFF)
    assert main(["check", str(config)]) == 2
    far, offer = capsys.readouterr().err.splitlines()
    assert "minutes between them" in far
    assert offer.startswith("small.yaml: offices.offer: Falun: ")


@pytest.mark.parametrize(
    ("offices", "modes", "scopes"),
    [
        (
            {"mode": [{"office": "k6", "mode": "reduced"}, MODE | {"mode": "flexible"}]},
            ["reduced", "flexible"],
            ["mode:k6", "mode:k6"],
        ),
        (
            {
                "mode": [{"office": "Hedemora", "mode": "reduced", "from": 2025}],
                "close": [{"office": "k6", "from": 2026}],
            },
            ["reduced", "closed"],
            ["close:k6", "mode:k6"],
        ),
        (
            {"mode": [{"office": "k6", "mode": "reduced"}], "merge": [MERGER]},
            ["reduced", "closed"],
            ["mode:k6", "merge:k6"],
        ),
    ],
)
def test_a_mode_holds_until_the_next_decision_on_the_office(
    tmp_path: Path, offices: dict[str, object], modes: list[str], scopes: list[str]
) -> None:
    """Step by step; verification counts the same rows, and a plan that skips a step breaks one."""
    config = write_case(tmp_path, offices=offices, requirements=OFF, solver=QUICK)
    first, then = modes
    run = counted(tmp_path, config, {"k6": first}, {"k6": then})
    rules = pd.read_csv(run / "requirements.csv", dtype={"year": str})
    decided = rules[rules["requirement"] == "fixed_decisions"]
    assert list(decided["scope"]) == scopes
    assert sorted(decided["year"]) == ["2025", "2026"] and decided["holds"].all()
    assert verify(run).ok
    skipped = counted(tmp_path, config, {"k6": first})
    rules = pd.read_csv(skipped / "requirements.csv", dtype={"year": str})
    decided = rules[rules["requirement"] == "fixed_decisions"]
    assert dict(zip(decided["year"], decided["holds"], strict=True)) == {
        "2025": True,
        "2026": False,
    }
    assert verify(skipped).ok


def test_a_merger_named_twice_is_told_with_its_name_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    merge = [{"from": "k1", "into": "k2"}, {"from": "Falun", "into": "k5"}]
    assert main(["check", str(write_case(tmp_path, offices={"merge": merge}))]) == 2
    assert "(found 'k1', which is Falun, again)" in capsys.readouterr().err
