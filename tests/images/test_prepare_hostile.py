"""Pictures that are broken, that lie or mean harm: one clean error, little time and memory."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, JpegImagePlugin

from tests.bench.measure import once
from visioncli.core.errors import ImageProblem
from visioncli.core.types import BytesBlob
from visioncli.images import blobs
from visioncli.images.picture import Picture
from visioncli.images.preparing import cost
from visioncli.images.preparing.plan import Wanted
from visioncli.images.preparing.prepare import prepared

from . import corpus
from .corpus import SIGNATURE, Png, saved, scene
from .made import CAT, chunk, png_of, written
from .preparing import JPEG_AND_PNG, apart, arrived, prepare, sent

PREPARE = """
import sys
from visioncli.core.errors import ImageProblem
from visioncli.images import blobs
from visioncli.images.preparing import prepare
from visioncli.images.picture import Picture
from visioncli.images.preparing.plan import Wanted
picture = Picture(sys.argv[1], None, blobs.from_path(sys.argv[1]))
try:
    print(prepare.prepared(picture, Wanted(max_long=256, media_types=("image/jpeg", "image/png"))))
except ImageProblem as problem:
    sys.exit(problem.exit)
"""
MEGABYTES = 300
END_OF_JPEG = b"\xff\xd9"


def refused(data: bytes, **wanted: object) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        prepare(data, **{"max_long": 50, "media_types": JPEG_AND_PNG, **wanted})
    assert told.value.exit == 5
    assert "\n" not in told.value.message
    assert told.value.message.startswith("photo ")
    return told.value


def measured(folder: Path, name: str, data: bytes) -> tuple[int, float, float]:
    """(exit status, seconds, peak megabytes) of a process that prepares it and nothing else."""
    file = written(folder, name, data)
    run = once([sys.executable, "-c", PREPARE, file], dict(os.environ))
    return run.status, run.seconds, run.kilobytes / 1024


# ---------------------------------------------------------------------------- headers that lie


def lying_jpeg(width: int, height: int, *, progressive: bool = False) -> bytes:
    data = bytearray(saved(scene(), "JPEG", progressive=progressive))
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def lying_gif(width: int, height: int) -> bytes:
    data = bytearray(saved(scene().quantize(8), "GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def lying_bmp(width: int, height: int) -> bytes:
    data = bytearray(saved(scene(), "BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def lying_tiff(width: int, height: int) -> bytes:
    data = saved(scene(), "TIFF", compression="tiff_lzw")
    for tag, value in ((256, width), (257, height)):
        at = data.index(struct.pack("<H", tag), 8)
        data = data[: at + 2] + struct.pack("<HII", 4, 1, value) + data[at + 12 :]
    return data


def icon_of(png: bytes) -> bytes:
    """It says that its one picture has 32 pixels a side."""
    entry = struct.pack("<BBBBHHII", 32, 32, 0, 0, 1, 32, len(png), 22)
    return struct.pack("<HHH", 0, 1, 1) + entry + png


def bomb(side: int) -> bytes:
    """A PNG of black pixels that is a thousandth of what it unpacks to."""
    pack = zlib.compressobj(9)
    row = bytes(1 + 3 * side)
    data = b"".join([*(pack.compress(row) for _ in range(side)), pack.flush()])
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND")


HEADERS = {
    "900-megapixels.png": png_of(30_000, 30_000),
    "4-gigapixels.jpg": lying_jpeg(65_500, 65_500),
    "4-gigapixels.gif": lying_gif(65_535, 65_535),
    "400-megapixels.bmp": lying_bmp(20_000, 20_000),
    "900-megapixels.tif": lying_tiff(30_000, 30_000),
    "300-megapixels.jpg": lying_jpeg(20_000, 15_000, progressive=True),
    "100-megapixels.gif": lying_gif(10_000, 10_000),
    "80-megapixels.bmp": lying_bmp(9_000, 9_000),
    "interlaced.png": Png(2, 8, True, False).file()[:16]
    + struct.pack(">II", 9_000, 9_000)
    + Png(2, 8, True, False).file()[24:],
    "lying.ico": icon_of(png_of(12_000, 12_000)),
}


@pytest.mark.parametrize("name", HEADERS)
def test_more_pixels_than_can_be_held_are_refused_from_the_header(
    tmp_path: Path, name: str
) -> None:
    status, seconds, megabytes = measured(tmp_path, name, HEADERS[name])
    assert status == 5
    assert seconds < 5  # 0.2 s where nothing else runs
    assert megabytes < 100


def test_a_bomb_that_keeps_its_promise_is_made_small_in_little_memory(tmp_path: Path) -> None:
    status, seconds, megabytes = measured(tmp_path, "bomb.png", bomb(8_000))
    assert status == 0
    assert seconds < 30  # 0.9 s where nothing else runs
    assert megabytes < MEGABYTES


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_text_that_unpacks_to_200_megabytes_is_refused(tmp_path: Path, kind: bytes) -> None:
    packed = zlib.compress(bytes(200_000_000), 9)
    head = b"note\0\1\0en\0\0" if kind == b"iTXt" else b"note\0\0"
    data = Png(2, 8, False, False).file(chunk(kind, head + packed))
    status, seconds, megabytes = measured(tmp_path, "text.png", data)
    assert status == 5
    assert seconds < 5  # 0.2 s where nothing else runs
    assert megabytes < 100
    assert refused(data).message == "photo holds text that unpacks to more than 16 MB"


def test_a_jpeg_of_a_thousand_passes_is_refused() -> None:
    data = saved(scene(), "JPEG", progressive=True)
    begin = data.rindex(b"\xff\xda")
    many = data[:begin] + data[begin : -len(END_OF_JPEG)] * 1000 + END_OF_JPEG
    assert refused(many).message == "photo is a JPEG of more passes than anybody decodes"
    assert cost.scans(io.BytesIO(many)) > 1000


# ---------------------------------------------------------------------------- broken


def test_a_png_that_is_cut_short_is_refused() -> None:
    data = saved(Image.open(CAT), "PNG")
    for keep in (100, 5000, len(data) - 40):
        assert refused(data[:keep]).code == "image_damaged"


def test_pixels_that_end_too_early_are_refused_in_bands_too(tmp_path: Path) -> None:
    status, _, megabytes = measured(tmp_path, "short.png", png_of(9_000, 9_000))
    assert status == 5
    assert megabytes < MEGABYTES


def test_a_jpeg_without_its_end_marker_is_still_prepared() -> None:
    data = CAT.read_bytes()
    assert data.endswith(END_OF_JPEG)
    ready = prepare(data[: -len(END_OF_JPEG)], max_long=200)
    mean, _ = apart(arrived(ready), arrived(prepare(data, max_long=200)))
    assert mean < 0.1


def test_of_a_jpeg_that_lacks_half_of_itself_the_rest_is_prepared() -> None:
    data = CAT.read_bytes()
    half = arrived(prepare(data[: len(data) // 2], max_long=200))
    whole = arrived(prepare(data, max_long=200))
    top = (0, 0, whole.width, whole.height // 3)
    mean, _ = apart(half.crop(top), whole.crop(top))
    assert half.size == whole.size
    assert mean < 3


def test_what_follows_a_picture_is_not_sent() -> None:
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        data = saved(scene(), kind)
        ready = prepare(data + b"PK\x03\x04 CANARY" * 100)
        assert b"CANARY" not in sent(ready)
        assert arrived(ready).size == (96, 64)
        assert ready.done == ("1,100 bytes behind its end dropped",)


@pytest.mark.usefixtures("as_large")
def test_a_file_that_changes_meanwhile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(written(tmp_path, "photo.jpg", CAT.read_bytes()))
    picture = Picture(str(file), None, blobs.from_path(str(file)))
    draft = JpegImagePlugin.JpegImageFile.draft

    def changing(*how: Any) -> object:
        file.write_bytes(CAT.read_bytes() + b"more")
        return draft(*how)

    monkeypatch.setattr(JpegImagePlugin.JpegImageFile, "draft", changing)
    with pytest.raises(ImageProblem, match="changed while reading"):
        prepared(picture, Wanted(max_long=100))


def test_libtiff_writes_nothing_to_the_terminal(tmp_path: Path) -> None:
    data = bytearray(saved(scene(), "TIFF", compression="jpeg"))
    data[300:900] = bytes(600)
    file = written(tmp_path, "photo.tif", bytes(data))
    done = subprocess.run([sys.executable, "-c", PREPARE, file], capture_output=True, check=False)
    assert done.returncode in (0, 5)
    assert done.stderr == b""


SOURCES = {
    "jpeg": saved(scene(), "JPEG"),
    "progressive": saved(scene(), "JPEG", progressive=True),
    "cmyk": saved(scene(mode="CMYK"), "JPEG"),
    "png": saved(scene(mode="RGBA"), "PNG", icc_profile=corpus.DISPLAY_P3),
    "palette": Png(3, 4, True, True).file(),
    "16-bit": Png(6, 16, False, False).file(),
    "gif": saved(scene().quantize(32), "GIF"),
    "webp": saved(scene(mode="RGBA"), "WEBP"),
    "tiff": saved(scene(), "TIFF", compression="tiff_lzw", icc_profile=corpus.ADOBE_RGB),
    "tiff-jpeg": saved(scene(), "TIFF", compression="jpeg"),
    "bmp": saved(scene(), "BMP"),
    "ico": saved(scene((64, 64), "RGBA"), "ICO", sizes=[(32, 32), (64, 64)]),
    "avif": saved(scene(), "AVIF"),
    "jp2": saved(scene(), "JPEG2000"),
    "ppm": saved(scene(), "PPM"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_damage_anywhere_ends_in_a_picture_or_in_one_clean_error(name: str) -> None:
    chance, data = random.Random(name), SOURCES[name]
    began, refusals = time.monotonic(), 0
    for number in range(150):
        bad = bytearray(data)
        if number % 5 == 0:
            del bad[chance.randrange(20, len(bad)) :]
        else:
            for _ in range(1 + number % 7):
                bad[chance.randrange(8, len(bad))] = chance.randrange(256)
        picture = Picture("photo", None, BytesBlob(bytes(bad)))
        try:
            ready = prepared(picture, Wanted(max_long=50, media_types=JPEG_AND_PNG))
        except ImageProblem as problem:
            refusals += problem.message.startswith("photo ") and "\n" not in problem.message
            continue
        refusals += 1
        if ready.done:
            arrived(ready)
    assert refusals == 150
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(("side", "refused"), [(13_000, True), (4_000, False)])
def test_a_jpeg_whose_bytes_cannot_hold_its_pixels(side: int, refused: bool) -> None:
    """Also where nobody would decode it: no size is too large for this row."""
    picture = Picture("photo", None, BytesBlob(lying_jpeg(side, side)))
    if refused:
        with pytest.raises(ImageProblem, match=r"13000x13000 pixels, which [0-9,]+ bytes cannot"):
            prepared(picture, Wanted())
    else:
        assert prepared(picture, Wanted()).done == ()
