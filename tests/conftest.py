"""Options of the whole suite."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# No key that the developer keeps reaches a test, and no test's key the developer's keyring.
os.environ["VISION_KEYS"] = os.devnull
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


# A deadline would be a test of the machine's load.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-wire",
        action="store_true",
        help="write tests/wire anew from what the program does now; the diff is the review",
    )


@pytest.fixture
def update_wire(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-wire"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("vendor_sdk"):
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    # A client that was never closed is collected while its warning is still let pass: later, it
    # would fail a test that has nothing to do with it.
    if item.get_closest_marker("vendor_sdk") and not (
        nextitem and nextitem.get_closest_marker("vendor_sdk")
    ):
        gc.collect()
