"""Figures as files: well-formed, described, the same bytes again, and never over other files."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from geodata.problems import InputError
from optimizer.cli import main
from optimizer.outputs.account.account import read_account
from optimizer.outputs.figures import files, write_figures
from optimizer.outputs.figures.atlas import (
    added_map,
    minutes_map,
    offices_map,
    proposal_regions,
    region_maps,
)
from optimizer.outputs.figures.drawing import Drawing
from optimizer.outputs.figures.gallery import all_figures
from optimizer.outputs.figures.insets import largest
from optimizer.outputs.figures.maps import ADDED, class_of
from optimizer.outputs.figures.plot import nice_range, nice_step
from optimizer.outputs.map.access import ADDED_BREAKS
from optimizer.outputs.strings import load
from tests.outputs import report_run

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_run.write(tmp_path_factory.mktemp("figures"))


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """PNGs take nearly all of the time; where only the drawings matter there are none."""
    monkeypatch.setattr(files, "png", lambda figure: b"")


@pytest.fixture(scope="module")
def written(run: Path) -> tuple[Path, ...]:
    return write_figures(run, run.parent / "drawn")


def test_every_figure_is_there_as_svg_and_png(written: tuple[Path, ...]) -> None:
    names = {path.name for path in written}
    for stem in ("offices", "minutes", "added", "region-1", "budget", "reach", "people", "modes"):
        assert {f"{stem}.svg", f"{stem}.png"} <= names


def test_a_figure_says_what_it_shows(written: tuple[Path, ...]) -> None:
    for path in (one for one in written if one.suffix == ".svg"):
        root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert root.get("role") == "img"
        assert title is not None and title.text
        assert description is not None and len(description.text or "") > 30
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_a_picture_is_three_times_its_drawing(written: tuple[Path, ...]) -> None:
    by_name = {path.name: path for path in written}
    root = ElementTree.fromstring(by_name["budget.svg"].read_text(encoding="utf-8"))
    head = by_name["budget.png"].read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", head[16:20])[0] == 3 * int(root.get("width", "0"))


@pytest.mark.soak
def test_the_same_run_gives_the_same_bytes_and_replaces_earlier_figures(
    run: Path, written: tuple[Path, ...]
) -> None:
    before = {path.name: path.read_bytes() for path in written}
    again = write_figures(run, written[0].parent)
    assert {path.name: path.read_bytes() for path in again} == before


def test_other_files_are_never_overwritten(run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.txt"):
        write_figures(run, tmp_path)
    with pytest.raises(InputError, match="a file"):
        write_figures(run, tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_refuses_a_folder_that_is_no_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures"
    assert main(["figures", str(tmp_path), "--out", str(out)]) == 2
    assert "no run of a service network" in capsys.readouterr().err
    assert not out.exists()


def test_the_command_refuses_a_language_without_texts(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figures", str(run), "--out", str(tmp_path / "a"), "--language", "fi"]) == 2
    assert "'fi' is not one of 'sv', 'en'" in capsys.readouterr().err


@pytest.mark.usefixtures("no_pictures")
def test_the_command_tells_what_it_wrote(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures"
    assert main(["figures", str(run), "--out", str(out), "--language", "en", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["figures"]
    assert str(out / "budget.png") in told
    assert "Cost and means by year" in (out / "budget.svg").read_text(encoding="utf-8")


def test_insets_show_where_offices_overlap_and_no_id_is_used_twice(run: Path) -> None:
    drawing = Drawing(read_account(run), load("sv"))
    drawing.__dict__["part"] = None  # as if offices lay all over the country
    bodies = {figure.name: figure.inline() for figure in all_figures(drawing)}
    ids = re.findall(r' id="([^"]+)"', "".join(bodies.values()))
    assert len(ids) == len(set(ids))
    insets = [one.split("-inset-") for one in ids if "-inset-" in one]
    codes = set(largest(drawing))
    assert len(codes) == 3 and {code for name, code in insets if name == "offices"} == codes
    regional = [code for name, code in insets if name.startswith("region-")]
    assert sorted(regional) == sorted(codes)  # each in the map of its region
    for name, code in insets:
        assert f"url(#{name}-inset-{code})" in bodies[name]


def test_a_small_network_is_drawn_by_itself_and_not_again_in_insets(run: Path) -> None:
    drawing = Drawing(read_account(run), load("sv"))
    near = drawing.part
    assert near is not None and near.height < drawing.shapes.frame.height / 2
    shown = {figure.name: figure.inline() for figure in (offices_map(drawing), added_map(drawing))}
    assert all("-inset-" not in body for body in shown.values())
    assert all(f"url(#{name}-part)" in body for name, body in shown.items())


def test_a_region_without_people_and_offices_has_no_map(run: Path) -> None:
    drawing = Drawing(read_account(run), load("sv"))
    regions = set(proposal_regions(drawing.account.source.run.members)["region_code"])
    drawn = region_maps(drawing)
    assert len(regions) > 1 and len(drawn) == 1
    assert ": ." not in drawn[0][1].description


def test_a_map_without_offices_has_neither_insets_nor_signs(run: Path) -> None:
    drawing = Drawing(read_account(run), load("sv"))
    drawing.__dict__["marks"] = ()
    whole, (_, region) = offices_map(drawing).inline(), region_maps(drawing)[0]
    assert "-inset-" not in whole and "-inset-" not in region.inline()
    assert "Vad som händer" not in whole + region.inline()
    assert region.description.startswith("Karta över region") and ": ." not in region.description


def test_grey_is_in_the_legend_where_a_municipality_is_grey(run: Path) -> None:
    drawing = Drawing(read_account(run), load("sv"))
    figures = (minutes_map(drawing), added_map(drawing), region_maps(drawing)[0][1])
    assert all("uppgift saknas" in figure.inline() for figure in figures)
    known = dict.fromkeys(drawing.paths, (1.0, 2.0))
    drawing.__dict__["minutes"] = known
    figures = (minutes_map(drawing), added_map(drawing), region_maps(drawing)[0][1])
    assert not any("uppgift saknas" in figure.inline() for figure in figures)


@pytest.mark.usefixtures("no_pictures")
def test_hostile_names_make_no_elements(tmp_path: Path) -> None:
    folder = report_run.write_hostile(tmp_path)
    for path in write_figures(folder, tmp_path / "drawn"):
        if path.suffix == ".svg":
            tags = {one.tag.removeprefix(SVG) for one in ElementTree.parse(path).iter()}
            assert not tags & {"script", "img", "image", "style"}


def test_classes_of_minutes() -> None:
    assert [class_of(value, ADDED_BREAKS) for value in (-5, 0, 1, 4.9, 60)] == [0, 1, 2, 2, 6]
    assert class_of(None, ADDED_BREAKS) is None
    assert len(ADDED) == len(ADDED_BREAKS) + 1


def test_axes_are_round_and_hold_their_values() -> None:
    assert nice_step(87.4) == 20
    low, high, step = nice_range([915.7, 1003.1, 992.6])
    assert low <= 915.7 and high >= 1003.1 and high - low <= 200
    assert low % step == pytest.approx(0)
