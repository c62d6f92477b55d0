"""`data refresh`: population from a PxWeb server on this machine, checked, shown, confirmed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata import builtin
from geodata import zones as zone_tables
from geodata.network import sending
from optimizer.building.access_rules import people
from optimizer.cli import main
from tests.served import served

CODES = list(builtin.load("municipalities")["municipality_code"])
TOTALS = builtin.load("municipalities").set_index("municipality_code")["population_2024"]
AGES = [*map(str, range(100)), "100+"]


def true_people() -> dict[tuple[str, str], int]:
    """A tenth more people than built in, all of the age 30 but one in five who is 80."""
    found = {(code, age): 0 for code in CODES for age in AGES}
    for code in CODES:
        total = int(TOTALS[code] * 1.01)
        found[code, "80"] = total // 5
        found[code, "30"] = total - total // 5
    return found


class Stub:
    """A PxWeb server with one table."""

    def __init__(self) -> None:
        self.url = ""
        self.people = true_people()
        self.codes = ["00", "01", *CODES]
        self.form = "json-stat2"
        self.broken = 0
        self.questions: list[Any] = []
        self.variables: Callable[[list[Any]], list[Any]] = lambda listed: listed

    def metadata(self) -> dict[str, Any]:
        listed = [
            {"code": "Region", "values": self.codes, "elimination": True},
            {"code": "Civilstand", "values": ["OG", "G"], "elimination": True},
            {"code": "Alder", "values": [*AGES, "tot"], "elimination": True},
            {"code": "ContentsCode", "values": ["BE0101N1", "BE0101N2"]},
            {"code": "Tid", "values": ["2023", "2024", "2025"], "time": True},
        ]
        return {"title": "Folkmängden", "variables": self.variables(listed)}

    def cells(self, question: dict[str, Any]) -> dict[str, Any]:
        self.questions.append(question)
        asked = {one["code"]: one["selection"]["values"] for one in question["query"]}
        keys = [(code, age) for code in asked["Region"] for age in asked["Alder"]]
        if self.form == "json":
            columns = [{"code": code, "type": "d"} for code in ("Region", "Alder", "Tid")]
            rows = [
                {"key": [*key, asked["Tid"][0]], "values": [str(self.people[key])]} for key in keys
            ]
            return {"columns": [*columns, {"code": "BE0101N1", "type": "c"}], "data": rows}
        names = ["Region", "Alder", "ContentsCode", "Tid"]
        return {
            "class": "dataset",
            "id": names,
            "size": [len(asked[name]) for name in names],
            "dimension": {
                name: {"category": {"index": {v: k for k, v in enumerate(asked[name])}}}
                for name in names
            },
            "value": [self.people.get(key) for key in keys],
        }


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(lambda stub, body: stub.metadata())

    def do_POST(self) -> None:
        self._answer(lambda stub, body: stub.cells(body))

    def _answer(self, made: Callable[[Stub, Any], Any]) -> None:
        stub: Stub = self.server.stub  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if stub.broken:
            stub.broken -= 1
            self.send_error(503)
            return
        content = json.dumps(made(stub, json.loads(body) if body else None)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def running(stub: Stub) -> Iterator[Stub]:
    with served(_Handler, stub) as address:
        stub.url = f"{address}/BefolkningNy"
        yield stub


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    monkeypatch.setattr(sending, "FIRST_WAIT_SECONDS", 0.01)
    with running(Stub()) as found:
        yield found


def refreshed(stub: Stub, *more: str) -> int:
    return main(["data", "refresh", "--url", stub.url, *more])


@pytest.mark.parametrize("form", ["json-stat2", "json"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_zones_of_the_new_population(stub: Stub, tmp_path: Path, form: str, suffix: str) -> None:
    stub.form, stub.broken = form, 2
    to = tmp_path / f"zones.{suffix}"
    assert refreshed(stub, "--to", str(to), "--yes") == 0
    table = zone_tables.load(to)
    expected = {code: int(TOTALS[code] * 1.01) for code in CODES}
    assert table.groupby("municipality_code")["population"].sum().to_dict() == expected
    before = builtin.load("localities")
    assert sorted(table["zone_id"]) == sorted(before["zone_id"])
    old = table.groupby("municipality_code")["share_75plus"].first()
    assert old.sub(0.2).abs().max() < 0.001
    assert people(table, "age_75plus").sum() == pytest.approx(
        0.2 * sum(expected.values()), rel=1e-3
    )
    regions = next(q for q in stub.questions[0]["query"] if q["code"] == "Region")
    assert regions["selection"]["values"] == CODES
    assert [path.name for path in tmp_path.iterdir()] == [to.name]


def test_what_changes_is_shown_and_nothing_written_unasked(
    stub: Stub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "zones.csv"
    assert refreshed(stub, "--to", str(to), "--year", "2024") == 0
    told = capsys.readouterr().out
    assert "Population on 31 December 2024" in told
    assert "0180 Stockholm" in told
    assert "Nothing written" in told
    assert not to.exists()
    assert refreshed(stub, "--to", str(to), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["written"] is None
    assert len(document["municipalities"]) == 290


def _without_cell(stub: Stub) -> None:
    stub.people["0114", "30"] = None  # type: ignore[assignment]


def _negative(stub: Stub) -> None:
    stub.people["0114", "30"] = -5


def _half(stub: Stub) -> None:
    stub.people = {key: value // 2 for key, value in stub.people.items()}


def _one_town_doubled(stub: Stub) -> None:
    stub.people["0114", "30"] *= 2


def _one_fewer(stub: Stub) -> None:
    stub.codes = stub.codes[:-1]


def _by_sex(stub: Stub) -> None:
    stub.variables = lambda listed: [*listed, {"code": "Kon", "values": ["1", "2"]}]


def _no_ages(stub: Stub) -> None:
    stub.variables = lambda listed: [one for one in listed if one["code"] != "Alder"]


def _no_table(stub: Stub) -> None:
    stub.variables = lambda listed: []


def _other_form(stub: Stub) -> None:
    stub.cells = lambda question: {"class": "dataset", "id": ["Region"]}  # type: ignore[method-assign]


def _down(stub: Stub) -> None:
    stub.broken = 100


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_without_cell, "municipality 0114, age 30"),
        (_negative, "-5"),
        (_half, "people in all"),
        (_one_town_doubled, "municipality 0114"),
        (_one_fewer, "without 2584"),
        (_by_sex, "adding over all others"),
        (_no_ages, "population by Region, Alder and Tid"),
        (_no_table, "a table of PxWeb"),
        (_other_form, "JSON-stat 2"),
        (_down, "HTTP status 503, after 4 attempts"),
    ],
)
def test_what_is_not_the_population_is_refused(
    stub: Stub,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Stub], None],
    told: str,
) -> None:
    spoil(stub)
    assert refreshed(stub, "--to", str(tmp_path / "zones.csv"), "--yes") == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_where_it_may_not_go(
    stub: Stub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = Path(builtin.__file__).parent / "data" / "mine.csv"
    for to, told in (
        (inside, "a file of the program itself"),
        (tmp_path / "zones.txt", "a csv or parquet file"),
        (tmp_path / "no.csv" / "zones.csv", "can not be written"),
    ):
        (tmp_path / "no.csv").write_text("a file, no folder")
        assert refreshed(stub, "--to", str(to), "--yes") == 2
        assert told in capsys.readouterr().err
        assert not to.is_file()


def test_a_year_the_table_lacks(stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    assert refreshed(stub, "--year", "1890", "--yes") == 2
    assert "2023 to 2025" in capsys.readouterr().err


def test_parts_of_a_municipality_add_up_whole() -> None:
    from geodata.refresh.population import Population, zones

    people_of = pd.DataFrame(0, index=CODES, columns=range(101))
    people_of[40] = [1000 + 7 * k for k in range(290)]
    table = zones(Population(2025, people_of, ""))
    assert table.groupby("municipality_code")["population"].sum().tolist() == list(people_of[40])
    assert (table["population"] >= 0).all()
