"""What came in place of a stream: an answer in one piece, an error, a login page."""

from __future__ import annotations

from .errors import BadAnswer

CAP = 64 << 20  # bytes without a frame; as much as an answer in one piece may have
FIELDS = (b":", b"data", b"event", b"id", b"retry")  # a line of server-sent events starts so
BINARY = (b"\0", b"\1")  # and AWS's frames so, as no text does


class Unframed:
    """Keeps the bytes of a stream until its first frame tells that it is one."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._framed = False

    def add(self, chunk: bytes) -> None:
        if not self._framed:
            self._head += chunk
            if len(self._head) > CAP:
                raise BadAnswer(f"the provider sent {CAP >> 20} MB and nothing that is an answer")

    def frame(self) -> None:
        self._framed = True
        self._head.clear()

    @property
    def foreign(self) -> bytes | None:
        """All that came, where none of it was a frame nor the beginning of one."""
        head = bytes(self._head.removeprefix(b"\xef\xbb\xbf").strip())
        start = head[:5]
        if not head or start.startswith(BINARY):
            return None
        if any(start.startswith(f) or f.startswith(start) for f in FIELDS):
            return None
        return head
