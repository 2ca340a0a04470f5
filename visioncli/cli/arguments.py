"""Which of ask's words are images and which is the question: by form first, by the disk second.

`split` takes the words as typed and does no I/O but for the existence test it is given. Words are
never joined into a question, and a word that cannot be an image is an error, so that no picture is
dropped and no question is guessed.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Sequence

from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.record import record

SCHEMES = ("http://", "https://", "data:", "gs://", "s3://", "clip:", "screen:")
EXTENSIONS = frozenset(  # of what is a picture, or a page of pictures
    "apng avif bmp dib gif heic heif ico jfif jp2 jpe jpeg jpg jxl pbm pdf pgm png pnm ppm svg"  # noqa: SIM905 - reads better
    " svgz tga tif tiff webp".split()
)
ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")  # also of a kind that is not fetched
PAGES = re.compile(r"(?<=\.pdf)#[0-9][0-9,-]*$", re.IGNORECASE)
EXAMPLE = "what's in this?"


@record
class Words:
    """images: in the order given, those of -i last. question: None where -Q gives it."""

    images: tuple[str, ...]
    question: str | None


def split(
    tokens: Sequence[str],
    further: Sequence[str],
    *,
    has_question: bool,
    providers: Collection[str],
    exists: Callable[[str], bool],
    near: Callable[[str], str | None] = lambda _: None,
) -> Words:
    """tokens: the positional words. further: the values of -i. has_question: whether -Q was given.

    exists: whether a path names anything. near: a name that exists and resembles one that does not.
    Raises UsageError (2), or ImageProblem (5) for a named image that is absent.
    """
    words = list(tokens)

    def fits(word: str) -> bool:
        return is_image(word, providers) or exists(word) or bool(ADDRESS.match(word))

    question = None
    if not has_question:
        if not words or is_image(words[-1], providers):
            raise _no_question([*words, *further], fits)
        question = words.pop()
        if not question.strip():
            raise empty_question([*words, *further])
    for place, word in enumerate(words):
        if not word or not fits(word):
            raise _no_image(words, place, question, fits, near)
    images = [*words, *further]
    for image in images:
        if is_path(image, providers) and not exists(image):
            raise _absent(image, near(image), images, question)
    return Words(tuple(images), question)


def is_image(word: str, providers: Collection[str]) -> bool:
    """Whether a word has the form of an image, whatever lies in the folder."""
    if word == "-" or word.startswith(("./", "../", "/", "~/")):
        return True
    if not word or any(c.isspace() for c in word):
        return False
    return has_scheme(word, providers) or _has_extension(word) or is_glob(word)


def has_scheme(word: str, providers: Collection[str]) -> bool:
    """An address, or a file id with its provider's name in front: openai:file-abc."""
    small = word.lower()
    if small.startswith(SCHEMES):
        return True
    provider, colon, file_id = small.partition(":")
    return bool(colon and file_id and not file_id.startswith("//")) and provider in providers


def is_path(word: str, providers: Collection[str]) -> bool:
    """Whether an image's name is to be looked for on the disk under this very name."""
    other = has_scheme(word, providers) or ADDRESS.match(word)
    return not (word == "-" or other or is_glob(word) or PAGES.search(word))


def is_glob(word: str) -> bool:
    """`*` or `[` anywhere, or a `?` that is not the last character, in what looks like a path."""
    if "*" not in word and "[" not in word and "?" not in word[:-1]:
        return False
    return "/" in word or _has_extension(word)


def _has_extension(word: str) -> bool:
    name, dot, extension = PAGES.sub("", word).rpartition(".")
    return bool(name and dot) and extension.lower() in EXTENSIONS


def command(images: Sequence[str], question: str | None = EXAMPLE) -> str:
    """A command line that can be pasted."""
    words = [shlex.quote(image) for image in images]
    if question is not None:
        plain = not re.search(r'[\\"$`!]', question)
        words.append(f'"{question}"' if plain else shlex.quote(question))
    return " ".join(("vision ask", *words))


def empty_question(images: Sequence[str]) -> UsageError:
    return UsageError("the question is empty", hint=command(images or ["IMAGE"]))


def no_image(question: str | None) -> UsageError:
    return UsageError("no image was named", hint=command(["IMAGE"], question or EXAMPLE))


def _no_question(words: Sequence[str], fits: Callable[[str], bool]) -> UsageError:
    if not words:
        return UsageError("no image and no question were named", hint=command(["IMAGE"]))
    images = [word for word in words if fits(word)]
    others = [word for word in words if not fits(word)]  # the question first, out of habit
    return UsageError(
        f"there is no question: {words[-1]!r} has the form of an image",
        hint=command(images, " ".join(others) if others else EXAMPLE),
    )


def _no_image(
    words: Sequence[str],
    place: int,
    question: str | None,
    fits: Callable[[str], bool],
    near: Callable[[str], str | None],
) -> UsageError:
    """A word before the question that is no image: an unquoted question, or a mistyped name."""
    what = f"{words[place]!r} is neither an image nor a file that exists"
    images, tail = [word for word in words if fits(word)], words[place:]
    if meant := near(words[place]):
        corrected = [*words[:place], meant, *words[place + 1 :]]
        return UsageError(what, hint=command(corrected, question) + _said_apart(question))
    if question is None:
        return UsageError(what, hint=f"{command(images or ['IMAGE'], None)} -Q QUESTION")
    quoted = question is not None and (" " in question or question.endswith("?"))
    if quoted and len(tail) == 1 and " " not in words[place]:  # then this was meant as an image
        return UsageError(what, hint=command([*images, "IMAGE"], question))
    if any(fits(word) for word in tail):
        return UsageError(what, hint=command(images, question))
    return UsageError(
        f"{what}; a question of several words is quoted",
        hint=command(images or ["IMAGE"], " ".join((*tail, question))),
    )


def _absent(
    image: str, near: str | None, images: Sequence[str], question: str | None
) -> ImageProblem:
    other = [near or "IMAGE" if name == image else name for name in images]
    return ImageProblem(
        f"no such file: {image}",
        hint=command(other, question) + _said_apart(question),
        code="image_missing",
    )


def _said_apart(question: str | None) -> str:
    """Behind a command whose question was given with -Q."""
    return "" if question is not None else " -Q QUESTION"
