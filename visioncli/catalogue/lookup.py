"""What `ask` asks before it sends, and `check` says: can this model see?"""

from __future__ import annotations

import time
from difflib import get_close_matches

from visioncli.core.record import record
from visioncli.core.target import ModelRef

from . import index, rule
from .spelling import MAKERS, canonical, copied


@record
class Verdict:
    """model: as it was named. vision: True, False, or None for not known. why: for a person.

    source: who says so: "configuration", "live" (the model was asked), or one of the catalogue's,
    such as "litellm" or "models.dev". as_of, retired: YYYY-MM-DD or None. A retired model keeps its
    verdict. A known model that no source speaks of has vision None and a source; an unknown one has
    neither.
    """

    model: str
    vision: bool | None
    why: str
    source: str | None = None
    as_of: str | None = None
    retired: str | None = None


def verdict(ref: ModelRef, *, today: str | None = None) -> Verdict:
    """today: YYYY-MM-DD, None for the machine's date. A ref without a provider is a bare name."""
    return Verdict(
        str(ref) if ref.provider else ref.model, *rule.judge(ref.provider, ref.model, today)
    )


def maker(bare: str) -> str | None:
    """The provider of a name without one: its maker, where exactly one maker lists it."""
    found = rule.makers(bare)
    return found[0] if len(found) == 1 else None


def near(ref: ModelRef, *, today: str | None = None) -> tuple[str, ...]:
    """Up to three ids that can see and are not retired, spelled most like `ref`.

    For an error's remedy alone: resemblance never makes a verdict.
    """
    if ref.provider in rule.SERVERS:
        return ()
    if ref.provider in ("", "openai") and (base := copied(ref.model)):  # what it is made of
        made = near(ModelRef("openai", base), today=today)
        rest = ref.model.removeprefix(f"ft:{base}")
        return tuple(f"openai/ft:{model.removeprefix('openai/')}{rest}" for model in made)
    day = today or time.strftime("%Y-%m-%d")
    own = {line.decode() for name in _meant(ref.provider) for line in index.seeing(day, name)}
    names: dict[str, str] = {}
    for model in sorted(own - {str(ref)}):
        if copied(model.partition("/")[2]):
            continue  # whose copy it is stands in its id
        names.setdefault(model.partition("/")[2].lower(), model)
    return tuple(names[close] for close in get_close_matches(ref.model.lower(), names, 3, 0.6))


def _meant(provider: str) -> tuple[str, ...]:
    """The providers to look at: this one, the one most like it, or every maker."""
    if not provider:
        return MAKERS
    for name in canonical(provider):
        if index.knows(name):
            return (name,)
    return tuple(get_close_matches(canonical(provider)[0], index.providers(), 1, 0.75)) or MAKERS
