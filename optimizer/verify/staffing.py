"""The staff and the room: visits that every site is planned for, its FTE, and what exceeds it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verify.flows import Flows
from optimizer.verify.folder import RunFolder
from optimizer.verify.network import Networks
from optimizer.verify.settings import Settings

KEPT_FTE = 1e-6  #: less than that is the rounding of plan.csv
Staffing = dict[int, pd.DataFrame]  #: year -> a row per site


def staffing_by_year(
    folder: RunFolder, settings: Settings, networks: Networks, flows: dict[int, Flows]
) -> Staffing:
    """Columns: visits (arriving), planned_visits, fte, extension_visits; index: office_id.

    fte = max(least FTE of the mode, peak * planned visits / visits that one FTE takes) less what is
    got by video, and extension = the planned visits beyond the room. The peak is that on record in
    the base year and the one planned for in planning years. Both are 0 at a closed site. Where
    redundancies are limited more may be there (column kept, part of fte): what plan.csv has beyond
    is taken as told, and `check_staff` asks whether it had to be. Help by video (columns idle,
    wanted, given, got) is none today: from the first planning year what quiet offices have left
    over goes to busy ones, all the same part of it.
    """
    room = folder.sites["room_visits_per_year"].to_numpy(dtype=np.float64)
    if not settings.room_counts:
        room = np.full(room.size, np.inf)
    found = {}
    for year, flow in flows.items():
        network = networks[year]
        is_open = network["open"].to_numpy(dtype=np.bool_)
        basis = flow.arriving if settings.staffing_after_decay else flow.demand
        planned = flow.by_site(basis, len(network))
        productivity = folder.years[year]["productivity_visits_per_fte_year"]
        asked = settings.peak(year) * planned / productivity
        least = network["fte_min"].to_numpy()
        helped = settings.remote is not None and year != settings.base_year
        idle, wanted = _spare(settings, network, asked) if helped else 2 * [np.zeros(len(asked))]
        amount = min(idle.sum(), wanted.sum())
        given = idle * (amount / idle.sum() if amount else 0.0)
        got = wanted * (amount / wanted.sum() if amount else 0.0)
        asked_for = np.where(is_open, np.maximum(least, asked) - got, 0.0)
        kept = _kept(folder, settings, year, pd.Series(asked_for, index=network.index))
        found[year] = pd.DataFrame(
            {
                "visits": flow.by_site(flow.arriving, len(network)),
                "planned_visits": planned,
                "work": np.where(is_open, asked, 0.0),
                "least": np.where(is_open, least, 0.0),
                "fte": asked_for + kept,
                "kept": kept,
                "room": room,
                "extension_visits": np.where(is_open, np.maximum(0.0, planned - room), 0.0),
                "idle": idle,
                "wanted": wanted,
                "given": given,
                "got": got,
            },
            index=network.index,
        )
    return found


def _kept(
    folder: RunFolder, settings: Settings, year: int, asked: pd.Series[float]
) -> NDArray[np.float64]:
    """FTE beyond what is asked for, as plan.csv tells it; none where redundancies have no limit."""
    rule = settings.staff
    if rule is None or rule.most_redundant_fte is None or year == settings.base_year:
        return np.zeros(len(asked))
    told = folder.plan[folder.plan["year"] == year].groupby("office_id")["fte"].first()
    beyond = (told.reindex(asked.index) - asked).fillna(0.0).to_numpy(dtype=np.float64)
    return np.where(beyond > KEPT_FTE, beyond, 0.0)


def _spare(
    settings: Settings, network: pd.DataFrame, asked: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """FTE that each office with placed staff has left over, and FTE that it may get by video."""
    rule = settings.remote
    modes, share = (rule.modes, rule.share) if rule else ((), 0.0)
    able = network["open"].to_numpy(dtype=np.bool_) & network["mode"].isin(modes).to_numpy()
    over = asked - network["fte_min"].to_numpy(dtype=np.float64)
    idle = np.where(able & (over < 0), -over, 0.0)
    return idle, np.where(able & (over > 0), np.minimum(over, share * asked), 0.0)
