"""Pictures are looked at once a process, whatever number of questions is asked about them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from visioncli.eyes.view import View

from .pictures import IMAGES, made


def source(image: str) -> Path | bytes:
    """image: a file of tests/images, or `made:NAME`."""
    kind, _, name = image.rpartition(":")
    return made(name) if kind == "made" else IMAGES / name


@cache
def _view(image: str) -> View:
    return View(image, source(image))


@pytest.fixture(scope="session")
def view() -> Callable[[str], View]:
    return _view
