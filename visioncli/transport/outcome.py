"""What an attempt came to, in words that name the provider and hide the key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from visioncli.core.errors import NetworkProblem, VisionError
from visioncli.core.reading import cut
from visioncli.core.secret import CARRIES, Secret, Veil
from visioncli.core.types import Event, Finished, ReasoningDelta, Started, TextDelta, Warned

NOTHING: Mapping[str, str] = MappingProxyType({})
UNSENT = ("dns", "connect", "proxy")  # codes of what ends an attempt before anything is sent


def broken_off(error: NetworkProblem, *, text: bool) -> VisionError:
    """A connection that broke: after text the answer is incomplete, before it was none."""
    if not text:
        return error
    broken = cut(text=True)
    broken.message = f"{broken.message}: {error.message}"
    broken.hint = error.hint
    return broken


def was_sent(error: VisionError) -> bool:
    """Whether an attempt that failed so may have been heard, and billed."""
    return not (isinstance(error, NetworkProblem) and error.code in UNSENT)


def told_attempts(attempts: int) -> Iterator[Event]:
    if attempts > 1:
        yield Warned(f"the request was sent {attempts} times, and may be billed as often")


class Mask:
    """What a provider says may repeat the key: in its answer, and in all that stands beside it."""

    def __init__(self, secret: Secret | None) -> None:
        self._secret = secret
        texts = secret.texts() if secret else ()
        self._veils = {kind: Veil(texts) for kind in (TextDelta, ReasoningDelta)}

    def of(self, event: Event) -> Iterator[Event]:
        if self._secret is None:
            yield event
            return
        hide = self._secret.hide
        match event:
            case TextDelta(text) | ReasoningDelta(text):
                shown = self._veils[type(event)].feed(text)
                if shown or not text:
                    yield event if shown == text else type(event)(shown)
            case Warned(text):
                yield Warned(hide(text))
            case Started(id_, model):
                yield Started(id_ and hide(id_), model and hide(model))
            case Finished(reason, raw):
                yield from self.close()
                yield Finished(reason, raw and hide(raw))
            case _:
                yield event

    def close(self) -> Iterator[Event]:
        """What was held back, once nothing more comes."""
        for kind, veil in self._veils.items():
            if held := veil.close():
                yield kind(held)


def masked(events: Iterable[Event], secret: Secret | None) -> Iterator[Event]:
    """Raises what `events` raises, after all that came before."""
    mask = Mask(secret)
    try:
        for event in events:
            yield from mask.of(event)
    except VisionError:
        yield from mask.close()
        raise
    yield from mask.close()


def complete(
    error: VisionError,
    provider: str,
    secret: Secret | None,
    headers: Mapping[str, str] = NOTHING,
) -> None:
    """Names the provider, and masks a key that a provider or a library repeats.

    headers: of the request, in which a row of the configuration may have put others.
    """
    error.provider = provider
    error.message = error.message.replace("the provider", provider, 1)
    if error.code == "connect" and error.hint is None:
        error.hint = "check that it runs, and its address (--base-url)"
    # A signature is no secret, and one that is made when it is looked at might fail anew.
    own = headers.items() if isinstance(headers, dict) else ()
    carried = (value.rpartition(" ")[2] for name, value in own if CARRIES.search(name))
    for hidden in (secret, *map(Secret, carried)):
        if hidden is not None:
            error.message = hidden.hide(error.message)
            error.hint = hidden.hide(error.hint) if error.hint else None
            error.code = hidden.hide(error.code)
    error.args = (error.message,)
