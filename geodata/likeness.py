"""The known id that an unknown one may be meant for."""

import difflib
from collections.abc import Collection

_MOST_COMPARED, _ALIKE = 3_000, 0.75  #: ids that one is held against, and how near it must be


def meant_for(unknown: str, known: Collection[str]) -> str:
    """The known id that is nearest; '' if none is near, if they are very many, or numbered.

    Ids with digits, such as o999, are all alike.
    """
    if len(known) > _MOST_COMPARED or any(map(str.isdigit, unknown)):
        return ""
    return next(iter(difflib.get_close_matches(unknown, known, n=1, cutoff=_ALIKE)), "")
