"""Which model answers: the one that was named, or the default where nobody named one; and whether
it can see.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import config, providers
from .catalogue import lookup
from .config import Settings
from .core.errors import UnknownModel, UsageError, VisionError
from .core.target import ModelRef

EYES = ModelRef("local", "eyes")


@dataclass(frozen=True, slots=True)
class Choice:
    """why: who chose, where it was not the caller; for a note on stderr."""

    ref: ModelRef
    why: str | None = None


def choose(
    named: Sequence[str], settings: Settings, env: Mapping[str, str] = os.environ
) -> tuple[Choice, ...]:
    """The models to ask, in the order named.

    Nobody named one: $VISION_MODEL, the configuration's default_model, the default of the one
    provider whose key is set, local/eyes. Raises UsageError (2) where several keys are set.
    """
    if named:
        return tuple(Choice(resolve(name, settings)) for name in named)
    if model := env.get("VISION_MODEL"):
        return (_said(model, settings, "VISION_MODEL", "VISION_MODEL says so"),)
    if settings.default_model:
        by = f"default_model of {settings.file}"
        return (_said(settings.default_model, settings, by, f"the default of {settings.file}"),)
    rows = list(providers.usable(settings, env))
    defaults = [ModelRef(row.name, row.default_model or "") for row in rows]
    if len(defaults) > 1:
        raise UsageError(
            f"keys of several providers are set: {', '.join(row.name for row in rows)}",
            hint=f"choose with -m {defaults[0]}, or set VISION_MODEL",
        )
    if defaults:
        return (Choice(defaults[0], f"the only key set is {rows[0].name}'s; -m chooses another"),)
    return (Choice(EYES, "no key is set"),)


def _said(model: str, settings: Settings, by: str, why: str) -> Choice:
    """What somebody chose earlier, who is named where it does not hold."""
    try:
        return Choice(resolve(model, settings), why)
    except VisionError as error:
        error.message = f"{error.message}, as {by} says"
        raise


def resolve(name: str, settings: Settings) -> ModelRef:
    """An alias of the configuration, PROVIDER/MODEL, a name that exactly one maker lists, or a
    provider's own name, which means its default model.
    """
    name = settings.aliases.get(name, name)
    if "/" in name:
        return providers.parse(name)
    maker = lookup.maker(name)
    if maker is None and (ref := _default_of(name, settings)):
        return ref
    if maker is None:
        near = lookup.near(ModelRef("", name))
        raise UnknownModel(
            f"no one maker lists a model {name!r}",
            hint=f"did you mean {' or '.join(near)}?"
            if near
            else f"write PROVIDER/MODEL, for example openai/{name or 'gpt-5.4-mini'}",
        )
    return ModelRef(maker, name)


def _default_of(name: str, settings: Settings) -> ModelRef | None:
    """The default model of the provider called `name`; None where there is no such provider."""
    if name.lower() in (EYES.provider, EYES.model):
        return EYES
    if not providers.owner(name) and name not in providers.names(settings):
        return None
    row = providers.provider(config.provider_name(name), settings)
    if row.default_model is None:
        raise UsageError(f"{row.name} has no default model", hint=f"-m {row.name}/MODEL")
    return ModelRef(row.name, row.default_model)


def sees(ref: ModelRef, settings: Settings) -> tuple[bool | None, str]:
    """(whether a model can see, why), by the configuration, else the catalogue. None: not known."""
    own = settings.models.get(str(ref))
    if own is not None:
        return own.vision, f"the configuration says so ({settings.file})"
    verdict = lookup.verdict(ref)
    if verdict.source:
        return verdict.vision, f"{verdict.why} ({verdict.source}, {verdict.as_of})"
    return verdict.vision, verdict.why
