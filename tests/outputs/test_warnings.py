"""The warnings of a run in the language of the reader."""

from pathlib import Path

import pandas as pd

from optimizer.outputs.map import write_map
from optimizer.outputs.strings import load
from optimizer.outputs.warnings import told
from optimizer.reading import _warnings
from tests.outputs import full_run


def test_every_warning_of_a_run_is_told_in_swedish() -> None:
    evidence = ["provisional", "documented", "candidate"]
    sites = pd.DataFrame({"evidence": evidence, "candidate": [False, False, True]})
    written = _warnings(sites)
    assert len(written) == 1
    travel = (
        "1,234 of 5,678 travel times from zone to site are estimated: osrm has no way there.",
        "12 of 90 travel times from site to site are estimated: matrix has no way there.",
    )
    assert [told(one, load("en")) for one in travel] == [(one, "en") for one in travel]
    assert [told(one, load("sv"))[1] for one in travel] == ["sv", "sv"]
    late = (
        "decided.csv: what is decided for o001 begins after the last planning year and changes "
        "nothing in the plan."
    )
    assert told(late, load("en")) == (late, "en") and told(late, load("sv"))[1] == "sv"
    for warning in written:
        assert told(warning, load("en")) == (warning, "en")
        text, language = told(warning, load("sv"))
        assert language == "sv" and text.startswith("1 av de 2 kontoren är obekräftade")


def test_an_unknown_warning_is_given_as_it_stands_and_marked_as_english(tmp_path: Path) -> None:
    assert told("Something else.", load("sv")) == ("Something else.", "en")
    folder = full_run.change(full_run.write(tmp_path / "run"), warnings=["Something <else>."])
    page = write_map(folder, language="sv").read_text(encoding="utf-8")
    assert '<li lang="en">Something &lt;else&gt;.</li>' in page
