"""The template of a plan made by people: today's network, a row for each office."""

from __future__ import annotations

import numpy as np

from optimizer.building.reading import read_case
from optimizer.config import load
from optimizer.config.shipped import shipped_folder
from optimizer.whatif.plans import read_plan, todays_plan


def test_the_template_lists_every_office_in_todays_mode() -> None:
    folder = shipped_folder() / "what-if"
    case = read_case(load(folder / "own-plan.yaml"))
    table = folder / "own-plan.csv"
    assert np.array_equal(read_plan(table, case), todays_plan(case))
    rows = table.read_text(encoding="utf-8-sig").splitlines()[1:]
    offices = case.sites.loc[~case.sites["candidate"], "office_id"]
    assert [row.split(";")[0] for row in rows] == offices.tolist()
