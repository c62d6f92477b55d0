"""Figures as files: SVG for documents that take it, PNG for those that do not."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import resvg_py

from geodata.problems import InputError, Problem
from optimizer.outputs.account.account import account_of_run
from optimizer.outputs.figures.drawing import Drawing
from optimizer.outputs.figures.figure import Figure
from optimizer.outputs.figures.gallery import all_figures
from optimizer.outputs.folder import write_whole
from optimizer.outputs.place import looking_at, refuse_fixed
from optimizer.outputs.strings import LANGUAGES, Strings, load

PNG_ZOOM = 3  #: about 300 dots an inch at the width of a printed page
FONTS = ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf")
MARKER = "figures.txt"  #: tells a folder of figures from any other


def write_figures(
    run: Path, out: Path | None = None, *, language: str | None = None
) -> tuple[Path, ...]:
    """Write every figure of a run into a folder, as SVG and PNG; the paths, in order.

    Without ``out``, beside the run as RUN-figures; without ``language``, in the run's own. The
    folder is there whole or not at all. Raises InputError if the run is not one, the language has
    no texts, or something other than earlier figures stands in the folder.
    """
    account = account_of_run(run)
    resolved = run.resolve()
    folder = resolved.parent / f"{resolved.name}-figures" if out is None else out
    with looking_at(folder):
        refuse_other_files(folder)
    own = (account.source.run.config.get("output") or {}).get("language", LANGUAGES[0])
    drawing = Drawing(account, _strings(language or str(own)))
    names: list[str] = []

    def write(unfinished: Path) -> None:
        names.extend(name for figure in all_figures(drawing) for name in _write(figure, unfinished))
        listed = "".join(f"{name}\n" for name in names)
        (unfinished / MARKER).write_text(listed, encoding="utf-8", newline="\n")

    write_whole(folder, write, lambda unfinished: None, refuse=refuse_other_files)
    return tuple(folder / name for name in names)


def png(figure: Figure) -> bytes:
    """The figure as PNG, with fonts of its own, so that every machine makes the same bytes."""
    folder = resources.files(__package__) / "fonts"
    with resources.as_file(folder) as fonts:
        drawn = resvg_py.svg_to_bytes(
            svg_string=figure.standalone(),
            zoom=PNG_ZOOM,
            skip_system_fonts=True,
            font_files=[str(fonts / name) for name in FONTS],
            sans_serif_family="DejaVu Sans Condensed",
            font_family="DejaVu Sans Condensed",
        )
    return bytes(drawn)


def refuse_other_files(out: Path) -> None:
    """Raise InputError if the folder holds anything but figures written here before."""
    refuse_fixed(out)
    if not out.exists() and not out.is_symlink():
        return
    known = {*_earlier(out), MARKER} if out.is_dir() else set()
    foreign = (
        sorted(path.name for path in out.iterdir() if path.name not in known) if known else ["."]
    )
    if foreign:
        raise InputError(
            Problem(
                f"--out {out}",
                "a file" if not out.is_dir() else f"a folder with other files ({foreign[0]})",
                "a new folder, an empty one, or earlier figures to replace",
                "Choose another folder.",
            )
        )


def _earlier(out: Path) -> list[str]:
    """The files that an earlier call wrote, by its list; never a path out of the folder."""
    marker = out / MARKER
    if not marker.is_file():
        return []
    lines = marker.read_text(encoding="utf-8").split("\n")
    return [name for name in lines if name.endswith((".svg", ".png")) and Path(name).name == name]


def _write(figure: Figure, folder: Path) -> tuple[str, str]:
    drawing, picture = f"{figure.name}.svg", f"{figure.name}.png"
    (folder / drawing).write_text(figure.standalone(), encoding="utf-8", newline="\n")
    (folder / picture).write_bytes(png(figure))
    return drawing, picture


def _strings(language: str) -> Strings:
    if language not in LANGUAGES:
        found, accepted = f"{language!r}, which has no texts", " or ".join(LANGUAGES)
        raise InputError(Problem("--language", found, accepted, "Choose one of them."))
    return load(language)
