"""Where a run folder may go: links, the folder one is in, parents that are not there yet."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
from pathlib import Path

import pytest

from optimizer.cli import main
from optimizer.outputs import folder as run_folder
from optimizer.outputs.answers import refuse_other
from optimizer.outputs.comparison import refuse_others
from optimizer.outputs.figures.files import refuse_other_files
from optimizer.outputs.folder import refuse_foreign, write_whole
from optimizer.outputs.place import claimed
from optimizer.verify import verify
from tests.run.small_case import QUICK, evaluate, write_case


def wrote(folder: Path, text: str) -> Path:
    return write_whole(
        folder,
        lambda unfinished: Path(unfinished / "summary.json").write_text(text) and None,
        lambda unfinished: None,
        refuse=lambda place: None,
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("out", [".", "..", "../here"])
def test_the_folder_one_is_in_is_refused_before_any_work(
    tmp_path: Path,
    out: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = write_case(tmp_path)
    (tmp_path / "around" / "here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "around" / "here")
    for command in (["solve"], ["evaluate", "--plan", "today"]):
        assert main([*command, str(config), "--out", out, "--quiet"]) == 2
        told = capsys.readouterr().err
        assert told.count("\n") == 1 and "Name a new folder in it." in told
    assert names(tmp_path / "around") == ["here"]
    assert names(tmp_path / "around" / "here") == []


def test_every_folder_that_is_written_whole_may_not_be_the_one_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = Path()
    for refuse in (refuse_foreign, refuse_others, refuse_other_files):
        with pytest.raises(run_folder.InputError, match="can be replaced"):
            refuse(here)
    with pytest.raises(run_folder.InputError, match="can be replaced"):
        refuse_other(here, "explanations.json")


def test_compare_looks_at_the_folder_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["compare", "no", "such", "--out", "."]) == 2
    assert "can be replaced" in capsys.readouterr().err


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "disk" / "run").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "disk" / "run")
    config = write_case(tmp_path)
    for _ in range(2):
        assert evaluate(config, link) == 1
        assert link.is_symlink()
        assert verify(tmp_path / "disk" / "run").ok
        assert names(tmp_path / "disk") == ["run"]


def test_an_earlier_run_stays_where_the_system_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename
    wrote(tmp_path / "run", "before")
    monkeypatch.setattr(run_folder, "_exchanged", lambda one, other: False)
    for refused in (1, 2):
        calls = 0

        def once(one: Path, other: Path, refused: int = refused) -> None:
            nonlocal calls
            calls += 1
            if calls == refused:
                raise OSError(errno.EBUSY, "Device or resource busy")
            rename(one, other)

        monkeypatch.setattr(os, "rename", once)
        with pytest.raises(run_folder.InputError, match="busy"):
            wrote(tmp_path / "run", "after")
        assert names(tmp_path) == ["run"]
        assert (tmp_path / "run" / "summary.json").read_text() == "before"


def test_parents_made_for_nothing_are_taken_away(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with (
        pytest.raises(ZeroDivisionError),
        claimed(tmp_path / "kept" / "a" / "b" / "run"),
        claimed(tmp_path / "kept" / "a" / "b" / "run"),
    ):
        raise ZeroDivisionError
    assert names(tmp_path) == ["kept"]
    assert names(tmp_path / "kept") == []
    assert wrote(tmp_path / "kept" / "a" / "run", "there").is_dir()
    shutil.rmtree(tmp_path / "kept" / "a" / "run")
    with claimed(tmp_path / "kept" / "a" / "run"):
        pass
    assert names(tmp_path / "kept") == ["a"]  # was there before


def test_a_solve_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    nothing = {"base_appropriation": 30, "other_income": 0, "appropriation": {2025: 5, 2026: 5}}
    config = write_case(tmp_path, budget=nothing)
    out = tmp_path / "new" / "deep" / "run"
    assert main(["solve", str(config), "--out", str(out), "--quiet"]) == 1
    assert not (tmp_path / "new").exists()


def test_the_manifest_has_the_command_as_it_was_given(tmp_path: Path) -> None:
    config, run = write_case(tmp_path, solver=QUICK), tmp_path / "a run"
    words = ["solve", str(config), "--out", str(run), "--quiet"]
    assert main(words) == 0
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert shlex.split(manifest["command"]) == ["servicenet", *words]
