"""From a picture as it was found to the one that is sent. Pillow is loaded only for its pixels."""

from __future__ import annotations

from dataclasses import replace

from visioncli.core.errors import VisionError
from visioncli.core.record import record
from visioncli.core.types import Blob, BytesBlob, Unfetched
from visioncli.images import headers, sniff
from visioncli.images.blobs import as_file
from visioncli.images.examine import SIBLINGS
from visioncli.images.picture import Picture
from visioncli.images.stripping import strip

from . import chunks, cost
from .plan import Plan, Size, Wanted, plan

SVG = "image/svg+xml"
NOTHING = Plan("nothing")
EXACT = ("image/png", "image/gif")  # what keeps its pixels as they are where nobody scales them
SIGNATURES = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}


@record(kw_only=True)
class Prepared:
    """What is sent. blob: the picture's own where nothing was in the way.

    width, height: px; None where nobody can tell, which is of a type that is sent as it is. done:
    what was done to it, in a few words each; () where nothing was. notes: what is worth a warning.
    before: width and height, upright, of what was found.
    """

    blob: Blob
    media_type: str
    width: int | None
    height: int | None
    done: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    before: Size | None = None

    def into(self, picture: Picture) -> Picture:
        """The picture with what is sent in the place of what was found."""
        return Picture(
            picture.source,
            self.media_type,
            self.blob,
            picture.address,
            (*picture.warnings, *self.notes),
            (self.width, self.height) if self.width and self.height else None,
            picture.kind,
            before=picture,
            done=self.line(picture) or "",
            steps=self.done,
        )

    def line(self, picture: Picture) -> str | None:
        """ "photo.heic 4032x3024 3.1 MB -> 1568x1176 jpeg 0.4 MB (scaled)"; None: nothing done.

        picture: as it was found.
        """
        if not self.done or picture.blob is None:
            return None
        before = f"{self.before[0]}x{self.before[1]} " if self.before else ""
        after = f"{self.width}x{self.height} " if self.width else ""
        kind = self.media_type.removeprefix("image/")
        return (
            f"{picture.shown} {before}{megabytes(picture.blob.size)}"
            f" -> {after}{kind} {megabytes(self.blob.size)} ({', '.join(self.done)})"
        )


def megabytes(size: int) -> str:
    """ "3.1 MB", "47 kB", "812 bytes"."""
    if size >= 100_000:
        return f"{size / 1e6:.1f} MB"
    return f"{size / 1e3:.0f} kB" if size >= 10_000 else f"{size} bytes"


@record
class Planned:
    """What is to be done to a picture. media_type: of its bytes. size: as stored. drawn: an SVG.

    wanted: what it was planned for.
    """

    wanted: Wanted
    plan: Plan
    media_type: str
    size: Size | None = None
    found: strip.Found | None = None
    drawn: bool = False

    @property
    def is_heavy(self) -> bool:
        """Whether pixels are decoded."""
        return self.drawn or self.plan.way == "pixels"


def planned(picture: Picture, wanted: Wanted) -> Planned:
    """From headers alone. Raises ImageProblem: damaged, or larger than anything that is opened."""
    blob, name = picture.blob, picture.shown
    if blob is None or isinstance(blob, Unfetched):
        raise ValueError("there are no bytes to prepare")
    media_type, size = picture.kind, picture.pixels
    if media_type is None or media_type == "image/png":
        with as_file(blob) as file:
            if media_type is None:  # nobody has looked at it yet
                media_type = sniff.media_type(file.read(sniff.HEAD))
                size = headers.size(file, media_type)
            if media_type == "image/png":
                chunks.refuse_bombs(file, name)
    if size:
        cost.refuse_too_large(size, name)
        if media_type == "image/jpeg":
            cost.refuse_empty_promise(size, blob.size, name)
    said = picture.media_type or media_type
    if said == SVG:
        return Planned(wanted, NOTHING, said, drawn=True)
    if not said.startswith("image/"):  # a PDF, for who reads it as it is
        return Planned(wanted, NOTHING, said)
    if said != media_type and not {said, media_type} <= SIBLINGS:
        return Planned(wanted, NOTHING, said, size)
    found = strip.found(blob, media_type)
    todo = plan(found, media_type, size, blob.size, wanted)
    return Planned(wanted, todo, media_type, size, found)


def prepared(picture: Picture, wanted: Wanted, todo: Planned | None = None) -> Prepared:
    """picture: one whose bytes are here, of any type that is read. todo: what `planned` said of it.

    Where --format contradicts its bytes it is sent as it is. Raises ImageProblem: damaged, cannot
    be converted, or made to fit.
    """
    todo = todo or planned(picture, wanted)
    blob, name, size, found = picture.blob, picture.shown, todo.size, todo.found
    assert blob is not None  # noqa: S101 - `planned` has seen to it
    if todo.drawn:
        return _from_drawing(picture, blob, wanted)
    width, height = size or (None, None)
    if found is None:
        return Prepared(
            blob=blob, media_type=todo.media_type, width=width, height=height, before=size
        )
    if todo.is_heavy:
        return _from_pixels(name, blob, todo.media_type, found, wanted, todo.plan.reasons)
    if todo.plan.way == "strip":
        blob = strip.stripped(blob, todo.media_type, found, keep_profile=False)
    ready = Prepared(
        blob=blob,
        media_type=todo.media_type,
        width=width,
        height=height,
        done=todo.plan.reasons,
        before=size,
    )
    if todo.plan.way == "strip":
        _check_type(ready, name)
    return ready


def _from_drawing(picture: Picture, blob: Blob, wanted: Wanted) -> Prepared:
    from visioncli.images.sandboxed import svg  # it starts a process, which little else needs

    square = wanted.fitting((svg.LONGEST, svg.LONGEST))
    drawn = svg.drawn(blob, picture.shown, max(square))
    png = replace(picture, blob=BytesBlob(drawn.png), media_type="image/png", kind=None)
    ready = prepared(png, wanted)
    return replace(ready, done=("drawn", *ready.done), notes=(*drawn.warnings, *ready.notes))


def _from_pixels(
    name: str,
    blob: Blob,
    media_type: str,
    found: strip.Found,
    wanted: Wanted,
    reasons: tuple[str, ...],
) -> Prepared:
    from . import encode, pixels  # Pillow: 20 ms that a picture which fits does not pay

    made = pixels.decoded(blob, name, media_type, found, wanted)
    like = "image/jpeg" if media_type == "image/jpeg" else ""
    if media_type in EXACT and made.image.size == made.before:
        like = "image/png"
    written = encode.encoded(made.image, name, wanted, like=like, subsampled=made.subsampled)
    done = [reason for reason in reasons if reason != "scaled"]
    if made.first:
        done.append(made.first)
    if written.size != made.before:
        done.insert(0, "scaled")
    ready = Prepared(
        blob=written.blob,
        media_type=written.media_type,
        width=written.size[0],
        height=written.size[1],
        done=tuple(done),
        notes=tuple(f"{name}: {note}" for note in (*made.notes, *written.notes)),
        before=made.before,
    )
    _check(ready, name, wanted)
    return ready


def _check(ready: Prepared, name: str, wanted: Wanted) -> None:
    """What was made is what it is called, and within the bounds."""
    _check_type(ready, name)
    with as_file(ready.blob) as file:
        size = headers.size(file, ready.media_type)
    if not size or not wanted.takes(size):
        raise VisionError(f"{name} was prepared badly: {ready.media_type} {size}", code="bug")


def _check_type(ready: Prepared, name: str) -> None:
    head = next(ready.blob.open(), b"")
    if not head.startswith(SIGNATURES.get(ready.media_type, b"")):
        raise VisionError(f"{name} was prepared badly: no {ready.media_type}", code="bug")
