"""Demand zones: where people live. Built-in localities or municipalities, or the user's own."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata import builtin
from geodata.blank import is_blank
from geodata.boundaries import SWEREF99_TM, municipalities
from geodata.cells import rest
from geodata.files import read_raw
from geodata.overlay import REMOVE, YES, file_of, laid_over, parts_of, some_columns
from geodata.problems import MOST_SHOWN, InputError, Problem, shortened
from geodata.projection import to_degrees, to_metres
from geodata.schemas import PEOPLE, ZONES
from geodata.tables import keyed, read_table
from geodata.weighting import with_weighted_points

BUILTIN = ("builtin:localities", "builtin:municipalities")
COLUMNS = [
    "zone_id",
    "zone",
    "municipality_code",
    "longitude",
    "latitude",
    "population",
    "area_type",
    "visits_per_year",
    "kind",
    "office_id",
    "origin",
    "origin_longitude",
    "origin_latitude",
    "origin_area_type",
    "origin_visits_per_year",
]
#: The area types, from most to least people.
AREA_TYPES = ("dense", "mixed", "rural", "remote")
DENSE_PEOPLE, MIXED_PEOPLE = 10_000, 3_000  #: of a locality, at least
REMOTE_CLASS = (
    5  #: of the FA region (1 most urban to 6 most rural) and above: far from larger towns
)
#: Class of the FA region to the type of a zone that is no locality of its own.
TYPE_OF_CLASS = {1: "dense", 2: "mixed", 3: "mixed", 4: "rural", 5: "remote", 6: "remote"}
SPREAD_KM_PER_ROOT_INHABITANT = {"locality": 0.0107, "district": 0.0107, "rural": 0.15}
TRIES_INSIDE = 6
PEOPLE_AGREE, TOWN_AGREES = 0.05, 0.15  #: shares by which people may differ without a word
#: Of a zone's own people, where the table has them; else those of its municipality hold.
SHARES = ("share_75plus", "share_primary_edu", "share_area_type_1_2", "share_low_tax_base")


def load(
    source: str | Path = "builtin:localities",
    people: str | Path = "builtin",
    *,
    told: list[str] | None = None,
) -> pd.DataFrame:
    """The zones by zone_id: name, municipality, coordinates, population, area type, own visits.

    Areas get a point weighted by where ``people`` live in them: `builtin`, the towns and villages
    of the built-in table, or a finer table (points or squares with population).

    Columns zone_id, zone, municipality_code, longitude, latitude, population, area_type,
    visits_per_year (NaN where not given), kind, office_id, origin (of the population) and
    origin_longitude, origin_latitude, origin_area_type, origin_visits_per_year. What
    a reader has to know of an own table is added to ``told``. Raises InputError.
    """
    base, file = parts_of(source)
    made = {"builtin": _localities, BUILTIN[0]: _localities, BUILTIN[1]: _municipalities}
    if base.startswith("builtin"):
        if base not in made:
            raise InputError((Problem("data.zones", base, " or ".join(BUILTIN), ""),))
        table = made[base]()
        return _with_area_type(_laid_over(table, file, told) if file else table)
    raw = read_raw(source)
    if raw.areas is not None:
        raw = with_weighted_points(keyed(raw, ZONES), load_people(people))
    table = read_table(raw, ZONES, told=told)
    if "origin" not in table:
        table["origin"] = "observed"
    if raw.areas is not None:
        table = _placed(table, "estimated")
    table["zone"] = table["zone"].where(table["zone"] != "", table["zone_id"])
    table = _with_shares(table)
    return _with_area_type(table).sort_values("zone_id").reset_index(drop=True)


def load_ids(source: str | Path) -> list[str]:
    """The ids of the zones, whatever stands in the other cells.

    Raises InputError where a table has none.
    """
    base, _ = parts_of(source)
    ids = pd.Series(dtype=object)
    if base.startswith("builtin"):
        table = _municipalities() if base == BUILTIN[1] else _localities()
        ids = table["zone_id"]
    if file_of(source):
        own = some_columns(file_of(source), ZONES, ["zone_id"])
        goes = own[REMOVE].isin(YES)
        ids = pd.concat([ids[~ids.isin(own.loc[goes, "zone_id"])], own.loc[~goes, "zone_id"]])
    return list(dict.fromkeys(ids))


def load_people(source: str | Path = "builtin") -> pd.DataFrame:
    """Places with their people, to weight areas by: longitude, latitude, population.

    `builtin + file` is the file where it has rows, the built-in places where it has none.
    """
    base, file = parts_of(source)
    if base == "builtin":
        own = read_table(file, PEOPLE, may_be_empty=True) if file else None
        if own is not None and not own.empty:
            return own
        table = _localities()
        return table[table["kind"] != "rural"]
    return read_table(source, PEOPLE)


def told_of_people(zones: pd.DataFrame) -> Iterator[str]:
    """Where the people of the zones and those of the municipalities do not add up, in sentences."""
    towns = builtin.load("municipalities").set_index("municipality_code")
    people = zones.groupby("municipality_code")["population"].sum().astype(float)
    empty = towns.index.difference(people.index)
    if len(empty):
        shown = ", ".join(towns.loc[empty, "municipality"].head(5))
        among = ", among them" if len(empty) > 5 else ":"
        yield (
            f"No zone lies in {len(empty)} of {len(towns)} municipalities, and nobody there is "
            f"counted{among} {shown}."
        )
    known = towns.loc[people.index, "population"].astype(float)
    off = (people / known - 1.0).abs()
    whole = abs(people.sum() / known.sum() - 1.0)
    if whole > PEOPLE_AGREE or (off > TOWN_AGREES).any():
        worst = off.sort_values(ascending=False, kind="stable").index[:3]
        shown = "; ".join(
            f"{towns.loc[code, 'municipality']} {people[code]:,.0f} ({known[code]:,.0f})"
            for code in worst
        )
        yield (
            f"The zones hold {people.sum():,.0f} people in municipalities that had "
            f"{known.sum():,.0f} on record on 31 December 2023; furthest apart (on record in "
            f"brackets): {shown}."
        )


def without_visits(source: str | Path) -> Iterator[Problem]:
    """Rows of an own table in which visits lack, where others have some: by file and row."""
    base, file = parts_of(source)
    if base.startswith("builtin"):
        return
    raw = keyed(read_raw(file or base), ZONES)
    column = "visits_per_year"
    blank = [is_blank(cell) for cell in raw.table.get(column, ())]
    rows = raw.rows[np.flatnonzero(blank)]
    if not 0 < len(rows) < len(blank):
        return
    given = len(blank) - len(rows)
    accepted = "visits of every zone, or of none: the totals on record leave none to the others"
    for row in rows[:MOST_SHOWN].tolist():
        found = f"nothing, where {given:,} of {len(blank):,} zones have visits"
        where = f"{raw.name} row {row}, column {column}"
        yield Problem(where, found, accepted, "Fill it in.", raw.place([row], column))
    more = rows[MOST_SHOWN:].tolist()
    yield from rest(raw, f"column {column}", more, accepted, column, advice="Fill it in.")


def without_people(
    source: str | Path, zones: pd.DataFrame, regions: Mapping[str, str], visits: Mapping[str, float]
) -> Iterator[Problem]:
    """Regions with ``visits`` in whose zones nobody lives, by the file of the zones.

    ``regions`` are the regions of municipalities.
    """
    people = zones.groupby(zones["municipality_code"].map(regions))["population"].sum()
    empty = [name for name, total in visits.items() if total > 0 and people.get(name, 1.0) == 0]
    file = file_of(source)
    if not empty or not file:
        return
    raw = keyed(read_raw(file), ZONES)
    shown = shortened(empty, MOST_SHOWN)
    found = f"nobody in {shown}"
    accepted = "people in every region with visits on record"
    advice = "Fill in the people of its zones, or give visits_per_year by zone."
    where = f"{raw.name}, column population"
    yield Problem(where, found, accepted, advice, raw.place((), "population"))


def split(zones: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    """About `n` zones for benchmarks of scale: each zone becomes points scattered around it.

    Parts follow population, which is conserved zone by zone, as are visits; points stay in the
    municipality as far as its outline tells. The same seed gives the same zones.
    """
    if n < len(zones):
        raise ValueError(f"cannot split {len(zones)} zones into {n}")
    parts = _parts(zones["population"].to_numpy(dtype=float), n)
    rows = np.repeat(np.arange(len(zones)), parts)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(parts) - parts, parts)
    fine = zones.iloc[rows].reset_index(drop=True)
    whole = zones["population"].to_numpy(dtype=np.int64)
    fine["population"] = whole[rows] // parts[rows] + (number < whole[rows] % parts[rows])
    fine["visits_per_year"] = fine["visits_per_year"] / parts[rows]
    fine["zone_id"] = fine["zone_id"] + [f".{part + 1:05d}" for part in number]
    return _scattered(fine, zones["population"].to_numpy()[rows], number, seed)


def _laid_over(table: pd.DataFrame, file: str, told: list[str] | None) -> pd.DataFrame:
    """Built-in zones with own values over them; an own number of people is observed."""
    given = table.set_index("zone_id")["population"]
    merged = laid_over(table, file, ZONES, told=told)
    before = merged["zone_id"].map(given)
    own = merged["population"].astype(float) != before.astype(float)
    merged["origin"] = merged["origin"].where(~own, "observed")
    read = read_table(merged, ZONES).sort_values("zone_id").reset_index(drop=True)
    if (read["population"] % 1 == 0).all():  # whole as the built-in numbers are
        read["population"] = read["population"].astype(given.dtype)
    return _with_shares(read)


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    """The zones without shares that nobody has filled in; blank ones of the rest are estimated."""
    blank = [name for name in SHARES if name in table and table[name].isna().all()]
    table = table.drop(columns=[*blank, *(f"origin_{name}" for name in blank)])
    told = {f"origin_{name}": table[name] for name in SHARES if name in table}
    return table.assign(
        **{name: table[name].where(own.notna(), "estimated") for name, own in told.items()}
    )


def _localities() -> pd.DataFrame:
    """Towns and villages at their place; the rest of a municipality at a point made up for it."""
    table = builtin.load("localities").assign(visits_per_year=np.nan)
    return _placed(table, np.where(table["kind"] == "rural", "estimated", "observed"))


def _placed(table: pd.DataFrame, origin: str | NDArray[np.str_]) -> pd.DataFrame:
    """The zones with the origin of their points."""
    return table.assign(origin_longitude=origin, origin_latitude=origin)


def _municipalities() -> pd.DataFrame:
    """One zone for each municipality, at its seat."""
    table = builtin.load("municipalities")
    zones = pd.DataFrame(
        {
            "zone_id": "z" + table["municipality_code"],
            "zone": table["municipality"],
            "municipality_code": table["municipality_code"],
            "longitude": table["seat_longitude"],
            "latitude": table["seat_latitude"],
            "population": table["population"],
            "kind": "municipality",
            "office_id": "",
            "origin": "observed",
            "visits_per_year": np.nan,
        }
    )
    return _placed(zones, "assumed")


def _with_area_type(zones: pd.DataFrame) -> pd.DataFrame:
    """The area type where none is given, by size of the locality and class of the FA region.

    Built-in localities: dense from 10,000 people (and every district of a city), mixed from 3,000;
    smaller ones and the countryside are rural, or remote in FA regions far from larger towns
    (classes 5 and 6 of 6). Other zones take what the class of their municipality's region says.
    """
    table = builtin.load("municipalities").set_index("municipality_code")
    of_region = zones["municipality_code"].map(table["fa_urban_rural_6"])
    by_region = of_region.map(TYPE_OF_CLASS)
    if "kind" in zones:
        people = zones["population"].where(zones["kind"] != "rural", 0.0)
        small = of_region.ge(REMOTE_CLASS).map({True: "remote", False: "rural"})
        by_size = small.mask(people >= MIXED_PEOPLE, "mixed").mask(people >= DENSE_PEOPLE, "dense")
        by_size = by_size.mask(zones["kind"] == "district", "dense")
        by_region = by_region.where(~zones["kind"].isin(["locality", "district", "rural"]), by_size)
    if "area_type" not in zones:
        zones = zones.assign(area_type="", origin_area_type="", origin_visits_per_year="")
    missing = zones["area_type"] == ""
    zones = zones.assign(
        area_type=zones["area_type"].where(~missing, by_region),
        origin_area_type=zones["origin_area_type"].where(~missing, "estimated"),
    )
    return zones[[*COLUMNS, *(name for name in zones.columns if name not in COLUMNS)]]


def _parts(population: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """How many parts each zone gets: at least one, `n` in all unless people are too few."""
    most = np.maximum(1, population.astype(np.int64))
    shared = np.cumsum((n - len(population)) * population / population.sum())
    extra = np.diff(np.round(shared), prepend=0.0).astype(np.int64)
    parts: NDArray[np.int64] = np.minimum(most, 1 + extra)
    return parts


def _scattered(
    fine: pd.DataFrame, population: NDArray[np.float64], number: NDArray[np.int64], seed: int
) -> pd.DataFrame:
    """Each part but the first at a random point of its zone's circle, drawn in while outside."""
    random = np.random.default_rng(seed)
    scale = fine["kind"].map(SPREAD_KM_PER_ROOT_INHABITANT).fillna(0.0107).to_numpy()
    radius = 1000 * scale * np.sqrt(population) * np.sqrt(random.random(len(fine)))
    angle = 2 * np.pi * random.random(len(fine))
    radius[number == 0] = 0.0
    centre = to_metres(fine["longitude"], fine["latitude"])
    outlines = municipalities().to_crs(SWEREF99_TM).set_index("municipality_code").geometry
    at = centre + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    for _ in range(TRIES_INSIDE):
        outside = _outside(at, fine["municipality_code"], outlines) & (radius > 0)
        at[outside] = (at[outside] + centre[outside]) / 2
    outside = _outside(at, fine["municipality_code"], outlines)
    at[outside] = centre[outside]
    place = to_degrees(at[:, 0], at[:, 1])
    return fine.assign(longitude=place[:, 0].round(6), latitude=place[:, 1].round(6))


def _outside(at: NDArray[np.float64], codes: pd.Series, outlines: pd.Series) -> NDArray[np.bool_]:
    own = outlines.to_numpy()
    shapely.prepare(own)
    rows = outlines.index.get_indexer(pd.Index(codes))
    outside: NDArray[np.bool_] = ~shapely.contains_xy(own[rows], at[:, 0], at[:, 1])
    return outside
