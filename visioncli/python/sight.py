"""supports_vision, check: whether a model can see."""

from __future__ import annotations

from visioncli import choice, config
from visioncli.catalogue.lookup import Verdict
from visioncli.core.errors import UnknownModel, UsageError

__all__ = ("Verdict", "check", "supports_vision")


def supports_vision(model: str) -> bool:
    """True only for a model that is known to see, by the configuration or the catalogue.

    model: as for `completion`. False is no or not known; nothing is sent. Raises UsageError for
    what is no text, and for a mistake in the configuration.
    """
    _text(model)
    settings = config.load()
    try:
        ref = choice.resolve(model, settings)
    except (UnknownModel, UsageError):  # no model's name, or one that no one maker lists
        return False
    return choice.sees(ref, settings)[0] is True


def check(
    model: str,
    live: bool = False,
    *,
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,
) -> Verdict:
    """Whether a model can see, with the reason, who says so and of when.

    model: as for `completion`. A model that is not known is no error: its `vision` is None. Without
    `live` nothing is sent. With it the model is shown a picture made by chance, and `why` says what
    it saw; VisionError's tree is raised where no answer came. api_base, api_key, timeout: as for
    `completion`; for `live` alone.
    """
    _text(model)
    settings = config.load()
    ref, known = choice.named(model, settings)
    if not live:
        return known
    from . import looking  # requests and pictures, which nobody else needs here

    return looking.looked(
        ref or choice.resolve(model, settings),  # raises what is wrong with the name
        known,
        settings,
        api_base=api_base,
        api_key=api_key,
        timeout=timeout,
    )


def _text(model: object) -> None:
    if not isinstance(model, str):
        raise UsageError(f"model must be text, not {model!r}")
