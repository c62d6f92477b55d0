"""What the pages share: templates filled in, the policy of what a page may do, files as written."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined


def environment(package: str, folder: str = ".") -> Environment:
    """The templates of a package, or of a folder in it; what is filled in is escaped and known."""
    return Environment(
        loader=FunctionLoader(lambda name: asset(package, f"{folder}/{name}")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def policy(style: str, script: str = "") -> str:
    """A content security policy that allows this style and this script, and no request at all.

    Without a script none is allowed.
    """
    scripts = f"script-src {_hash(script)}; " if script else ""
    return (
        f"default-src 'none'; style-src {_hash(style)}; {scripts}"
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def asset(package: str, name: str) -> str:
    """A text file that stands beside the code of a package; its lines end alike everywhere."""
    source = resources.files(package) / name
    return source.read_text(encoding="utf-8").replace("\r\n", "\n")


def write_page(path: Path, text: str) -> Path:
    """Write a page; the same text gives the same bytes on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
