"""What several rows do."""

from __future__ import annotations

import base64
import datetime as dt
import random
import socket
import ssl
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import trustme

from tests.faults.server import serving
from tests.images.made import chunk

from .place import Place

PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@cache
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def secure(
    place: Place, *names: str, known: str = "SSL_CERT_FILE", expired: bool = False
) -> Iterator[None]:
    """The row's server speaks TLS. known: the variable that names whom to trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    dates = {"not_before": PAST, "not_after": PAST + dt.timedelta(days=1)} if expired else {}
    authority().issue_cert(*names, **dates).configure_cert(context)
    file = place.folder.parent / "ca.pem"
    authority().cert_pem.write_to_path(str(file))
    with serving(tls=context) as server:
        place.move(server, {known: str(file)} if known else {})
        yield


def sent_picture(place: Place) -> tuple[str, bytes]:
    """(type, bytes) of the one that OpenAI was sent."""
    (received,) = place.received
    (url,) = (
        part["image_url"]["url"]
        for part in received.json["messages"][-1]["content"]
        if part["type"] == "image_url"
    )
    head, _, data = url.partition(",")
    return head.removeprefix("data:").removesuffix(";base64"), base64.b64decode(data)


def closed_port() -> int:
    """Where nobody listens."""
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        return int(gone.getsockname()[1])


def noise(side: int = 1000) -> bytes:
    """A square picture; of 3 MB as it is."""
    rows = b"".join(b"\0" + random.Random(y).randbytes(3 * side) for y in range(side))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(rows, 0))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND")
