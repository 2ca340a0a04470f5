"""The tree of errors: as its docstring draws it, as the exit statuses promise."""

from __future__ import annotations

import inspect
import re

import pytest

from visioncli.core import errors
from visioncli.core.errors import VisionError

DRAWN = re.findall(r"^ {4}([│ ├└─]*)([A-Z]\w+) +(\d+)", errors.__doc__ or "", re.MULTILINE)
CLASSES = {
    name: cls
    for name, cls in vars(errors).items()
    if inspect.isclass(cls) and issubclass(cls, Exception)
}


def test_the_docstring_draws_every_class_with_its_exit_and_its_parent() -> None:
    assert {name for _, name, _ in DRAWN} == set(CLASSES)
    line: list[str] = []
    for branch, name, exit_ in DRAWN:
        depth = len(branch) // 4
        assert CLASSES[name].exit == int(exit_)
        if depth:
            assert CLASSES[name].__bases__ == (CLASSES[line[depth - 1]],)
        line[depth:] = [name]


@pytest.mark.parametrize("cls", CLASSES.values(), ids=lambda cls: cls.__name__)
def test_retryable_is_said_by_the_exit_status(cls: type[VisionError]) -> None:
    assert cls("x").retryable is (cls.exit in (6, 7, 8))
    assert not cls("x").retry or cls("x").retryable
    assert cls("x", retry=True).retry
    assert cls("x").code == cls.default_code
    assert cls("x", code="theirs").code == "theirs"


def test_codes_tell_the_classes_apart() -> None:
    codes = [cls.default_code for cls in CLASSES.values()]
    assert len(set(codes)) == len(codes)


def test_the_docstring_says_what_is_retried() -> None:
    retried = {name for name, cls in CLASSES.items() if cls.retried}
    assert retried == {"RateLimited", "NetworkProblem", "ProviderFailed"}
