"""The layers of the map and the classes of their colours, the same in every year and run."""

from itertools import pairwise

from optimizer.outputs.map.access import ADDED_BREAKS, MINUTE_BREAKS, POINT_BREAKS, SHARE_BREAKS
from optimizer.outputs.strings import Strings

#: what can be shown, in the order of the choice, and the scale of its colours
LAYERS = {
    "before": "minutes",
    "after": "minutes",
    "added": "added",
    "beyond30": "share",
    "beyond60": "share",
    "points": "points",
}
BREAKS = {
    "minutes": MINUTE_BREAKS,
    "added": ADDED_BREAKS,
    "share": SHARE_BREAKS,
    "points": POINT_BREAKS,
}


def class_texts(strings: Strings) -> dict[str, list[str]]:
    """What each colour of each scale stands for."""
    return {
        "minutes": [_under(MINUTE_BREAKS, strings), *_from(MINUTE_BREAKS, strings)],
        "added": [
            strings.text("map.legend.shorter"),
            strings.text("map.legend.unchanged"),
            *_from(ADDED_BREAKS[1:], strings),
        ],
        "share": [_under(SHARE_BREAKS, strings), *_from(SHARE_BREAKS, strings)],
        "points": [
            strings.text("map.legend.no_points"),
            *("1", "2", "3–4", "5–9"),
            strings.text("map.legend.over", **{"from": POINT_BREAKS[-1]}),
        ],
    }


def _under(breaks: tuple[int, ...], strings: Strings) -> str:
    return strings.text("map.legend.under", to=breaks[0])


def _from(breaks: tuple[int, ...], strings: Strings) -> list[str]:
    """The classes from the first break on."""
    between = [
        strings.text("map.legend.between", **{"from": low, "to": high})
        for low, high in pairwise(breaks)
    ]
    return [*between, strings.text("map.legend.over", **{"from": breaks[-1]})]
