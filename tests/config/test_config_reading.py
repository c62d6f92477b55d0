"""Files that are not what they seem: broken, doubled, too large, or made to grow."""

import time
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from optimizer.building.named_sites import find_site
from optimizer.config import load
from tests.config.writing import BASE, refused, written


def test_duplicate_keys_are_all_named(tmp_path: Path) -> None:
    text = "name: a\nname: b\nbudget:\n  cut: {2025: 1, 2025: 2}\n"
    assert refused(written(tmp_path, text)) == [
        "trial.yaml: name: must appear once (found it on lines 1 and 2). Remove one of them.",
        "trial.yaml: budget.cut.2025: must appear once (found it on lines 4 and 4)."
        " Remove one of them.",
    ]


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "name: a\nbudget: {cut: [1, 2\n"))
    assert sentence.startswith("trial.yaml line ")
    assert "must be YAML" in sentence


def test_an_alias_bomb_is_refused_without_growing(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 40):
        aliases = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    sentences = refused(written(tmp_path, "\n".join(lines)))
    assert "an alias" in sentences[0]


def test_an_alias_of_itself_is_refused(tmp_path: Path) -> None:
    sentences = refused(written(tmp_path, "a: &a [*a]\n"))
    assert "an alias" in sentences[0]


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "#" * 300_001))
    assert sentence == "trial.yaml: must be at most 300,000 bytes (found 300,001 bytes)."


@pytest.mark.parametrize("text", ["a:\n" + "- 1\n" * 70_000, "a: [" + "&a x, " * 45_000 + "]"])
def test_a_file_of_very_many_values_is_refused_in_seconds(
    tmp_path: Path, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    began = time.process_time()
    (sentence,) = refused(written(tmp_path, text))
    assert "must hold at most 20,000 keys and values" in sentence
    assert time.process_time() - began < 8
    assert capfd.readouterr() == ("", "")  # the library's own warnings stay inside


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "a: " + "[" * 3000 + "]" * 3000))
    assert "must be nested less deeply" in sentence
    sentences = refused(written(tmp_path, "a: " + "[" * 30 + "]" * 30))
    assert "must be nested less deeply" in sentences[0]


def test_objects_are_refused(tmp_path: Path) -> None:
    (sentence,) = refused(written(tmp_path, "name: !!python/object/apply:os.system [ls]\n"))
    assert "must be plain YAML" in sentence


def test_other_files_are_refused(tmp_path: Path) -> None:
    assert "must hold a config" in refused(written(tmp_path, "# nothing\n"))[0]
    assert "must be a mapping" in refused(written(tmp_path, "- a\n- b\n"))[0]
    assert "must be YAML" in refused(written(tmp_path, "a: 1\n---\nb: 2\n"))[0]
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Åsele".encode("latin-1"))
    assert "must be text in UTF-8" in refused(latin)[0]
    assert "must be a config file that can be read" in refused(tmp_path / "none.yaml")[0]
    assert "must be a config file that can be read" in refused(tmp_path)[0]


def test_letters_in_two_parts_mean_the_same_in_values_keys_and_names_of_files(
    tmp_path: Path,
) -> None:
    """a with a ring is one letter or two (NFC, NFD), in the config and on the disk."""
    for on_disk, written_as in (("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")):
        folder = tmp_path / f"Borlänge {on_disk} {written_as}"
        folder.mkdir()
        parent = unicodedata.normalize(on_disk, "förälder.yaml")
        table = unicodedata.normalize(on_disk, "kontör.csv")
        written(folder, "extends: base.yaml\n", parent)
        (folder / table).write_text("")
        text = (
            "extends: förälder.yaml\nname: a\ntitle: {sv: åtta, en: eight}\n"
            "data: {offices: kontör.csv}\noffices: {keep: [{office: Borlänge}]}\n"
        )
        scenario = load(written(folder, unicodedata.normalize(written_as, text)))
        assert scenario.title.sv == "åtta"
        assert scenario.offices.keep[0].office == "Borlänge"
        assert Path(scenario.data.offices).is_file()
        keys = "data: {regions: {fä: builtin:fa15}}\n"
        found = load(written(folder, BASE + unicodedata.normalize(written_as, keys)))
        assert "fä" in found.data.regions


def test_an_office_is_found_by_its_name_in_two_parts() -> None:
    sites = pd.DataFrame({"office_id": ["k1", "kå"], "office": ["Falun", "Borlänge"]})
    for name in ("Borlänge", "borlänge", "kå"):
        assert find_site(sites, unicodedata.normalize("NFD", name), "key") == 1
    parts = sites.assign(office=["Falun", unicodedata.normalize("NFD", "Borlänge")])
    assert find_site(parts, "Borlänge", "key") == 1


@pytest.mark.parametrize("name", ["x" * 300, "a/" * 2000 + "b.yaml", '"a\\0b"', "../" * 40 + "no"])
def test_names_that_no_disk_can_have_are_no_files(tmp_path: Path, name: str) -> None:
    (sentence,) = refused(written(tmp_path, f"extends: {name}\n"))
    assert "must name a file beside this one" in sentence
