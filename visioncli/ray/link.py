"""A worker on another node, as the process that started the run sees it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from . import nodes
from .desk import Lease


@dataclass(eq=False)
class Link:
    """letters: what is on its way to it. kept: items that it is done with."""

    remote: nodes.Remote
    lease: Lease = field(init=False)
    letters: list[object] = field(default_factory=list)
    some: asyncio.Event = field(default_factory=asyncio.Event)
    is_ready: bool = False
    kept: int = 0

    def __post_init__(self) -> None:
        self.lease = Lease(self.send)

    def send(self, letter: object) -> None:
        self.letters.append(letter)
        self.some.set()
