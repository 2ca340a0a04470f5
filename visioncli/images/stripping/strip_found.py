"""What a picture's own structure tells of it, and which of its bytes are the picture."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from visioncli.core.record import record
from visioncli.images.pieces import Piece, Range, add

Mode = Literal["gray", "gray+alpha", "rgb", "rgba", "palette", "cmyk", ""]
MOST_PIECES = 2000  # of a picture that is cut out of a file; real ones have fewer than 50


@record(kw_only=True)
class Found:
    """Of a JPEG, PNG, WebP or GIF; read from its structure, nothing is decoded.

    orientation: 1 to 8 as EXIF counts; 1 is upright and also said where nothing is known.
    profile: the ICC profile, whole and plausible, else None.
    colours: what else says what the colours mean: "sRGB", "gAMA", "cHRM", "cICP" of a PNG.
    moves: it is an animation; where `needs_pixels` is empty, `stripped` leaves its first picture.
    mode, depth: what its pixels are made of, and bits of each sample (of a palette: of the index).
    alpha: it has, or can have, pixels that are not opaque (the one colour of a tRNS too).
    rare: why most readers cannot show it ("arithmetic coding", "12 bits a sample"), else "".
    metadata: names of what it carries beside its pixels and colours, sorted: "EXIF", "XMP", …
    tail: bytes behind the end of the picture.
    cut: its end marker is missing, and nothing else that can be told from outside.
    needs_pixels: why nothing can be dropped without decoding it; "" where `stripped` can.
    """

    orientation: int = 1
    profile: bytes | None = field(default=None, repr=False)
    colours: tuple[str, ...] = ()
    moves: bool = False
    mode: Mode = ""
    depth: int = 8
    alpha: bool = False
    rare: str = ""
    metadata: tuple[str, ...] = ()
    tail: int = 0
    cut: bool = False
    needs_pixels: str = ""
    plain: tuple[Piece, ...] = field(default=(), repr=False)
    """The picture's bytes, without anything that says what its colours mean."""
    coloured: tuple[Piece, ...] = field(default=(), repr=False)
    """The same with it."""


class Odd(Exception):
    """Why a picture cannot be followed from outside; who decodes it decides."""


class Plan:
    """The pieces of a picture while its file is walked through."""

    def __init__(self) -> None:
        self._coloured = _Pieces()
        self._plain = self._coloured  # until something says what the colours mean

    def keep(self, at: int, length: int, *, colour: bool = False) -> None:
        """`length` bytes as they stand. colour: they say what the colours mean. Raises Odd."""
        if colour:
            self._part_ways()
        self._coloured.keep(at, length)
        if not colour and self._plain is not self._coloured:
            self._plain.keep(at, length)

    def put(self, piece: bytes, *, colour: bool = False) -> None:
        """Bytes of our own. Raises Odd."""
        if colour:
            self._part_ways()
        self._coloured.put(piece)
        if not colour and self._plain is not self._coloured:
            self._plain.put(piece)

    def _part_ways(self) -> None:
        if self._plain is self._coloured:
            self._plain = self._coloured.copy()

    @property
    def plain(self) -> tuple[Piece, ...]:
        return self._plain.whole()

    @property
    def coloured(self) -> tuple[Piece, ...]:
        return self._coloured.whole()


class _Pieces:
    """What stands side by side in the file is one piece; the last is a range from `at` to `end`
    that may still grow.
    """

    __slots__ = ("_at", "_done", "_end")

    def __init__(self) -> None:
        self._done: list[Piece] = []
        self._at = self._end = 0

    def keep(self, at: int, length: int) -> None:
        if at != self._end or self._at == self._end:
            self._close()
            self._at = at
        self._end = at + length

    def put(self, piece: bytes) -> None:
        self._close()
        add(self._done, piece)
        self._at = self._end = 0

    def copy(self) -> _Pieces:
        made = _Pieces()
        made._done, made._at, made._end = self._done.copy(), self._at, self._end
        return made

    def whole(self) -> tuple[Piece, ...]:
        self._close()
        self._at = self._end
        return tuple(self._done)

    def _close(self) -> None:
        if self._at != self._end:
            add(self._done, Range(self._at, self._end - self._at))
        if len(self._done) > MOST_PIECES:
            raise Odd("it is in too many pieces")
