"""The relaxation that rounds begin with: short chains, and tails with a few options."""

from __future__ import annotations

from optimizer.engine.pooled import Pooled, pooled
from optimizer.engine.tails import Reach
from optimizer.instance import Instance

FIRST_DEPTH = 2  #: sites in a chain before any is linked
LINKED_DEPTH = 6  #: sites in a chain that may be linked
FEW_LINKED_DEPTH = 4  #: where zones are very many
MOST_TAILS = 5_000  #: zones and needs of a year that have tails of their own; more are bunched
BUNCHES = 3_000  #: into which visits would go at the least that a bunch should have
MANY_LINKS = 1_000_000  #: zones and needs: beyond that fewer links are known
FIRST_OPTIONS = 3  #: of a tail, before any are added
FEW_OPTIONS = 40  #: where a need has no more, tails have all of them from the start


def least_visits(instance: Instance) -> float:
    """Visits of a bunch at least, so that there are not too many tails; 0: zones are alone."""
    visits = instance.demand[-1]
    return 0.0 if visits.size <= MOST_TAILS else float(visits.sum()) / BUNCHES


def relaxation(instance: Instance) -> Pooled:
    """The coefficients of the relaxation that the rounds begin with."""
    n_zones, n_sites, n_states, n_needs, _ = instance.shape
    if n_sites <= LINKED_DEPTH:  # whole chains cost little
        return pooled(instance, n_sites)
    options = n_sites * (n_states - 1)
    few = options <= FEW_OPTIONS
    return pooled(
        instance,
        FIRST_DEPTH,
        tails=True,
        tail_sites=options if few else FIRST_OPTIONS,
        reach=Reach(),
        known=LINKED_DEPTH if n_zones * n_needs <= MANY_LINKS else FEW_LINKED_DEPTH,
        least=least_visits(instance),
    )
