"""`extends`: a config on top of its parents, mappings merged and everything else replaced."""

from pathlib import Path

from geodata.letters import on_disk
from optimizer.config.finding import KeyPath
from optimizer.config.reading import read, refused
from optimizer.config.shipped import shipped_config
from optimizer.config.value import Value

MOST_PARENTS = 10
EXTENDS = "extends"

#: Keys that name the file they stand in and are not handed down.
OF_THE_FILE = ("name", "title", "question")

#: Keys of which a file may give one; the one given replaces the others of its parents.
ALTERNATIVES: dict[KeyPath, tuple[str, ...]] = {
    ("budget",): ("cut", "appropriation"),
    ("budget", "saving_limit"): ("share", "amount"),
    ("budget", "credit_limit"): ("share", "amount"),
    ("requirements", "open_sites"): ("exactly", "at_most"),
}


def inherited(path: Path, defaults: Value | None = None) -> Value:
    """The config of a file with all its parents beneath it; null keys of parents are gone.

    The mappings of ``defaults``, by section and key, stand in the first of the parents where that
    has none of its own, so that files that extend it merge onto them.
    """
    return _on_parents(path, (), defaults)


def filled(value: Value, defaults: Value) -> Value:
    """The value with the keys of ``defaults``, by section and key, that it does not have."""
    content = dict(value.content)
    for name, section in defaults.content.items():
        own = content.get(name, section)
        if isinstance(own.content, dict):
            content[name] = own.like({**section.content, **own.content})
    return value.like(content)


def merged(under: Value, over: Value, path: KeyPath = ()) -> Value:
    """Two values in one, `over` wins: mappings merge, null removes, alternatives replace."""
    if not (isinstance(under.content, dict) and isinstance(over.content, dict)):
        return over
    content = dict(under.content)
    alternatives = ALTERNATIVES.get(path, ())
    given = [key for key in alternatives if _is_given(over, key)]
    for key in alternatives if given else ():
        if key not in given:
            content.pop(key, None)
    for key, value in over.content.items():
        content[key] = merged(content[key], value, (*path, key)) if key in content else value
    return over.like(content)


def without_nulls(value: Value) -> Value:
    """The value without the keys that are set to null."""
    if not isinstance(value.content, dict):
        return value
    kept = {
        key: without_nulls(item) for key, item in value.content.items() if item.content is not None
    }
    return value.like(kept)


def _on_parents(path: Path, below: tuple[Path, ...], defaults: Value | None) -> Value:
    own = read(path)
    below = (*below, path.resolve())
    name = own.content.pop(EXTENDS).plain() if EXTENDS in own.content else None
    if name is None:
        return own if defaults is None else filled(own, defaults)
    where = f"{path.name}: {EXTENDS}"
    parent = _parent(path, name, where)
    if parent.resolve() in below:
        chain = " -> ".join(file.name for file in (*below, parent))
        raise refused(where, chain, "must not lead back to a file that extends it")
    if len(below) > MOST_PARENTS:
        raise refused(where, f"more than {MOST_PARENTS} parents", "must be a shorter chain")
    above = without_nulls(_on_parents(parent, below, defaults))
    handed_down = {key: item for key, item in above.content.items() if key not in OF_THE_FILE}
    return merged(above.like(handed_down), own)


def _parent(path: Path, name: object, where: str) -> Path:
    """The file that `extends` names: beside the file (but not itself), then as shipped."""
    if not isinstance(name, str) or not name:
        raise refused(where, repr(name), "must name one config file", "Such as base.yaml.")
    shipped = shipped_config(name)
    found = [file for file in (_beside(path, name), shipped) if file is not None]
    others = [file for file in found if file.resolve() != path.resolve()]
    if not found:
        advice = "Check the spelling; base.yaml is the national case."
        accepted = "must name a file beside this one, or a shipped config"
        raise refused(where, repr(name), accepted, advice)
    return (others or found)[0]


def _beside(path: Path, name: str) -> Path | None:
    found = on_disk(path.resolve().parent / name)
    return found if found is not None and found.is_file() else None


def _is_given(value: Value, key: str) -> bool:
    item = value.content.get(key)
    return item is not None and item.content is not None
