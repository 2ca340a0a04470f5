"""Which words are images and which is the question: the rules, to the letter."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.cli.arguments import Words, is_image, split
from visioncli.core.errors import ImageProblem, UsageError, VisionError

PROVIDERS = ("openai", "anthropic", "gemini")
THERE = {"photo.png", "b.jpg", "notes", "folder", "odd[1].png", "-x.png", "what"}


def asked(
    *tokens: str, further: tuple[str, ...] = (), has_question: bool = False, near: str | None = None
) -> Words:
    return split(
        tokens,
        further,
        has_question=has_question,
        providers=PROVIDERS,
        exists=THERE.__contains__,
        near=lambda _: near,
    )


def refused(*tokens: str, **more: object) -> VisionError:
    with pytest.raises(VisionError) as caught:
        asked(*tokens, **more)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    "word",
    [
        "-",
        "./anything at all",
        "../x",
        "/tmp/what is this",
        "~/picture",
        "http://x.test/a",
        "HTTPS://x.test/a?b=c",
        "data:image/png;base64,AAAA",
        "gs://bucket/x",
        "s3://bucket/x",
        "clip:",
        "screen:",
        "screen:2",
        "openai:file-abc",
        "a.png",
        "A.JPEG",
        "scan.pdf",
        "scan.pdf#2-4",
        "scan.PDF#1,3",
        "photo.heic",
        "pics/*",
        "*.png",
        "pics/[ab]",
        "a?b.png",
        "file:///x.png",
    ],
)
def test_words_of_an_images_form(word: str) -> None:
    assert is_image(word, PROVIDERS)
    error = refused("photo.png", word)
    assert error.exit == 2
    assert "no question" in error.message


@pytest.mark.parametrize(
    "word",
    [
        "what?",
        "what's in this?",
        "caption",
        "who/what?",
        "a.b",
        ".png",
        "note: see a.png please",
        "compare a.png and b.png",
        "http://x.test is what?",
        "todo:fix",
        "openai:",
        "nobody:file-abc",
        "scan.pdf#two",
        "[json]",
        "why*",
        "ftp://x.test/a",
        "a.docx",
    ],
)
def test_words_of_a_questions_form(word: str) -> None:
    assert not is_image(word, PROVIDERS)
    assert asked("photo.png", word) == Words(("photo.png",), word)


def test_the_last_word_is_the_question_whatever_lies_in_the_folder() -> None:
    assert asked("photo.png", "what") == Words(("photo.png",), "what")
    assert asked("photo.png", "notes") == Words(("photo.png",), "notes")


def test_what_exists_is_an_image_whatever_its_name() -> None:
    assert asked("notes", "folder", "odd[1].png", "q").images == ("notes", "folder", "odd[1].png")


def test_positional_images_come_before_those_of_i_in_the_order_given() -> None:
    words = asked("b.jpg", "photo.png", "q", further=("notes", "b.jpg"))
    assert words.images == ("b.jpg", "photo.png", "notes", "b.jpg")


def test_with_a_question_of_its_own_every_word_is_an_image() -> None:
    assert asked("photo.png", "what", has_question=True) == Words(("photo.png", "what"), None)
    assert asked(has_question=True) == Words((), None)
    error = refused("photo.png", "nothing", has_question=True)
    assert isinstance(error, UsageError)
    assert "'nothing'" in error.message
    assert error.hint == "vision ask photo.png -Q QUESTION"


def test_a_question_alone_leaves_the_images_to_stdin() -> None:
    assert asked("what is it?") == Words((), "what is it?")


def test_unquoted_words_are_never_joined_but_shown_how() -> None:
    error = refused("photo.png", "is", "this", "red?")
    assert isinstance(error, UsageError)
    assert "'is'" in error.message
    assert error.hint == 'vision ask photo.png "is this red?"'


def test_the_question_before_the_image_is_shown_behind_it() -> None:
    error = refused("what is it?", "photo.png")
    assert error.exit == 2
    assert error.hint == 'vision ask photo.png "what is it?"'


def test_a_mistyped_name_is_shown_corrected() -> None:
    error = refused("folder/photo.pn", "q", near="folder/photo.png")
    assert error.exit == 2
    assert error.hint == 'vision ask folder/photo.png "q"'


def test_before_a_quoted_question_a_missing_file_is_meant_as_an_image() -> None:
    assert refused("readme.txt", "what is it?").hint == 'vision ask IMAGE "what is it?"'
    assert refused("photo.png", "notes.txt", "what is it?").hint == (
        'vision ask photo.png IMAGE "what is it?"'
    )


def test_a_word_among_the_images_is_named() -> None:
    error = refused("photo.png", "oops", "b.jpg", "q")
    assert error.exit == 2
    assert "'oops'" in error.message
    assert error.hint == 'vision ask photo.png b.jpg "q"'


@pytest.mark.parametrize("name", ["nothing.png", "./nothing", "/no/where", "~/x"])
def test_an_absent_image_is_exit_5_with_the_corrected_command(name: str) -> None:
    error = refused(name, "q", near="photo.png")
    assert isinstance(error, ImageProblem)
    assert name in error.message
    assert error.hint == 'vision ask photo.png "q"'
    assert refused("photo.png", name, "q").hint == 'vision ask photo.png IMAGE "q"'
    assert refused("photo.png", "q", further=(name,)).exit == 5


def test_the_corrected_command_can_be_pasted() -> None:
    error = refused("my photo.png/", 'the "big" one', "ok", near=None)
    assert error.hint is not None
    assert shlex.split(error.hint)[:2] == ["vision", "ask"]
    error = refused("photo.png", "do", "say", '"hi" $HOME `x` !')
    words = ["vision", "ask", "photo.png", 'do say "hi" $HOME `x` !']
    assert shlex.split(error.hint or "") == words


@pytest.mark.parametrize("tokens", [("photo.png", ""), ("photo.png", "  \n"), ("",)])
def test_an_empty_question(tokens: tuple[str, ...]) -> None:
    error = refused(*tokens)
    assert error.exit == 2
    assert "empty" in error.message


def test_an_empty_image() -> None:
    assert refused("", "q").exit == 2
    assert refused("photo.png", "q", further=("",)).exit in (2, 5)


def test_nothing_at_all() -> None:
    error = refused()
    assert error.exit == 2
    assert error.hint == 'vision ask IMAGE "what\'s in this?"'


@given(st.lists(st.text(max_size=12), max_size=5), st.booleans())
def test_no_word_is_ever_dropped(tokens: list[str], has_question: bool) -> None:
    """Every word typed is an image, the question, or named by an error of exit 2 or 5."""
    try:
        words = asked(*tokens, has_question=has_question)
    except VisionError as error:
        assert error.exit in (2, 5)  # noqa: PT017 - either way is right
        return
    question = [] if words.question is None else [words.question]
    assert [*words.images, *question] == tokens
