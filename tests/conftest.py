"""Options of the whole suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-wire",
        action="store_true",
        help="write tests/wire anew from what the program does now; the diff is the review",
    )


@pytest.fixture
def update_wire(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-wire"))
