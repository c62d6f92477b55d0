"""By sea: where no road leads, by road to a port, by ferry, and by road again."""

from dataclasses import dataclass

import numpy as np

from geodata.arrays import Floats, Ints
from geodata.travel import land
from geodata.travel.driving import Ends, drive
from geodata.travel.settings import EstimateSettings


@dataclass(frozen=True)
class Ports:
    """The ports, the part of the country each lies in, and the fastest way between any two."""

    ends: Ends
    part: Ints
    minutes: Floats
    km: Floats


def ports(settings: EstimateSettings) -> Ports:
    """The ports of all ferries; from one to another by ferries and by the roads between them."""
    graph = land.graph()
    pairs = graph.ferries[["port_a", "port_b"]].to_numpy()
    nodes = np.unique(pairs)
    ends = Ends(graph.nodes[nodes].astype(np.float64), nodes, np.zeros(len(nodes)))
    minutes, km = drive(ends, ends, settings)
    at = np.searchsorted(nodes, pairs)
    for (a, b), crossing_minutes in zip(at, graph.ferries["minutes"], strict=True):
        minutes[[a, b], [b, a]] = crossing_minutes
        km[[a, b], [b, a]] = 0.0
    for via in range(len(nodes)):
        through = minutes[:, via, None] + minutes[None, via, :]
        faster = through < minutes
        minutes = np.where(faster, through, minutes)
        km = np.where(faster, km[:, via, None] + km[None, via, :], km)
    minutes = np.minimum(minutes, minutes.T)  # the same sum in another order
    return Ports(ends, graph.part[nodes], minutes, km)


def sail(
    starts: Ends, goals: Ends, parts: tuple[int, int], known: Ports, settings: EstimateSettings
) -> tuple[Floats, Floats]:
    """Minutes and road km by the fastest ports, from one part of the country to another."""
    out, back = (np.flatnonzero(known.part == part) for part in parts)
    to_port, to_port_km = drive(starts, known.ends.part(out), settings)
    from_port, from_port_km = drive(goals, known.ends.part(back), settings)
    best = np.full((len(starts.nodes), len(goals.nodes)), np.inf)
    best_km = np.full_like(best, np.inf)
    for p, leaving in enumerate(out):
        for q, arriving in enumerate(back):
            on_roads = to_port[:, p, None] + from_port[None, :, q]
            minutes = on_roads + known.minutes[leaving, arriving]
            km = to_port_km[:, p, None] + from_port_km[None, :, q] + known.km[leaving, arriving]
            faster = minutes < best
            best, best_km = np.where(faster, minutes, best), np.where(faster, km, best_km)
    return best, best_km
