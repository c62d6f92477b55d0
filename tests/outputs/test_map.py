"""The map page as text: complete, closed to the network, safe, and the same every time."""

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from optimizer.outputs.map import write_map
from optimizer.outputs.map.access import minutes_by_municipality
from optimizer.outputs.map.figures import certificate, figure_tiles
from optimizer.outputs.map.offices import state_of
from optimizer.outputs.partner_places import Places
from optimizer.outputs.strings import load
from tests.outputs import made_run

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_run.write(tmp_path_factory.mktemp("map") / "run")


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return write_map(folder, language="sv").read_text(encoding="utf-8")


def data_of(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


def test_the_page_is_one_small_file_that_asks_for_nothing(page: str) -> None:
    assert len(page.encode("utf-8")) < 2 * MEGABYTE
    asked = re.findall(r"""(?:src|href|action)=["'](?!#|data:)([^"']+)""", page)
    assert asked == []
    assert re.findall(r"https?://(?!www\.w3\.org/)", page) == []
    assert not re.search(r"url\(|@import|innerHTML|outerHTML|insertAdjacentHTML|eval\(", page)
    assert not re.search(r"<[^>]+\sstyle=", page)  # the policy would refuse it


def test_the_policy_allows_this_style_and_this_script_alone(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    rules = policy[1].replace("&#39;", "'")
    assert rules.startswith("default-src 'none'")
    assert "unsafe" not in rules
    for tag in ("style", "script"):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        assert text
        digest = base64.b64encode(hashlib.sha256(text[1].encode("utf-8")).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in rules


def test_the_same_tables_give_the_same_bytes(folder: Path, page: str) -> None:
    assert write_map(folder, language="sv").read_text(encoding="utf-8") == page


def test_the_language_is_the_one_asked_for(folder: Path, page: str) -> None:
    assert '<html lang="sv">' in page and "Teckenförklaring" in page and "2 704 125" not in page
    english = write_map(folder, language="en").read_text(encoding="utf-8")
    write_map(folder, language="sv")
    assert '<html lang="en">' in english
    assert "Legend" in english and "Teckenförklaring" not in english
    with pytest.raises(KeyError, match="fi"):
        write_map(folder, language="fi")


def test_a_plan_that_breaks_rules_says_so_at_the_top(folder: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(folder, tmp_path / "run")
    rows = [
        ("budget_by_year", "nation", 2026, False),
        ("budget_by_year", "nation", 2027, False),
        ("open_sites", "nation", 2027, True),
    ]
    columns = ["requirement", "scope", "year", "holds"]
    pd.DataFrame(rows, columns=columns).to_csv(broken / "requirements.csv", index=False)
    page = write_map(broken, language="sv").read_text(encoding="utf-8")
    said = '<p class="broken">Planen bryter mot krav: Årets kostnad ryms i årets medel (2026–2027)'
    assert page.index(said) < page.index('<div class="tile"')
    assert '<p class="broken">' not in write_map(folder, language="sv").read_text(encoding="utf-8")


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    folder = made_run.write(tmp_path / "run", hostile=True)
    page = write_map(folder, language="sv").read_text(encoding="utf-8")
    assert "<script>window.hit" not in page and "<img" not in page
    assert page.count("<script") == 2 and page.count("</script>") == 2
    names = {site["name"] for site in data_of(page)["sites"]}
    assert made_run.HOSTILE in names  # unharmed, as data


def test_every_office_is_on_the_map_and_in_the_table(page: str) -> None:
    data = data_of(page)
    sites, offices = data["sites"], data["runs"][0]["offices"]
    assert len(sites) == len(offices) == 148 + 3  # one of the four candidates never opens
    assert page.count('class="office"') == len(offices)
    assert len(re.findall(r"<tr data-index", page)) == len(offices)
    assert all(site["estimated"] for site in sites)
    closed = [one for one in offices if one["years"][-1]["state"] == "merge"]
    assert closed and all(one["years"][-1]["into"] for one in closed)  # told after the year too


def test_a_municipality_shows_the_mean_of_its_people() -> None:
    # Before: (300 x 10 + 100 x 30) / 400 = 15. After: (300 x 10 + 100 x 70) / 400 = 25.
    # 0002: nobody lives there, both zones count alike: 20, then 40. 0003: nothing is reached.
    rows = [("0001", 300, 10.0, 10.0), ("0001", 100, 30.0, 70.0), ("0002", 0, 10.0, 30.0)]
    rows += [("0002", 0, 30.0, 50.0), ("0003", 5, float("nan"), float("nan"))]
    columns = ["municipality_code", "population", "minutes_before", "minutes_after"]
    zones = pd.DataFrame(rows, columns=columns).assign(year=2025, need=3)
    tables = SimpleNamespace(zones=zones, years=(2025,), needs=(3,))
    found = minutes_by_municipality(tables, ["0001", "0002", "0003", "0004"])  # type: ignore[arg-type]
    assert found == [
        {"before": [15.0], "after": [[25.0]]},
        {"before": [20.0], "after": [[40.0]]},
        {"before": [None], "after": [[None]]},
        None,
    ]


@pytest.mark.parametrize(
    ("today", "mode", "merged", "state"),
    [
        ("staffed", "staffed", False, "keep"),
        ("staffed", "flexible", False, "convert"),
        ("staffed", "closed", False, "close"),
        ("staffed", "closed", True, "merge"),
        ("closed", "mobile", False, "open"),
        ("closed", "closed", False, "absent"),
    ],
)
def test_what_becomes_of_a_site(today: str, mode: str, merged: bool, state: str) -> None:
    assert state_of(today, mode, merged=merged) == state


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (0.00431, "högst 0,44 %"),  # rounded up: "at most" stays true
        (0.0, "högst 0,00 %"),
        (0.034, "högst 3,4 %"),
        (1.096, "inte bevisat"),  # the bound lies below today's burden
        (None, "utan bevisad gräns"),
        (float("inf"), "utan bevisad gräns"),
    ],
)
def test_the_proof_is_told_as_it_is(gap: float | None, said: str) -> None:
    found = certificate({"status": "time_limit", "gap": gap}, load("sv"))
    assert found is not None
    told = (found.status, found.distance.replace("\u00a0", " "), found.proved)
    assert told == ("Stoppad av tidsgränsen", said, said.startswith("högst"))


def test_places_with_mobile_service_are_told_apart_from_offices() -> None:
    years = [{"year": 2024, "open_offices": 3, "margin_mnkr": None}]
    years += [{"year": 2025 + at, "open_offices": 3 - at, "margin_mnkr": 1.0} for at in (0, 1)]
    places = Places({2024: 0, 2025: 1, 2026: 1}, "mobil service")
    tiles = {
        one["name"]: one
        for one in figure_tiles({"years": years}, (2024, 2025, 2026), 2024, load("sv"), places)
    }
    offices = tiles["open_offices"]
    assert offices["label"] == "Kontor + platser med mobil service"
    assert offices["values"] == ["3", "2 + 1", "1 + 1"]
    assert offices["under"] == ["", "i dag 3", "i dag 3"]
    last = ["saknas för i dag", "inkl. sparande och kredit", "inkl. sparande, utan kredit"]
    assert tiles["margin"]["under"] == last
    assert places.told(load("sv"), 2026) == "1 plats med mobil service"
