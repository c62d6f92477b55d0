"""What requirements name must be there."""

from collections.abc import Iterator

from optimizer.config.finding import Finding, KeyPath, listed
from optimizer.config.modes import CLOSED
from optimizer.config.scenario import Scenario

#: Keys of service_coverage that speak of people, and say nothing of offices in a region.
OF_PEOPLE = frozenset(
    ("share", "minutes", "km", "either", "each", "group", "area_type", "relative")
)


def rules_name_divisions(scenario: Scenario) -> Iterator[Finding]:
    """Divisions that rules name are in data.regions."""
    known = scenario.data.regions
    rules = scenario.requirements
    named: list[tuple[KeyPath, str]] = [
        (("requirements", "region_coverage", at, "division"), rule.division)
        for at, rule in enumerate(rules.region_coverage)
    ]
    named += [
        (("requirements", "mode_limits", at, "each"), rule.each)
        for at, rule in enumerate(rules.mode_limits)
        if rule.each is not None
    ]
    named += [
        (("requirements", "transition", "closures", at, "each"), limit.each)
        for at, limit in enumerate(rules.transition.closures)
        if limit.each is not None
    ]
    named += [
        (("requirements", "access_standard", at, "each"), standard.each)
        for at, standard in enumerate(rules.access_standard)
        if standard.each is not None
    ]
    growing = scenario.demand.growth_by_region
    if growing is not None:
        named.append((("demand", "growth_by_region", "division"), growing.division))
    for at, coverage in enumerate(rules.service_coverage):
        for key, division in (("division", coverage.division), ("each", coverage.each)):
            if division is not None:
                named.append((("requirements", "service_coverage", at, key), division))
    for path, division in named:
        if division not in known:
            accepted = f"must be a division of data.regions: {listed(known)}"
            yield Finding(path, repr(division), accepted)


def standards_say_how_far(scenario: Scenario) -> Iterator[Finding]:
    """Every standard of access says within what: minutes, kilometres or one of them."""
    for at, standard in enumerate(scenario.requirements.access_standard):
        if not standard.says_how_far:
            path: KeyPath = ("requirements", "access_standard", at)
            advice = "Such as {share: 0.9, minutes: 45}."
            yield Finding(path, "neither", "must say minutes, km or any", advice)
    left = scenario.requirements.no_one_left_behind
    if left is not None and left.on and left.added_minutes is None and left.within_minutes is None:
        path = ("requirements", "no_one_left_behind")
        advice = "Such as {added_minutes: 60}."
        yield Finding(path, "neither", "must say added_minutes or within_minutes", advice)


def services_covered(scenario: Scenario) -> Iterator[Finding]:
    """Rules and decisions name services of the catalogue, and each rule says one thing."""
    named: list[tuple[KeyPath, str]] = []
    for at, rule in enumerate(scenario.requirements.service_coverage):
        path: KeyPath = ("requirements", "service_coverage", at)
        named.append(((*path, "service"), rule.service))
        by_points = rule.division is not None
        by_share = rule.share is not None and rule.says_how_far
        fields = type(rule).model_fields.items()  # what a run's own config fills in says nothing
        given = {key for key, field in fields if getattr(rule, key) != field.default}
        strange = given & (OF_PEOPLE if by_points else {"min_points"})
        if by_points == by_share or strange:
            advice = "Such as {service: id_check, division: county} or {service: id_check, "
            advice += "share: 0.9, minutes: 60, each: county}."
            accepted = "must say division (and min_points), or share and minutes, km or any"
            known = rule.model_dump(by_alias=True, include=given - {"service"})
            found = ", ".join(sorted(known)) or "nothing"
            yield Finding(path, found, accepted, advice)
    for at, offer in enumerate(scenario.offices.offer):
        named.append((("offices", "offer", at, "service"), offer.service))
    for path, service in named:
        if service not in scenario.services:
            accepted = f"must be a service of the catalogue: {listed(scenario.services)}"
            yield Finding(path, repr(service), accepted)


def open_sites_say_one(scenario: Scenario) -> Iterator[Finding]:
    """The number of open sites is exact or a limit, from a planning year."""
    rule = scenario.requirements.open_sites
    if rule is None:
        return
    path: KeyPath = ("requirements", "open_sites")
    if (rule.exactly is None) == (rule.at_most is None):
        found = "neither" if rule.exactly is None else "both"
        yield Finding(path, found, "must say exactly or at_most", "Such as {at_most: 113}.")
    if rule.from_year is not None and rule.from_year not in scenario.years:
        accepted = f"must be one of the years {listed(scenario.years)}"
        yield Finding((*path, "from"), str(rule.from_year), accepted)


def rules_in_time(scenario: Scenario) -> Iterator[Finding]:
    """Rules come into force no later than the last planning year; else they would never do."""
    rules, last = scenario.requirements, scenario.years[-1]
    starts: list[tuple[KeyPath, int | None]] = []
    for name in ("region_coverage", "access_standard", "service_coverage"):
        for at, rule in enumerate(getattr(rules, name)):
            starts.append((("requirements", name, at, "from"), rule.from_year))
    left = rules.no_one_left_behind
    if left is not None and left.on:
        starts.append((("requirements", "no_one_left_behind", "from"), left.from_year))
    for path, first in starts:
        if first is not None and first > last:
            accepted = f"must be at most {last}, the last planning year"
            advice = "A rule that begins later would never be in force."
            where = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
            other = Finding(
                ("years",),
                str(last),
                f"must reach {first}, in which {where.removeprefix('.')} begins",
                "Give that rule another year, or more planning years.",
            )
            yield Finding(path, str(first), accepted, advice, other)


def limits_stated_once(scenario: Scenario) -> Iterator[Finding]:
    """No two limits speak of the same sites: only the lowest of them would ever count."""
    rules = scenario.requirements
    limits: list[tuple[KeyPath, tuple[str | None, ...]]] = [
        (("requirements", "mode_limits", at), (rule.mode, rule.sites, rule.each))
        for at, rule in enumerate(rules.mode_limits)
    ]
    limits += [
        (("requirements", "transition", "closures", at), (limit.each,))
        for at, limit in enumerate(rules.transition.closures)
    ]
    seen: dict[tuple[KeyPath, tuple[str | None, ...]], int] = {}
    for path, said in limits:
        *keys, at = path
        first = seen.setdefault((tuple(keys), said), int(at))
        if first != at:
            same = f"{'.'.join(map(str, keys))}[{first}]"
            found = f"a limit for the same sites as {same}"
            advice = "Keep the lower of the two, or take one away."
            yield Finding(path, found, "must name other sites than the limits before it", advice)


def rules_name_modes(scenario: Scenario) -> Iterator[Finding]:
    """Modes that rules and decisions name are in the catalogue."""
    rules = scenario.requirements
    named: list[tuple[KeyPath, str]] = [
        (("requirements", "mode_limits", at, "mode"), rule.mode)
        for at, rule in enumerate(rules.mode_limits)
    ]
    for at, coverage in enumerate(rules.region_coverage):
        for number, mode in enumerate(coverage.modes or ()):
            named.append((("requirements", "region_coverage", at, "modes", number), mode))
    named += [
        (("offices", "mode", at, "mode"), pin.mode) for at, pin in enumerate(scenario.offices.mode)
    ]
    for path, mode in named:
        if mode not in scenario.modes:
            advice = "List the office under offices.close." if mode == CLOSED else ""
            accepted = f"must be a mode of the catalogue: {listed(scenario.modes)}"
            yield Finding(path, repr(mode), accepted, advice)


def structure_stays_on(scenario: Scenario) -> Iterator[Finding]:
    """What every count rests on can be tuned, but not switched off."""
    rules = scenario.requirements
    if not rules.staffing.on:
        accepted = "must be true: the cost of every plan follows from its staff"
        yield Finding(("requirements", "staffing", "on"), "false", accepted)
    if rules.assignment.kind != "closest":
        accepted = "must be closest: visitors come without appointment to the office they choose"
        advice = "A location problem where the planner directs is textbook/cflp.yaml."
        path: KeyPath = ("requirements", "assignment", "kind")
        yield Finding(path, repr(rules.assignment.kind), accepted, advice)
    if rules.room.kind != "soft":
        accepted = "must be soft: visitors who choose the nearest office can not be refused"
        advice = "A location problem with hard capacities is textbook/cflp.yaml."
        yield Finding(("requirements", "room", "kind"), repr(rules.room.kind), accepted, advice)
    if not rules.transition.on:
        accepted = "must be true: a closed office stays closed in every plan"
        advice = "Allow more with upgrades: true and replacement: any_year."
        yield Finding(("requirements", "transition", "on"), "false", accepted, advice)


def help_between_offices(scenario: Scenario) -> Iterator[Finding]:
    """Help by video needs a mode with placed staff to give and get it."""
    placed = any(mode.placed_staff for mode in scenario.modes.values())
    if scenario.requirements.remote_balance.on and not placed:
        accepted = "must be off where no mode has placed_staff"
        yield Finding(("requirements", "remote_balance", "on"), "true", accepted)
