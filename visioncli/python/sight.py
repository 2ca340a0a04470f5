"""supports_vision: whether a model can see."""

from __future__ import annotations

from visioncli import choice, config
from visioncli.core.errors import UnknownModel, UsageError


def supports_vision(model: str) -> bool:
    """True only for a model that is known to see, by the configuration or the catalogue.

    model: as for `completion`. False is no or not known; nothing is sent.
    """
    settings = config.load()
    try:
        ref = choice.resolve(model, settings)
    except (UnknownModel, UsageError):  # no model's name, or one that no one maker lists
        return False
    return choice.sees(ref, settings)[0] is True
