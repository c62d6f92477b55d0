"""Titles as people write them, and files as their programs save them."""

import unicodedata
from pathlib import Path

import pytest

from geodata.problems import InputError
from geodata.schemas import OFFICES
from geodata.tables import read_table

SWEDISH = "Kontors-id;Kontor;Kommunkod;Longitud;Latitud;Driftform i dag;Besök per år"
ROW = "k1;Åmål;1492;12,7;59,05;staffed;12000,5"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_swedish_csv_reads_as_any_other(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "kontor.csv"
    path.write_text(f"{SWEDISH}\n{ROW}\n", encoding=encoding)
    (one,) = read_table(path, OFFICES).to_dict("records")
    assert (one["office"], one["longitude"], one["visits_per_year"]) == ("Åmål", 12.7, 12000.5)


def test_titles_may_be_decomposed_in_capitals_and_carry_a_unit(tmp_path: Path) -> None:
    titles = unicodedata.normalize("NFD", SWEDISH.upper().replace(";", " (enhet);"))
    path = tmp_path / "kontor.csv"
    path.write_text(f"{titles}\n{ROW}\n", encoding="utf-8")
    assert read_table(path, OFFICES)["visits_per_year"].iloc[0] == 12000.5


def test_titles_of_a_form_name_their_column(tmp_path: Path) -> None:
    titles = SWEDISH.replace("Besök per år", "Vad som helst [visits_per_year]")
    path = tmp_path / "kontor.csv"
    path.write_text(f"{titles}\n{ROW}\n", encoding="utf-8")
    assert read_table(path, OFFICES)["visits_per_year"].iloc[0] == 12000.5


def test_two_titles_of_one_column_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "kontor.csv"
    path.write_text(f"{SWEDISH};visits_per_year\n{ROW};3\n", encoding="utf-8")
    with pytest.raises(InputError, match="which mean the same"):
        read_table(path, OFFICES)
