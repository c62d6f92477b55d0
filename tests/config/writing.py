"""Small config files for the tests, and the sentences that a config is refused with."""

from pathlib import Path

import pytest

from geodata.problems import InputError
from optimizer.config import load

BASE = "extends: base.yaml\nname: trial\n"


def written(folder: Path, text: str, name: str = "trial.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(path)
    return [problem.sentence() for problem in caught.value.problems]


def refused_on_base(folder: Path, text: str) -> list[str]:
    return refused(written(folder, BASE + text))
