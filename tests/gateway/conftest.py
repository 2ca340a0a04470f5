"""A mock of four vendors behind a gateway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mock import Mock, serving


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as server:
        yield server
