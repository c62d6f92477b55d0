"""Help by video where the report counts a year by itself: staff saved, and what it costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.engine.remote import video_help
from optimizer.instance import Floats
from optimizer.outputs.account.source import Source


def got_by_video(source: Source, modes: pd.Series[str], least: Floats, asked: Floats) -> Floats:
    """FTE that each open office gets by video in a planning year; 0 where it is switched off.

    ``modes``, ``least`` (the mode's minimum) and ``asked`` (by the peak month) are by office.
    """
    rule = (source.run.config.get("requirements") or {}).get("remote_balance") or {}
    if not rule.get("on", False):
        return np.zeros(len(modes))
    catalogue = source.run.config.get("modes") or {}
    able = np.array([bool(catalogue.get(mode, {}).get("placed_staff")) for mode in modes])
    share = float(rule.get("share") or 0.0) * (1.0 - float(rule.get("must_appear_share") or 0.0))
    return video_help(least, asked, able, share).get


def price_of_help(source: Source) -> float:
    """Equipment and lines, mnkr a year for an FTE of help."""
    return source.setting("costs", "remote_mnkr_per_fte", 0.0)
