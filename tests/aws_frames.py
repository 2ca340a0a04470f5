"""Writes AWS's binary frames; botocore, which only reads them, is asked whether they are right."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any
from zlib import crc32


def message(headers: Mapping[str, str | bytes], payload: bytes) -> bytes:
    """One frame; a header's value is a text, or bytes that are its type and value already."""
    head = b""
    for name, value in headers.items():
        raw = name.encode()
        head += bytes([len(raw)]) + raw
        if isinstance(value, bytes):
            head += value
        else:
            head += b"\x07" + struct.pack(">H", len(value.encode())) + value.encode()
    start = struct.pack(">II", len(head) + len(payload) + 16, len(head))
    data = start + struct.pack(">I", crc32(start)) + head + payload
    return data + struct.pack(">I", crc32(data))


def event(name: str, data: Any, *, ascii_only: bool = True) -> bytes:
    text = "" if isinstance(data, bytes) else json.dumps(data, ensure_ascii=ascii_only)
    payload = data if isinstance(data, bytes) else text.encode()
    headers = {
        ":event-type": name,
        ":content-type": "application/json",
        ":message-type": "event",
    }
    return message(headers, payload)


def exception(name: str, words: str) -> bytes:
    headers = {
        ":exception-type": name,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return message(headers, json.dumps({"message": words}).encode())


def unmodelled(code: str, words: str) -> bytes:
    """An error that the service's model does not know: two headers and nothing else."""
    return message({":message-type": "error", ":error-code": code, ":error-message": words}, b"")
