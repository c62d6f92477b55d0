"""Staff flows gathered over years, offices and pieces."""

import pandas as pd
import pytest

from optimizer.outputs.staffing import gathered, partners, staff_until

FLOWS = pd.DataFrame(
    [
        (2025, "move", "a", "b", 0.3),
        (2026, "move", "a", "b", 0.4),
        (2026, "move", "a", "c", 0.5),
        (2026, "move", "a", "d", 0.02),
        (2026, "redundant", "a", "", 1.25),
        (2026, "hire", "", "b", 0.01),
    ],
    columns=["year", "kind", "from_office_id", "to_office_id", "fte"],
)


def test_pieces_of_a_pair_are_one_row_with_its_years() -> None:
    table = gathered(FLOWS[FLOWS["kind"] == "move"])
    assert table["to_office_id"].tolist() == ["b", "c", "d"]
    assert table["fte"].tolist() == pytest.approx([0.7, 0.5, 0.02])
    assert (table.loc[0, "first_year"], table.loc[0, "last_year"]) == (2025, 2026)
    assert gathered(FLOWS.iloc[:0]).empty


def test_what_reads_as_nothing_is_told_as_part_of_a_sum_that_does_not() -> None:
    moves = FLOWS[FLOWS["kind"] == "move"]
    named, others, rest = partners(moves, "to_office_id")
    assert named == [("b", pytest.approx(0.7)), ("c", pytest.approx(0.5))]
    assert (others, rest) == (0, 0.0)
    small = moves[moves["to_office_id"] == "d"]
    more = pd.concat([moves, small.assign(to_office_id="e", fte=0.04)])
    assert partners(more, "to_office_id")[1:] == (2, pytest.approx(0.06))


def test_the_card_tells_what_has_happened_by_each_year() -> None:
    today, first, second = staff_until(FLOWS, (2025, 2026), {"a": 0, "b": 1, "c": 2, "d": 3})
    assert today == {}
    assert first[0] == {"moved_out": 0.3, "to": [[[1, 0.3]], 0, 0.0]}
    assert second[0]["moved_out"] == 1.2 and second[0]["redundant"] == 1.3
    assert second[0]["to"] == [[[1, 0.7], [2, 0.5]], 0, 0.0]
    assert second[1] == {"moved_in": 0.7, "from": [[[0, 0.7]], 0, 0.0]}
    assert 3 not in second
    assert staff_until(FLOWS.iloc[:0], (2025,), {"a": 0}) == [{}, {}]
