"""What the pages share: their policy, their templates, and how they are written."""

from pathlib import Path

import jinja2
import pytest

from optimizer.outputs.page_shell import environment, policy, write_page


def test_a_page_may_do_only_what_its_own_script_does() -> None:
    assert "script-src" not in policy("p {}")
    told = policy("p {}", "let a = 1")
    assert told.count("'sha256-") == 2
    assert told.startswith("default-src 'none'; style-src 'sha256-")


def test_what_is_filled_in_is_escaped_and_must_be_there() -> None:
    page = environment("optimizer.outputs.frontier").from_string("{{ one }}")
    assert page.render(one="<b>") == "&lt;b&gt;"
    with pytest.raises(jinja2.UndefinedError):
        page.render()


def test_lines_end_alike_on_every_system(tmp_path: Path) -> None:
    path = write_page(tmp_path / "page.html", "å\nb\n")
    assert path.read_bytes() == "å\nb\n".encode()
