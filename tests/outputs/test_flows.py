"""Where visits go when offices close, and whom it concerns: a case worked out by hand."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from geodata import builtin
from optimizer.outputs.flows import (
    concerned_people,
    concerned_zones,
    moved_visits,
    people_of_75,
    served_today,
)
from optimizer.outputs.run_tables import RunTables, read_tables
from tests.outputs import full_run


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    return read_tables(full_run.write(tmp_path_factory.mktemp("flows") / "run"))


@pytest.fixture
def small(tables: RunTables) -> RunTables:
    """Two zones, three offices; A (tier 3) closes, B (tier 3, three days) and C (tier 1) stay."""
    sites = pd.DataFrame({"office_id": ["A", "B", "C"], "mode_today": ["full", "full", "bus"]})
    sites = sites.assign(open_days_today=[5.0, 3.0, 5.0], candidate=False)
    modes = pd.DataFrame({"office_id": ["A", "B", "C"], "mode": ["full", "full", "bus"]})
    travel = pd.DataFrame({"zone_id": ["y", "z"], "A": [10.0, 30.0], "B": [40.0, 20.0]})
    assigned = [("y", "B", 1, 60.0), ("y", "B", 3, 40.0), ("z", "C", 1, 5.0), ("z", "B", 3, 7.0)]
    columns = ["zone_id", "office_id", "need", "visits"]
    people = [("y", 1, 300, 10.0, 40.0), ("y", 3, 300, 10.0, 70.0)]
    people += [("z", 1, 100, 5.0, 5.0), ("z", 3, 100, 20.0, 20.0)]
    names = ["zone_id", "need", "population", "minutes_before", "minutes_after"]
    return replace(
        tables,
        sites=sites,
        site_modes=modes.assign(tier=[3, 3, 1]),
        travel=travel.assign(C=[99.0, 5.0]),
        assignments=pd.DataFrame(assigned, columns=columns).assign(year=2025),
        zones=pd.DataFrame(people, columns=names).assign(year=2025, municipality_code="0114"),
        config={"demand": {"waiting_minutes": 20.0}},
    )


def test_each_zone_goes_to_the_nearest_office_able_waiting_counted(small: RunTables) -> None:
    # y: A at 10. z, need 1: C at 5. z, need 3: A at 30 against B at 20 + 2/5 x 20 = 28: B.
    found = served_today(small).set_index(["zone_id", "need"])["office_id"].to_dict()
    assert found == {("y", 1): "A", ("y", 3): "A", ("z", 1): "C", ("z", 3): "B"}


def test_visits_that_change_office_are_summed(small: RunTables) -> None:
    assert moved_visits(small).to_dict("records") == [
        {"year": 2025, "from_office_id": "A", "to_office_id": "B", "visits": 100.0}
    ]


def test_people_are_counted_at_the_highest_need_of_the_office(small: RunTables) -> None:
    found = concerned_people(concerned_zones(small), pd.Series({"y": 60.0, "z": 30.0}))
    row = found.loc[("A", 2025)]
    assert (row["need"], row["people"], row["minutes_before"]) == (3, 300, 10.0)
    assert (row["minutes_after"], row["longer"], row["far"]) == (70.0, 300, 300)
    assert row["elderly"] == 60 and found.loc[("C", 2025), "elderly"] == 30
    assert found.loc[("C", 2025), "need"] == 1 and found.loc[("C", 2025), "longer"] == 0


def test_those_of_75_are_the_runs_own_or_a_part_of_the_municipality(small: RunTables) -> None:
    share = builtin.load("municipalities").set_index("municipality_code")["share_75plus"]["0114"]
    assert people_of_75(small)["y"] == pytest.approx(300 * float(share))
    own = pd.DataFrame({"zone_id": ["y", "z"], "age_75plus": [41.0, 7.0]})
    assert people_of_75(replace(small, groups=own)).to_dict() == {"y": 41.0, "z": 7.0}


def test_today_is_recounted_as_the_run_has_it(tables: RunTables) -> None:
    served = served_today(tables)
    minutes = tables.travel.set_index("zone_id")
    both = tables.zones[tables.zones["year"] == 2025].merge(served, on=["zone_id", "need"])
    assert len(both) == 290 * 3
    for row in both.to_dict("records"):
        assert minutes.at[row["zone_id"], row["office_id"]] == row["minutes_before"]


def test_without_travel_minutes_only_new_offices_are_told_of(tables: RunTables) -> None:
    bare = replace(tables, travel=pd.DataFrame())
    assert served_today(bare).empty and moved_visits(bare).empty
    new = set(tables.sites.loc[tables.sites["candidate"], "office_id"])
    assert set(concerned_zones(bare)["office_id"]) <= new
    assert concerned_zones(replace(bare, assignments=pd.DataFrame())).empty


def test_a_full_run_moves_visits_of_closed_offices(tables: RunTables, tmp_path: Path) -> None:
    moved = moved_visits(tables)
    plan = tables.plan[tables.plan["mode"] == "closed"]
    closed = set(zip(plan["year"], plan["office_id"], strict=True))
    assert len(moved) and (moved["visits"] > 0).all()
    still = plan[["year", "office_id"]].rename(columns={"office_id": "to_office_id"})
    assert moved.merge(still, on=["year", "to_office_id"]).empty  # none goes to a closed office
    senders = set(zip(moved["year"], moved["from_office_id"], strict=True))
    assert senders & closed
