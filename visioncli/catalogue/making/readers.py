"""Which of the known lists a document is, told by its form, and what it says."""

from __future__ import annotations

import gzip
import json
import zlib
from io import BytesIO
from typing import Any

from visioncli.core.errors import VisionError

from . import collected, litellm, models_dev
from .known import Collected
from .snapshots import Snapshot

GZIP = b"\x1f\x8b"
MOST = 256 * 1024 * 1024  # bytes, unpacked


def read(data: bytes, *, as_of: str, name: str = "the list") -> Snapshot | Collected:
    """as_of: YYYY-MM-DD, the day of the document; collected facts bear their own dates.

    Raises VisionError, with `name` in it, for what is none of: LiteLLM's
    model_prices_and_context_window.json, models.dev's api.json, collected facts as JSON Lines;
    each may be gzipped. What is of no use in a list is left out and counted.
    """
    try:
        return _read(_unpacked(data), as_of)
    except VisionError as error:
        raise VisionError(f"{name}: {error.message}", hint=error.hint) from None


def _read(data: bytes, as_of: str) -> Snapshot | Collected:
    first = data.split(b"\n", 1)[0]
    if b'"says"' in first and b'"model"' in first:
        return collected.read(data.splitlines())
    document = _json(data)
    if not isinstance(document, dict):
        raise VisionError("not a list of models that is known")
    if litellm.is_one(document):
        return litellm.read(document, as_of)
    if models_dev.is_one(document):
        return models_dev.read(document, as_of)
    raise VisionError(
        "not a list of models that is known",
        hint="LiteLLM's model_prices_and_context_window.json or models.dev's api.json",
    )


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except RecursionError:
        raise VisionError("not read: nested too deeply") from None
    except ValueError as error:  # UnicodeDecodeError and too many digits are ones
        raise VisionError(f"not JSON ({error})") from None


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            unpacked = file.read(MOST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise VisionError(f"not a whole gzip file ({error})") from None
    if len(unpacked) > MOST:
        raise VisionError(f"more than {MOST // 1024 // 1024} MB unpacked")
    return unpacked
