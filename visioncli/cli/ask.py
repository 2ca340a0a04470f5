"""`vision ask`: words and options in, an answer on stdout, the rest on stderr."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from visioncli import api, choice, config, eyes, providers
from visioncli.config import Settings
from visioncli.core.errors import UsageError
from visioncli.core.types import ImagePart, Options, Request
from visioncli.images import sniff, sources
from visioncli.images.sources import Piped

from . import arguments, render, schema, stdin, values
from .answering import Answering
from .options import AskOptions
from .terminal import Notes, Out, stderr, stdout

MOST_NAMED = 20  # named images in one request without --together
T = TypeVar("T")
LOOP = 'while read -r f; do vision ask "$f" "…"; done < LIST'


def run(options: AskOptions) -> int:
    """The exit status; of several models the first that is not zero."""
    out, notes = stdout(), stderr(quiet=options.quiet)
    _consistent(options, out)
    settings = config.load()
    providers.check(settings)
    question, images, picture = _asked_for(options, settings, notes)
    asked = _asked(options, settings, images, question)
    answering = Answering(asked, settings, picture, options, out, notes)
    one = answering.shown if options.dry_run else answering.answered
    if len(options.model) > 1:
        return answering.several(options.model, one)
    (chosen,) = choice.choose(options.model, settings)
    _tell(chosen, notes)
    return one(chosen.ref)


def _consistent(options: AskOptions, out: Out) -> None:
    """Options that exclude or need each other, and a stdout that can take an answer at all."""
    out.write("")  # a closed one says so now, before anything is paid for
    render.look(options.color, terminal=out.is_terminal, raw=options.raw)
    if (options.curl or options.full) and not options.dry_run:
        which = "--curl" if options.curl else "--full"
        raise UsageError(f"{which} says how --dry-run prints", hint=f"--dry-run {which}")
    if options.raw and options.json:
        raise UsageError("--raw and --json exclude each other", hint="leave one of them out")
    if options.curl and options.json:
        raise UsageError("--curl and --json exclude each other", hint="leave one of them out")


def _asked_for(
    options: AskOptions, settings: Settings, notes: Notes
) -> tuple[str, tuple[str, ...], Piped | None]:
    """(question, images, the stdin that `-` means). Nothing is read that was not asked for."""
    words = arguments.split(
        [_home(token) for token in options.tokens],
        [_home(image) for image in options.image],
        has_question=options.question is not None,
        providers=providers.names(settings),
        exists=_exists,
        near=_near,
    )
    words = replace(words, images=tuple(p for image in words.images for p in sources.each(image)))
    readers = [image for image in words.images if image == "-"]
    readers += ["-Q -"] if options.question == "-" else []
    if len(readers) > 1:
        raise UsageError(
            "stdin can be read once, and is asked for twice",
            hint="-Q @FILE, or name the picture's file",
        )
    _one_request(words.images, options)
    if not words.images and (stdin.is_terminal() or options.question == "-"):
        raise arguments.no_image(words.question)
    question = words.question or _question(options.question or "", words.images, notes)
    if words.images:
        piped = Piped(lambda: stdin.named(notes.note, "the picture"))
        return question, words.images, piped if "-" in words.images else None
    head, picture = stdin.unnamed(arguments.command(["IMAGE"], question))
    if sniff.picture_type(head) is None:
        raise UsageError(
            "stdin holds no picture; lists of pictures are not taken yet", hint=LOOP, code="list"
        )
    return question, ("-",), Piped(lambda: picture)


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
    """Directories and globs mean one request a picture, which is not built yet: say so."""
    for image in images:
        named = image != "-" and not arguments.has_scheme(image, ())
        many = named and arguments.is_glob(image) and not _exists(image)
        if many or (named and os.path.isdir(image)):  # noqa: PTH112 - the name may hold anything
            what = "a glob" if many else "a directory"
            raise UsageError(f"{image!r} is {what}: these are not taken yet", hint=LOOP)
    if len(images) > MOST_NAMED and not options.together:
        raise UsageError(
            f"{len(images)} images are named, which would all go into one request",
            hint="--together if that is what you want",
        )


def _asked(
    options: AskOptions, settings: Settings, images: tuple[str, ...], question: str
) -> api.Asked:
    """Options as given, else the configuration's, else the defaults."""
    own = settings.ask
    formats = values.formats(options.media_format, images)
    detail = options.detail.value if options.detail else own.detail
    named = [ImagePart(formats.get(image) or formats.get(""), image, detail) for image in images]
    request = Request(
        messages=api.question(question, named, system=_said(options.system, own.system, None)),
        options=Options(
            max_tokens=_said(options.max_tokens, own.max_tokens, None),
            temperature=_said(options.temperature, own.temperature, None),
            schema=schema.said(options.schema) if options.schema else None,
            extra=MappingProxyType(values.fields(options.option)),
        ),
        stream=_said(options.stream, own.stream, not options.json),
    )
    return api.Asked(
        request=request,
        inline=options.inline or own.inline,
        allow_private=options.allow_private,
        base_url=options.base_url,
        timeout=_said(options.timeout, own.timeout, api.TIMEOUT),
        retries=_said(options.retries, own.retries, api.RETRIES),
        force=options.force,
    )


def _said(option: T | None, configured: T | None, default: T) -> T:
    if option is not None:
        return option
    return default if configured is None else configured


def _tell(chosen: choice.Choice, notes: Notes) -> None:
    """Which model answers, where nobody named it; and what local/eyes is, whoever did."""
    if chosen.why is not None:
        notes.note(f"{chosen.ref} answers: {chosen.why}")
    if chosen.ref == choice.EYES:
        notes.note(eyes.NOTE)


def _home(word: str) -> str:
    """A shell leaves ~ alone between quotes."""
    return os.path.expanduser(word) if word.startswith("~/") else word  # noqa: PTH111 - the name may hold anything


def _exists(name: str) -> bool:
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
