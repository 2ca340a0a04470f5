"""The names that callers may ask for, and what stands behind each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches

from visioncli import choice, providers
from visioncli.auth import keys
from visioncli.catalogue import index
from visioncli.choice import EYES
from visioncli.config import Settings
from visioncli.core.errors import UnknownModel, VisionError
from visioncli.core.fields import preview
from visioncli.providers import packaged

from . import wildcards
from .member import Member
from .settings import Entry, Gateway

MOST = 2000  # names that are made for callers, of those that no file lists


class Group:
    """One name, and the entries that answer to it."""

    def __init__(self, name: str, members: tuple[Member, ...]) -> None:
        self.name, self.members = name, members

    def next(self, tried: Collection[Member]) -> Member | None:
        """The least busy of those that were not tried; None where all were.

        One that failed lately comes after the others; of equals, the one that waited longest.
        """
        left = [member for member in self.members if member not in tried]
        return min(left, key=lambda m: (m.rests, m.active, m.last_used), default=None)


class Book:
    """Without listed models every PROVIDER/MODEL is one whose provider has a key, or needs none."""

    def __init__(
        self,
        gateway: Gateway,
        settings: Settings,
        env: Mapping[str, str] = os.environ,
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        """told: a line for whoever runs the gateway. Raises VisionError for a model that there
        cannot be.
        """
        self._settings, self._env, self._told = settings, env, told
        self.is_open = not gateway.models
        by_name: dict[str, list[Member]] = {}
        patterns: list[Entry] = []
        for entry in gateway.models:
            if wildcards.is_wildcard(entry):
                patterns.append(entry)
            else:
                by_name.setdefault(entry.name, []).append(self._member(entry))
        for entry in patterns:
            if entry.model != wildcards.ANY:
                self._member(entry)  # is there such a provider?
        self._wildcards = wildcards.gathered(patterns)
        self._groups = {name: Group(name, tuple(found)) for name, found in by_name.items()}
        self._listed = tuple(self._groups)

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(self._groups.values())

    @property
    def members(self) -> tuple[Member, ...]:
        return tuple(member for group in self.groups for member in group.members)

    def group(self, name: str) -> Group:
        """Raises UnknownModel (3)."""
        if found := self._groups.get(name):
            return found
        if self.is_open:
            return self._found(name)
        if entries := self._meant(name):
            return self._made(name, entries)
        near = get_close_matches(name, self.names(), 3, 0.5)
        raise UnknownModel(
            f"there is no model {preview(name, 100)!r}",
            hint=f"did you mean {' or '.join(near)}?" if near else "GET /v1/models lists them",
            code="model_not_found",
        )

    def names(self) -> tuple[str, ...]:
        """Of an open book: aliases, and what the catalogue knows to see of providers with a key."""
        if not self.is_open:
            return tuple(dict.fromkeys([*self._listed, *self._matching()]))
        return tuple(dict.fromkeys([*self._settings.aliases, *self._seeing(), str(EYES)]))

    def owner(self, name: str) -> str:
        """The provider behind one of `names`."""
        if found := self._groups.get(name):
            return found.members[0].ref.provider
        entries = self._meant(name)
        return (entries[0].model if entries else name).partition("/")[0]

    def _meant(self, name: str) -> tuple[Entry, ...]:
        """What a pattern makes of a name; nothing where none fits."""
        return next((found for one in self._wildcards if (found := one.named(name))), ())

    def _matching(self) -> Iterator[str]:
        """By the patterns: what the catalogue knows to see."""
        day = time.strftime("%Y-%m-%d")
        for one in self._wildcards:
            for entry in one.entries:
                provider, slash, _ = entry.model.partition("/")
                if slash and wildcards.ANY not in provider:
                    seeing = index.seeing(day, providers.owner(provider) or provider)
                    yield from one.names(entry, [line.decode() for line in seeing])
                else:
                    yield from one.names(entry, self._seeing())

    def _seeing(self) -> Iterator[str]:
        day = time.strftime("%Y-%m-%d")
        kept, _ = keys.stored_if_readable(self._settings, self._env)
        for name in providers.names(self._settings):
            certain = name in self._settings.providers or name in kept
            if certain or packaged.names_one_set(name, self._env):
                row = providers.provider(name.lower().replace("-", "_"), self._settings)
                if keys.present(row, self._settings, self._env, kept):
                    yield from (line.decode() for line in index.seeing(day, row.name))

    def _found(self, name: str) -> Group:
        """Of a name that nobody listed."""
        ref = choice.resolve(name, self._settings)
        known = f"{ref.provider}/{ref.model}"
        if (group := self._groups.get(known)) is not None:
            return group
        return self._made(known, (Entry(name=known, model=known),))

    def _made(self, name: str, entries: tuple[Entry, ...]) -> Group:
        """Only so many are kept."""
        if len(self._groups) >= MOST + len(self._listed):
            raise UnknownModel(f"{MOST} models were asked for by now, which is the most")
        group = Group(name, tuple(map(self._member, entries)))
        self._groups[name] = group
        return group

    def listed(self) -> tuple[Group, ...]:
        """Every name that is told of; those that no file lists are made for this alone."""
        return tuple(self._groups.get(name) or self._shown(name) for name in self.names())

    def _shown(self, name: str) -> Group:
        entries = self._meant(name) or (Entry(name=name, model=name),)
        return Group(name, tuple(map(self._member, entries)))

    def _member(self, entry: Entry) -> Member:
        try:
            entry, env = entry.at_home(self._env)
            ref = choice.resolve(entry.model, self._settings)
            if ref.provider != EYES.provider:
                providers.resolve(ref, self._settings, address=entry.api_base, env=env)
            elif ref != EYES:
                raise UnknownModel(f"there is no model {ref}", hint=f"the offline one is {EYES}")
        except VisionError as error:
            if not self.is_open:
                error.message = f"{entry.name}: {error.message}"
            raise
        return Member(entry, ref, self._settings, env, self._told)
