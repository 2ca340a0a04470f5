"""A model that may be asked: where it is, with which key, and whether it is known to see.

Settled once, however many questions follow, and before any picture is read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from visioncli.core.record import record

from . import providers
from .auth import headers, keys
from .choice import known_as, sees
from .config import Settings
from .core.errors import UnknownModel
from .core.target import ModelRef, Target


@record(kw_only=True)
class Aim:
    """known_as: what the catalogue calls the model. key: None where it needs none, or in a dry run.

    warnings: what is worth telling of it.
    """

    target: Target
    known_as: ModelRef
    key: keys.Key | None
    warnings: tuple[str, ...]

    @property
    def ref(self) -> ModelRef:
        return self.target.ref


def take(
    ref: ModelRef,
    settings: Settings,
    *,
    pictures: bool,
    base_url: str | None = None,
    key: keys.Key | None = None,
    force: bool = False,
    dry: bool = False,
    env: Mapping[str, str] = os.environ,
) -> Aim:
    """Raises UnknownModel (3), UsageError (2), KeyProblem (4).

    pictures: whether there will be any, so that a model known not to see is refused unless `force`.
    dry: no key is needed, and no key command is run.
    """
    target = providers.resolve(ref, settings, address=base_url, env=env)
    warnings = _guard(ref, settings, force=force) if pictures else ()
    found = None if dry else key or keys.find(target.provider, settings, env)
    if found and found.values:
        target = replace(target, values={**found.values, **target.values})
    exposed = headers.exposed(target.base_url) if found else ()
    return Aim(
        target=target,
        known_as=known_as(ref, settings),
        key=found,
        warnings=(*warnings, *(found.warnings if found else ()), *exposed),
    )


def _guard(ref: ModelRef, settings: Settings, *, force: bool) -> tuple[str, ...]:
    """A model known not to see is refused; one that nobody knows is sent with a warning."""
    vision, why = sees(ref, settings)
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
