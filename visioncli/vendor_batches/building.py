"""One item of a list as one request of a batch."""

from __future__ import annotations

import hashlib
import sqlite3
import time

from visioncli import api
from visioncli.aim import Aim
from visioncli.batch.item import Item
from visioncli.batch.job import Job, Keys, known_by
from visioncli.core.body import JsonBody
from visioncli.core.errors import ImageProblem, VisionError
from visioncli.core.record import record
from visioncli.core.types import Unfetched
from visioncli.images.picture import Picture

from .kept import Kept
from .wire import Wire

ENDING = (2, 3, 4, 12, 13)  # exits of what no other item would fare better with
OF_ONE_ANSWER = "stream"  # how an answer comes; a batch's comes in a file


@record
class Built:
    """headers: what it would have brought along as a request of its own."""

    kept: Kept
    body: dict[str, object]
    headers: dict[str, str]
    warnings: tuple[str, ...]


class Builder:
    """aim: may be without a key. wire: whose line it becomes."""

    def __init__(self, aim: Aim, job: Job, wire: Wire) -> None:
        self._aim, self._job, self._wire = aim, job, wire
        self._keys = Keys(job)

    def built(self, item: Item) -> Built | Kept:
        """Kept, with its error, where the item cannot be asked. Raises what would end them all."""
        unread = Kept(item, self._keys.unread(item))
        try:
            if item.problem is not None:
                raise item.problem
            return self._built(item)
        except VisionError as error:
            if error.exit in ENDING and error is not item.problem:
                raise
            return Kept(item, unread.key, error=error)

    def _built(self, item: Item) -> Built:
        asked, began = self._job.asked_for(item), time.monotonic()
        provider = self._aim.target.provider
        pictures = api.read(asked, provider)
        hashes = tuple(map(_sha256, pictures))
        key = self._keys.of(item, [known_by(*both) for both in zip(pictures, hashes, strict=True)])
        call = api.built(self._aim, asked, pictures, began=began)
        if call.dialect.name != provider.dialect:
            raise ImageProblem(
                f"{item.image!r}: ids of files go another way, which a batch cannot mix with this",
                hint="name the picture itself",
            )
        request = call.request
        body = {name: value for name, value in request.body.tree.items() if name != OF_ONE_ANSWER}
        headers = {n: v for n, v in request.headers.items() if n != "content-type"}
        return Built(Kept(item, key, hashes), body, headers, call.warnings)

    def line(self, built: Built, custom_id: str) -> JsonBody:
        return JsonBody(self._wire.line(custom_id, built.body, self._aim.target))


def _sha256(picture: Picture) -> str | None:
    """Of the picture as found; None where it is not here."""
    if picture.blob is None or isinstance(picture.blob, Unfetched):
        return None
    machine = hashlib.sha256()
    for chunk in picture.blob.open():
        machine.update(chunk)
    return machine.hexdigest()


class Asked:
    """Keys that are asked already, on the disk where they are many."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        for said in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000"):
            self._db.execute(f"PRAGMA {said}")
        self._db.execute("CREATE TABLE keys (key BLOB PRIMARY KEY) WITHOUT ROWID")

    def is_new(self, key: str) -> bool:
        """Whether this is the first time it is asked for."""
        said = self._db.execute("INSERT OR IGNORE INTO keys VALUES (?)", (bytes.fromhex(key),))
        return bool(said.rowcount)

    def close(self) -> None:
        self._db.close()
