"""Letters such as å, which may be one sign or two (NFC, NFD), in texts and in names of files."""

import unicodedata
from pathlib import Path


def composed(text: str) -> str:
    """The text with å, ä, ö as one character each (NFC), however it was typed."""
    return unicodedata.normalize("NFC", text)


def on_disk(path: Path) -> Path | None:
    """The file or folder, each part of its path as it is written there; None if it is not."""
    try:
        if path.exists():
            return path
        found = Path(path.anchor)
        for part in path.relative_to(path.anchor).parts:
            forms = (part, *(unicodedata.normalize(form, part) for form in ("NFC", "NFD")))
            there = next((name for name in forms if (found / name).exists()), None)
            if there is None:
                return None
            found = found / there
        return found
    except (OSError, ValueError):  # a name that no disk can have
        return None
