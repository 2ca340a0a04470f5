"""From a question to its answer: resolve, read the pictures, build, send, read.

`prepare` does all that can be done without the network to the provider; the Call it returns can be
shown (a dry run) or made. Both the command line and the Python API stand on it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from . import dialects, providers
from .auth import headers, keys
from .catalogue import lookup
from .choice import EYES
from .config import Settings
from .core.dialect import Dialect, HttpRequest
from .core.errors import Refused, UnknownModel, VisionError
from .core.target import ModelRef, Provider, Target
from .core.types import (
    Detail,
    Event,
    Finished,
    FinishReason,
    ImagePart,
    Message,
    Options,
    Request,
    Started,
    TextDelta,
    TextPart,
)
from .images import limits, sources
from .images.sources import Picture, Piped

TIMEOUT, RETRIES = 600.0, 2  # seconds for everything; attempts after the first
Told = Callable[[VisionError, float], None]  # an error, and the seconds before the next attempt
LOCAL = Provider(name="local", dialect="", auth="none", key_required=False, source="local/eyes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question about pictures, whatever model answers it.

    images: as the user named them. formats: media type by image name; "" holds for all others.
    inline: fetch pictures here even where the provider would. base_url: instead of the row's.
    timeout: seconds for everything. retries: further attempts. force: ask a model that cannot see.
    """

    images: tuple[str, ...]
    question: str
    system: str | None = None
    options: Options = field(default_factory=Options)
    stream: bool = True
    detail: Detail | None = None
    formats: Mapping[str, str] = field(default_factory=dict)
    inline: bool = False
    allow_private: bool = False
    base_url: str | None = None
    timeout: float = TIMEOUT
    retries: int = RETRIES
    force: bool = False

    def media_type(self, image: str) -> str | None:
        return self.formats.get(image) or self.formats.get("")


class Call(Protocol):
    """One question to one model, ready to be made. warnings: what is known to differ already."""

    @property
    def ref(self) -> ModelRef: ...
    @property
    def pictures(self) -> tuple[Picture, ...]: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...

    def events(self, on_retry: Told | None = None) -> Iterator[Event]:
        """The answer, piece by piece. Raises a VisionError, also after text has come."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall:
    """A request that is built and has its key; making it is all that is left."""

    target: Target
    dialect: Dialect
    request: HttpRequest
    key: keys.Key | None
    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...]
    asked: Asked

    @property
    def ref(self) -> ModelRef:
        return self.target.ref

    def shown(self, env: Mapping[str, str] = os.environ) -> HttpRequest:
        """The request for people: variables stand where keys would."""
        return headers.masked(self.request, self.target.provider, env)

    def events(self, on_retry: Told | None = None) -> Iterator[Event]:
        from . import transport  # the HTTP client is loaded when the first request is sent

        provider = self.target.provider
        return transport.send(
            headers.authorise(self.request, provider, self.key),
            self.dialect,
            stream=self.asked.stream,
            provider=provider.name,
            secret=self.key.secret if self.key else None,
            deadlines=transport.Deadlines(total=self.asked.timeout),
            retries=self.asked.retries,
            on_retry=on_retry,
        )


@dataclass(slots=True, kw_only=True)
class EyesCall:
    """local/eyes: no request, no key; the answer is measured on the pictures themselves."""

    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...]
    asked: Asked
    ref: ModelRef = EYES
    evidence: tuple[dict[str, Any], ...] = ()
    reach: str | None = None

    def events(self, on_retry: Told | None = None) -> Iterator[Event]:
        del on_retry  # nothing is sent
        from .eyes import answerer  # models and arrays are loaded when they are looked with

        named = [(picture.source, picture.content()) for picture in self.pictures]
        sight = answerer.look(named, self.asked.question)
        self.evidence, self.reach = sight.evidence, sight.reach
        yield Started(None, str(EYES))
        yield TextDelta(sight.answer)
        if sight.reach == "out":
            yield Finished(FinishReason.REFUSAL)
            raise Refused(
                f"the question is out of reach of {EYES}",
                hint="a vision model, with -m PROVIDER/MODEL and that provider's key",
                code="out_of_reach",
            )
        yield Finished(FinishReason.STOP)


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
    if ref.provider == EYES.provider:
        if ref != EYES:
            raise UnknownModel(f"there is no model {ref}", hint=f"the one offline model is {EYES}")
        pictures = _read(asked, LOCAL, stdin, fetch=not dry)
        return EyesCall(pictures=pictures, warnings=_unheard(asked), asked=asked)
    target = providers.resolve(ref, settings, address=asked.base_url, env=env)
    warnings = _guard(ref, settings, force=asked.force)
    key = keys.find(target.provider, settings, env) if not dry else None
    dialect = dialects.load(target.provider.dialect)
    pictures = _read(asked, target.provider, stdin, fetch=not dry)
    request = dialect.build(_request(asked, pictures), target)
    limits.check(pictures, target.provider, request_bytes=request.body.length)
    said = (w for picture in pictures for w in picture.warnings)
    return HttpCall(
        target=target,
        dialect=dialect,
        request=replace(request, warnings=()),
        key=key,
        pictures=pictures,
        warnings=(*warnings, *said, *request.warnings),
        asked=asked,
    )


def _guard(ref: ModelRef, settings: Settings, *, force: bool) -> tuple[str, ...]:
    """A model known not to see is refused; one that nobody knows is sent with a warning."""
    own = settings.models.get(str(ref))
    if own is not None:
        vision: bool | None = own.vision
        why = f"the configuration says so ({settings.file})"
    else:
        verdict = lookup.verdict(ref)
        vision, why = verdict.vision, verdict.why
        if verdict.source:
            why = f"{why} ({verdict.source}, {verdict.as_of})"
    if vision is False and not force:
        raise UnknownModel(
            f"{ref} cannot see pictures: {why}",
            hint="choose another with -m, or send all the same with --force",
            code="cannot_see",
        )
    if vision is False:
        return (f"{ref} is known not to see pictures ({why}); sent because of --force",)
    if vision is None:
        return (f"whether {ref} sees pictures is not known ({why}); sent all the same",)
    return ()


def _unheard(asked: Asked) -> tuple[str, ...]:
    """What local/eyes cannot be told: it has no system prompt and nothing to set."""
    options = asked.options
    said = {
        "the system prompt": asked.system is not None,
        "the detail": asked.detail is not None,
        "the options of the answer": options != Options(),
    }
    return tuple(f"{EYES} does not use {what}" for what, is_said in said.items() if is_said)


def _read(
    asked: Asked, provider: Provider, stdin: Piped | None, *, fetch: bool
) -> tuple[Picture, ...]:
    deadline = time.monotonic() + asked.timeout
    return tuple(
        sources.load(
            image,
            provider=provider,
            media_type=asked.media_type(image),
            inline=asked.inline,
            allow_private=asked.allow_private,
            timeout=max(0.0, deadline - time.monotonic()),
            stdin=stdin,
            fetch=fetch,
        )
        for image in asked.images
    )


def _request(asked: Asked, pictures: tuple[Picture, ...]) -> Request:
    """Pictures come before the text, in the order given."""
    parts = tuple(_part(picture, asked.detail) for picture in pictures)
    user = Message("user", (*parts, TextPart(asked.question)))
    system = (Message("system", (TextPart(asked.system),)),) if asked.system else ()
    return Request(messages=(*system, user), options=asked.options, stream=asked.stream)


def _part(picture: Picture, detail: Detail | None) -> ImagePart:
    """A picture that a dry run did not fetch has bytes that are not here, of a type not known."""
    if picture.blob is None:
        return ImagePart(picture.media_type, picture.address, detail)
    return ImagePart(picture.media_type or "image/…", picture.blob, detail)
