"""Sites that break a rule by what they are or become in a year, whatever the others do."""

from __future__ import annotations

import numpy as np

from optimizer.engine.evaluate import service_dropped
from optimizer.instance import CLOSED, Bools, Instance, Ints


def strange_modes(instance: Instance, states: Ints) -> Bools:
    """[J] open sites in a mode that they can not have (`partners`)."""
    in_mode = instance.may_have @ _same_mode(instance)  # whatever is offered in it
    return np.asarray((states != CLOSED) & ~in_mode[np.arange(states.size), states])


def wrong_offers(instance: Instance, before: Ints, states: Ints) -> Bools:
    """[J] sites that offer what they can not in a mode they can have, or end it (`offer`)."""
    may, at = instance.may_have, (np.arange(states.size), states)
    beyond = (may @ _same_mode(instance))[at] & ~may[at]
    return np.asarray(beyond | service_dropped(instance, before, states))


def _same_mode(instance: Instance) -> Bools:
    return np.asarray(instance.mode_id[:, None] == instance.mode_id)
