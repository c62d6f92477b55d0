"""Names for people of what the tables name by key or code, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        words = []
        rest = scope.split(":")
        if requirement == "mode_limits" and len(rest) > 1:
            words += [self.mode(rest[0]), self.of("tables.sites", rest[1])]
            rest = rest[2:]
        elif requirement == "fixed_decisions" and rest[0] == OFFER and len(rest) == 3:
            words += [self.of("tables.decision", OFFER), self.office(rest[1])]
            words.append(self.services.get(rest[2], rest[2]))
            rest = []
        elif requirement == "fixed_decisions" and len(rest) > 1:
            words += [self.of("tables.decision", rest[0]), self.office(":".join(rest[1:]))]
            rest = []
        elif requirement in ("transition", "staff_balance") and len(rest) > 1:
            words.append(self.of("tables.change", rest[0]))
            rest = rest[1:]
        elif requirement == "remote_balance":
            words.append(self.of("tables.change", scope))
            rest = []
        elif requirement == "equity":
            words.append(self.of("people", scope))
            rest = []
        elif requirement == "service_coverage" and len(rest) > 1:
            words.append(self.services.get(rest[0], rest[0]))
            rest = rest[1:]
        if requirement in ("access_standard", "service_coverage") and rest[0].isdecimal():
            words.append(self.strings.text("tables.rule", number=rest[0]))
            rest = rest[1:]
        if rest == [NATION]:
            words.append(self.strings.text("tables.nation"))
        elif len(rest) > 1:
            division, code = rest[0], ":".join(rest[1:])
            words.append(self.regions.get((division, code), f"{division} {code}"))
        elif rest:
            words += rest
        return ", ".join(word for word in words if word)


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
