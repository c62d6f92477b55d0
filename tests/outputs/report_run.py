"""A small run with real towns: one office closes, one changes its form, one is kept by decision."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from optimizer.cli import main
from tests.kept import copied
from tests.run.small_case import WITH_STAFF, write_case

#: k6 (Hedemora) closes in 2025; k5 (Leksand) has fewer open days from 2026
PLAN = "office_id,year,mode\nk6,2025,closed\nk5,2026,reduced\n"
REASON = "longest way to the next office"
HOSTILE = "</style><script>window.hit=1</script><img src=x onerror='window.hit=1'>&\"' \u202eabc 🏛 "


def write(
    folder: Path, *, formats: tuple[str, ...] = ("csv", "parquet"), **changes: object
) -> Path:
    """Evaluate the plan above; the run folder."""
    asked = {"formats": formats, **changes}
    copied(folder, f"report {asked}", partial(_write, **asked))
    return folder / "run"


def _write(folder: Path, *, formats: tuple[str, ...], **changes: object) -> None:
    output = {"language": "sv", "formats": list(formats)}
    offices = {"keep": [{"office": "Mora", "reason": REASON}]}
    config = write_case(
        folder, output=output, offices=offices, **{"requirements": WITH_STAFF, **changes}
    )
    _evaluate(folder, config, PLAN, "run")


def write_today(folder: Path, **changes: object) -> Path:
    """Evaluate the same network unchanged."""
    copied(folder, f"today {changes}", partial(_write_today, **changes))
    return folder / "today"


def _write_today(folder: Path, **changes: object) -> None:
    output = {"language": "sv", "formats": ["csv", "parquet"]}
    config = write_case(folder, output=output, **{"requirements": WITH_STAFF, **changes})
    _evaluate(folder, config, "", "today")


def write_hostile(folder: Path) -> Path:
    """The same with names that try to break the page, one of 300 characters."""
    copied(folder, "hostile", _write_hostile)
    return folder / "run"


def _write_hostile(folder: Path) -> None:
    config = write_case(
        folder,
        output={"language": "sv", "formats": ["csv", "parquet"]},
        requirements=WITH_STAFF,
    )
    table = pd.read_csv(folder / "offices.csv", dtype=str)
    table.loc[table["office_id"] == "k6", "office"] = HOSTILE
    table.loc[table["office_id"] == "k5", "office"] = "Å" * 300
    table.to_csv(folder / "offices.csv", index=False)
    _evaluate(folder, config, PLAN, "run")


def _evaluate(folder: Path, config: Path, plan: str, name: str) -> None:
    out = folder / name
    asked = "today"
    if plan:
        asked = str(folder / "mine.csv")
        (folder / "mine.csv").write_text(plan, encoding="utf-8")
    code = main(["evaluate", str(config), "--plan", asked, "--out", str(out), "--quiet"])
    assert code in (0, 1)  # 1: a requirement is broken, and told
