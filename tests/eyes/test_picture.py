"""Files as they come: damaged, hostile, unusual."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image

from visioncli.core.errors import ImageProblem
from visioncli.eyes.picture import MAX_SIDE, Picture

from .pictures import IMAGES, encoded, receipt

CORNERS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3}


def colours(image: Image.Image) -> list[str]:
    """Top left, top right, bottom left, bottom right."""
    w, h = image.size
    points = [(2, 2), (w - 3, 2), (2, h - 3), (w - 3, h - 3)]

    def nearest(rgb):
        return min(
            CORNERS, key=lambda k: sum(abs(a - b) for a, b in zip(rgb, CORNERS[k], strict=True))
        )

    return [nearest(image.getpixel(point)) for point in points]


def corners() -> Image.Image:
    """60x40: red, green above; blue, white below."""
    image = Image.new("RGB", (60, 40), CORNERS["red"])
    image.paste(CORNERS["green"], (30, 0, 60, 20))
    image.paste(CORNERS["blue"], (0, 20, 30, 40))
    image.paste(CORNERS["white"], (30, 20, 60, 40))
    return image


# What EXIF's Orientation says: how the stored picture has to be turned to stand upright.
STORED = {
    1: lambda i: i,
    2: lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda i: i.transpose(Image.Transpose.ROTATE_180),
    4: lambda i: i.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda i: i.transpose(Image.Transpose.TRANSPOSE),
    6: lambda i: i.transpose(Image.Transpose.ROTATE_90),
    7: lambda i: i.transpose(Image.Transpose.TRANSVERSE),
    8: lambda i: i.transpose(Image.Transpose.ROTATE_270),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", STORED)
def test_is_turned_upright(orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"exif": exif} if kind != "WEBP" else {"exif": exif, "lossless": True}
    if kind == "JPEG":
        options |= {"quality": 95, "subsampling": 0}
    stored = STORED[orientation](corners())
    picture = Picture("turned", encoded(stored, kind, **options))
    assert (picture.width, picture.height) == (60, 40)
    assert picture.image.size == (60, 40)
    assert colours(picture.image) == ["red", "green", "blue", "white"]
    assert picture.scale == 1


def test_an_orientation_that_does_not_exist_is_none():
    exif = Image.Exif()
    exif[0x0112] = 77
    picture = Picture("odd", encoded(corners(), "PNG", exif=exif))
    assert colours(picture.image) == ["red", "green", "blue", "white"]


def test_a_jpeg_that_lacks_only_its_end_marker_works():
    whole = (IMAGES / "coffee.jpg").read_bytes()
    assert whole.endswith(b"\xff\xd9")
    assert Picture("cut", whole[:-2]).image.size == (600, 400)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_a_truncated_file_is_refused(kind):
    data = encoded(receipt(), kind)
    with pytest.raises(ImageProblem) as caught:
        assert Picture("half", data[: len(data) // 2]).image is None
    assert caught.value.exit == 5
    assert caught.value.message.startswith("half ")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"%!PS-Adobe-3.0 EPSF",
    ],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(ImageProblem) as caught:
        assert Picture("x", data).image is None
    assert caught.value.exit == 5


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(ImageProblem, match=r"no such file: there\.png"):
        Picture("there.png", tmp_path / "there.png")
    with pytest.raises(ImageProblem, match="cannot be read"):
        Picture("folder", tmp_path)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("side", [12_000, 30_000, 2**31 - 1])
def test_a_decompression_bomb_is_refused_by_its_header(side):
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"0"))
    with pytest.raises(ImageProblem, match="too large for local/eyes") as caught:
        Picture("bomb.png", data + _chunk(b"IEND", b""))
    assert caught.value.hint


def test_a_control_character_in_a_name_never_comes_out():
    with pytest.raises(ImageProblem) as caught:
        Picture("\x1b]0;evil\x07.png", b"nothing")
    assert caught.value.message.isprintable()


def test_sixteen_bits_are_stretched():
    image = Image.new("I;16", (4, 1))
    image.putdata([1000, 2000, 3000, 5000])
    row = [p[0] for p in Picture("16", encoded(image)).image.get_flattened_data()]
    assert row[0] == 0
    assert row[-1] in (254, 255)
    assert row == sorted(row)


def test_floats_are_stretched():
    image = Image.new("F", (2, 1))
    image.putdata([-1.5, 2.5])
    assert Picture("f", encoded(image, "TIFF")).image.getextrema()[0] in ((0, 255), (0, 254))


def test_one_grey_of_sixteen_bits_is_a_picture():
    image = Picture("flat", encoded(Image.new("I;16", (5, 5), 700))).image
    assert image.mode == "RGB"


def test_cmyk_becomes_rgb():
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    r, g, b = Picture("cmyk", encoded(image, "JPEG")).image.getpixel((4, 4))
    assert r > 200
    assert max(g, b) < 80


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_on_white(mode):
    image = Image.new(mode, (4, 4))  # black, and wholly transparent
    assert Picture("clear", encoded(image)).image.getpixel((1, 1)) == (255, 255, 255)


def test_a_transparent_palette_colour_lies_on_white():
    image = Image.new("P", (4, 4), 0)
    image.putpalette([10, 20, 30, 200, 0, 0])
    image.putpixel((0, 0), 1)
    upright = Picture("p", encoded(image, "GIF", transparency=0)).image
    assert upright.getpixel((3, 3)) == (255, 255, 255)
    assert upright.getpixel((0, 0)) == (200, 0, 0)


def test_one_bit_becomes_rgb():
    assert Picture("1", encoded(Image.new("1", (3, 3), 1))).image.getpixel((1, 1)) == (255,) * 3


def test_the_first_frame_of_an_animation_is_looked_at():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert Picture("moving.gif", data).image.getpixel((4, 4)) == (255, 0, 0)


def test_a_large_picture_is_shrunk_and_its_size_kept():
    picture = Picture("wide", encoded(Image.new("RGB", (5000, 1000), "red"), "JPEG"))
    assert (picture.width, picture.height) == (5000, 1000)
    assert max(picture.image.size) <= MAX_SIDE
    assert picture.scale == pytest.approx(5000 / picture.image.width)


def test_damaged_exif_is_none():
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    data = bytearray(encoded(corners(), "JPEG", exif=exif))
    at = data.index(b"Exif\0\0") + 6
    data[at + 4 : at + 16] = b"\xff" * 12
    picture = Picture("odd", bytes(data))
    assert picture.shot.camera == ""
    assert picture.image.size == (60, 40)


def test_libtiff_says_nothing_on_fd_2():
    out = io.BytesIO()
    corners().save(out, "TIFF", compression="tiff_lzw")
    data = bytearray(out.getvalue())
    data[8:200] = bytes(255 - i for i in range(192))  # the compressed rows come first
    code = (
        "import sys\n"
        "from visioncli.core.errors import ImageProblem\n"
        "from visioncli.eyes.picture import Picture\n"
        "try:\n    Picture('x', sys.stdin.buffer.read()).image\n"
        "except ImageProblem:\n    print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=bytes(data), capture_output=True, check=True, timeout=60
    )
    assert done.stdout in (b"", b"refused\n")
    assert done.stderr == b""


def test_random_damage_gives_a_picture_or_one_kind_of_error():
    whole = encoded(receipt().resize((105, 140)), "PNG")
    for at in range(0, len(whole), 37):
        data = bytearray(whole)
        data[at : at + 3] = b"\xff\x00\xaa"
        try:
            said = f"hit {Picture('hit', bytes(data)).image.mode}"
        except ImageProblem as problem:
            said = problem.message
        assert said.startswith("hit ")
