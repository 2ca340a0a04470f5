"""Reads the sources of the catalogue anew and puts what they say into the user's cache.

Each source is read whole, within a time and a size, and understood before it counts; one that fails
leaves what it said before as it is, and the others are used all the same. A registry that suddenly
lists less than four fifths of the models that it listed last is taken for broken. What was known
stays known: every id of the package's own catalogue, and of the one in use, is in the new one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from visioncli import providers
from visioncli.catalogue import current, facts, index
from visioncli.catalogue.making import merge, readers
from visioncli.catalogue.making.known import Collected
from visioncli.catalogue.making.snapshots import Snapshot
from visioncli.config import Settings
from visioncli.core.errors import BadAnswer, UsageError, VisionError
from visioncli.core.fields import preview
from visioncli.core.record import record
from visioncli.core.target import Provider

from . import acceptance, asking, fetching, store

COLLECTED = "collected"  # what a file of collected facts is filed under
WORDS = 300  # characters of what a reader complains of
SHARE = 0.8  # of the ids that a registry listed last, which it must list still
CHANGED, UNCHANGED, FAILED, SKIPPED = "changed", "unchanged", "failed", "skipped"


@record(kw_only=True)
class Outcome:
    """What became of one source. models: how many it lists. new: of these, how many were in no
    catalogue. gone: how many it listed last and does not now. dropped: entries of no use. why: for
    one that was skipped. None: not known.
    """

    source: str
    status: str
    models: int | None = None
    new: int | None = None
    gone: int | None = None
    dropped: int | None = None
    as_of: str | None = None
    why: str | None = None
    warnings: tuple[str, ...] = ()
    error: VisionError | None = None


@record
class Done:
    """models: of the catalogue now. new: how many of them it did not have. written: the folder, or
    None where nothing has changed.
    """

    outcomes: tuple[Outcome, ...]
    models: int
    new: int
    written: Path | None

    @property
    def worst(self) -> int:
        """The highest exit status of a source that failed, 0 where none did."""
        return max((o.error.exit for o in self.outcomes if o.error is not None), default=0)


@record
class _Heard:
    """Something new. kind: whose it is. place: the digest of a document's address."""

    kind: str
    said: Snapshot | Collected
    as_of: str
    digest: str
    place: str = ""
    tags: store.Tags | None = None


def run(
    sources: Sequence[str],
    settings: Settings,
    *,
    begun: Callable[[str], None],
    told: Callable[[Outcome], None],
    env: Mapping[str, str] = os.environ,
) -> Done:
    """Reads `sources`, or without any those of the configuration and the providers' own lists.

    begun: told each source's name before it is read; told: what became of it. Raises OutputProblem
    (13) where the cache cannot be written, UsageError (2) where there is nothing to read.
    """
    providers.check(settings)
    folder = Path(current.cache())
    store.opened(folder)
    reading = _Reading(folder, settings, env)
    outcomes: list[Outcome] = []
    heard: list[_Heard] = []
    for name, read in reading.all(sources):
        begun(name)
        try:
            outcome, fresh = read()
        except asking.Skipped as reason:
            outcome, fresh = Outcome(source=name, status=SKIPPED, why=str(reason)), None
        except VisionError as error:
            outcome, fresh = Outcome(source=name, status=FAILED, error=error), None
        outcomes.append(outcome)
        heard += [fresh] if fresh else []
        told(outcome)
    if not outcomes:
        raise UsageError(
            "there is no source to read: [catalogue] sources is empty, and no key is set",
            hint="vision models --refresh --source FILE",
        )
    models, new = _written(folder, heard, reading.today) if heard else (len(reading.ids), 0)
    return Done(tuple(outcomes), models, new, folder if heard else None)


class _Reading:
    """ids: of the catalogue in use."""

    def __init__(self, folder: Path, settings: Settings, env: Mapping[str, str]) -> None:
        self._settings, self._env = settings, env
        self._known = _known(folder)
        self._timeout = settings.catalogue.timeout or fetching.TIMEOUT
        self.today = time.strftime("%Y-%m-%d")
        self.ids = frozenset(row[0] for row in index.rows())

    def all(
        self, sources: Sequence[str]
    ) -> Iterator[tuple[str, Callable[[], tuple[Outcome, _Heard | None]]]]:
        """(name, what reads it). Sources that were named are read alone."""
        listed = self._settings.catalogue.sources
        public = tuple(fetching.REGISTRIES) if listed is None else listed
        for place in sources or public:
            yield fetching.name(place), partial(self._document, place)
        if not sources:
            for row in asking.to_ask(self._settings, self._env):
                yield row.name, partial(self._list, row)

    def _document(self, place: str) -> tuple[Outcome, _Heard | None]:
        key = store.digest(place.encode())
        name = fetching.name(place)
        document = fetching.read(place, self._known.documents.get(key), self.today, self._timeout)
        if document.data is None:
            return Outcome(source=name, status=UNCHANGED, as_of=document.as_of), None
        said = _understood(document, name)
        kind = index.SOURCES[said.source] if isinstance(said, Snapshot) else COLLECTED
        heard = _Heard(kind, said, document.as_of, document.tags.digest, key, document.tags)
        last = self._last(kind)
        if last is not None:
            _check_share(heard, last)
        return self._outcome(name, heard, last), heard

    def _list(self, row: Provider) -> tuple[Outcome, _Heard | None]:
        answered = asking.ask(row, self._settings, self.today, self._timeout, self._env)
        said = store.digest(repr(sorted(answered.snapshot.rows.items())).encode())
        kind = f"list of {row.name}"  # no registry is called that
        heard = _Heard(kind, answered.snapshot, self.today, said)
        known = self._known.kinds.get(kind)
        outcome = replace(self._outcome(row.name, heard, known), warnings=answered.warnings)
        if known is not None and known.digest == said:
            return replace(outcome, status=UNCHANGED), None
        return outcome, heard

    def _outcome(self, name: str, heard: _Heard, last: store.Listed | None) -> Outcome:
        ids = heard.said.rows.keys()
        return Outcome(
            source=name,
            status=CHANGED,
            models=len(ids),
            new=len(ids - self.ids),
            gone=None if last is None else len(last.ids - ids),
            dropped=heard.said.dropped,
            as_of=heard.as_of,
        )

    def _last(self, kind: str) -> store.Listed | None:
        """What a refresh remembers; before the first, what the catalogue says of a registry."""
        known = self._known.kinds.get(kind)
        if known is not None or kind not in index.SOURCES.values():
            return known
        held = [(one.model, one.says) for one in facts.all() if kind not in one.missing_in]
        dates = {model: as_of for model, says in held for who, as_of, _ in says if who == kind}
        return store.Listed(max(dates.values()), "", frozenset(dates)) if dates else None


def _check_share(heard: _Heard, last: store.Listed) -> None:
    """Of registries. An older document than the last one adds what it knows, uncompared."""
    if heard.as_of < last.as_of or not isinstance(heard.said, Snapshot):
        return
    still = len(last.ids & heard.said.rows.keys())
    if still < SHARE * len(last.ids):
        raise BadAnswer(
            f"it lists {still:,} of the {len(last.ids):,} models that {heard.kind} listed on"
            f" {last.as_of}: less than {SHARE:.0%}, which is taken for broken",
            hint="try again later; the catalogue stays as it is",
            code="shrunk",
        )


def _understood(document: fetching.Document, name: str) -> Snapshot | Collected:
    try:
        return readers.read(document.data or b"", as_of=document.as_of, name=name)
    except VisionError as error:
        message = error.message.removeprefix(f"{name}: ")
        raise BadAnswer(preview(message, WORDS), hint=error.hint) from None


def _known(folder: Path) -> store.State:
    """What is remembered, where the catalogue in use is the one that it went into."""
    in_use = Path(current.file(index.NAME)).parent == folder
    return store.state(folder) if in_use else store.State()


def _merged(said: Sequence[Snapshot | Collected], today: str) -> tuple[merge.Built, Path]:
    """Laid over the catalogue in use, or over the package's own where that one is damaged; and the
    folder of the one it was laid over.
    """
    for base in (Path(current.file(index.NAME)).parent, Path(current.BUNDLED)):
        try:
            return merge.merge(said, base=base, today=today), base
        except VisionError as error:
            failed = error
    raise BadAnswer(f"what was read cannot be merged: {failed.message}", code="unsound")


def _written(folder: Path, heard: Sequence[_Heard], today: str) -> tuple[int, int]:
    """(models, new ones) of the catalogue that results."""
    with store.locked(folder):
        index.use()  # another refresh may have written meanwhile
        known = _known(folder)
        day = max(today, current.made(index.PATH))  # a clock behind it makes no file of no use
        built, base = _merged([one.said for one in heard], day)
        before = {row[0] for row in index.rows(path=str(base / index.NAME))}
        for one in heard:
            old = known.kinds.get(one.kind)
            if old is None or old.as_of <= one.as_of:
                ids = frozenset(one.said.rows)
                known.kinds[one.kind] = store.Listed(one.as_of, one.digest, ids)
            if one.tags is not None:
                known.documents[one.place] = one.tags
        must = before | {row[0] for row in index.rows(path=index.PATH)}
        listed: list[str] = []
        store.write(
            folder,
            index=built.index,
            facts=built.facts,
            known=known,
            check=lambda new: listed.extend(acceptance.check(new, must)),
        )
    return len(listed), len(frozenset(listed) - before)
