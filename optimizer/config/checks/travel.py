"""What must agree between the keys of `data.travel`."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from optimizer.config.finding import Finding
from optimizer.config.scenario import Scenario
from optimizer.config.travel import Travel

MATRIX_FILES = (".csv", ".parquet", ".xlsx")
ENGINES = ("osrm", "valhalla")
OF_ENGINES = ("profile", "access_minutes", "snap_km")  #: keys that change an engine's answers
INSTEAD = {
    "estimate": "The estimate has its own five minutes (docs/travel.md); `time_factor` changes "
    "every trip.",
    "matrix": "A matrix is taken as it stands; `time_factor` changes every trip.",
}


def travel_is_told(scenario: Scenario) -> Iterator[Finding]:
    """Each provider has what it needs, and nothing that another one needs."""
    travel = scenario.data.travel
    yield from _path(travel)
    yield from _url(travel)
    yield from _of_engines(travel)
    if travel.km_path is not None:
        if travel.provider != "matrix":
            found, accepted = repr(travel.km_path), "must be given for the provider matrix only"
            yield Finding(_key("km_path"), found, accepted, "Remove it.")
        else:
            yield from _table("km_path", travel.km_path)


def _path(travel: Travel) -> Iterator[Finding]:
    if travel.provider == "matrix":
        if travel.path is None:
            yield Finding(_key("path"), "nothing", "must be given for the provider matrix")
        else:
            yield from _table("path", travel.path)
    elif travel.provider == "valhalla":
        if (travel.path is None) == (travel.url is None):
            found = "nothing" if travel.path is None else "both url and path"
            accepted = "must be a url, or the path of the configuration of an engine here"
            yield Finding(_key("url"), found, accepted)
    elif travel.path is not None:
        advice = "Write `provider: matrix`, or remove the path."
        accepted = f"must not be given for {travel.provider}"
        yield Finding(_key("path"), repr(travel.path), accepted, advice)


def _of_engines(travel: Travel) -> Iterator[Finding]:
    """What only an engine reads, given for another provider; the normal value says nothing."""
    if travel.provider in ENGINES:
        return
    for key in OF_ENGINES:
        given = getattr(travel, key)
        if given != Travel.model_fields[key].default:
            accepted = f"must not be given for {travel.provider}, which does not read it"
            advice = f"Remove it. {INSTEAD[travel.provider]}"
            yield Finding(_key(key), repr(given), accepted, advice)


def _table(key: str, path: str) -> Iterator[Finding]:
    if not path.partition("#")[0].lower().endswith(MATRIX_FILES):
        yield Finding(_key(key), repr(path), "must be a csv, parquet or xlsx file")


def _url(travel: Travel) -> Iterator[Finding]:
    if travel.provider not in ENGINES:
        if travel.url is not None:
            advice = f"Write `provider: {ENGINES[0]}` or `{ENGINES[1]}`, or remove the url."
            accepted = f"must not be given for {travel.provider}"
            yield Finding(_key("url"), repr(travel.url), accepted, advice)
        return
    if travel.url is None:
        if travel.provider == "osrm":
            yield Finding(_key("url"), "nothing", "must be given for the provider osrm")
        return
    if not _is_address(travel.url):
        accepted = "must be an address such as http://localhost:5000"
        yield Finding(_key("url"), repr(travel.url), accepted)
    elif "@" in travel.url or "?" in travel.url or "#" in travel.url:
        # The address stands in every run folder: it must not hold a password or a key.
        found = "an address with a password, a query or a fragment"
        yield Finding(_key("url"), found, "must be scheme, host, port and path alone")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False


def _key(name: str) -> tuple[str, ...]:
    return ("data", "travel", name)
