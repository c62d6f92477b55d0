"""What decisions on offices must agree in."""

from collections import Counter
from collections.abc import Iterator

from optimizer.config.finding import Finding, listed
from optimizer.config.scenario import Scenario


def decisions_agree(scenario: Scenario) -> Iterator[Finding]:
    """No office is decided upon in two ways, or twice in the same way."""
    decisions = scenario.offices
    keeps = [("keep", at, item.office) for at, item in enumerate(decisions.keep)]
    closes = [("close", at, item.office) for at, item in enumerate(decisions.close)]
    kept = {office for _, _, office in keeps}
    seen: Counter[tuple[str, str]] = Counter()
    for kind, at, office in (*keeps, *closes):
        seen[kind, office] += 1
        where = ("offices", kind, at, "office")
        if seen[kind, office] > 1:
            yield Finding(where, f"{office!r} again", "must name each office once")
        elif kind == "close" and office in kept:
            accepted = "must not be an office that offices.keep keeps"
            found = f"{office!r}, both kept and closed"
            yield Finding(where, found, accepted, "Remove it from one of the two.")
    yield from _pins_agree(scenario)
    yield from _mergers_agree(scenario)


def decisions_in_time(scenario: Scenario) -> Iterator[Finding]:
    """Decisions come into force in a planning year."""
    for kind, key in (("close", "from"), ("mode", "from"), ("merge", "year"), ("offer", "from")):
        for at, item in enumerate(getattr(scenario.offices, kind)):
            if item.from_year is not None and item.from_year not in scenario.years:
                accepted = f"must be one of the years {listed(scenario.years)}"
                advice = "Give one of them."
                yield Finding(("offices", kind, at, key), str(item.from_year), accepted, advice)


def _mergers_agree(scenario: Scenario) -> Iterator[Finding]:
    """An office merges once, into another that stays."""
    decisions = scenario.offices
    kept = {item.office for item in decisions.keep}
    closed = {item.office for item in decisions.close}
    gone = Counter(item.from_office for item in decisions.merge)
    for at, item in enumerate(decisions.merge):
        where, into = ("offices", "merge", at, "from"), ("offices", "merge", at, "into")
        if item.from_office == item.into:
            found = f"{item.into!r}, merged into itself"
            yield Finding(into, found, "must be another office than `from`")
        elif item.into in closed or item.into in gone:
            accepted = "must be an office that stays open"
            yield Finding(into, repr(item.into), accepted, "Name another office.")
        if gone[item.from_office] > 1:
            yield Finding(where, f"{item.from_office!r} again", "must name each office once")
        for kind, names in (("keep", kept), ("close", closed)):
            if item.from_office in names:
                accepted = f"must not be an office of offices.{kind}"
                yield Finding(where, repr(item.from_office), accepted, "Remove one of the two.")


def _pins_agree(scenario: Scenario) -> Iterator[Finding]:
    closed = {item.office: item.from_year or scenario.years[0] for item in scenario.offices.close}
    seen: set[tuple[str, int]] = set()
    for at, pin in enumerate(scenario.offices.mode):
        since = pin.from_year or scenario.years[0]
        where = ("offices", "mode", at, "office")
        if (pin.office, since) in seen:
            found = f"{pin.office!r} a second time from {since}"
            yield Finding(where, found, "must name each office once for a year")
        elif since >= closed.get(pin.office, since + 1):
            accepted = "must not be an office that offices.close has closed by then"
            yield Finding(where, repr(pin.office), accepted, "Remove it from one of the two.")
        seen.add((pin.office, since))
