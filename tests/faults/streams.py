"""Faults of streams, by their names in the path."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests import vendors

from .kinds import CHUNKED, SLOW, always, fault
from .peer import Peer, chunk, head, whole


def opening(peer: Peer) -> list[bytes]:
    """Headers, and so many pieces of text as the argument says (2): the finish does not come."""
    many = int(peer.arguments[0]) if peer.arguments else 2
    texts = vendors.PIECES[:many] or ("",)
    pieces = vendors.streamed(peer.wire, texts, whole=False)
    return [head(kind=peer.kind, **CHUNKED), *map(chunk, pieces)]


@fault("sse-truncate")
def sse_truncate(peer: Peer) -> None:
    peer.send(*opening(peer), b"0\r\n\r\n")


@fault("sse-cut")
def sse_cut(peer: Peer) -> None:
    peer.send(*opening(peer), b"ff\r\ndata: {")


@fault("sse-rst")
def sse_rst(peer: Peer) -> None:
    peer.send(*opening(peer))
    peer.reset()


@fault("sse-stall")
def sse_stall(peer: Peer) -> None:
    peer.send(*opening(peer))
    peer.hang()


@fault("sse-drip")
def sse_drip(peer: Peer) -> None:
    """Text, then pings for ever."""
    peer.send(*opening(peer))
    while peer.pause(SLOW):
        peer.send(chunk(b": ping\n\n"))


@fault("sse-late-cut")
def sse_late_cut(peer: Peer) -> None:
    """Cut after the finish: nothing of the answer is missing."""
    pieces = vendors.streamed(peer.wire)[:-1]
    peer.send(head(kind=peer.kind, **CHUNKED), *map(chunk, pieces))


@fault("sse-open")
def sse_open(peer: Peer) -> None:
    """The end marker comes, and the connection stays open."""
    peer.send(head(kind=peer.kind, **CHUNKED), chunk(peer.answer))
    peer.hang()


@fault("sse-endless")
def sse_endless(peer: Peer) -> None:
    """Text without end."""
    opened = opening(peer)
    peer.send(*opened)
    piece = chunk(b"".join(vendors.streamed(peer.wire, ["x" * 60_000], whole=False)[-1:]) * 4)
    while peer.pause(0):
        peer.send(piece)


def framed(name: str, change: Callable[[bytes], bytes]) -> None:
    always(name, lambda peer: whole(change(peer.answer), kind=peer.kind))


framed("sse-crlf", lambda body: body.replace(b"\n", b"\r\n"))
framed("sse-ping", lambda body: body.replace(b"\n\n", b"\n\n: keep-alive\n\n"))
framed("sse-nodone", lambda body: body.replace(b"data: [DONE]\n\n", b""))


@fault("sse-bytes")
def sse_bytes(peer: Peer) -> None:
    """Each byte a chunk of its own."""
    peer.send(head(kind=peer.kind, **CHUNKED))
    for byte in peer.answer:
        peer.send(chunk(bytes([byte])))
    peer.send(b"0\r\n\r\n")


@fault("sse-badjson")
def sse_badjson(peer: Peer) -> None:
    peer.send(*opening(peer), chunk(b"data: {not json\n\n"), b"0\r\n\r\n")


@fault("sse-error")
def sse_error(peer: Peer) -> None:
    words = {"error": {"message": "the engine broke", "type": "server_error"}}
    peer.send(*opening(peer), chunk(f"data: {json.dumps(words)}\n\n".encode()), b"0\r\n\r\n")


@fault("sse-late")
def sse_late(peer: Peer) -> None:
    """More text after the finish."""
    late = b"".join(vendors.streamed(peer.wire, ["LATE"], whole=False)[-1:])
    body = peer.answer.replace(b"data: [DONE]\n\n", b"") + late
    peer.send(whole(body, kind=peer.kind))
