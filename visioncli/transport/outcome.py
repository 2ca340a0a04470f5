"""What an attempt came to, in words that name the provider and hide the key."""

from __future__ import annotations

from collections.abc import Iterator

from visioncli.core.errors import NetworkProblem, VisionError
from visioncli.core.reading import cut
from visioncli.core.secret import Secret
from visioncli.core.types import Event, Finished, Started, Warned

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


def masked(event: Event, secret: Secret | None) -> Event:
    """What a provider says beside its answer may repeat the key; the answer itself is data."""
    if secret is None:
        return event
    match event:
        case Warned(text):
            return Warned(secret.hide(text))
        case Started(id_, model):
            return Started(id_ and secret.hide(id_), model and secret.hide(model))
        case Finished(reason, raw):
            return Finished(reason, raw and secret.hide(raw))
    return event


def complete(error: VisionError, provider: str, secret: Secret | None) -> None:
    """Names the provider, and masks a key that a provider or a library repeats."""
    error.provider = provider
    error.message = error.message.replace("the provider", provider, 1)
    if error.code == "connect" and error.hint is None:
        error.hint = "check that it runs, and its address (--base-url)"
    if secret is not None:
        error.message = secret.hide(error.message)
        error.hint = secret.hide(error.hint) if error.hint else None
        error.code = secret.hide(error.code)
    error.args = (error.message,)
