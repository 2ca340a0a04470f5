"""Files that lie: bounded time and memory, no odd error, and never another picture than before."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from visioncli.core.errors import ImageProblem
from visioncli.core.types import BytesBlob
from visioncli.images import blobs, headers, soundness
from visioncli.images.stripping.strip import found, stripped

from .made import animated, chunk, encoded
from .strip_made import (
    CANARY,
    LAB,
    SIGNATURE,
    TYPES,
    assert_bare,
    clean,
    content,
    extended,
    gif_extension,
    icc_segments,
    jpeg_notes,
    looked,
    png_made,
    png_notes,
    riff,
    seen,
    segment,
    webp_notes,
    with_chunks,
    with_extensions,
    with_segments,
)

JPEG, PNG, WEBP, GIF = (encoded(kind) for kind in TYPES)
MB = 1 << 20


@contextmanager
def bounded(seconds: float = 10, held: int = 6 * MB) -> Iterator[None]:
    """held: bytes; profiles and texts of 1 MB may be there packed, unpacked and put together."""
    tracemalloc.start()
    begin = time.monotonic()
    try:
        yield
        assert time.monotonic() - begin < seconds
        assert tracemalloc.get_traced_memory()[1] < held
    finally:
        tracemalloc.stop()


def needs_pixels(data: bytes, media_type: str) -> str:
    with bounded():
        told = looked(data, media_type)
    assert told.needs_pixels
    with pytest.raises(ImageProblem, match="without decoding it") as error:
        stripped(BytesBlob(data), media_type, told, keep_profile=True)
    assert error.value.exit == 5
    return told.needs_pixels


# ------------------------------------------------------------------------------ mutations


BASES = {
    "image/jpeg": [
        with_segments(JPEG, *jpeg_notes(), *icc_segments(LAB, 2)) + CANARY,
        with_segments(encoded("JPEG", progressive=True, restart_marker_blocks=1), *jpeg_notes()),
        encoded("JPEG", (40, 40), "CMYK", restart_marker_rows=1),
    ],
    "image/png": [
        with_chunks(encoded("PNG", icc_profile=LAB), *png_notes()) + CANARY,
        with_chunks(png_made(3, 4, laced=True), *png_notes(6), before=b"IEND"),
        animated("PNG"),
    ],
    "image/webp": [
        extended(WEBP, *webp_notes(), profile=LAB) + CANARY,
        extended(encoded("WEBP", mode="RGBA", lossless=True), *webp_notes()),
        animated("WEBP"),
    ],
    "image/gif": [
        with_extensions(GIF, gif_extension(0xFE, CANARY)) + CANARY,
        animated("GIF"),
    ],
}
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["set", "set", "drop", "insert", "copy", "cut"]),
        st.floats(0, 1, exclude_max=True),
        st.sampled_from([0xFF, 0, 0x3B, 0x2C, 0x21, 0xD8, 0xD9, 0xDA, 0xE1, 0xFE, 1, 0x7F])
        | st.integers(0, 255),
    ),
    min_size=1,
    max_size=4,
)


def changed(data: bytes, changes: list[tuple[str, float, int]]) -> bytes:
    for how, where, value in changes:
        # Most of what matters stands at the beginning.
        at = int(len(data) * where**3)
        match how:
            case "set":
                data = data[:at] + bytes((value,)) + data[at + 1 :]
            case "drop":
                data = data[:at] + data[at + value :]
            case "insert":
                data = data[:at] + bytes((0xFF, value)) + data[at:]
            case "copy":
                data = data[: at + 4 * value] + data[at:]
            case "cut":
                data = data[: len(data) - value]
    return data


@given(
    st.sampled_from([(kind, n) for kind, bases in BASES.items() for n in range(len(bases))]),
    CHANGES,
    st.booleans(),
)
@settings(max_examples=600, deadline=2000)
def test_damaged_pictures(
    base: tuple[str, int], changes: list[tuple[str, float, int]], keep_profile: bool
) -> None:
    media_type = base[0]
    data = changed(BASES[media_type][base[1]], changes)
    told = looked(data, media_type)
    assert 1 <= told.orientation <= 8
    if told.needs_pixels:
        return
    left = clean(data, media_type, keep_profile=keep_profile)
    assert_bare(left, media_type, keep_profile=keep_profile)
    again = looked(left, media_type)
    assert (again.needs_pixels, again.metadata, again.tail, again.moves) == ("", (), 0, False)
    size = headers.size(io.BytesIO(data), media_type)
    if size is None or size[0] * size[1] > MB:
        return
    try:
        before = seen(data)
    except Exception:  # noqa: BLE001 - whatever Pillow says of a damaged file
        return
    assert is_shown_as(before, left, media_type)


def is_shown_as(before: dict[str, object], left: bytes, media_type: str) -> bool:
    """A GIF whose packed pixels stop early is read on by Pillow into what stands behind them:
    without that it is no other picture, but none.
    """
    try:
        return seen(left) == before
    except OSError:
        return media_type == "image/gif"


@given(st.sampled_from(sorted(TYPES.values())), st.binary(max_size=200))
@settings(max_examples=300, deadline=1000)
@example("image/jpeg", b"\xff\xd8")
@example("image/png", SIGNATURE)
@example("image/webp", b"RIFF\0\0\0\0WEBP")
@example("image/gif", b"GIF89a")
def test_noise(media_type: str, noise: bytes) -> None:
    start = {"image/jpeg": 2, "image/png": 16, "image/webp": 30, "image/gif": 13}[media_type]
    for data in (noise, BASES[media_type][0][:start] + noise):
        told = looked(data, media_type)
        if not told.needs_pixels:
            assert_bare(clean(data, media_type), media_type)


# ------------------------------------------------------------------------- lengths that lie


@pytest.mark.parametrize("length", [0, 1, 0xFFFF])
def test_the_length_of_a_segment_before_the_pixels(length: int) -> None:
    lying = with_segments(JPEG, b"\xff\xe5" + struct.pack(">H", length) + b"x" * 10)
    needs_pixels(lying, "image/jpeg")


@pytest.mark.parametrize("length", [0, 1])
def test_the_length_of_a_segment_between_scans(length: int) -> None:
    data = encoded("JPEG", progressive=True)
    at = data.index(b"\xff\xc4", data.index(b"\xff\xda"))
    lying = data[:at] + b"\xff\xe5" + struct.pack(">H", length) + data[at:]
    needs_pixels(lying, "image/jpeg")


@pytest.mark.parametrize("marker", [0x01, 0x02, 0xBF, 0xC0, 0xC8, 0xD0, 0xD8, 0xDE, 0xF0])
def test_a_marker_that_has_no_business_between_scans(marker: int) -> None:
    data = encoded("JPEG", progressive=True)
    at = data.index(b"\xff\xc4", data.index(b"\xff\xda"))
    needs_pixels(data[:at] + segment(0xFE, b"x") + segment(marker, b"x") + data[at:], "image/jpeg")


def test_bytes_of_no_segment_between_scans() -> None:
    data = encoded("JPEG", progressive=True)
    at = data.index(b"\xff\xc4", data.index(b"\xff\xda"))
    needs_pixels(data[:at] + segment(0xFE, b"x") + CANARY + data[at:], "image/jpeg")


@pytest.mark.parametrize("length", [0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1000])
@pytest.mark.parametrize("kind", [b"tEXt", b"iCCP", b"IDAT", b"eXIf"])
def test_the_length_of_a_chunk(length: int, kind: bytes) -> None:
    needs_pixels(with_chunks(PNG, struct.pack(">I", length) + kind + b"x"), "image/png")
    needs_pixels(extended(WEBP, (b"EXIF", b""))[:-4] + struct.pack("<I", length), "image/webp")


def test_an_adobe_marker_that_is_too_short() -> None:
    """One reader takes the colours for inverted because of it, and another does not see it."""
    needs_pixels(with_segments(JPEG, segment(0xEE, b"Adobe")), "image/jpeg")


def test_a_webp_that_is_longer_by_its_own_word() -> None:
    assert needs_pixels(WEBP[:4] + b"\xff\xff\xff\xff" + WEBP[8:], "image/webp")
    assert needs_pixels(WEBP[:-2], "image/webp") == "a WebP is cut short"


@pytest.mark.parametrize("end", range(14, len(GIF) - 1, 11))
def test_a_gif_that_is_cut(end: int) -> None:
    needs_pixels(GIF[:end], "image/gif")


ODD_PNGS: dict[str, Callable[[], bytes]] = {
    "two headers": lambda: with_chunks(PNG, PNG[8:33]),
    "a chunk that must be understood": lambda: with_chunks(PNG, chunk(b"ABCD", CANARY)),
    "pixels in two places": lambda: PNG[:-12] + chunk(b"tEXt", b"x") + chunk(b"IDAT") + PNG[-12:],
    "an end with something in it": lambda: PNG[:-12] + chunk(b"IEND", CANARY),
    "no pixels": lambda: SIGNATURE + PNG[8:33] + chunk(b"IEND"),
    "no palette": lambda: png_made(3, 8, laced=False).replace(b"PLTE", b"plTe"),
    "two palettes": lambda: with_chunks(png_made(3, 1, laced=False), chunk(b"PLTE", bytes(6))),
    "a palette that hides something": lambda: with_chunks(
        png_made(3, 8, laced=False).replace(b"PLTE", b"plTe"), chunk(b"PLTE", bytes(771))
    ),
    "an unknown kind of colours": lambda: PNG[:25] + b"\5" + PNG[26:],
    "Apple's own kind": lambda: with_chunks(PNG, chunk(b"CgBI", bytes(4)), before=b"IHDR"),
}


@pytest.mark.parametrize("name", ODD_PNGS)
def test_odd_pngs(name: str) -> None:
    needs_pixels(ODD_PNGS[name](), "image/png")


ODD_WEBPS = {
    "pixels twice": riff(*[(b"VP8X", bytes(10)), (b"VP8 ", WEBP[20:]), (b"VP8 ", WEBP[20:])]),
    "no pixels": riff((b"VP8X", bytes(10)), (b"EXIF", CANARY)),
    "a long header": riff((b"VP8X", bytes(12)), (b"VP8 ", WEBP[20:])),
    "alpha elsewhere": riff((b"VP8X", bytes(10)), (b"VP8 ", WEBP[20:]), (b"ALPH", bytes(9))),
    "nothing known": riff((b"EXIF", CANARY), (b"VP8 ", WEBP[20:])),
    "frames without a flag": riff((b"VP8X", bytes(10)), (b"ANMF", bytes(30))),
}


@pytest.mark.parametrize("name", ODD_WEBPS)
def test_odd_webps(name: str) -> None:
    needs_pixels(ODD_WEBPS[name], "image/webp")


@pytest.mark.parametrize(
    "parts",
    [
        [gif_extension(0xF9, bytes(4)), gif_extension(0xF9, bytes(4))],
        [gif_extension(0xF9, bytes(3))],
        [gif_extension(0xF9, bytes(4), CANARY)],
        [gif_extension(0xFF)],
        [gif_extension(0xFF, b"NETSCAPE2.0")],
        [b"\x99"],
    ],
)
def test_odd_gifs(parts: list[bytes]) -> None:
    needs_pixels(with_extensions(GIF, *parts), "image/gif")


# ------------------------------------------------------------------------------ masses


def test_thousands_of_segments() -> None:
    needs_pixels(with_segments(JPEG, segment(0xE5, b"x") * 100_000), "image/jpeg")
    data = encoded("JPEG", progressive=True)
    at = data.index(b"\xff\xc4", data.index(b"\xff\xda"))
    needs_pixels(data[:at] + segment(0xE5, b"") * 100_000 + data[at:], "image/jpeg")
    scans = data[at - 2 : at]  # and each of them is looked through for its end
    needs_pixels(data[:at] + segment(0xDA, scans) * 100_000 + bytes(20 * MB), "image/jpeg")


def test_parts_of_a_profile_by_the_hundred() -> None:
    data = with_segments(JPEG, *icc_segments(bytes(255 * 65_000), 255))
    assert "colour profile" in needs_pixels(data, "image/jpeg")


def test_thousands_of_chunks() -> None:
    data = with_chunks(PNG, chunk(b"tEXt", b"a\0b") * 20_000)
    with bounded():
        assert clean(data, "image/png") == PNG
    alternately = with_chunks(PNG, chunk(b"zzZz") * soundness.MOST_CHUNKS)
    needs_pixels(alternately, "image/png")
    needs_pixels(riff(*webp_notes() * 5000), "image/webp")
    needs_pixels(extended(WEBP, *webp_notes() * 5000), "image/webp")


def test_pixels_in_thousands_of_chunks() -> None:
    packed = PNG[PNG.index(b"IDAT") + 4 : -16]
    pieces = b"".join(chunk(b"IDAT", packed[at : at + 1]) for at in range(len(packed)))
    many = SIGNATURE + PNG[8:33] + pieces + chunk(b"IDAT") * 20_000 + chunk(b"IEND")
    with bounded():
        told = looked(many + CANARY, "image/png")
        assert len(told.plain) == 1
    assert seen(clean(many + CANARY, "image/png")) == seen(PNG)


def test_thousands_of_extensions() -> None:
    needs_pixels(with_extensions(GIF, gif_extension(0xFE, b"x") * 100_000), "image/gif")
    behind = GIF[:-1] + gif_extension(0xFE, b"x") * 100_000 + b";"
    with bounded():
        assert clean(behind, "image/gif") == GIF


def test_texts_that_unpack_to_200_megabytes_are_not_unpacked() -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(MB)) for _ in range(200)) + packer.flush()
    assert len(bomb) < 300_000
    text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb)
    parts = [
        chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb),
        text,
        chunk(b"iCCP", b"a\0\0" + bomb),
    ]
    data = with_chunks(PNG, *parts)
    with bounded(seconds=1):
        assert clean(data, "image/png", keep_profile=True) == PNG


def test_a_file_of_200_megabytes(tmp_path: Path) -> None:
    """Long data of one scan, one chunk or one text: read once, and never held."""
    length = 200 * MB
    files = {
        "image/png": with_chunks(PNG, struct.pack(">I", length) + b"tEXt"),
        "image/jpeg": with_segments(JPEG, *jpeg_notes()),
    }
    for media_type, data in files.items():
        at = data.index(b"tEXt") + 4 if media_type == "image/png" else data.rindex(b"\xff\xda") + 30
        file = tmp_path / "x"
        with file.open("wb") as out:
            out.write(data[:at])
            out.seek(length, io.SEEK_CUR)
            out.write((bytes(4) if media_type == "image/png" else b"") + data[at:])
        blob = blobs.from_path(str(file))
        with bounded(seconds=20):
            told = found(blob, media_type)
            left = stripped(blob, media_type, told, keep_profile=True)
            total = sum(map(len, left.open()))
        assert total == left.size == (len(PNG) if media_type == "image/png" else len(JPEG) + length)


# ------------------------------------------------------------------------------- changes


@pytest.mark.usefixtures("as_large")
def test_a_file_that_changes_after_it_was_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "x.jpg"
    file.write_bytes(with_segments(JPEG, *jpeg_notes()))
    blob = blobs.from_path(str(file))
    told = found(blob, "image/jpeg")
    left = stripped(blob, "image/jpeg", told, keep_profile=False)
    assert content(left) == JPEG
    file.write_bytes(JPEG + CANARY)
    with pytest.raises(ImageProblem, match="changed while reading"):
        content(left)
    with pytest.raises(ImageProblem, match="changed while reading"):
        found(blob, "image/jpeg")
