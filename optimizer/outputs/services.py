"""Which services each office offers before and after, in words, and which of it is not certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.outputs.run_tables import GENERAL, RunTables
from optimizer.outputs.strings import Strings

SURE = ("documented", "own")  #: confidences that say that the office itself is known
ANNOUNCED = "announced"  #: said of the office before it began; not confirmed since


@dataclass(frozen=True)
class OfficeServices:
    """The services of an office beyond the general one, by their names in the config."""

    office_id: str
    assumed: frozenset[str]  #: those of today that no source names for this office
    announced: frozenset[str]  #: those of today that were announced and are not confirmed
    today: tuple[str, ...]
    by_year: tuple[tuple[str, ...], ...]

    @property
    def last(self) -> tuple[str, ...]:
        """Those of the last planning year."""
        return self.by_year[-1] if self.by_year else self.today

    @property
    def changes(self) -> bool:
        """Whether the office ends with other services than today's."""
        return set(self.today) != set(self.last)

    def with_doubt(self, service: str, text: str, strings: Strings) -> str:
        """A text about a service of the office, with `(assumed)` or `(announced)` where it is."""
        for doubt, of in (("assumed", self.assumed), ("announced", self.announced)):
            if service in of:
                return strings.text(f"services.{doubt}", service=text)
        return text


def service_titles(tables: RunTables, strings: Strings) -> dict[str, str]:
    """The titles of the services in the run's config."""
    titles = {}
    for name, service in (tables.config.get("services") or {}).items():
        words: Mapping[str, str] = service.get("title") or {}
        titles[name] = words.get(strings.language) or next(filter(None, words.values()), name)
    return titles


def office_services(tables: RunTables) -> dict[str, OfficeServices]:
    """The services of every site by office_id; nothing where the run does not tell them."""
    if "services" not in tables.sites or "services" not in tables.plan:
        return {}
    assumed: dict[str, set[str]] = {}
    announced: dict[str, set[str]] = {}
    for row in tables.offers.to_dict("records"):
        if row["confidence"] not in SURE:
            doubt = announced if row["confidence"] == ANNOUNCED else assumed
            doubt.setdefault(str(row["office_id"]), set()).add(str(row["service"]))
    plan = tables.plan.sort_values("year", kind="stable")
    years = {str(key): rows["services"].tolist() for key, rows in plan.groupby("office_id")}
    found = {}
    for site in tables.sites.to_dict("records"):
        office_id = str(site["office_id"])
        is_open = site["mode_today"] != "closed"
        found[office_id] = OfficeServices(
            office_id,
            frozenset(assumed.get(office_id, set())),
            frozenset(announced.get(office_id, set())),
            _named(site["services"]) if is_open else (),
            tuple(_named(text) for text in years.get(office_id, [])),
        )
    return found


def fate(service: str, of: OfficeServices) -> str:
    """What becomes of a service at an office: kept, ended, new or nothing."""
    if service in of.today:
        return "kept" if service in of.last else "ended"
    return "new" if service in of.last else ""


def in_words(of: OfficeServices, titles: Mapping[str, str], strings: Strings) -> str:
    """`Förstärkt identitetskontroll (antaget), Kronofogdens tjänster: nytt`; empty without any."""
    told = []
    for name, title in titles.items():
        became = fate(name, of)
        if became:
            text = of.with_doubt(name, title, strings)
            told.append(strings.text(f"services.{became}", service=text))
    return ", ".join(told)


def _named(text: object) -> tuple[str, ...]:
    return tuple(one for one in str(text).split(";") if one and one != GENERAL)
