"""The configs that come with the program, in a wheel and in a checkout alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_IN_WHEEL = _PACKAGE / "shipped_configs"
_IN_CHECKOUT = _PACKAGE.parent / "configs"


def shipped_folder() -> Path:
    """The folder of the shipped configs."""
    return _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CHECKOUT


def shipped_config(name: str) -> Path | None:
    """The shipped config of a name such as `base.yaml`, or None; never a file outside."""
    folder = shipped_folder()
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder) and path.is_file() else None
    except (OSError, RuntimeError, ValueError):  # a name that no disk can have
        return None
