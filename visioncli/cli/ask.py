"""`vision ask`: words and options in, an answer on stdout, the rest on stderr."""

from __future__ import annotations

from contextlib import AbstractContextManager, closing, nullcontext
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from visioncli import api, choice, config, eyes, providers
from visioncli.config import Settings
from visioncli.core.errors import UsageError
from visioncli.core.types import ImagePart, Options, Request

from . import batch_rules, inputs, render, schema, values
from .answering import Answering
from .ask_options import AskOptions
from .terminal import Notes, Out, stderr, stdout

if TYPE_CHECKING:
    from .show import Viewer

T = TypeVar("T")


def run(options: AskOptions) -> int:
    """The exit status; of several models the first that is not zero."""
    out, notes = stdout(), stderr(quiet=options.quiet)
    _consistent(options, out)
    settings = config.load()
    providers.check(settings)
    taken = inputs.take(options, settings, notes)
    if batch_rules.is_batch(options, taken):
        from . import batch  # with all that asks many at once

        return batch.run(options, settings, taken, asked(options, settings, streams=False), out)
    if taken.listed is not None or taken.many:
        from . import batch_inputs  # as above

        taken = batch_inputs.together(options, taken, notes)
    images = taken.images
    said = asked(options, settings, images, taken.question, streams=not options.json)
    with _viewer(options, notes) as viewer:
        answering = Answering(said, settings, taken.picture, options, out, notes, viewer)
        one = answering.shown if options.dry_run else answering.answered
        if len(options.model) > 1:
            return answering.several(options.model, one)
        (chosen,) = choice.choose(options.model, settings)
        tell(chosen, notes)
        return one(chosen.ref)


def _viewer(options: AskOptions, notes: Notes) -> AbstractContextManager[Viewer | None]:
    """Of --show, which gives the terminal back as it was."""
    if not options.show:
        return nullcontext()
    from .show import Viewer  # it loads Pillow

    return closing(Viewer(notes, options.color))


def _consistent(options: AskOptions, out: Out) -> None:
    """Options that exclude or need each other, and a stdout that can take an answer at all."""
    out.write("")  # a closed one says so now, before anything is paid for
    render.look(options.color, terminal=out.is_terminal, raw=options.raw)
    if (options.curl or options.full) and not options.dry_run:
        which = "--curl" if options.curl else "--full"
        raise UsageError(f"{which} says how --dry-run prints", hint=f"--dry-run {which}")
    values.check_sizes(no_prep=options.no_prep, max_side=options.max_side)
    if options.raw and options.json:
        raise UsageError("--raw and --json exclude each other", hint="leave one of them out")
    if options.curl and options.json:
        raise UsageError("--curl and --json exclude each other", hint="leave one of them out")


def asked(
    options: AskOptions,
    settings: Settings,
    images: tuple[str, ...] | None = None,
    question: str = "",
    *,
    streams: bool,
) -> api.Asked:
    """Options as given, else the configuration's, else the defaults. images: None in a batch, whose
    messages are made one by one.
    """
    own = settings.ask
    formats = values.formats(options.media_format, images)
    detail = options.detail.value if options.detail else own.detail
    named = [
        ImagePart(formats.get(image) or formats.get(""), image, detail) for image in images or ()
    ]
    system = _said(options.system, own.system, None)
    request = Request(
        messages=() if images is None else api.question(question, named, system=system),
        options=Options(
            max_tokens=_said(options.max_tokens, own.max_tokens, None),
            temperature=_said(options.temperature, own.temperature, None),
            schema=schema.said(options.schema) if options.schema else None,
            extra=MappingProxyType(values.fields(options.option)),
        ),
        stream=_said(options.stream, own.stream, streams),
    )
    return api.Asked(
        request=request,
        inline=options.inline or own.inline,
        prep=own.prep and not options.no_prep,
        max_side=_said(options.max_side, own.max_side, None),
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


def tell(chosen: choice.Choice, notes: Notes) -> None:
    """Which model answers, where nobody named it; and what local/eyes is, whoever did."""
    if chosen.why is not None:
        notes.note(f"{chosen.ref} answers: {chosen.why}")
    if chosen.ref == choice.EYES:
        notes.note(eyes.NOTE)
