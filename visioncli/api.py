"""From a question to its answer: resolve, read the pictures, build, send, read.

`prepare` does all that can be done without the network to the provider; the Call it returns can be
shown (a dry run) or made. Both the command line and the Python API stand on it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from visioncli.core.record import record

from . import dialects, fitting, providers
from .aim import Aim, take
from .asked import RETRIES, TIMEOUT, Asked, Told, question
from .auth import headers, keys
from .catalogue import lookup
from .choice import EYES
from .config import Settings
from .core.dialect import Dialect, HttpRequest
from .core.errors import ImageProblem, UnknownModel
from .core.target import ModelRef, Provider, Target
from .core.types import Event, Request
from .images import limits, reading
from .images.sources import LONGEST, Picture, Piped
from .local import LOCAL, EyesCall, unheard, within_reach

__all__ = ("RETRIES", "TIMEOUT", "Asked", "Call", "EyesCall", "HttpCall", "prepare", "question")

SAYS_TYPES = ("gemini", "bedrock_converse")  # the wires that say the type of an address


class Call(Protocol):
    """One question to one model, ready to be made. warnings: what is known to differ already."""

    @property
    def ref(self) -> ModelRef: ...
    @property
    def pictures(self) -> tuple[Picture, ...]: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...
    @property
    def asked(self) -> Asked: ...

    def events(self, on_retry: Told | None = None) -> Generator[Event, None, None]:
        """The answer, piece by piece. Raises a VisionError, also after text has come."""
        ...


@record(kw_only=True)
class HttpCall:
    """A request that is built and has its key; making it is all that is left."""

    target: Target
    dialect: Dialect
    request: HttpRequest
    key: keys.Key | None
    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...]
    asked: Asked
    began: float

    @property
    def ref(self) -> ModelRef:
        return self.target.ref

    def shown(self, env: Mapping[str, str] = os.environ) -> HttpRequest:
        """The request for people: variables stand where keys would."""
        return headers.masked(self.request, self.target.provider, env)

    def events(self, on_retry: Told | None = None) -> Generator[Event, None, None]:
        from . import transport  # the HTTP client is loaded when the first request is sent

        provider = self.target.provider
        left = max(0.001, self.began + self.asked.timeout - time.monotonic())
        key = headers.exchanged(provider, self.key, within=left)
        answer = transport.send(
            headers.authorise(self.request, provider, key),
            self.dialect,
            stream=self.asked.request.stream,
            provider=provider.name,
            secret=key.secret if key else None,
            deadlines=transport.Deadlines(total=self.asked.timeout, since=self.began),
            retries=self.asked.retries,
            on_retry=on_retry,
            stop=self.asked.stop,
        )
        try:
            yield from answer
        except UnknownModel as error:
            if error.code == "cannot_see" or not (near := lookup.near(self.ref)):
                raise
            error.hint = f"did you mean {' or '.join(near)}? Else {error.hint}"
            raise
        except ImageProblem as error:
            if error.status and self.pictures:  # the provider's words, which know no file
                error.message = error.message.replace("the picture", _named(self.pictures), 1)
                error.args = (error.message,)
            raise


def prepare(
    asked: Asked,
    ref: ModelRef,
    settings: Settings,
    *,
    stdin: Piped | None = None,
    dry: bool = False,
    env: Mapping[str, str] = os.environ,
) -> HttpCall | EyesCall:
    """Everything before the first byte goes to the provider.

    The model and the key are checked before any picture is read; a refused picture before anything
    is sent. A dry run needs no key, runs no key command and fetches nothing.
    """
    began = time.monotonic()  # one deadline for everything, the pictures' downloads included
    if ref.provider == EYES.provider:
        if ref != EYES:
            raise UnknownModel(f"there is no model {ref}", hint=f"the one offline model is {EYES}")
        within_reach(asked.request)
        pictures = read(asked, LOCAL, stdin=stdin, fetch=not dry)
        return EyesCall(pictures=pictures, warnings=unheard(asked), asked=asked)
    aim = take(
        ref,
        settings,
        pictures=bool(reading.images(asked.request)),
        base_url=asked.base_url,
        key=asked.key,
        force=asked.force,
        dry=dry,
        env=env,
    )
    return call(aim, asked, stdin=stdin, fetch=not dry, began=began)


def call(
    aim: Aim, asked: Asked, *, stdin: Piped | None = None, fetch: bool = True, began: float
) -> HttpCall:
    """One question to a model that may be asked. began: the monotonic time of its start.

    Raises ImageProblem (5), NetworkProblem (7), UsageError (2).
    """
    pictures = read(asked, aim.target.provider, stdin=stdin, fetch=fetch)
    return built(aim, asked, pictures, began=began)


def read(
    asked: Asked, provider: Provider, *, stdin: Piped | None = None, fetch: bool = True
) -> tuple[Picture, ...]:
    """The pictures as they are found; fetch=False leaves addresses where bytes are needed.

    Raises ImageProblem (5), NetworkProblem (7), UsageError (2).
    """
    return reading.read(
        asked.request,
        provider,
        inline=asked.inline,
        allow_private=asked.allow_private,
        timeout=asked.timeout,
        retries=asked.retries,
        stdin=stdin,
        fetch=fetch,
        files=asked.files,
        stop=asked.stop,
        longest=asked.max_side or LONGEST,
        kept=asked.kept,
    )


def plans(aim: Aim, asked: Asked, pictures: tuple[Picture, ...]) -> fitting.Plans:
    """What `built` will do to the pictures. Where any `is_heavy` it decodes pixels: whoever has
    other things to do lets a thread do that. Raises ImageProblem (5).
    """
    return fitting.plans(asked, aim.known_as, aim.target.provider, pictures)


def built(
    aim: Aim,
    asked: Asked,
    pictures: tuple[Picture, ...],
    *,
    began: float,
    todo: fitting.Plans | None = None,
) -> HttpCall:
    """The request, its pictures made fit. todo: what `plans` has said.

    Raises ImageProblem (5), UsageError (2).
    """
    target = aim.target
    pictures = fitting.fitted(asked, aim.known_as, target.provider, pictures, todo)
    if any(picture.is_id for picture in pictures):
        target = providers.taking_ids(target)
    dialect = dialects.load(target.provider.dialect)
    request = dialect.build(reading.filled(asked.request, pictures), target)
    limits.check(pictures, target.provider, request_bytes=request.body.length)
    said = [w for picture in pictures for w in picture.warnings]
    if dialect.name not in SAYS_TYPES:
        said += _unsaid(asked.request, pictures, target.provider)
    return HttpCall(
        target=target,
        dialect=dialect,
        request=replace(request, warnings=()) if request.warnings else request,
        key=aim.key,
        pictures=pictures,
        warnings=(*aim.warnings, *said, *request.warnings),
        asked=asked,
        began=began,
    )


def _named(pictures: tuple[Picture, ...]) -> str:
    """What a provider's refusal may be about, some of many."""
    named = ", ".join(picture.shown for picture in pictures[:3])
    if len(pictures) == 1:
        return f"the picture {named}"
    return f"one of the {len(pictures)} pictures {named}{', …' if pictures[3:] else ''}"


def _unsaid(request: Request, pictures: tuple[Picture, ...], provider: Provider) -> Iterator[str]:
    """What a user says of the type of an address, on a wire that has no place for it."""
    for image, picture in zip(reading.images(request), pictures, strict=True):
        if image.media_type and picture.blob is None:
            yield f"{provider.name} finds out the type of {picture.shown} itself; yours is left out"
