"""Columns and values as people write them: the Swedish heading of each key, and other names."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from geodata.letters import composed

#: key -> (Swedish heading, other names in Swedish and English). Compared without case, spaces and
#: punctuation. A name may stand for several keys; the table decides which of them it has.
HEADINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "office_id": (
        "Kontors-id",
        ("kontorsid", "kontorskod", "kontorsnummer", "office id", "site_id", "id"),
    ),
    "office": ("Kontor", ("kontorsnamn", "servicekontor", "office name", "namn", "name")),
    "municipality_code": (
        "Kommunkod",
        ("kommun-id", "kommunkod (4 siffror)", "municipality code", "kommun_kod", "kod"),
    ),
    "municipality": ("Kommun", ()),
    "longitude": (
        "Longitud",
        ("long", "lon", "lng", "longitude (WGS 84)", "longitud WGS84", "wgs84 longitud"),
    ),
    "latitude": ("Latitud", ("lat", "latitude (WGS 84)", "latitud WGS84", "wgs84 latitud")),
    "sweref_e": (
        "SWEREF 99 TM östlig",
        ("sweref e", "sweref99tm e", "sweref 99 tm e", "östlig", "easting", "e-koordinat"),
    ),
    "sweref_n": (
        "SWEREF 99 TM nordlig",
        ("sweref n", "sweref99tm n", "sweref 99 tm n", "nordlig", "northing", "n-koordinat"),
    ),
    "mode": ("Driftform", ("form", "kontorsform", "typ av kontor", "service mode")),
    "open_days": (
        "Öppna dagar per vecka",
        ("öppetdagar", "öppna dagar", "öppetdagar per vecka", "open days", "open days a week"),
    ),
    "visits_per_year": (
        "Besök per år",
        ("besök", "antal besök", "besök/år", "årsbesök", "visits", "visits per year"),
    ),
    "visits": ("Antal besök", ("besök", "besök per år", "totalt antal besök", "number of visits")),
    "fte": ("Årsarbetskrafter", ("åa", "årsarbetare", "bemanning", "staff", "personal")),
    "premises_cost_mnkr": (
        "Lokalkostnad",
        ("hyra", "lokalkostnad mnkr", "hyra mnkr", "premises cost", "rent mnkr"),
    ),
    "local_cost_mnkr": (
        "Övrig lokal kostnad",
        ("övriga kostnader", "driftkostnad", "driftkostnad mnkr", "local cost"),
    ),
    "room_visits_per_year": (
        "Lokalens kapacitet",
        ("kapacitet", "kapacitet besök per år", "capacity", "room"),
    ),
    "lease_end": (
        "Hyresavtal till",
        ("avtalsslut", "hyresavtalets slut", "avtal till", "lease end", "slutdatum"),
    ),
    "improvements_mnkr": (
        "Förbättringsutgifter",
        (
            "förbättringar",
            "oavskrivna förbättringar",
            "förbättringsutgift på annans fastighet",
            "bokfört värde",
            "improvements",
        ),
    ),
    "notice_months": (
        "Uppsägningstid",
        ("uppsägningstid månader", "uppsägning", "notice", "notice months", "months of notice"),
    ),
    "services": ("Tjänster", ("ärendeslag", "serviceutbud")),
    "partner": ("Samlokaliserad med", ("samarbetspart", "partner")),
    "remove": ("Utgår", ("tas bort", "ta bort", "remove row")),
    "zone_id": (
        "Områdes-id",
        (
            "zon-id",
            "zonid",
            "zonkod",
            "områdeskod",
            "deso",
            "desokod",
            "regso",
            "regsokod",
            "tätortskod",
            "rutid",
            "ruta",
            "rut_id",
            "zone id",
            "id",
        ),
    ),
    "zone": (
        "Område",
        ("zon", "områdesnamn", "tätort", "ort", "zone name", "regsonamn", "namn", "name"),
    ),
    "population": (
        "Befolkning",
        ("folkmängd", "invånare", "antal invånare", "inhabitants", "pop", "beftotalt"),
    ),
    "area_type": ("Områdestyp", ("typ av område", "area type")),
    "share_75plus": ("Andel 75 år och äldre", ("andel 75+", "75 år och äldre", "share 75plus")),
    "share_primary_edu": (
        "Andel med högst grundskola",
        ("andel förgymnasial", "andel lågutbildade", "low education"),
    ),
    "share_area_type_1_2": (
        "Andel i områdestyp 1–2",
        ("andel i områdestyp 1 och 2", "andel i utanförskapsområde", "exclusion areas"),
    ),
    "share_low_tax_base": ("Andel med låg skattekraft", ("låg skattekraft", "low tax base")),
    "kind": ("Slag av område", ("slag",)),
    "division": ("Indelning", ("regional indelning",)),
    "region_code": (
        "Regionkod",
        ("fa-kod", "fakod", "fa15kod", "fa25kod", "fa_kod", "region code", "kod"),
    ),
    "region": ("Region", ("fa-region", "faregion", "regionnamn", "fa_namn", "region name")),
    "minutes": ("Minuter", ("restid", "restid minuter", "min", "travel time")),
    "km": ("Kilometer", ("avstånd", "avstånd km", "distance km")),
    "action": ("Åtgärd", ()),
    "into_office_id": ("Tas emot av", ("mottagande kontor", "into office id")),
    "decided_on": ("Beslutsdag", ("beslutad", "decided on")),
    "last_day": ("Sista besöksdag", ("sista dag", "last day")),
    "year": ("År", ()),
}

#: Swedish words for values, as people write them.
ACTION_WORDS = (
    ("behåll", "keep"),
    ("ändra", "convert"),
    ("avveckla", "close"),
    ("slå samman", "merge"),
)
AREA_WORDS = (
    *(("stad", "dense"), ("blandat", "mixed"), ("landsbygd", "rural"), ("glesbygd", "remote")),
)


def swedish(key: str) -> str:
    """The Swedish heading of a key; the key itself where it has none."""
    return HEADINGS[key][0] if key in HEADINGS else key


def keys_of(titles: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """The titles of a table with those that mean a wanted key replaced by it; others as they are.

    A title of several lines means the key that any of its lines names. A key that stands there
    under its own name is not looked for under others, and the first title that means a key has it.
    """
    names = [composed(str(title)).strip() for title in titles]
    wanted = list(wanted)
    taken = {name for name in names if name in wanted}
    found = list(names)
    for exact in (True, False):
        for at, name in enumerate(names):
            if found[at] in wanted:
                continue
            for key in wanted:
                if key not in taken and _means(name, key, exact=exact):
                    taken.add(key)
                    found[at] = key
                    break
    return found


def twice(titles: Sequence[str], keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of titles that both are a key or its heading; ``keys`` are those that were found."""
    for at, name in enumerate(keys):
        for other, key in enumerate(keys):
            if other != at and key in HEADINGS and name != key and _means(name, key, exact=True):
                yield titles[other], titles[at]


def _means(title: str, key: str, *, exact: bool) -> bool:
    """Whether a title is the key or its heading (exact), or one of its other names."""
    heading, others = HEADINGS.get(key, (key, ()))
    names = {_plain(name) for name in ((key, heading) if exact else others)}
    return any(_plain(line) in names for line in title.splitlines())


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", composed(text).casefold())
