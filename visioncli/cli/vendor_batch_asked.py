"""What a list is asked, and of whom: the words and options of `submit` and `export`."""

from __future__ import annotations

from collections.abc import Iterator
from io import FileIO
from itertools import chain
from types import MappingProxyType

from visioncli import api, choice, providers
from visioncli.batch import lists
from visioncli.batch.item import Item
from visioncli.batch.job import Job
from visioncli.config import Settings
from visioncli.core.errors import UsageError, VisionError
from visioncli.core.target import ModelRef
from visioncli.core.types import Options, Request

from . import arguments, inputs, schema, stdin, values
from .terminal import Notes
from .vendor_batch_options import ExportOptions, SubmitOptions

EXAMPLE = 'vision batch submit -m openai/gpt-5.4-mini --from LIST "alt text, one sentence"'
LIST, STDIN = "-", "the list on stdin"


def model(options: SubmitOptions | ExportOptions, settings: Settings, notes: Notes) -> ModelRef:
    (chosen,) = choice.choose([options.model] if options.model else [], settings)
    if chosen.ref == choice.EYES:
        raise UsageError(
            "no model was named that takes batches", hint="-m PROVIDER/MODEL", code="no_batches"
        )
    if chosen.why is not None:
        notes.note(f"{chosen.ref} answers: {chosen.why}")
    return chosen.ref


def job(
    options: SubmitOptions | ExportOptions, settings: Settings, ref: ModelRef, question: str
) -> Job:
    """Options as given, else the configuration's, else the defaults."""
    values.check_sizes(no_prep=options.no_prep, max_side=options.max_side)
    own = settings.ask
    request = Request(
        messages=(),
        options=Options(
            max_tokens=own.max_tokens if options.max_tokens is None else options.max_tokens,
            temperature=own.temperature if options.temperature is None else options.temperature,
            schema=schema.said(options.schema) if options.schema else None,
            extra=MappingProxyType(values.fields(options.option)),
        ),
        stream=False,
    )
    asked = api.Asked(
        request=request,
        inline=options.inline or own.inline,
        allow_private=options.allow_private,
        base_url=options.base_url,
        prep=own.prep and not options.no_prep,
        max_side=own.max_side if options.max_side is None else options.max_side,
        force=options.force,
    )
    return Job(
        ref=ref,
        asked=asked,
        question=question,
        system=own.system if options.system is None else options.system,
        formats=values.formats(options.media_format, None),
        detail=options.detail.value if options.detail else own.detail,
    )


def words(
    options: SubmitOptions | ExportOptions, settings: Settings, notes: Notes
) -> tuple[str, Iterator[Item]]:
    """(the question, the items). Nothing is read before the items are."""
    command = f"vision batch {'submit' if isinstance(options, SubmitOptions) else 'export'}"
    tokens = list(options.tokens)
    images: tuple[str, ...] = ()
    if not tokens:
        raise UsageError("there is no question", hint=EXAMPLE)
    if options.list_from is not None and len(tokens) == 1:
        question = tokens[0]
    else:
        question, images = _split(tokens, settings, command)
    if not question.strip():
        raise arguments.empty_question(images)
    named = [image for image in images if image == LIST]
    named += [options.list_from] if options.list_from is not None else []
    if len(named) > 1:
        raise UsageError("one list can be read, and two are named", hint=EXAMPLE)
    if not images and not named and stdin.is_terminal():
        raise UsageError("no image and no list was named", hint=EXAMPLE)
    pictures = [image for image in images if image != LIST]
    lines = lists.named(pictures, inputs.is_many, deep=options.recursive, warn=notes.warn)
    if named or not images:
        lines = chain(lines, _listed(named[0] if named else None, options, notes))
    return question.strip(), chain.from_iterable(lists.items(lines))


def _split(tokens: list[str], settings: Settings, command: str) -> tuple[str, tuple[str, ...]]:
    try:
        split = arguments.split(
            tokens,
            (),
            has_question=False,
            providers=providers.names(settings),
            exists=inputs.exists,
        )
    except VisionError as error:
        error.hint = (error.hint or "").replace("vision ask", command) or None
        raise
    return split.question or "", split.images


def _listed(name: str | None, options: SubmitOptions | ExportOptions, notes: Notes) -> lists.Pieces:
    """name: None for a stdin that nobody named, which is waited for as `ask` waits."""
    if name is None:
        yield from lists.listed(stdin.unnamed(EXAMPLE)[1].read1, STDIN, nul=options.nul)
    elif name == LIST:
        read = stdin.named(notes.note, "the list").read1
        yield from lists.listed(read, STDIN, nul=options.nul)
    else:
        with _opened(name) as stream:
            yield from lists.listed(stream.read, name, nul=options.nul)


def _opened(name: str) -> FileIO:
    try:
        return FileIO(name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise UsageError(f"the list {name} cannot be read: {reason}") from None
