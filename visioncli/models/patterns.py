"""Which model ids a word means: a part of the id, or a glob over it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import translate

GLOB = re.compile(r"[*?\[]")


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether an id fits any of the patterns, in any letter case; none given: every id does.

    A glob fits the whole id, or what stands behind one of its slashes: `gpt-4*` is as good as
    `openai/gpt-4*`. A word without * ? [ may stand anywhere in the id.
    """
    if not patterns:
        return lambda _: True
    expression = re.compile("|".join(_expression(p) for p in patterns), re.IGNORECASE)
    return lambda model: expression.match(model) is not None


def _expression(pattern: str) -> str:
    if GLOB.search(pattern):
        return f"(?:.*/)?{translate(pattern)}"
    return f"(?s:.*){re.escape(pattern)}"
