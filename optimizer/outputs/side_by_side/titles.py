"""Names for people of what the tables name by key or code, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from geodata import builtin
from optimizer.outputs.map.offices import CLOSED
from optimizer.outputs.map.signs import mode_signs
from optimizer.outputs.run_tables import RunTables
from optimizer.outputs.services import service_titles
from optimizer.outputs.strings import Strings, load

NATION = "nation"
OFFER = "offer"


@dataclass(frozen=True)
class Titles:
    """Titles of modes, places and offices; what has none keeps its key."""

    strings: Strings
    modes: Mapping[str, str]
    municipalities: Mapping[str, str]
    offices: Mapping[str, str]
    regions: Mapping[tuple[str, str], str]
    services: Mapping[str, str]

    def heading(self, column: str, **values: object) -> str:
        """The heading of a column, unit included."""
        return self.strings.text(f"tables.column.{column}", **values)

    def mode(self, key: object) -> str:
        """A mode's title, `Stängt` for a closed site."""
        return self.modes.get(str(key), str(key))

    def state(self, key: str) -> str:
        """What becomes of a site by the last year."""
        if key == "absent":  # at the end of the plan, so it never opens in it
            return self.strings.text("tables.not_opened")
        return self.strings.text(f"state.{key}")

    def action(self, key: object) -> str:
        """What happens to a site in a year; that it stays closed is told apart from closing."""
        if key == "stays_closed":
            return self.strings.text("tables.stays_closed")
        return self.of("action", key)

    def need(self, need: object) -> str:
        """A level of need."""
        other = self.strings.texts["need.other"]
        return self.strings.text_or(f"need.{need}", other.format(need=need))

    def of(self, section: str, key: object) -> str:
        """The text of a key from data: an action, a state, an origin, an item of money."""
        return self.strings.text_or(f"{section}.{key}", str(key)) if key else ""

    def words(self, section: str, keys: Iterable[object]) -> dict[str, str]:
        """The texts of the keys that a table has, each once."""
        return {str(key): self.of(section, key) for key in dict.fromkeys(keys) if key}

    def division(self, key: str) -> str:
        """A division of the country: FA-region, Län."""
        return self.strings.text_or(f"tables.division.{key}", key)

    def municipality(self, code: str) -> str:
        """The name of a municipality."""
        return self.municipalities.get(code, code)

    def office(self, office_id: str) -> str:
        """The name of a site."""
        return self.offices.get(office_id, office_id)

    def scope(self, requirement: str, scope: str) -> str:
        """Where a requirement holds, in words: a region's name, a mode, an office."""
        words, rest = SCOPES.get(requirement, _nothing)(self, scope.split(":"))
        if rest == [NATION]:
            words.append(self.strings.text("tables.nation"))
        elif len(rest) > 1:
            division, code = rest[0], ":".join(rest[1:])
            words.append(self.regions.get((division, code), f"{division} {code}"))
        elif rest:
            words += rest
        return ", ".join(word for word in words if word)


Told = tuple[list[str], list[str]]  #: words for the first parts of a scope, and the parts left


def _nothing(titles: Titles, parts: list[str]) -> Told:
    return [], parts


def _mode(titles: Titles, parts: list[str]) -> Told:
    """`mobile:offices:fa:7`: a mode, at which sites, and where."""
    if len(parts) == 1:
        return [], parts
    return [titles.mode(parts[0]), titles.of("tables.sites", parts[1])], parts[2:]


def _decision(titles: Titles, parts: list[str]) -> Told:
    """`keep:o001`, or `offer:o001:id_check`; the id of an office may have a colon in it."""
    if len(parts) == 1:
        return [], parts
    decision, *of = parts
    if decision == OFFER and len(of) == 2:
        office, service = of
        words = [titles.office(office), titles.services.get(service, service)]
    else:
        words = [titles.office(":".join(of))]
    return [titles.of("tables.decision", decision), *words], []


def _change(titles: Titles, parts: list[str]) -> Told:
    """`closures:fa:1`: what changes, and where."""
    if len(parts) == 1:
        return [], parts
    return [titles.of("tables.change", parts[0])], parts[1:]


def _help(titles: Titles, parts: list[str]) -> Told:
    return [titles.of("tables.change", ":".join(parts))], []


def _people(titles: Titles, parts: list[str]) -> Told:
    return [titles.of("people", ":".join(parts))], []


def _rule(titles: Titles, parts: list[str]) -> Told:
    """`2:nation`: the number of the rule, and where it holds."""
    if not parts[0].isdecimal():
        return [], parts
    return [titles.strings.text("tables.rule", number=parts[0])], parts[1:]


def _service(titles: Titles, parts: list[str]) -> Told:
    """`id_check:2:nation`: a service, and the number of the rule where it has one."""
    if len(parts) == 1:
        return _rule(titles, parts)
    words, rest = _rule(titles, parts[1:])
    return [titles.services.get(parts[0], parts[0]), *words], rest


#: How a scope begins, by requirement; after that, or where nothing stands here, comes a place.
SCOPES: Mapping[str, Callable[[Titles, list[str]], Told]] = {
    "mode_limits": _mode,
    "access_standard": _rule,
    "service_coverage": _service,
    "fixed_decisions": _decision,
    "transition": _change,
    "staff_balance": _change,
    "remote_balance": _help,
    "equity": _people,
}


def titles_of(tables: RunTables, language: str) -> Titles:
    """The titles of a run."""
    strings = load(language)
    signs = mode_signs(tables.config.get("modes") or {}, language)
    towns = builtin.load("municipalities")
    regions: dict[tuple[str, str], str] = {}
    if not tables.members.empty:
        members = tables.members.drop_duplicates(["division", "region_code"])
        keys = zip(members["division"], members["region_code"], strict=True)
        regions = dict(zip(keys, members["region"], strict=True))
    return Titles(
        strings=strings,
        modes={key: str(sign["title"]) for key, sign in signs.items()}
        | {CLOSED: strings.text("mode.closed")},
        municipalities=dict(zip(towns["municipality_code"], towns["municipality"], strict=True)),
        offices=dict(zip(tables.sites["office_id"], tables.sites["office"], strict=True)),
        regions=regions,
        services=service_titles(tables, strings),
    )
