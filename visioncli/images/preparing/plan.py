"""What must be done to a picture before it is sent, and why. Pure: from its header alone.

A picture that fits is left alone: its bytes go as they are. Where only something beside the pixels
is in the way, that is cut out. Pixels are decoded where nothing less will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from visioncli.core.record import record
from visioncli.core.target import Provider
from visioncli.images.stripping.strip_found import Found

from . import icc

Size = tuple[int, int]  # width, height in px
SAFE = ("image/jpeg", "image/png", "image/gif", "image/webp")  # where a row does not say


@record(kw_only=True)
class Wanted:
    """What a picture may be at most. None: no bound is known; a picture is never made larger.

    media_types: what the wire takes; () means not known. max_long, max_short: px of the longer and
    the shorter side. max_pixels: px in all. max_bytes: of the file. used: the size that the model
    makes of one, which is never larger and the same again for its own. source: who says so.
    """

    media_types: tuple[str, ...] = ()
    max_long: int | None = None
    max_short: int | None = None
    max_pixels: int | None = None
    max_bytes: int | None = None
    used: Callable[[int, int], Size] | None = None
    source: str = ""

    @property
    def types(self) -> tuple[str, ...]:
        return self.media_types or SAFE

    def fitting(self, size: Size) -> Size:
        """The largest size of the same shape that fits: `size` itself where it does."""
        if min(size) < 1 or self.takes(size):
            return size
        width, height = self.used(*size) if self.used else size
        size = width, height
        if self.takes(size):
            return size
        scale = min(
            (self.max_long or max(size)) / max(size),
            (self.max_short or min(size)) / min(size),
            ((self.max_pixels or width * height) / (width * height)) ** 0.5,
        )
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
        while not self.takes((width, height)) and max(width, height) > 1:
            # Rounding up by half a pixel went over a bound: the side that loses least gives way.
            if width >= height:
                width -= 1
            else:
                height -= 1
        return width, height

    def takes(self, size: Size) -> bool:
        return (
            max(size) <= (self.max_long or max(size))
            and min(size) <= (self.max_short or min(size))
            and size[0] * size[1] <= (self.max_pixels or size[0] * size[1])
            and (self.used is None or _covers(self.used(*size), size))
        )


def _covers(used: Size, size: Size) -> bool:
    """A side that the model's own rounding would make one pixel shorter is as long as it may be."""
    return used[0] >= size[0] - 1 and used[1] >= size[1] - 1


def wanted(
    provider: Provider,
    *,
    max_side: int | None = None,
    used: Callable[[int, int], Size] | None = None,
) -> Wanted:
    """What a provider's row allows, and no more than the other two: the user's word, in px of the
    longer side, and what the model uses.
    """
    limits = provider.limits
    encoded = limits.image_base64_bytes
    return Wanted(
        media_types=provider.media_types,
        max_long=_least(max_side, limits.image_side),
        max_pixels=limits.image_pixels,
        used=used,
        max_bytes=_least(limits.image_bytes, encoded and encoded // 4 * 3),
        source=provider.source,
    )


def _least(*bounds: int | None) -> int | None:
    return min((bound for bound in bounds if bound is not None), default=None)


@record
class Plan:
    """way: nothing is done, or what is beside the pixels is cut out, or the pixels are decoded.

    reasons: in a few words each, for people; () with "nothing".
    """

    way: Literal["nothing", "strip", "pixels"]
    reasons: tuple[str, ...] = ()


def plan(found: Found, media_type: str, size: Size | None, size_bytes: int, wanted: Wanted) -> Plan:
    """media_type: of the bytes. size: as stored, None where the header was not understood."""
    if reasons := tuple(_for_pixels(found, media_type, size, size_bytes, wanted)):
        return Plan("pixels", tuple(dict.fromkeys((*reasons, *_for_stripping(found)))))
    if reasons := tuple(_for_stripping(found)):
        return Plan("strip", reasons)
    return Plan("nothing")


def _for_pixels(
    found: Found, media_type: str, size: Size | None, size_bytes: int, wanted: Wanted
) -> Iterator[str]:
    if found.orientation != 1:
        yield "upright"
    if size and not wanted.takes(_upright(size, found.orientation)):
        yield "scaled"
    if media_type not in wanted.types:
        yield f"{media_type.removeprefix('image/').rpartition('.')[2]} not taken"
    elif media_type in SAFE and (found.needs_pixels or not size):
        yield found.needs_pixels or "its header does not say how large it is"
    elif found.needs_pixels:
        yield "metadata dropped"
    if found.profile and not icc.is_srgb(found.profile):
        yield "sRGB"
    if found.mode == "cmyk":
        yield "RGB"
    if found.depth > 8:
        yield "8 bits"
    if found.rare:
        yield found.rare
    if wanted.max_bytes is not None and size_bytes > wanted.max_bytes:
        yield f"at most {wanted.max_bytes:,} bytes"


def _for_stripping(found: Found) -> Iterator[str]:
    if found.moves:
        yield "first picture of an animation"
    if found.metadata:
        yield "metadata dropped"
    if found.tail:
        yield f"{found.tail:,} bytes behind its end dropped"


def _upright(size: Size, orientation: int) -> Size:
    return size[::-1] if orientation >= 5 else size
