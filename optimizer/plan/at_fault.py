"""Sites that break a rule by what they are or become in a year, whatever the others do."""

from __future__ import annotations

import numpy as np

from optimizer.engine.evaluate import service_dropped
from optimizer.instance import CLOSED, Bools, Instance, Ints


def strange_modes(instance: Instance, states: Ints) -> Bools:
    """[J] open sites in a mode that they can not have (`partners`)."""
    in_mode = _possible(instance) @ _same_mode(instance)  # whatever is offered in it
    return np.asarray((states != CLOSED) & ~in_mode[np.arange(states.size), states])


def wrong_offers(instance: Instance, before: Ints, states: Ints) -> Bools:
    """[J] sites that offer what they can not in a mode they can have, or end it (`offer`)."""
    possible, at = _possible(instance), (np.arange(states.size), states)
    beyond = (possible @ _same_mode(instance))[at] & ~possible[at]
    return np.asarray(beyond | service_dropped(instance, before, states))


def _possible(instance: Instance) -> Bools:
    """[J, S] the states that each site may be in some year, before anything is decided."""
    before_decisions = instance.allowed if instance.possible is None else instance.possible
    may = np.asarray(before_decisions.any(axis=2))
    may[np.arange(instance.today.size), instance.today] = True  # what is there may stay
    return may


def _same_mode(instance: Instance) -> Bools:
    return np.asarray(instance.mode_id[:, None] == instance.mode_id)
