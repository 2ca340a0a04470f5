"""A GIF's blocks: which of them are its first picture. https://www.w3.org/Graphics/GIF/spec-gif89a.txt"""

from __future__ import annotations

import io
from dataclasses import field
from typing import BinaryIO

from visioncli.core.record import record
from visioncli.images.soundness import colours

from .strip_found import Found, Odd, Plan

HEAD = 13  # bytes: signature and screen
PICTURE, EXTENSION, TRAILER = 0x2C, 0x21, 0x3B  # what a block begins with
CONTROL, COMMENT = 0xF9, 0xFE  # extensions; the first: how a picture is shown
LOOP = b"NETSCAPE2.0"
MOST_BLOCKS = 1000  # extensions before and behind the first picture
FIRST, WINDOW = (
    1 << 10,
    1 << 18,
)  # bytes in which the end of a block is looked for at first, and then


@record(frozen=False)
class _Walk:
    """at: of the next block."""

    file: BinaryIO
    at: int
    names: set[str] = field(default_factory=set)
    control: bytes | None = None
    control_at: int = 0

    def to_the_picture(self) -> bytes:
        """What the next block of another kind than an extension begins with. Raises Odd."""
        for _ in range(MOST_BLOCKS):
            self.file.seek(self.at)
            head = self.file.read(14)
            if not head or head[0] != EXTENSION:
                return head
            if len(head) < 3 or self._ends_early(head):
                raise Odd("an extension of a GIF lacks what readers expect in it")
            if head[1] == CONTROL:
                self._see_control(head)
            elif name := _name(head):
                self.names.add(name)
            self.at = past(self.file, self.at + 2)
        raise Odd("a GIF has too many extensions")

    def _ends_early(self, head: bytes) -> bool:
        """Whether an extension is empty, or says to play on and not how often: Pillow reads on."""
        if head[1] == COMMENT or not head[2]:
            return head[1] != COMMENT
        if not head[3:14].startswith(LOOP):
            return False
        self.file.seek(self.at + 3 + head[2])
        return self.file.read(1) in (b"", b"\0")

    def _see_control(self, head: bytes) -> None:
        if self.control or len(head) < 8 or head[2] != 4 or head[7]:
            raise Odd("it is not clear which colour of a GIF is transparent")
        self.control, self.control_at = head[:8], self.at


def walked(file: BinaryIO) -> Found:
    """Everything behind the first picture is dropped, and not searched for names. Raises Odd."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(HEAD)
    if head[:6] not in (b"GIF87a", b"GIF89a") or len(head) < HEAD:
        raise Odd("a GIF begins otherwise")
    plan, before = Plan(), _Walk(file, HEAD + colours(head[10:11]))
    plan.keep(0, before.at)
    block = before.to_the_picture()
    if block[:1] != bytes((PICTURE,)) or len(block) < 11:
        raise Odd("a GIF has no picture")
    if before.control:
        plan.keep(before.control_at, 8)
    table = colours(block[9:10])
    end = past(file, before.at + 11 + table)
    plan.keep(before.at, end - before.at)
    behind = _Walk(file, end, before.names)
    moves, closed = _rest(behind)
    if closed:
        plan.keep(behind.at, 1)
    else:
        plan.put(bytes((TRAILER,)))
    return Found(
        moves=moves,
        mode="palette",
        depth=1 + ((block[9] if table else head[10]) & 7),
        alpha=bool(before.control and before.control[3] & 1),
        metadata=tuple(sorted(before.names)),
        tail=size - behind.at - 1 if closed else 0,
        cut=not closed and not moves,
        plain=plan.plain,
        coloured=plan.coloured,
    )


def _rest(walk: _Walk) -> tuple[bool, bool]:
    """Whether a second picture follows, and whether the end does."""
    try:
        block = walk.to_the_picture()
    except Odd:
        return False, False
    return block[:1] == bytes((PICTURE,)), block[:1] == bytes((TRAILER,))


def _name(head: bytes) -> str:
    """Of what an extension carries; "" where it only says how often the pictures are played."""
    match head[1]:
        case 0xFE:
            return "a comment"
        case 0xFF if head[3:14] in (LOOP, b"ANIMEXTS1.0"):
            return ""
        case 0xFF if head[3:11] == b"XMP Data":
            return "XMP"
    return "other blocks"


def past(file: BinaryIO, at: int) -> int:
    """The place behind the sub-blocks that begin at `at`, and the empty one that ends them."""
    window = FIRST
    while True:
        file.seek(at)
        data = file.read(window)
        if not data:
            raise Odd("a GIF is cut short")
        inside, length = 0, len(data)
        while inside < length:
            step = data[inside]
            inside += 1 + step
            if not step:
                return at + inside
        at += inside
        window = WINDOW
