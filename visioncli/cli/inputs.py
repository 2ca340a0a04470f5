"""What `ask` is asked about: the question, the pictures named, a list of them, one on stdin."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from shlex import quote

from visioncli import providers
from visioncli.config import Settings
from visioncli.core.errors import UsageError
from visioncli.core.record import record
from visioncli.images import names, sniff, sources
from visioncli.images.sources import Piped

from . import arguments, stdin
from .ask_options import AskOptions
from .options import Engine
from .terminal import Notes

MOST_NAMED = 20  # named images in one request without --together
STDIN = names.STDIN
Read = Callable[[int], bytes]


@record
class List:
    """A list that is still to be read. opened: called once, gives what reads it. file: the name of
    a file that may be read again.
    """

    name: str
    opened: Callable[[], Read]
    file: str | None = None


@record
class Inputs:
    """images: as they were named, folders and globs among them. picture: what `-` means. many:
    whether there is a folder or a glob.
    """

    question: str
    images: tuple[str, ...]
    picture: Piped | None = None
    listed: List | None = None
    many: bool = False


def take(options: AskOptions, settings: Settings, notes: Notes) -> Inputs:
    """Nothing is read that was not asked for. Raises UsageError (2), ImageProblem (5)."""
    tokens, further = list(map(_home, options.tokens)), list(map(_home, options.image))
    try:
        words = arguments.split(
            tokens,
            further,
            has_question=options.question is not None,
            providers=providers.names(settings),
            exists=exists,
            near=_near,
        )
    except UsageError as error:
        if options.list_from is None:
            raise
        raise _beside_a_list(error, options.list_from, tokens) from None
    images = tuple(page for image in words.images for page in _pages(image))
    readers = [image for image in images if image == STDIN]
    readers += ["-Q -"] if options.question == "-" else []
    readers += ["--from -"] if options.list_from == STDIN else []
    if len(readers) > 1:
        raise UsageError(
            "stdin can be read once, and is asked for twice",
            hint="-Q @FILE, or name the picture's file",
        )
    many = any(map(is_many, images))
    nobody = not images and options.list_from is None
    if nobody and (stdin.is_terminal() or options.question == "-"):
        raise arguments.no_image(words.question)
    if not many and options.list_from is None:
        _one_request(images, options)
    listed = (
        _named_list(options.list_from, options, notes) if options.list_from is not None else None
    )
    question = words.question or _question(options.question or "", words.images, notes)
    if nobody:
        return _from_stdin(question, options)
    piped = Piped(lambda: stdin.named(notes.note, "the picture")) if STDIN in images else None
    return Inputs(question, images, piped, listed, many)


def _from_stdin(question: str, options: AskOptions) -> Inputs:
    """A picture, or a list of pictures."""
    head, stream = stdin.unnamed(arguments.command(["IMAGE"], question))
    if not options.nul and sniff.picture_type(head) is not None:
        return Inputs(question, (STDIN,), Piped(lambda: stream))
    return Inputs(question, (), listed=List("the list on stdin", lambda: stream.read1))


def _named_list(name: str, options: AskOptions, notes: Notes) -> List:
    """--from: opened now, so that a name that is wrong costs nothing."""
    if name == STDIN:
        return List("the list on stdin", lambda: stdin.named(notes.note, "the list").read1)
    if options.engine is Engine.RAY and "://" in name and not exists(name):
        from visioncli.ray import files  # what an extra knows of other file systems

        return List(name, lambda: files.listed(name))
    file = _home(name)
    try:
        stream = open(file, "rb", buffering=0)  # noqa: PTH123, SIM115 - the name may hold anything; it is read to its end
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise UsageError(
            f"the list {name} cannot be read: {reason}",
            hint=arguments.command([name]) if os.path.isdir(file) else None,  # noqa: PTH112 - as above
        ) from None
    return List(name, lambda: stream.read, file if os.path.isfile(file) else None)  # noqa: PTH113 - as above


def _beside_a_list(error: UsageError, name: str, tokens: Sequence[str]) -> UsageError:
    """The same with --from in the command; there need not be any image then."""
    listed = f"vision ask --from {quote(name)}"
    if not tokens:
        return UsageError("there is no question", hint=f'{listed} "{arguments.EXAMPLE}"')
    error.hint = (error.hint or "").replace("vision ask", listed, 1)
    return error


def is_many(image: str) -> bool:
    """Whether an image is a folder or a glob, which mean one request a picture."""
    if image == STDIN or arguments.has_scheme(image, ()):
        return False
    if exists(image):
        return os.path.isdir(image)  # noqa: PTH112 - the name may hold anything
    return arguments.is_glob(image)


def _pages(image: str) -> tuple[str, ...]:
    return (image,) if is_many(image) else sources.each(image)


def _question(said: str, images: Sequence[str], notes: Notes) -> str:
    """What -Q says: text, @FILE, or - for stdin."""
    if said == "-":
        text = stdin.named(notes.note, "the question").read().decode("utf-8", "replace")
    elif said.startswith("@"):
        try:
            text = Path(said[1:]).read_text("utf-8")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise UsageError(f"the question in {said[1:]} cannot be read: {reason}") from None
    else:
        text = said
    if not text.strip():
        raise arguments.empty_question(images)
    return text.strip()


def _one_request(images: Sequence[str], options: AskOptions) -> None:
    """Many pictures in one request are seldom meant: *.jpg without quotes is the shell's."""
    if len(images) > MOST_NAMED and not (options.together or options.each or options.per_request):
        raise UsageError(
            f"{len(images)} images are named, which would all go into one request",
            hint="--each for a request a picture, or --together if that is what you want",
        )


def _home(word: str) -> str:
    """A shell leaves ~ alone between quotes."""
    return os.path.expanduser(word) if word.startswith("~/") else word  # noqa: PTH111 - the name may hold anything


def exists(name: str) -> bool:
    """Also a dangling link: reading it tells what is wrong with it."""
    try:
        return os.path.lexists(name)
    except ValueError:  # a NUL byte
        return False


def _near(name: str) -> str | None:
    """A file beside the one that is missing, spelled most like it."""
    folder, slash, last = name.rpartition("/")
    try:
        there = os.listdir(folder or (slash or "."))[:10_000]  # noqa: PTH208 - the name may hold anything
    except (OSError, ValueError):
        return None
    close = get_close_matches(last, there, 1, 0.75)
    return f"{folder}{slash}{close[0]}" if close else None
