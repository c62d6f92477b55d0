"""The layer of offices: a point for each site, today and each year side by side."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from optimizer.outputs.geopackage.layer import CRS, Layer
from optimizer.outputs.geopackage.places import has_places, points
from optimizer.outputs.side_by_side import Run, office_rows
from optimizer.outputs.side_by_side.offices import FIGURES, divisions_of, region_column

ACTIONS = ("keep", "convert", "merge", "close", "open", "stays_closed", "not_opened")
STATES = ("keep", "convert", "merge", "close", "open", "absent")
ORIGINS = ("observed", "estimated", "assumed", "default")


def offices_layer(run: Run) -> Layer | None:
    """Every site; one without coordinates has its row but no point. None if no site has any."""
    sites = run.tables.sites
    if not has_places(sites):
        return None
    rows = office_rows(run.tables).reset_index(drop=True)
    place = points(sites.set_index("office_id"))
    if place.isna().all():
        return None
    rows.insert(2, "municipality", [run.titles.municipality(c) for c in rows["municipality_code"]])
    rows["into_office"] = [run.titles.office(key) if key else "" for key in rows["into_office_id"]]
    rows["changed"] = rows["changed"].astype("Int64")
    geometry = place.reindex(rows["office_id"]).to_numpy()
    features = gpd.GeoDataFrame(rows, geometry=geometry, crs=CRS)
    return Layer(
        name="offices",
        title=run.titles.strings.text("geopackage.layer.offices"),
        kind="Point",
        features=features,
        aliases=_aliases(run),
        display="office",
        codes=_codes(run, rows),
    )


def _aliases(run: Run) -> dict[str, str]:
    plain = (
        "office_id",
        "office",
        "municipality",
        "municipality_code",
        "candidate",
        "evidence",
        "state",
        "changed",
        "into_office_id",
        "leaves_municipality",
        "decided_by",
        "motive",
        *(f"origin_{figure}" for figure in FIGURES),
    )
    names = {column: run.titles.heading(column) for column in plain}
    names["into_office"] = run.titles.heading("into")
    for division in divisions_of(run.tables):
        names[region_column(division)] = run.titles.division(division)
    for ending, when in run.moments:
        if ending != "today":
            names[f"action_{ending}"] = run.titles.heading("action", when=when)
        for column in ("mode", *FIGURES):
            names[f"{column}_{ending}"] = run.titles.heading(column, when=when)
    return names


def _codes(run: Run, rows: pd.DataFrame) -> dict[str, dict[str, str]]:
    titles = run.titles
    codes = {
        "state": {state: titles.state(state) for state in STATES},
        "decided_by": {key: titles.of("tables.decided_by", key) for key in ("board", "director")},
        "evidence": titles.words("evidence", rows["evidence"]),
    }
    actions = {action: titles.action(action) for action in ACTIONS}
    origins = {origin: titles.of("tables.origin", origin) for origin in ORIGINS}
    codes |= {f"action_{year}": actions for year in run.tables.years}
    codes |= {f"mode_{ending}": dict(titles.modes) for ending, _ in run.moments}
    return codes | {f"origin_{figure}": origins for figure in FIGURES}
