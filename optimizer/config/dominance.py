"""No mode is free: finds modes of a catalogue that another one makes pointless."""

from collections.abc import Iterator, Mapping
from itertools import permutations

from optimizer.config.modes import Mode


def dominated(modes: Mapping[str, Mode]) -> Iterator[tuple[str, str]]:
    """Pairs (better, worse) of modes with equal partner_required where better dominates worse.

    Better costs no more at any site while its tier, open days and coverage count are all at least
    as high, and one is higher or the cost lower. Sites differ in rent, local cost and staff, so
    a mode costs no more at every site exactly when none of its prices is higher: least staff,
    the factors on premises and local cost, conversion, and whether staff must travel.
    """
    for (better, a), (worse, b) in permutations(modes.items(), 2):
        if a.partner_required != b.partner_required:
            continue
        more = [x - y for x, y in zip(_prices(b), _prices(a), strict=True)]
        more += [x - y for x, y in zip(_service(a), _service(b), strict=True)]
        if min(more) >= 0 and max(more) > 0:
            yield better, worse


def _prices(mode: Mode) -> tuple[float, ...]:
    travel = 0.0 if mode.placed_staff else 1.0
    return (
        mode.fte_min,
        mode.premises_factor,
        mode.local_factor,
        mode.conversion_cost_mnkr,
        travel,
    )


def _service(mode: Mode) -> tuple[float, ...]:
    return (mode.tier, mode.open_days, float(mode.counts_for_coverage))
