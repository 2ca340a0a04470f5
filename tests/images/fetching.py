"""Fetches a picture, and what came of it."""

from __future__ import annotations

import pytest

from visioncli.core.errors import ImageProblem
from visioncli.images import fetch
from visioncli.images.fetch import Fetched


def get(url: str, *, private: bool = True, timeout: float = 10.0, cap: int = fetch.CAP) -> Fetched:
    return fetch.fetch(url, allow_private=private, timeout=timeout, cap=cap)


def content(found: Fetched) -> bytes:
    return b"".join(found.blob.open())


def refused(url: str, **how: object) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        get(url, **how)  # type: ignore[arg-type]
    assert told.value.exit == 5
    assert "\n" not in told.value.message
    return told.value
