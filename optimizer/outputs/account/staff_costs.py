"""One-off cost of staff that a year's need sets in motion, where no office closes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.engine.staff import staff_flows
from optimizer.instance import Floats, Staff
from optimizer.outputs.account.source import Source

NOTHING = {"redundancy": 0.0, "relocation": 0.0, "hiring": 0.0}


def staff_rule(source: Source, offices: pd.Index) -> Staff | None:
    """Staff of these offices and what its moves cost; None where the run does not count it."""
    rule = (source.run.config.get("requirements") or {}).get("staff_balance") or {}
    if not rule.get("on", False):
        return None
    between = source.between.set_index("office_id").loc[offices, list(offices)]
    today = source.run.sites.set_index("office_id")["fte_today"].loc[offices]
    return Staff(
        today=today.to_numpy(dtype=np.float64),
        apart=between.to_numpy(dtype=np.float64),
        commuting_minutes=source.setting("demand", "commuting_minutes", 0.0),
        attrition=source.setting("costs", "attrition_per_year", 0.0),
        redundancy=source.setting("costs", "redundancy_mnkr_per_fte", 0.0),
        move=source.setting("costs", "move_mnkr_per_fte", 0.0),
        hire=source.setting("costs", "hire_mnkr_per_fte", 0.0),
        most_redundant=np.inf,
    )


def staff_costs(
    rule: Staff | None, before: Floats | None, now: Floats, price: float
) -> dict[str, float]:
    """Redundancy, relocation and hiring of a year in which staff changes so, mnkr.

    ``before`` and ``now`` are FTE by office; without ``before`` (today) nothing changes.
    """
    if rule is None or before is None:
        return dict(NOTHING)
    flows = staff_flows(rule, before, now)
    return {
        "redundancy": price * rule.redundancy * float(flows.redundant.sum()),
        "relocation": price * rule.move * float(flows.moved.sum()),
        "hiring": price * rule.hire * float(flows.hired.sum()),
    }
