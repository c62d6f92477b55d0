"""PuLP 3 warns of its own next version once for every variable; that is known."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:pulp")
