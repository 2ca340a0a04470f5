"""Which model answers: the one that was named, or the default where nobody named one; and whether
it can see.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from visioncli.core.record import record

from . import config, providers
from .catalogue import index, lookup
from .catalogue.lookup import Verdict
from .catalogue.spelling import canonical
from .config import ModelFacts, Settings
from .core.errors import UnknownModel, UsageError, VisionError
from .core.target import ModelRef
from .providers import packaged

CONFIGURATION = "configuration"  # the source of a verdict
EYES = ModelRef("local", "eyes")


@record
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
    if (ref := _resolved(name, settings)) is not None:
        return ref
    name = settings.aliases.get(name, name)
    near = lookup.near(ModelRef("", name))
    raise UnknownModel(
        _nobodys(name),
        hint=f"did you mean {' or '.join(near)}?"
        if near
        else f"write PROVIDER/MODEL, for example openai/{name or 'gpt-5.4-mini'}",
    )


def _resolved(name: str, settings: Settings) -> ModelRef | None:
    name = settings.aliases.get(name, name)
    if "/" in name:
        return providers.parse(name)
    maker = lookup.maker(name)
    return ModelRef(maker, name) if maker else _default_of(name, settings)


def _nobodys(name: str) -> str:
    return f"no one maker lists a model {name!r}"


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
    said = verdict(ref, settings)
    if said.source and said.as_of:
        return said.vision, f"{said.why} ({said.source}, {said.as_of})"
    return said.vision, said.why


def verdict(ref: ModelRef, settings: Settings) -> Verdict:
    """What the configuration says of a model, else the catalogue."""
    facts = _facts(ref, settings)
    by = f"the configuration says so ({settings.file})"
    if facts and facts.vision is not None:
        return Verdict(str(ref), facts.vision, by, CONFIGURATION)
    base = known_as(ref, settings)
    if base != ref:
        said = lookup.verdict(base)
        why = f"{base} by the configuration ({settings.file}): {said.why}"
        return Verdict(str(ref), said.vision, why, said.source, said.as_of)
    if is_own(ref.provider, settings):
        why = f'{ref.provider} is the configuration\'s own: [models."{ref}"] vision says it there'
        return Verdict(str(ref), None, f"{why}; check --live asks it")
    return lookup.verdict(ref)


def named(typed: str, settings: Settings) -> tuple[ModelRef | None, Verdict]:
    """(the model, its verdict) of what was typed, which is never an error: it may be unknown.

    Raises UsageError where the configuration's base_model of it is none.
    """
    name = typed.strip()
    try:
        ref = _resolved(name, settings)
    except VisionError as error:  # no id, or a provider without a default model
        return None, Verdict(name, None, error.message)
    if ref is None:
        return None, Verdict(name, None, _nobodys(settings.aliases.get(name, name)))
    said = verdict(ref, settings)
    if "/" not in name or name in settings.aliases:
        return ref, replace(said, model=name, why=f"short for {ref}: {said.why}")
    return ref, replace(said, model=name)


def known_as(ref: ModelRef, settings: Settings) -> ModelRef:
    """The model that the catalogue is to be asked about: a base_model of the configuration.

    Raises UsageError where that is none.
    """
    facts = _facts(ref, settings)
    if facts is None or facts.base_model is None:
        return ref
    try:
        return resolve(facts.base_model, settings)
    except VisionError as error:
        raise UsageError(
            f"the base_model of {ref} is no model: {error.message} ({settings.file})",
            hint=error.hint,
        ) from None


def is_own(provider: str, settings: Settings) -> bool:
    """Whether the configuration made this provider up: the catalogue may mean another by it."""
    own = {config.provider_name(name) for name in settings.providers}
    return provider in own and not (packaged.table(provider) or index.knows(provider))


def _facts(ref: ModelRef, settings: Settings) -> ModelFacts | None:
    """Of a model by any name of its provider's."""
    if exact := settings.models.get(str(ref)):
        return exact
    if is_own(ref.provider, settings):
        return None
    meant = canonical(ref.provider)[0]
    for model, facts in settings.models.items():
        provider, _, name = model.partition("/")
        if name == ref.model and canonical(provider)[0] == meant:
            return facts
    return None
