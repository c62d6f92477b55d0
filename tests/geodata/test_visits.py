"""Visits on record by region: built in, one's own by any division, or of the nation alone."""

from pathlib import Path

import pytest

from geodata import regions, visits
from geodata.problems import InputError

FA = regions.load({"fa": "builtin:fa15"})
AGENCY = {"Mitt": 1, "Nord": 2, "Stockholm-Gotland": 3, "Syd": 4, "Väst": 5, "Öst": 6}


def written(folder: Path, text: str) -> Path:
    path = folder / "besok.csv"
    path.write_text(text, encoding="utf-8")
    return path


def lines(totals: dict[str, int], year: str = "") -> str:
    return "".join(f"{name};{amount}000;{year}\n" for name, amount in totals.items())


def test_the_built_in_totals_are_those_of_the_base_year() -> None:
    assert visits.load("builtin", 2023, FA).by_region["Nord"] == 211_331
    assert visits.load("builtin", 2025, FA).by_region == {}
    assert visits.load("none", 2024, FA).by_region == {}


def test_own_totals_by_the_agencys_regions_of_the_base_year(tmp_path: Path) -> None:
    older = dict.fromkeys(AGENCY, 9)
    text = "Region;Antal besök;År\n" + lines(AGENCY, "2025") + lines(older, "2024")
    path = written(tmp_path, text.replace("Region", "Regionkod", 1))
    found = visits.load(path, 2025, FA)
    assert found.by_region == {name: 1000 * amount for name, amount in AGENCY.items()}
    assert found.region_of_municipality["0180"] == "Stockholm-Gotland"
    with pytest.raises(InputError, match="visits of the base year, 2023"):
        visits.load(path, 2023, FA)


def test_own_totals_by_a_division_of_the_config(tmp_path: Path) -> None:
    names = FA.drop_duplicates("region_code")["region"]
    text = "region_code,visits\n" + "".join(f'"{name}",10\n' for name in names)
    found = visits.load(written(tmp_path, text), 2030, FA)
    assert len(found.by_region) == 60 and set(found.by_region.values()) == {10.0}
    assert set(found.region_of_municipality.values()) == set(found.by_region)


def test_one_total_for_the_nation(tmp_path: Path) -> None:
    found = visits.load(written(tmp_path, "region_code,visits\nnation,2900000\n"), 2025, FA)
    assert found.by_region == {"nation": 2_900_000}
    assert len(found.region_of_municipality) == 290


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("region_code,visits\nAtlantis,5\n", "regions of one division"),
        ("region_code,visits\nNord,5\n", "nothing for Mitt"),
        ("region_code,visits\nNord,5\nNord,6\n", "a second time|each region once"),
        ("region_code,visits\nNord,-5\n", "at least 0"),
    ],
)
def test_other_totals_are_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        visits.load(written(tmp_path, text), 2025, FA)


def test_an_unknown_region_is_told_beside_a_wrong_number(tmp_path: Path) -> None:
    path = written(tmp_path, "region_code,visits\nNord,many\nMit,5\n")
    with pytest.raises(InputError) as refused:
        visits.load(path, 2025, FA)
    assert str(refused.value).splitlines() == [
        "besok.csv row 2, column visits: a finite number of at least 0, visits a year "
        "(found 'many'). Correct the value.",
        "besok.csv row 3, column region_code: regions of one division (fa, ssc), or the one row "
        "nation (found 'Mit'). Did you mean Mitt?",
    ]
