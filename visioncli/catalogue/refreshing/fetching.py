"""Reads one document: a registry's file at an address, a file, or stdin. Whole, or not at all."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import SplitResult, urlsplit

from visioncli.core.dialect import HttpError
from visioncli.core.errors import (
    BadAnswer,
    NetworkProblem,
    ProviderFailed,
    RateLimited,
    UsageError,
    VisionError,
)
from visioncli.core.fields import preview
from visioncli.core.record import record
from visioncli.core.waiting import asked
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.whole import fetch

from . import store

CAP = 32 << 20  # bytes of a document, unpacked; the registries have 2 to 4 MB
TIMEOUT, IDLE = 60.0, 20.0  # seconds for a whole source; between two pieces of it
MOST_VALUES = 3_000_000  # in a document; those of a registry have a tenth of that
RETRIES = 1
STDIN = "-"
EARLIEST = "2023-01-01"  # no registry is older; files out of an archive may be of 1980
TAG = 200  # characters of an ETag or a date that are kept
REGISTRIES: Mapping[str, str] = {
    "https://raw.githubusercontent.com/BerriAI/litellm/main/"
    "model_prices_and_context_window.json": "litellm",
    "https://models.dev/api.json": "models.dev",
}


@record
class Document:
    """data: None where it has not changed since. as_of: YYYY-MM-DD, when it was so."""

    data: bytes | None
    as_of: str
    tags: store.Tags


@record
class _Get:
    url: str
    headers: Mapping[str, str]
    method: str = "GET"


def is_address(place: str) -> bool:
    return place.lower().startswith(("http://", "https://"))


def name(place: str) -> str:
    """How messages call it: without what may be a token, in front of a host or in a query."""
    if place in REGISTRIES:
        return REGISTRIES[place]
    if not is_address(place):
        return "stdin" if place == STDIN else place
    parts = _parts(place)
    host = parts.netloc.rpartition("@")[2]
    return preview(parts._replace(netloc=host, query="", fragment="").geturl())


def read(place: str, known: store.Tags | None, today: str, timeout: float) -> Document:
    """known: of the last time; None asks for all of it. Raises a VisionError."""
    if is_address(place):
        return _fetched(place, known or store.Tags(), today, timeout)
    data, as_of = _piped(today) if place == STDIN else _file(place, today)
    tags = store.Tags(digest=store.digest(data))
    if known is not None and known.digest == tags.digest:
        return Document(None, as_of, tags)
    return Document(readable_size(_unpacked(data, place)), as_of, tags)


def readable_size(data: bytes) -> bytes:
    """The same. A few bytes of JSON can be a hundred in memory: values are counted before."""
    if data.count(b",") > MOST_VALUES:
        raise BadAnswer("it holds more values than any list of models", code="too_large")
    return data


def _fetched(url: str, known: store.Tags, today: str, timeout: float) -> Document:
    if _parts(url).username is not None:
        raise UsageError("its address holds a user name or password", code="address")
    headers = {"accept": "application/json, */*;q=0.5", "accept-encoding": "gzip"}
    if known.etag:
        headers["if-none-match"] = known.etag
    if known.modified:
        headers["if-modified-since"] = known.modified
    clock = Clock(Deadlines(idle=IDLE, total=timeout))
    try:
        got = fetch(_Get(url, headers), clock, cap=CAP, refused=_refused, retries=RETRIES)
    except VisionError as error:
        raise readable(error) from None
    if got.body is None:
        if not (known.etag or known.modified):
            raise BadAnswer("the server says that nothing has changed, and was not asked that")
        return Document(None, today, known)
    tags = store.Tags(
        _tag(got.headers.get("etag", "")),
        _tag(got.headers.get("last-modified", "")),
        store.digest(got.body),
    )
    unchanged = tags.digest == known.digest
    return Document(None if unchanged else readable_size(got.body), today, tags)


def readable(error: VisionError) -> VisionError:
    """The same with remedies that hold here."""
    if error.code == "timeout" and isinstance(error, NetworkProblem):
        error.hint = "[catalogue] timeout = SECONDS in the configuration"
    elif error.code == "redirect":
        error.hint = "if you trust the new address, name it in the configuration"
    return error


def _refused(response: HttpError) -> VisionError:
    status = response.status
    kind = RateLimited if status == 429 else ProviderFailed
    return kind(
        f"the server answers HTTP {status}",
        hint="check the address" if 400 <= status < 500 and status not in (408, 429) else None,
        status=status,
        wait=asked(response.headers),
        retry=status in (408, 429) or status >= 500,
    )


def _tag(text: str) -> str:
    """What can be sent back in a header as it is."""
    return text if len(text) <= TAG and text.isascii() and text.isprintable() else ""


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise UsageError(f"{preview(url)!r} is no address", code="address") from None


def _file(place: str, today: str) -> tuple[bytes, str]:
    """A file's own date is that of what it says, unless it can be none."""
    path = Path(place)
    try:
        with path.open("rb") as file:
            data = _all(file, place)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%d")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"the source {place} cannot be read: {why}") from None
    return data, min(changed, today) if changed >= EARLIEST else today


def _piped(today: str) -> tuple[bytes, str]:
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("nothing is piped into stdin", hint="vision models --refresh --source -")
    return _all(sys.stdin.buffer, "stdin"), today


def _all(file: BinaryIO, place: str) -> bytes:
    data = file.read(CAP + 1)
    if len(data) > CAP:
        raise BadAnswer(f"{place} is larger than {CAP >> 20} MB", code="too_large")
    return data


def _unpacked(data: bytes, place: str) -> bytes:
    """A file may be gzipped."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    machine = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        plain = machine.decompress(data, CAP + 1)
    except zlib.error:
        raise BadAnswer(f"{place} begins as gzip does, and is none") from None
    if len(plain) > CAP:
        raise BadAnswer(f"{place} is larger than {CAP >> 20} MB, unpacked", code="too_large")
    if not machine.eof:
        raise BadAnswer(f"{place} is gzip that is cut short")
    return plain
