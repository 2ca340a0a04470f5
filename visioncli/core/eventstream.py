"""AWS's binary frames: application/vnd.amazon.eventstream, as Bedrock streams its answers.

https://smithy.io/2.0/aws/amazon-eventstream.html. A message, its numbers big-endian: its length,
its headers' length, the CRC-32 of these two; headers; payload; the CRC-32 of all before it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from zlib import crc32

from .errors import BadAnswer
from .framing import Frame

PRELUDE, TAIL = 12, 4  # bytes before the headers; behind the payload
HEADERS_CAP, PAYLOAD_CAP = 128 << 10, 24 << 20  # bytes; what AWS's own reader takes
SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}  # bytes of a header's value, by its type
BYTES, TEXT = 6, 7  # types whose value has its length in front


class EventStream:
    """A message becomes a frame: its payload, and the name of its event or of its exception.

    A message that the stream's end cut off is dropped: what it would have said is not known, and
    the reader sees that the answer has no end. Bytes that cannot be the start of a message (no
    message is so long that its length begins with more than 1) are passed over: text came instead.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._first = True
        self._foreign = False
        self.damaged = False

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """Raises BadAnswer where a checksum or a length is wrong; worth another try."""
        if self._first and chunk:
            self._first, self._foreign = False, chunk[0] > 1
        if self._foreign:
            return
        self._rest += chunk
        while (message := self._message()) is not None:
            yield self._frame(*message)

    def close(self) -> Iterator[Frame]:
        self._rest.clear()
        return iter(())

    def _message(self) -> tuple[bytes, bytes] | None:
        """(headers, payload) of the next message, once it is here as a whole."""
        rest = self._rest
        if len(rest) < PRELUDE:
            return None
        total, headers, check = struct.unpack_from(">III", rest)
        if crc32(rest[: PRELUDE - 4]) != check:
            raise _wrong("a checksum does not match")
        payload = total - headers - PRELUDE - TAIL
        if headers > HEADERS_CAP or not 0 <= payload <= PAYLOAD_CAP:
            raise _wrong(f"it announces a message of {total} bytes")
        if len(rest) < total:
            return None
        message = bytes(rest[:total])
        del rest[:total]
        if crc32(message[:-TAIL]) != int.from_bytes(message[-TAIL:]):
            raise _wrong("a checksum does not match")
        start = PRELUDE + headers
        return message[PRELUDE:start], message[start:-TAIL]

    def _frame(self, head: bytes, payload: bytes) -> Frame:
        headers = _headers(head)
        match headers.get(":message-type"):
            case "exception":
                return Frame(self._text(payload), headers.get(":exception-type", ""), error=True)
            case "error":  # one that the service's model does not know: no payload
                said = json.dumps({"message": headers.get(":error-message", "")})
                return Frame(said, headers.get(":error-code", ""), error=True)
        return Frame(self._text(payload), headers.get(":event-type", ""))

    def _text(self, payload: bytes) -> str:
        try:
            return payload.decode()
        except UnicodeDecodeError:
            self.damaged = True
            return payload.decode("utf-8", "replace")


def _headers(data: bytes) -> Mapping[str, str]:
    """The headers that are texts, which all that matter here are."""
    found, at = {}, 0
    try:
        while at < len(data):
            start = at + 1 + data[at]
            name, kind = data[at + 1 : start], data[start]
            at = start + 1
            if kind in SIZES:
                at += SIZES[kind]
                continue
            if kind not in (BYTES, TEXT):
                raise _wrong(f"a header is of the unknown type {kind}")
            at += 2 + struct.unpack_from(">H", data, at)[0]
            if kind == TEXT:
                value = data[start + 3 : at]
                found[name.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    except (IndexError, struct.error):
        at = len(data) + 1
    if at > len(data):
        raise _wrong("a header is longer than all of them")
    return found


def _wrong(what: str) -> BadAnswer:
    return BadAnswer(f"the provider's stream is damaged: {what}", code="damaged", retry=True)
