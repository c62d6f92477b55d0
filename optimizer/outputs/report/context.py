"""What surrounds an office: its municipality, its region, and the forms it could have had."""

from __future__ import annotations

from functools import cache

import pandas as pd

from geodata import builtin
from optimizer.outputs.account.changes import OfficeChange
from optimizer.outputs.account.journeys import NEAR_MINUTES, mean, share
from optimizer.outputs.report.writer import Writer


def municipality_sentence(writer: Writer, code: str) -> str:
    """People of a municipality, their minutes before and after, and its region's service points."""
    own = writer.account.zones_of(code)
    own = own[own["need"] == own["need"].max()]
    people = own["population"].astype(float)
    texts = [
        writer.say(
            "dossier.regional_text",
            municipality=writer.town(code),
            people=writer.count(float(people.sum())),
        ),
        writer.moved(
            "dossier.regional_minutes",
            writer.number(mean(own["minutes_before"], people)),
            writer.number(mean(own["minutes_after"], people)),
            year=writer.source.last_year,
        ),
        writer.moved(
            "dossier.regional_share",
            writer.percent(share(own["minutes_before"] <= NEAR_MINUTES, people)),
            writer.percent(share(own["minutes_after"] <= NEAR_MINUTES, people)),
            year=writer.source.last_year,
        ),
    ]
    known = _municipalities()
    if code in known.index:
        row = known.loc[code].to_dict()
        texts.append(
            writer.say(
                "dossier.people_text",
                elderly=writer.percent(float(row["share_75plus"])),
                country=writer.percent(_national(known, "share_75plus")),
                exclusion=writer.percent(float(row["share_area_type_1_2"])),
            )
        )
    division = writer.drawing.division
    region = division.region_of.get(code)
    if region:
        points = division.points[region]
        texts.append(
            writer.say(
                "dossier.region_points_fa" if division.name == "fa" else "dossier.region_points",
                region=division.titles[region],
                today=points[0] if points[0] is not None else writer.number(None),
                after=points[-1] if points[-1] is not None else writer.number(None),
                year=writer.source.last_year,
            )
        )
    return " ".join(texts)


def other_modes_sentence(writer: Writer, change: OfficeChange) -> str:
    """The other forms the office may have, each with the least it costs a year; empty if none."""
    table = writer.source.run.site_modes
    wage = float(writer.source.year(writer.source.last_year)["wage_mnkr_per_fte"])
    own = table[
        (table["office_id"] == change.office_id)
        & ~table["mode"].isin([change.mode_today, change.mode_last])
    ]
    if own.empty:
        return ""
    fixed = own[["premises_mnkr", "local_mnkr", "staff_travel_mnkr"]].sum(axis=1)
    least = fixed + wage * own["fte_min"]
    told = [
        writer.say(
            "dossier.other_mode",
            mode=writer.mode(str(mode)).lower(),
            cost=writer.number(float(cost), 1),
        )
        for mode, cost in sorted(zip(own["mode"], least, strict=True), key=lambda pair: -pair[1])
    ]
    return writer.say("dossier.other_modes", modes=writer.joined(told))


@cache
def _municipalities() -> pd.DataFrame:
    return builtin.load("municipalities").set_index("municipality_code")


def _national(known: pd.DataFrame, column: str) -> float:
    people = known["population"].astype(float)
    return float((known[column].astype(float) * people).sum() / people.sum())
