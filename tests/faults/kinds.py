"""Faults of connections, of HTTP and of contents, by their names in the path."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache

from tests import vendors

from .peer import Peer, chunk, head, whole

Run = Callable[[Peer], None]
HTML = b"<!doctype html><html><title>Sign in</title><body>Please sign in</body></html>"
SLOW = 0.02  # seconds between two bytes of what drips


@dataclass(frozen=True)
class Fault:
    """before_body: it happens while the request is still on its way."""

    run: Run
    before_body: bool = False


FAULTS: dict[str, Fault] = {}


def fault(name: str, *, before_body: bool = False) -> Callable[[Run], Run]:
    def keep(run: Run) -> Run:
        FAULTS[name] = Fault(run, before_body)
        return run

    return keep


def always(name: str, answer: Callable[[Peer], bytes]) -> None:
    """A fault that is all in the bytes."""
    FAULTS[name] = Fault(lambda peer: peer.send(answer(peer)))


# ------------------------------------------------------------------------- connection


@fault("rst")
def rst(peer: Peer) -> None:
    peer.reset()


@fault("fin")
def fin(peer: Peer) -> None:
    """Closed without a byte."""


@fault("fin-head")
def fin_head(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\ncontent-ty")


@fault("rst-mid")
def rst_mid(peer: Peer) -> None:
    body = peer.answer
    peer.send(head(kind=peer.kind, content_length=len(body)), body[: len(body) // 2])
    peer.reset()


@fault("stall-headers")
def stall_headers(peer: Peer) -> None:
    """drip-headers' silent brother."""
    peer.hang()


@fault("stall-body")
def stall_body(peer: Peer) -> None:
    body = peer.answer
    peer.send(head(kind=peer.kind, content_length=len(body)), body[: len(body) // 2])
    peer.hang()


@fault("stall-error")
def stall_error(peer: Peer) -> None:
    """An error whose body never ends: 503 and half of what it says."""
    peer.send(head(503, content_length=1000), b'{"error": {"message": "overloa')
    peer.hang()


@fault("drip")
def drip(peer: Peer) -> None:
    """A good answer, a byte at a time."""
    _drip(peer, whole(peer.answer, kind=peer.kind))


@fault("drip-body")
def drip_body(peer: Peer) -> None:
    body = peer.answer
    peer.send(head(kind=peer.kind, content_length=len(body)))
    _drip(peer, body)


@fault("drip-headers")
def drip_headers(peer: Peer) -> None:
    """Headers without end."""
    peer.send(b"HTTP/1.1 200 OK\r\nx-slow: ")
    _drip(peer, b"x" * 10_000)


@fault("drip-error")
def drip_error(peer: Peer) -> None:
    peer.send(head(503, content_length=100_000))
    _drip(peer, b"x" * 100_000)


def _drip(peer: Peer, data: bytes) -> None:
    for byte in data:
        peer.send(bytes([byte]))
        if not peer.pause(SLOW):
            return


@fault("no-tls", before_body=True)
def no_tls(peer: Peer) -> None:
    """What a server that speaks plain HTTP alone says to a handshake."""
    peer.send(whole(b"", 400, connection="close"))


@fault("deaf", before_body=True)
def deaf(peer: Peer) -> None:
    """Takes the headers of a request and nothing of its body."""
    peer.deaf()


@fault("sip", before_body=True)
def sip(peer: Peer) -> None:
    """Takes the body so slowly that no deadline is met."""
    while peer.read(4096) and peer.pause(SLOW):
        pass


@fault("sink", before_body=True)
def sink(peer: Peer) -> None:
    """Takes a body of any size, and keeps none of it."""
    left = int(peer.request.headers["content-length"]) - len(peer.begun)
    while left and (piece := peer.read()):
        left -= len(piece)
    peer.send(whole(vendors.plain(peer.wire)))


@fault("early413", before_body=True)
def early413(peer: Peer) -> None:
    """Says no and hangs up while the client still sends: what it sends is met by a reset."""
    peer.send(whole(b'{"error": {"message": "body too large"}}', 413, connection="close"))


@fault("early413-open", before_body=True)
def early413_open(peer: Peer) -> None:
    """Says no, reads no more and does not hang up."""
    peer.send(whole(b'{"error": {"message": "body too large"}}', 413))
    peer.deaf()


# ------------------------------------------------------------------------- HTTP


always("ok", lambda peer: whole(peer.answer, kind=peer.kind))


@fault("cut-body")
def cut_body(peer: Peer) -> None:
    body = peer.answer
    peer.send(head(kind=peer.kind, content_length=len(body)), body[: len(body) // 2])


always("cl-short", lambda p: head(kind=p.kind, content_length=len(p.answer) // 2) + p.answer)
always(
    "cl-dup",
    lambda p: head(kind=p.kind, content_length=7, Content_Length=len(p.answer)) + p.answer,
)
always("cl-neg", lambda p: head(kind=p.kind, content_length=-5) + p.answer)
CHUNKED = {"transfer_encoding": "chunked"}
always("chunked", lambda p: head(kind=p.kind, **CHUNKED) + chunk(p.answer) + b"0\r\n\r\n")
always(
    "chunk-bad",
    lambda p: head(kind=p.kind, **CHUNKED) + chunk(p.answer[:50]) + b"zz\r\n" + p.answer[50:],
)
always(
    "chunk-cut",
    lambda p: head(kind=p.kind, **CHUNKED) + f"{len(p.answer):x}\r\n".encode() + p.answer[:50],
)
always("http10", lambda p: b"HTTP/1.0 200 OK\r\ncontent-type: x/y\r\n\r\n" + p.answer)
always("continue", lambda p: b"HTTP/1.1 100 Continue\r\n\r\n" + whole(p.answer, kind=p.kind))
always("garbage", lambda _: b"\x00\x16\xff is not HTTP\r\n\r\n")
always("bigheader", lambda p: whole(p.answer, kind=p.kind, x_big="x" * 70_000))
always("hugeheader", lambda p: whole(p.answer, kind=p.kind, x_huge="x" * 1_000_000))
GZIP = {"content_encoding": "gzip"}
always("gzip", lambda p: whole(gzip.compress(p.answer), kind=p.kind, **GZIP))
always("deflate", lambda p: whole(zlib.compress(p.answer), kind=p.kind, content_encoding="deflate"))
always("gzip-cut", lambda p: whole(gzip.compress(p.answer)[:-20], kind=p.kind, **GZIP))
always("gzip-lie", lambda p: whole(p.answer, kind=p.kind, **GZIP))
always("gzip-bomb", lambda p: whole(_bomb(), kind=p.kind, **GZIP))
always("br-unasked", lambda p: whole(p.answer, kind=p.kind, content_encoding="br"))


@cache
def _bomb() -> bytes:
    """100 kB that become 100 MB."""
    machine = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return b"".join([*(machine.compress(bytes(1 << 20)) for _ in range(100)), machine.flush()])


@fault("endless")
def endless(peer: Peer) -> None:
    """A body of bytes that never ends."""
    peer.send(head(kind=peer.kind, transfer_encoding="chunked"))
    piece = chunk(b" " * 65_536)
    while peer.pause(0):
        peer.send(piece)


@fault("endless-1xx")
def endless_1xx(peer: Peer) -> None:
    while peer.pause(SLOW):
        peer.send(b"HTTP/1.1 102 Processing\r\n\r\n")


@fault("redirect")
def redirect(peer: Peer) -> None:
    """redirect:TO:STATUS"""
    to, status, *_ = (*peer.arguments, "307")
    peer.send(whole(b"", int(status), location=to))


@fault("loop")
def loop(peer: Peer) -> None:
    peer.send(whole(b"", 302, location=peer.request.path))


@fault("status")
def status(peer: Peer) -> None:
    """status:CODE:RETRY-AFTER"""
    code, after, *_ = (*peer.arguments, None, None)
    peer.send(whole(_told(int(str(code))), int(str(code)), retry_after=after))


@fault("flaky")
def flaky(peer: Peer) -> None:
    """flaky:N:CODE fails N times with the status, or with the fault and its arguments, CODE."""
    times, code, *peer.arguments = peer.arguments
    if peer.times > int(times):
        FAULTS["ok"].run(peer)
    elif code in FAULTS:
        FAULTS[code].run(peer)
    else:
        peer.send(whole(_told(int(code)), int(code), retry_after="0.01"))


@fault("retry-date")
def retry_date(peer: Peer) -> None:
    """503, to be asked again in some 30 s."""
    peer.send(whole(_told(503), 503, retry_after=formatdate(time.time() + 30, usegmt=True)))


def _told(code: int) -> bytes:
    return json.dumps({"error": {"message": f"told so by {code}", "type": "some_error"}}).encode()


@fault("echo")
def echo(peer: Peer) -> None:
    """A 400 that repeats the key it was sent."""
    key = peer.request.headers.get("authorization", "")
    words = {"error": {"message": f"bad request of {key}\x1b[31m", "code": f"c {key}"}}
    peer.send(whole(json.dumps(words).encode(), 400))


# ------------------------------------------------------------------------- contents

always("html200", lambda _: whole(HTML, kind="text/html"))
always("null200", lambda _: whole(b"null"))
always("empty200", lambda _: whole(b""))
always("list200", lambda _: whole(b"[1, 2]"))
always("err200", lambda _: whole(_told(500)))
always("badutf8", lambda p: whole(p.answer.replace(b"square", b"squ\xff\xfere"), kind=p.kind))
