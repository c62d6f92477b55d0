"""Which office offers which service beyond the general one: what is on record, and a rule.

The agency says how many offices do strengthened identity checks (58) and serve Migrationsverket (34
in 28 towns), not which. 17 of the towns are on record: 3 serve, and for 14 it was announced in
April 2023 that they would from that autumn. The rest follows from estimated visits, so that the
numbers on record hold; only offices with help in the agencies' systems can offer either:

*identity checks*  in every county the office with most visits; then the most visited offices.
*Migrationsverket*  the towns on record; in every county without one the town of the most visited
    office; then the towns of the most visited offices up to 28. In each town its most visited
    office, a second one where the record says that some offices of the town serve, and then the
    most visited other offices of these towns up to 34.

Ties go to the lower office_id. Nothing is drawn at random.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from geodata.baseline import demand
from geodata.build.derived import offices as derive_offices
from geodata.build.localities import build as derive_zones
from geodata.build.sources import read_source
from geodata.travel import TravelSettings, travel

ID_CHECK, MIGRATION = "id_check", "migration"
OFFERING_MODES = frozenset({"staffed", "staffed_colocated", "reduced", "reduced_colocated"})
TIERS = {"flexible": 2, "mobile": 1}  #: all other modes serve every need
DOCUMENTED, ANNOUNCED, ASSUMED = "documented", "announced", "assumed"
OF_TOWN = "town_"  #: before the first two where the town is on record and its office is assumed
RECORDS = {"migrationsverket_service": DOCUMENTED, "migrationsverket_service_planned": ANNOUNCED}
RULE_SOURCE = "geodata.build.services: most estimated visits, at least one office per county"
YEAR = "2024"

# Of the base year, as in docs/baseline.md.
NEED_SHARES = (0.25, 0.30, 0.45)
SCALE_MINUTES = 60.0
WAITING_MINUTES = 20.0


def build() -> pd.DataFrame:
    """The table office_services.csv: office_id, service, confidence, source."""
    offices = derive_offices()
    offices["visits"] = estimated_visits(offices, derive_zones())
    counties = read_source("municipalities").set_index("municipality_code")["county_code"]
    offices["county"] = offices["municipality_code"].map(counties)
    able = offices[offices["mode"].isin(OFFERING_MODES)]
    ranked = able.sort_values(["visits", "office_id"], ascending=[False, True])
    table = pd.concat([identity_checks(ranked), migration(ranked)])
    return table.sort_values(["office_id", "service"])[
        ["office_id", "service", "confidence", "source"]
    ]


def estimated_visits(offices: pd.DataFrame, zones: pd.DataFrame) -> pd.Series:
    """Visits a year by office as the base year rebuilds them; index of ``offices``."""
    places = ["longitude", "latitude"]
    offices = offices.astype(dict.fromkeys([*places, "open_days"], float))
    zones = zones.astype(dict.fromkeys([*places, "population"], float))
    minutes = travel(zones, offices, TravelSettings()).minutes
    tier = np.array([TIERS.get(mode, 3) for mode in offices["mode"]])
    waiting = demand.waiting_of(offices["open_days"].to_numpy(), WAITING_MINUTES)
    choice = demand.choose(minutes, waiting, tier, len(NEED_SHARES))
    base = zones["population"].to_numpy() * demand.propensity(choice, NEED_SHARES, SCALE_MINUTES)
    towns = read_source("municipalities")
    regions = dict(zip(towns["municipality_code"], towns["ssc_region"], strict=True))
    totals = read_source("visits_by_region").query("year == @YEAR")
    zone_region = demand.region_of(zones["municipality_code"], regions)
    factors = demand.region_factors(
        base,
        choice,
        NEED_SHARES,
        zone_region=zone_region,
        site_region=demand.region_of(offices["municipality_code"], regions),
        received=dict(zip(totals["ssc_region"], totals["visits"].astype(float), strict=True)),
    )
    visits = base * np.array([factors[name] for name in zone_region])
    by_office = demand.office_visits(visits, choice, NEED_SHARES, len(offices))
    return pd.Series(by_office.round(3), index=offices.index)


def identity_checks(ranked: pd.DataFrame) -> pd.DataFrame:
    """The offices that do strengthened identity checks; ``ranked`` by falling visits."""
    number = _figure("offices_identity_check")
    first = ranked.drop_duplicates("county")["office_id"].tolist()
    chosen = _filled(first, ranked["office_id"], number)
    confidence = dict.fromkeys(chosen, (ASSUMED, RULE_SOURCE))
    return _rows(ID_CHECK, confidence)


def migration(ranked: pd.DataFrame) -> pd.DataFrame:
    """The offices that serve Migrationsverket; ``ranked`` by falling visits."""
    record = read_source("observations").query("metric in @RECORDS")
    source = dict(zip(record["municipality_code"], record["source"], strict=True))
    sure = dict(zip(record["municipality_code"], record["metric"].map(RECORDS), strict=True))
    several = set(record.loc[record["place"].str.endswith("(some)"), "municipality_code"])
    county_of = dict(zip(ranked["municipality_code"], ranked["county"], strict=True))
    served = {county_of[town] for town in source}
    others = ranked[~ranked["county"].isin(served)].drop_duplicates("county")
    towns = _filled(
        [*source, *others["municipality_code"]],
        ranked["municipality_code"].drop_duplicates(),
        _figure("towns_migration"),
    )
    inside = ranked[ranked["municipality_code"].isin(towns)]
    place = inside.groupby("municipality_code").cumcount()
    first = (place == 0) | ((place == 1) & inside["municipality_code"].isin(several))
    chosen = _filled(
        inside.loc[first, "office_id"].tolist(), inside["office_id"], _figure("offices_migration")
    )
    town_of = dict(zip(ranked["office_id"], ranked["municipality_code"], strict=True))
    alone = set(ranked.loc[~ranked["municipality_code"].duplicated(keep=False), "office_id"])
    confidence = {}
    for office in chosen:
        town = town_of[office]
        if town not in source:
            confidence[office] = ASSUMED, RULE_SOURCE
        else:
            of_town = "" if office in alone else OF_TOWN
            confidence[office] = f"{of_town}{sure[town]}", source[town]
    return _rows(MIGRATION, confidence)


def _filled(first: Sequence[str], more: Iterable[str], number: int) -> list[str]:
    """``first``, and as many of ``more`` as it takes to be ``number`` different ones."""
    return list(dict.fromkeys([*first, *more]))[: max(number, len(set(first)))]


def _figure(key: str) -> int:
    figures = read_source("figures").set_index("key")["value"]
    return int(figures[key])


def _rows(service: str, confidence: dict[str, tuple[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"office_id": office, "service": service, "confidence": sure, "source": source}
            for office, (sure, source) in confidence.items()
        ]
    )
