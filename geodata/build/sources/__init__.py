"""The authored tables from which the built-in tables are derived."""

from importlib import resources

import pandas as pd


def read_source(name: str) -> pd.DataFrame:
    """An authored table, every value as the text that stands in it."""
    with (resources.files(__package__) / f"{name}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)
