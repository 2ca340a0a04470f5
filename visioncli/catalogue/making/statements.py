"""Whether a model can see, from what the sources say of that very model: the first that applies.

1. It answers without text, or is not for chat: no.
2. The newest statement of any source counts. Where sources differ, the reason says so.
3. A list of inputs, where nothing is stated.
4. A text-completion endpoint: no.
None of these: `siblings` looks at the same model elsewhere.
"""

from __future__ import annotations

from dataclasses import replace

from visioncli.catalogue import index
from visioncli.core.record import record

from .known import Heard, Known

CHAT = ("", "responses", "completion")  # LiteLLM's modes in which a model is asked and answers
RANK = "VPLMO"  # who comes first of two that speak on the same day


@record
class Judged:
    """verdict: y | n | u. source: a key of index.SOURCES; as_of: when it said so."""

    verdict: str
    why: str
    source: str
    as_of: str
    agreed: bool | None = None  # stated, and no source states otherwise; None: not stated


def judged(known: Known) -> Judged | None:
    """From the model's own row; None where its sources are silent."""
    if not known.heard:
        return None
    output = dict(known.output)
    lister = "M" if "M" in output else next(iter(output), "")
    if lister and "text" not in output[lister]:
        return _no(known, f"answers with {'+'.join(output[lister])}, not text", lister)
    # models.dev lists outputs of every model, and they are kept where they are more than text
    if known.mode not in CHAT and not output and "M" not in known.sources:
        return _no(known, f"not a chat model ({known.mode})")
    stated = sorted(filter(None, map(known.stated, known.sources)), key=newness)
    if stated:
        return _stated(stated)
    if known.input:
        lister, listed = known.input[0]
        why = "modalities list (flag absent)"
        said = _by("image" in listed, why, known.last(lister) or known.heard[-1])
        return replace(said, agreed=True)
    if known.mode == "completion":
        return _no(known, "text-completion endpoint")
    return None


def silent(known: Known) -> Judged:
    """Listed, and nothing more is known."""
    newest = max(known.heard, key=newness)
    return Judged("u", "listed, image input not stated", newest.source, newest.as_of)


def _stated(stated: list[Heard]) -> Judged:
    newest = stated[-1]
    differing = [one for one in stated if one.vision is not newest.vision]
    if differing:
        said = " and ".join(
            f"{index.SOURCES[one.source]} says {'yes' if one.vision else 'no'} ({one.as_of})"
            for one in differing
        )
        return replace(_by(newest.vision, f"stated; {said}", newest), agreed=False)
    why = ("stated", "stated by both", "stated by all three")[min(len(stated), 3) - 1]
    return replace(_by(newest.vision, why, newest), agreed=True)


def newness(one: Heard | Judged) -> tuple[str, int]:
    return one.as_of, -RANK.index(one.source)


def _no(known: Known, why: str, source: str = "") -> Judged:
    newest = max(known.heard, key=newness)
    return _by(False, why, (known.last(source) or newest) if source else newest)


def _by(vision: bool | None, why: str, who: Heard) -> Judged:
    return Judged("y" if vision else "n", why, who.source, who.as_of)
