"""Entries whose name is a pattern, as LiteLLM has them: `anthropic/*`, or `*` for every name.

https://docs.litellm.ai/docs/wildcard_routing: what the asterisk of a name stands for goes where the
asterisk of the model is. Of several patterns the one that says most is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from visioncli.core.errors import UsageError
from visioncli.core.record import record

from .settings import Entry

ANY = "*"


@record
class Wildcard:
    """entries: of one name, in which there is an asterisk."""

    name: str
    entries: tuple[Entry, ...]

    def stands_for(self, name: str) -> str | None:
        """What the asterisk is in `name`; None where the pattern does not fit."""
        before, _, after = self.name.partition(ANY)
        longest = len(name) - len(before) - len(after)
        if longest < 1 or not name.startswith(before) or not name.endswith(after):
            return None
        return name[len(before) : len(before) + longest]

    def named(self, name: str) -> tuple[Entry, ...]:
        """The entries that `name` means, none where the pattern does not fit."""
        found = self.stands_for(name)
        if found is None:
            return ()
        return tuple(
            replace(entry, name=name, model=entry.model.replace(ANY, found))
            for entry in self.entries
        )

    def names(self, entry: Entry, models: Iterable[str]) -> Iterator[str]:
        """The names by which one of its entries is asked for `models`, each PROVIDER/MODEL."""
        own = Wildcard(entry.model, ())
        for model in models if ANY in entry.model else ():
            if (found := own.stands_for(model)) is not None:
                yield self.name.replace(ANY, found)


def is_wildcard(entry: Entry) -> bool:
    """Raises UsageError (2) for an asterisk in a place where nobody can say what it stands for, and
    for one that stands for the provider which is given a key.
    """
    named, modelled = entry.name.count(ANY), entry.model.count(ANY)
    if named > 1 or modelled > 1:
        raise UsageError(f"{entry.name}: one * stands for a part of a name, and no more than one")
    if modelled and not named:
        raise UsageError(
            f"{entry.name}: the model {entry.model} has a *, and the name has none",
            hint=f"the same in the name: model_name: {entry.model}",
        )
    if entry.model == ANY and entry.api_key and not entry.api_base:
        raise UsageError(
            f"{entry.name}: its api_key would go to whatever provider a caller names",
            hint="model: PROVIDER/*, or no api_key: each provider's own is used then",
        )
    return bool(named)


def gathered(entries: Iterable[Entry]) -> tuple[Wildcard, ...]:
    """Those that say most before the others."""
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry)
    found = [Wildcard(name, tuple(several)) for name, several in by_name.items()]
    return tuple(sorted(found, key=lambda one: len(one.name), reverse=True))
