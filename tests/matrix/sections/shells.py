"""Ways to run the program in a shell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import vendors
from tests.faults.peer import Peer, whole
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row

ASK = '"$V" ask -m "$M" p.png q'


def shell(command: str) -> Callable[[Place], Done]:
    return lambda place: place.shell(command)


def works(id_: str, case: str, *lines: str, **more: Any) -> Row:
    """The answer comes all the same."""
    return Row(id=id_, case=case, exit=0, requests=1, says=lines, **more)


def under(command: str) -> dict[str, Any]:
    return {"act": shell(command)}


def lines(peer: Peer) -> None:
    body = b"".join(vendors.streamed("openai", ["line\n"] * 20_000))
    peer.send(whole(body, kind=peer.kind))
