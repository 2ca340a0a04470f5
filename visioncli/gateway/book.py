"""The names that callers may ask for, and what stands behind each."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from visioncli import choice, providers
from visioncli.auth import keys
from visioncli.catalogue import index
from visioncli.choice import EYES
from visioncli.config import Settings
from visioncli.core.errors import UnknownModel, VisionError
from visioncli.core.fields import preview
from visioncli.providers import packaged

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
        self, gateway: Gateway, settings: Settings, env: Mapping[str, str] = os.environ
    ) -> None:
        """Raises VisionError for a model that there cannot be."""
        self._settings, self._env = settings, env
        self.is_open = not gateway.models
        by_name: dict[str, list[Member]] = {}
        for entry in gateway.models:
            by_name.setdefault(entry.name, []).append(self._member(entry))
        self._groups = {name: Group(name, tuple(found)) for name, found in by_name.items()}

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
        if not self.is_open:
            near = get_close_matches(name, self._groups, 3, 0.5)
            raise UnknownModel(
                f"there is no model {preview(name, 100)!r}",
                hint=f"did you mean {' or '.join(near)}?" if near else "GET /v1/models lists them",
                code="model_not_found",
            )
        return self._found(name)

    def names(self) -> tuple[str, ...]:
        """Of an open book: aliases, and what the catalogue knows to see of providers with a key."""
        if not self.is_open:
            return tuple(self._groups)
        return tuple(dict.fromkeys([*self._settings.aliases, *self._seeing(), str(EYES)]))

    def _seeing(self) -> Iterator[str]:
        day = time.strftime("%Y-%m-%d")
        for name in providers.names(self._settings):
            if name in self._settings.providers or packaged.names_one_set(name, self._env):
                row = providers.provider(name.lower().replace("-", "_"), self._settings)
                if keys.present(row, self._settings, self._env):
                    yield from (line.decode() for line in index.seeing(day, row.name))

    def _found(self, name: str) -> Group:
        """Of a name that nobody listed. Only so many are kept."""
        ref = choice.resolve(name, self._settings)
        known = f"{ref.provider}/{ref.model}"
        if (group := self._groups.get(known)) is None:
            if len(self._groups) >= MOST:
                raise UnknownModel(f"{MOST} models were asked for by now, which is the most")
            group = Group(known, (self._member(Entry(name=known, model=known)),))
            self._groups[known] = group
        return group

    def listed(self) -> tuple[Group, ...]:
        """Every name that is told of; those of an open book are made for this alone."""
        if not self.is_open:
            return self.groups
        made = ((name, self._member(Entry(name=name, model=name))) for name in self.names())
        return tuple(Group(name, (member,)) for name, member in made)

    def _member(self, entry: Entry) -> Member:
        try:
            ref = choice.resolve(entry.model, self._settings)
            if ref.provider != EYES.provider:
                providers.resolve(ref, self._settings, address=entry.api_base, env=self._env)
            elif ref != EYES:
                raise UnknownModel(f"there is no model {ref}", hint=f"the offline one is {EYES}")
        except VisionError as error:
            if not self.is_open:
                error.message = f"{entry.name}: {error.message}"
            raise
        return Member(entry, ref, self._settings, self._env)
