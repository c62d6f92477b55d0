"""What each site offers in a year of a plan, beyond general service."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.building.case import Case
from optimizer.building.services import services_text
from optimizer.instance import CLOSED, Bools, Ints


def offered(case: Case, states: Ints) -> Bools:
    """[J, S] the services at each site in ``states`` [J], in the order of the config.

    Where nothing in the config asks for services, an office keeps those of today that its mode
    can offer.
    """
    instance, catalogue = case.instance, case.scenario.services
    if instance.services:
        return instance.offered[states]
    today = [set(text.split(";")) for text in case.sites["services"]]
    has = np.array([[name in own for name in catalogue] for own in today], dtype=bool)
    needs = np.array([service.need for service in catalogue.values()], dtype=np.int64)
    has = has.reshape(states.size, needs.size)
    return np.asarray(has & (instance.tier[states][:, None] >= needs))


def service_texts(case: Case, states: Ints) -> list[str]:
    """`general;id_check` for each open site; nothing for a closed one."""
    names = tuple(case.scenario.services)
    return [
        services_text(names, own) if state != CLOSED else ""
        for own, state in zip(offered(case, states), states, strict=True)
    ]


def changed(case: Case, before: Ints, now: Ints, site: int) -> dict[str, Any]:
    """The services that a site begins and ends to offer, for its motive, if they are followed."""
    if not case.instance.services:
        return {}
    names = np.array(case.instance.services, dtype=object)
    then, after = (case.instance.offered[states[site]] for states in (before, now))
    return {"begins": tuple(names[after & ~then]), "ends": tuple(names[then & ~after])}
