"""Pictures and lists in file systems that fsspec knows: s3://, gs://, hf://, abfs:// and others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from typing import Any, BinaryIO

import fsspec
from fsspec import available_protocols

from visioncli.core.errors import ImageProblem, UsageError, VisionError
from visioncli.core.target import Provider
from visioncli.core.types import Blob
from visioncli.images import blobs, names
from visioncli.images.spool import CHUNK, Spool

OURS = ("http", "https", "data")  # fetched with guards of our own, or by the provider
PASSED = ("gs", "s3")  # what some providers fetch themselves


def is_far(name: str, provider: Provider | None = None) -> bool:
    """Whether fsspec is to open it. provider: who may fetch it instead."""
    kind, found, _ = name.partition("://")
    kind = kind.lower()
    if not found or "::" in kind or kind in OURS or not kind.isascii():
        return False
    if provider is not None and kind in PASSED and kind in provider.urls:
        return False
    return kind in available_protocols()


class FarBlob:
    """A picture that is taken as a whole when it is first looked at, and held from then on.

    Raises ImageProblem (5) from whatever is done to it.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def size(self) -> int:
        return self._here.size

    def open(self) -> Iterator[bytes]:
        return self._here.open()

    def as_file(self) -> AbstractContextManager[BinaryIO]:
        return blobs.as_file(self._here)

    @cached_property
    def _here(self) -> Blob:
        shown = names.shown(self.name)
        spool = Spool(shown)
        try:
            with _opened(self.name) as stream:
                while piece := stream.read(CHUNK):
                    spool.add(piece)
        except VisionError:
            raise
        except FileNotFoundError:
            raise ImageProblem(f"no such file: {shown}", code="image_missing") from None
        except Exception as error:  # noqa: BLE001 - every file system has errors of its own
            what = f"{shown} cannot be read: {_said(error)}"
            raise ImageProblem(what, code="image_unreadable") from None
        return spool.blob()


def listed(name: str) -> Callable[[int], bytes]:
    """What reads a list there, opened now. Raises UsageError (2)."""
    try:
        stream = _opened(name).__enter__()  # it is read to its end
    except VisionError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        raise UsageError(f"the list {name} cannot be read: {_said(error)}") from None

    def read(size: int) -> bytes:
        try:
            piece: bytes = stream.read(size)
        except Exception as error:  # noqa: BLE001 - as above
            raise UsageError(f"the list {name} cannot be read further: {_said(error)}") from None
        if not piece:
            with suppress(Exception):
                stream.close()
        return piece

    return read


def _opened(name: str) -> Any:
    try:
        return fsspec.open(name, "rb", compression=None)
    except ImportError as error:  # fsspec knows it, and needs a package for it
        raise UsageError(
            f"{names.shown(name)} needs a package that is not here: {error}", code="extra"
        ) from None


def _said(error: Exception) -> str:
    """One line, of whatever it is."""
    text = " ".join(str(error).split())[:200]
    return text or type(error).__name__
