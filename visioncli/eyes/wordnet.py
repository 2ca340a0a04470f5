"""The classifier's 1000 names and what WordNet says they are kinds of."""

from __future__ import annotations

import json
from functools import lru_cache

from visioncli.core.record import record

from .files import WEIGHTS, unusable

NAMES = "hyper.json"
LEAF = 99  # deeper than every parent


@record
class Names:
    """WordNet around the 1000 labels. all: per label, itself and its parents with their synonyms.

    parents: a label to its own and its parents' names, lower case. depth: a name, lower case, to
    its distance from the root. spelling: a name, lower case, to its label. known: every name.
    """

    labels: tuple[str, ...]
    all: tuple[frozenset[str], ...]
    parents: dict[str, frozenset[str]]
    depth: dict[str, int]
    spelling: dict[str, str]
    known: frozenset[str]


@lru_cache(maxsize=1)
def names() -> Names:
    """hyper.json: 1000 of {name, syn: [synonyms], up: [[a parent's synonyms], …] nearest first}."""
    try:
        entries = json.loads((WEIGHTS / NAMES).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise unusable(WEIGHTS / NAMES) from error
    every, parents = [], {}
    depth: dict[str, int] = {}
    for entry in entries:
        above = frozenset(word.lower() for up in entry["up"] for word in up)
        label = entry["name"].lower()
        every.append(above | {word.lower() for word in entry["syn"]})
        parents[entry["name"]] = above | {label}
        for level, up in enumerate(reversed(entry["up"])):
            depth[up[0].lower()] = max(depth.get(up[0].lower(), 0), level)
    depth |= {entry["name"].lower(): LEAF for entry in entries}
    labels = tuple(entry["name"] for entry in entries)
    spelling = {name.lower(): name for name in labels}
    return Names(labels, tuple(every), parents, depth, spelling, frozenset().union(*every))
