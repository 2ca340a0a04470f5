"""local/eyes as a model that is asked: no request, no key, no network."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from visioncli.core.record import record

from .asked import Asked, Told
from .choice import EYES
from .core.errors import Refused, UsageError
from .core.target import ModelRef, Provider
from .core.types import (
    Event,
    Finished,
    FinishReason,
    Options,
    Request,
    Started,
    TextDelta,
    TextPart,
)
from .images import reading
from .images.picture import Picture

BEYOND = "a vision model, with -m PROVIDER/MODEL and that provider's key"
LOCAL = Provider(name="local", dialect="", auth="none", key_required=False, source="local/eyes")


@record(kw_only=True, frozen=False)
class EyesCall:
    """local/eyes: no request, no key; the answer is measured on the pictures themselves."""

    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...]
    asked: Asked
    ref: ModelRef = EYES
    evidence: tuple[dict[str, Any], ...] = ()
    reach: str | None = None

    def events(self, on_retry: Told | None = None) -> Generator[Event, None, None]:
        del on_retry  # nothing is sent
        from .eyes import answerer  # models and arrays are loaded when they are looked with

        named = [(picture.source, picture.content()) for picture in self.pictures]
        sight = answerer.look(named, _last_words(self.asked.request))
        self.evidence, self.reach = sight.evidence, sight.reach
        yield Started(None, str(EYES))
        yield TextDelta(sight.answer)
        if sight.reach == "out":
            yield Finished(FinishReason.REFUSAL)
            raise Refused(
                f"the question is out of reach of {EYES}",
                hint=BEYOND,
                code="out_of_reach",
            )
        yield Finished(FinishReason.STOP)


def unheard(asked: Asked) -> tuple[str, ...]:
    """What local/eyes cannot be told: it has no system prompt, no memory and nothing to set."""
    request = asked.request
    roles = [message.role for message in request.messages]
    said = {
        "the system prompt": "system" in roles,
        "what was said before": roles.count("user") > 1 or "assistant" in roles,
        "the detail": any(image.detail for image in reading.images(request)),
        "the options of the answer": request.options != Options(),
    }
    return tuple(f"{EYES} does not use {what}" for what, is_said in said.items() if is_said)


def within_reach(request: Request) -> None:
    """Raises what local/eyes can say without looking."""
    if request.options.schema is not None:
        raise Refused(
            f"an answer by a schema is out of reach of {EYES}", hint=BEYOND, code="out_of_reach"
        )
    if not reading.images(request):
        raise UsageError(f"{EYES} answers about pictures, and there is none")


def _last_words(request: Request) -> str:
    """What the user said last."""
    users = [message for message in request.messages if message.role == "user"]
    parts = users[-1].parts if users else ()
    return "\n".join(part.text for part in parts if isinstance(part, TextPart))
