"""One item, from its line to its record."""

from __future__ import annotations

import asyncio
import hashlib

from visioncli import api
from visioncli.core.errors import VisionError
from visioncli.core.types import Blob, Unfetched
from visioncli.images import blobs, reading
from visioncli.images.picture import Picture
from visioncli.local import LOCAL
from visioncli.transport.channel import Channel

from .asking import outcome
from .item import Item, Outcome
from .job import known_by
from .output import Known
from .run import Run

AT_ONCE = 1 << 18  # bytes of a file that is read between two other things; more go to a thread


async def handle(run: Run, item: Item, channel: Channel | None) -> None:
    """Asks what is to be asked of an item, writes its record. Raises what ends the whole run."""
    await run.output.room(item)
    unread = run.keys.unread(item)
    before = run.output.newest(unread)
    standing = None
    if before and not run.again(unread, before) and run.output.has(item, unread):
        standing = before  # unless its pictures were there in a later run
    if item.problem is not None:
        _stands(run, item, unread, standing, item.problem)
        return
    asked = run.job.asked_for(item)
    try:
        pictures = await _read(run, asked)
    except VisionError as error:
        if error.exit == 13:
            raise
        _stands(run, item, unread, standing, error)
        return
    held = sum(p.blob.size for p in pictures if p.blob and not isinstance(p.blob, blobs.FileBlob))
    run.held.add(held)
    try:
        await _settle(run, item, asked, pictures, unread, standing, channel)
    finally:
        run.held.add(-held)


async def _settle(
    run: Run,
    item: Item,
    asked: api.Asked,
    pictures: tuple[Picture, ...],
    unread: str,
    standing: Known | None,
    channel: Channel | None,
) -> None:
    """An item whose pictures are there: asked, or known.

    standing: the failure to read them that stands, and is not to be tried again.
    """
    try:
        hashes = [await _sha256(run, picture) for picture in pictures]
    except VisionError as error:  # it changed meanwhile
        _stands(run, item, unread, standing, error)
        return
    key = run.keys.of(item, [known_by(*both) for both in zip(pictures, hashes, strict=True)])
    if run.claim is not None:
        await run.claim(item, key)
    while (other := run.asking.get(key)) is not None:
        await asyncio.shield(other)  # the same question is on its way: one call, two records
    known = run.output.newest(key)
    if standing is not None and known is None:
        skipped(run, item, standing)
        return
    has = run.output.has(item, key)
    if known and not run.again(key, known):
        if has:
            skipped(run, item, known)
        else:
            copied(run, item, known)
        return
    mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    run.asking[key] = mine
    try:
        told(run, await outcome(run, item, asked, pictures, key, tuple(hashes), channel))
    finally:
        del run.asking[key]
        mine.set_result(None)


async def _read(run: Run, asked: api.Asked) -> tuple[Picture, ...]:
    provider = run.aim.target.provider if run.aim else LOCAL
    if all(_is_quick(part.source) for part in reading.images(asked.request)):
        return api.read(asked, provider)
    await run.held.room()
    return await run.aside(api.read, asked, provider)


def _is_quick(source: Blob | str) -> bool:
    """A file that is read sooner than a thread is found for it."""
    return isinstance(source, str) and blobs.is_small_file(source, AT_ONCE)


async def _sha256(run: Run, picture: Picture) -> str | None:
    """Of the picture as found; None where it is not here. A file that has not changed since it was
    hashed is not read again, unless that was asked for.
    """
    blob = picture.blob
    if blob is None or isinstance(blob, Unfetched):
        return None
    if not isinstance(blob, blobs.FileBlob):
        return _hashed(blob)
    if not run.rehash and (found := run.output.sha256(blob.identity)):
        return found
    quick = blob.size <= AT_ONCE
    digest = _hashed(blob) if quick else await run.aside(_hashed, blob)
    run.output.remember(blob.identity, digest)
    return digest


def _hashed(blob: Blob) -> str:
    machine = hashlib.sha256()
    for chunk in blob.open():
        machine.update(chunk)
    return machine.hexdigest()


def _stands(run: Run, item: Item, unread: str, standing: Known | None, error: VisionError) -> None:
    """What cannot be read: a failure that stands already, or a new one."""
    if standing is not None:
        skipped(run, item, standing)
    else:
        told(run, _failed(run, item, unread, error))


def _failed(run: Run, item: Item, key: str, error: VisionError) -> Outcome:
    run.output.has(item, key)
    return Outcome(item=item, ref=run.job.ref, key=key, error=error)


def told(run: Run, done: Outcome) -> None:
    """Writes what became of an item, and counts it."""
    if run.retry_failed and done.error is not None:
        run.failed_now.add(done.key)
    run.output.write(done)
    _count(run, done.error is None)


def copied(run: Run, item: Item, known: Known) -> None:
    """Writes the record of its key once more, for an item of its own, and counts it."""
    run.output.copy(item, known)
    _count(run, known.answered)


def skipped(run: Run, item: Item, known: Known) -> None:
    """Counts an item that has its record. A failure that stands is one of this run, too."""
    run.output.skip(item)
    if known.answered:
        run.tally.skipped += 1
    else:
        run.tally.failed += 1
        run.tally.stood += 1


def _count(run: Run, answered: bool) -> None:
    if answered:
        run.tally.answered += 1
    else:
        run.tally.failed += 1
