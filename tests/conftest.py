"""What holds for all tests.

Those marked `soak` run only where they are asked for: `-m soak`, as `.ci/long` does. They are left
out here and not by an `-m` among the options of pyproject.toml, which any other `-m` would replace:
`-m 'not browser'` would then run them.
"""

import os

import pytest

os.environ["SERVICENET_CACHE"] = "off"  # what one test leaves, no other begins with


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "soak" in str(config.getoption("markexpr", "")):
        return
    config.hook.pytest_deselected(items=[one for one in items if one.get_closest_marker("soak")])
    items[:] = [one for one in items if not one.get_closest_marker("soak")]
