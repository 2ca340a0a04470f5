"""The command that an error about ask's words shows, to the letter: it is there to be pasted."""

from __future__ import annotations

from typing import Any

import pytest

from visioncli.cli import arguments
from visioncli.core.errors import VisionError

THERE = {"photo.png", "b.jpg", "notes"}
Q, NEAR = {"has_question": True}, {"nots": "notes", "foto.png": "photo.png"}


def refused(*tokens: str, further: tuple[str, ...] = (), has_question: bool = False) -> VisionError:
    with pytest.raises(VisionError) as caught:
        arguments.split(
            tokens,
            further,
            has_question=has_question,
            providers=("openai",),
            exists=THERE.__contains__,
            near=NEAR.get,
        )
    return caught.value


@pytest.mark.parametrize(
    ("tokens", "more", "message", "hint"),
    [
        ((), {}, "no image and no question were named", 'vision ask IMAGE "what\'s in this?"'),
        (("",), {}, "the question is empty", 'vision ask IMAGE "what\'s in this?"'),
        (
            ("photo.png", " "),
            {},
            "the question is empty",
            'vision ask photo.png "what\'s in this?"',
        ),
        (
            ("b.jpg", "photo.png"),
            {},
            "there is no question: 'photo.png' has the form of an image",
            'vision ask b.jpg photo.png "what\'s in this?"',
        ),
        (
            ("what is", "this", "photo.png"),
            {},
            "there is no question: 'photo.png' has the form of an image",
            'vision ask photo.png "what is this"',
        ),
        (
            ("nots", "b.jpg", "why?"),
            {},
            "'nots' is neither an image nor a file that exists",
            'vision ask notes b.jpg "why?"',
        ),
        (
            ("nots", "b.jpg"),
            Q,
            "'nots' is neither an image nor a file that exists",
            "vision ask notes b.jpg -Q QUESTION",
        ),
        (("x",), Q, "'x' is neither an image nor a file", "vision ask IMAGE -Q QUESTION"),
        (("b.jpg", "x"), Q, "'x' is neither an image", "vision ask b.jpg -Q QUESTION"),
        (("b.jpg", "x", "why?"), {}, "'x' is neither", 'vision ask b.jpg IMAGE "why?"'),
        (("x", "tell me"), {}, "'x' is neither an image", 'vision ask IMAGE "tell me"'),
        (
            ("what", "now"),
            {},
            "'what' is neither an image nor a file that exists; a question of several words is q",
            'vision ask IMAGE "what now"',
        ),
        (("say so", "now please"), {}, "'say so' is neither", 'vision ask IMAGE "say so now pl'),
        (("x", "b.jpg", "tell me"), {}, "'x' is neither", 'vision ask b.jpg "tell me"'),
        (("foto.png", "q"), {}, "no such file: foto.png", 'vision ask photo.png "q"'),
        (("foto.png",), Q, "no such file: foto.png", "vision ask photo.png -Q QUESTION"),
        (("gone.png", "b.jpg", "q"), {}, "no such file: gone.png", 'vision ask IMAGE b.jpg "q"'),
    ],
)
def test_the_command_that_is_shown(
    tokens: tuple[str, ...], more: dict[str, Any], message: str, hint: str
) -> None:
    error = refused(*tokens, **more)
    assert error.message.startswith(message)
    assert (error.hint or "").startswith(hint)
    if hint[-1] in '"N':
        assert error.hint == hint
    assert error.code == ("image_missing" if message.startswith("no such file") else "usage")


@pytest.mark.parametrize("question", ["why?", None])
def test_no_image_at_all(question: str | None) -> None:
    error = arguments.no_image(question)
    assert error.message == "no image was named"
    assert error.hint == f'vision ask IMAGE "{question or arguments.EXAMPLE}"'


@pytest.mark.parametrize(
    ("word", "glob"),
    [
        ("pics/*", True),
        ("pics/a[12]", True),
        ("pics/a?b", True),
        ("pics/a?", False),  # a question
        ("pics/ab?c", True),
        ("?.png", True),
        ("what*", False),
        ("pics/ab", False),
    ],
)
def test_a_glob(word: str, glob: bool) -> None:
    assert arguments.is_glob(word) is glob


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("a.png", True),
        ("openai:file-1", False),
        ("ftp://x.test/a.png", False),
        ("https://x.test/a", False),
        ("-", False),
        ("pics/*.png", False),
        ("a.pdf#2", False),
        ("a.pdf", True),
    ],
)
def test_what_is_looked_for_on_the_disk(word: str, path: bool) -> None:
    assert arguments.is_path(word, ("openai",)) is path
