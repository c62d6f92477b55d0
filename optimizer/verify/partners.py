"""The rule of partners: which modes a site may have by the partners on record in sites.csv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verify.folder import RunFolder
from optimizer.verify.stated import stated

#: What the rule is where the config names none.
COLOCATED, ELSEWHERE = "on_record", "anywhere"


def lacks_partner(
    folder: RunFolder, office_ids: Sequence[str], modes: Sequence[str]
) -> NDArray[np.bool_]:
    """For pairs of a site and a mode: the mode asks for a partner that the rule does not find.

    A mode with partner_required asks for one: a co-located one by requirements.partners.colocated,
    another by requirements.partners.mobile. `on_record` is a partner of the site itself,
    `in_municipality` of any site there, and `anywhere` asks for none. Today's mode may stay.
    """
    sites = folder.sites.set_index("office_id")
    here = sites["partner"] != ""
    in_town = sites["municipality_code"].isin(sites.loc[here, "municipality_code"])
    found = {"on_record": here, "in_municipality": in_town}
    lacking = []
    for office_id, mode in zip(office_ids, modes, strict=True):
        rule = partner_rule(folder.config, mode)
        asked = rule in found and office_id in sites.index
        stays = asked and sites.at[office_id, "mode_today"] == mode
        lacking.append(asked and not stays and not found[rule][office_id])
    return np.array(lacking, dtype=np.bool_)


def partner_rule(config: Mapping[str, Any], mode: str) -> str:
    """Where a mode may be: on_record, in_municipality or anywhere."""
    facts = (config.get("modes") or {}).get(mode)
    rules = stated(config, "requirements.partners")
    if not isinstance(facts, dict) or facts.get("partner_required") is not True:
        return "anywhere"
    if rules is False or (isinstance(rules, dict) and rules.get("on") is False):
        return "anywhere"
    rules = rules if isinstance(rules, dict) else {}
    if facts.get("premises") == "colocated":
        return str(rules.get("colocated") or COLOCATED)
    return str(rules.get("mobile") or ELSEWHERE)


def partnerless(folder: RunFolder, network: pd.DataFrame) -> NDArray[np.bool_]:
    """Sites of a network in a mode for which they lack a partner."""
    return lacks_partner(folder, list(network.index), list(network["mode"]))
