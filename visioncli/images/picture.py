"""What is known of one picture before it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from visioncli.core.record import record
from visioncli.core.types import Blob, Unfetched

from . import blobs, names

if TYPE_CHECKING:
    from .facts import Facts


@record
class Picture:
    """One picture, and how it is sent.

    source: as the user named it, a password aside. media_type: canonical, None where nothing tells.
    blob: bytes to be sent inline, or None where `address` is passed through to the provider: a URL,
    or the id of a file that it has already.
    pixels: (width, height) where a common header has them, else None. kind: the type of its bytes,
    whatever it is sent as; None: nobody has looked. before: the picture as it was found, where this
    one was made of it. done: what was done to it, one line for people, or "". steps: the same in a
    few words each, and nothing else.
    """

    source: str
    media_type: str | None
    blob: Blob | None
    address: str = ""
    warnings: tuple[str, ...] = ()
    pixels: tuple[int, int] | None = None
    kind: str | None = None
    before: Picture | None = None
    done: str = ""
    steps: tuple[str, ...] = ()

    @property
    def found(self) -> Picture:
        """As the user has it."""
        return self.before or self

    @property
    def is_id(self) -> bool:
        """Whether the provider has the picture already, as a file with an id."""
        return self.blob is None and "://" not in self.address

    @property
    def shown(self) -> str:
        return names.shown(self.source)

    def facts(self) -> Facts:
        """Reads the whole picture; for those that ask (--json). All None for what is not here."""
        from .facts import Facts, measured  # and hashlib, which few ask for

        if self.blob is None or isinstance(self.blob, Unfetched):
            return Facts()
        return measured(self.blob, self.pixels)

    def content(self) -> Path | bytes:
        """For who looks at it on this machine."""
        if isinstance(self.blob, blobs.FileBlob):
            return Path(self.blob.path)
        return b"" if self.blob is None else b"".join(self.blob.open())
