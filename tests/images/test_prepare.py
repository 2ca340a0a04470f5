"""What arrives of every kind of picture: upright, sRGB, 8 bits, of a type and size taken."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms, ImageOps

from . import corpus
from .corpus import HIGH, PNGS, WIDE, Png, exif, saved, scene, ycck
from .made import CAT, animated, chunk
from .preparing import JPEG_AND_PNG, apart, arrived, prepare, sent

WRITERS = {"JPEG": {"quality": 95, "subsampling": 0}, "PNG": {}, "WEBP": {"lossless": True}}
WRITERS["TIFF"] = {"compression": "tiff_lzw"}
# Of 255. A JPEG of quality 90 and its full colour differs by this from what it is made of.
JPEG_MEAN, JPEG_MOST = 3.0, 60


def reference(data: bytes) -> Image.Image:
    """Pillow's own upright rendering in sRGB."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    profile = image.info.get("icc_profile")
    if profile:
        source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        image = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB") or image
    return image


# ---------------------------------------------------------------------------- the matrix of PNG


def pixels(image: Image.Image) -> list[tuple[int, ...]]:
    data = image.convert("RGBA").tobytes()
    return [tuple(data[at : at + 4]) for at in range(0, len(data), 4)]


def visible(one: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """What nobody can see has no colour."""
    return [pixel if pixel[3] else (0, 0, 0, 0) for pixel in one]


@pytest.mark.parametrize("png", PNGS, ids=str)
def test_a_png_that_fits_goes_as_it_is_and_one_of_16_bits_is_made_one_of_8(png: Png) -> None:
    data = png.file()
    ready = prepare(data)
    if png.depth == 16:
        expected = [png.seen(x, y) for y in range(HIGH) for x in range(WIDE)]
        assert visible(pixels(arrived(ready))) == visible(expected)
        assert ready.done == ("8 bits",)
        assert ready.media_type == "image/png"
    else:
        assert sent(ready) == data
        assert ready.done == ()


@pytest.mark.parametrize("png", PNGS, ids=str)
def test_a_png_is_turned_without_a_loss(png: Png) -> None:
    ready = prepare(png.file(chunk(b"eXIf", exif(6).removeprefix(b"Exif\0\0"))))
    expected = [png.seen(x, HIGH - 1 - y) for x in range(WIDE) for y in range(HIGH)]
    assert (ready.width, ready.height) == (HIGH, WIDE)
    assert visible(pixels(arrived(ready))) == visible(expected)
    assert ready.done[0] == "upright"


@pytest.mark.parametrize("png", PNGS, ids=str)
def test_a_png_is_scaled_as_pillow_scales_what_is_seen_of_it(png: Png) -> None:
    ready = prepare(png.file(), max_long=20)
    whole = Image.new("RGBA", (WIDE, HIGH))
    whole.putdata([png.seen(x, y) for y in range(HIGH) for x in range(WIDE)])
    expected = whole.resize((20, 12), Image.Resampling.LANCZOS)
    mean, _ = apart(arrived(ready), expected)
    assert (ready.width, ready.height) == (20, 12)
    assert mean < 2.5
    assert "scaled" in ready.done


# ---------------------------------------------------------------------------- orientations


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", WRITERS)
def test_every_orientation_arrives_upright(kind: str, orientation: int) -> None:
    notes = {"exif": exif(orientation)}
    if kind == "TIFF":
        notes = {"tiffinfo": {274: orientation, 271: "CANARY camera"}}  # type: ignore[dict-item]
    data = saved(scene(), kind, **notes, **WRITERS[kind])
    ready = prepare(data, media_types=(*JPEG_AND_PNG, "image/webp"))
    mean, most = apart(arrived(ready), reference(data))
    assert mean < JPEG_MEAN
    assert most < JPEG_MOST
    assert ("upright" in ready.done) == (orientation != 1 and kind != "TIFF")
    if orientation == 1 and kind != "TIFF":
        assert ready.done == ("metadata dropped",)
        assert most == 0


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_turns_nothing(orientation: int) -> None:
    ready = prepare(saved(scene(), "JPEG", exif=exif(orientation)))
    assert ready.done == ("metadata dropped",)
    assert arrived(ready).size == (96, 64)


# ---------------------------------------------------------------------------- types

TYPES = {
    "bmp": (scene(), "BMP", {}),
    "bmp-palette": (scene().quantize(16), "BMP", {}),
    "tiff-lzw": (scene(), "TIFF", {"compression": "tiff_lzw"}),
    "tiff-jpeg": (scene(), "TIFF", {"compression": "jpeg", "quality": 95}),
    "tiff-fax": (scene(mode="1"), "TIFF", {"compression": "group4"}),
    "tiff-cmyk": (scene(mode="CMYK"), "TIFF", {}),
    "tiff-rgba": (scene(mode="RGBA"), "TIFF", {}),
    "ico": (scene((64, 64), "RGBA"), "ICO", {"sizes": [(64, 64)]}),
    "avif": (scene(), "AVIF", {"quality": 95}),
    "jp2": (scene(), "JPEG2000", {}),
    "ppm": (scene(), "PPM", {}),
    "pgm": (scene(mode="L"), "PPM", {}),
    "gif": (scene().quantize(64), "GIF", {}),
    "webp": (scene(mode="RGBA"), "WEBP", {"lossless": True}),
}


@pytest.mark.parametrize("name", TYPES)
def test_a_type_that_is_not_taken_is_converted(name: str) -> None:
    image, kind, how = TYPES[name]
    data = saved(image, kind, **how)
    ready = prepare(data, media_types=JPEG_AND_PNG)
    mean, most = apart(arrived(ready), reference(data))
    assert ready.media_type in JPEG_AND_PNG
    assert mean < JPEG_MEAN
    assert most < JPEG_MOST
    assert any(reason.endswith(" not taken") for reason in ready.done)


@pytest.mark.parametrize("name", ["tiff-rgba", "ico", "webp"])
def test_transparency_is_kept_where_png_is_taken_and_shown_on_white_where_it_is_not(
    name: str,
) -> None:
    image, kind, how = TYPES[name]
    data = saved(image, kind, **how)
    kept = prepare(data, media_types=JPEG_AND_PNG)
    assert arrived(kept).mode == "RGBA"
    assert kept.notes == ()
    white = prepare(data, media_types=("image/jpeg",))
    assert arrived(white).mode == "RGB"
    assert white.notes == ("photo: its transparent parts are shown on white",)
    mean, _ = apart(arrived(white), reference(data))
    assert mean < JPEG_MEAN


def test_a_jpeg_of_four_inks_becomes_one_of_light() -> None:
    for data in (saved(scene(), "JPEG"), ycck(scene()), saved(scene(mode="CMYK"), "JPEG")):
        ready = prepare(data)
        image = arrived(ready)
        assert image.mode == "RGB"
        mean, most = apart(image, reference(data))
        assert mean < JPEG_MEAN
        assert most < JPEG_MOST


def test_the_16_bits_of_a_tiff_are_scaled_and_not_cut() -> None:
    image = Image.frombytes("I;16", (256, 4), bytes(range(256)) * 8)  # low and high byte in turn
    expected = [image.getpixel((x, 0)) >> 8 for x in range(256)]  # type: ignore[operator]
    data = saved(image, "TIFF")
    ready = prepare(data, media_types=("image/png",))
    assert list(arrived(ready).crop((0, 0, 256, 1)).convert("L").tobytes()) == expected


def test_floats_are_stretched_with_a_note() -> None:
    image = Image.linear_gradient("L").convert("F").point(lambda value: value * 0.5 - 3)
    ready = prepare(saved(image, "TIFF"), media_types=("image/png",))
    assert arrived(ready).convert("L").getextrema() == (0, 255)
    assert ready.notes == ("photo: its values were stretched to those between black and white",)


def test_pages_and_animations_are_shown_by_their_first() -> None:
    pages = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime", "blue")]
    tiff = prepare(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert arrived(tiff).getpixel((5, 5)) == (255, 0, 0)
    assert "first of 3 pages" in tiff.done
    for kind in ("GIF", "PNG", "WEBP"):
        ready = prepare(animated(kind), media_types=JPEG_AND_PNG)
        red, green, blue = arrived(ready).convert("RGB").getpixel((5, 5))  # type: ignore[misc]
        assert red > 240
        assert green < 15
        assert blue < 15
        assert "first picture of an animation" in ready.done


# ---------------------------------------------------------------------------- colours


@pytest.mark.parametrize("profile", [corpus.DISPLAY_P3, corpus.ADOBE_RGB], ids=["P3", "AdobeRGB"])
@pytest.mark.parametrize("kind", WRITERS)
def test_colours_of_another_profile_arrive_as_those_of_srgb(kind: str, profile: bytes) -> None:
    data = saved(scene(), kind, icc_profile=profile, **WRITERS[kind])
    ready = prepare(data, media_types=JPEG_AND_PNG)
    image = arrived(ready)
    assert "sRGB" in ready.done or kind == "TIFF"
    mean, most = apart(image, reference(data))
    assert mean < JPEG_MEAN
    assert most < JPEG_MOST
    untouched, _ = apart(image, Image.open(io.BytesIO(data)))
    assert untouched > 5  # the profile matters to these colours


def test_a_profile_of_what_is_srgb_is_no_reason_to_touch_the_pixels() -> None:
    real = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (real, corpus.SRGB_LIKE):
        data = saved(scene(), "JPEG", icc_profile=profile)
        assert sent(prepare(data)) == data


def test_transparency_survives_a_profile() -> None:
    data = saved(scene(mode="RGBA"), "PNG", icc_profile=corpus.DISPLAY_P3)
    image = arrived(prepare(data))
    assert image.getchannel("A").getextrema() == scene(mode="RGBA").getchannel("A").getextrema()


def test_grey_with_a_profile_becomes_the_grey_of_srgb() -> None:
    image = Image.new("L", (40, 30), 55)
    ready = prepare(saved(image, "PNG", icc_profile=corpus.DARK_GREY))
    assert arrived(ready).mode == "L"
    (level,) = {value for _, value in arrived(ready).getcolors() or ()}
    assert abs(level - 128) <= 1  # type: ignore[operator]  # 0.2157 of the light is sRGB's 128


@pytest.mark.parametrize(
    "profile", [b"\0" * 200, corpus.ADOBE_RGB[:300], corpus.DARK_GREY], ids=["zeros", "cut", "grey"]
)
def test_a_profile_that_cannot_be_used_is_left_out(profile: bytes) -> None:
    data = saved(scene(), "TIFF", icc_profile=profile)
    ready = prepare(data, media_types=("image/png",))
    assert apart(arrived(ready), scene()) == (0, 0)
    assert ready.notes == ("photo: its colour profile is damaged; its colours are taken for sRGB",)


# ---------------------------------------------------------------------------- sizes


@pytest.mark.parametrize(
    ("size", "bounds", "expected"),
    [
        ((400, 300), {"max_long": 400}, (400, 300)),
        ((400, 300), {"max_long": 200}, (200, 150)),
        ((300, 400), {"max_long": 200}, (150, 200)),
        ((400, 300), {"max_short": 150}, (200, 150)),
        ((400, 300), {"max_long": 300, "max_short": 100}, (133, 100)),
        ((400, 300), {"max_pixels": 30_000}, (200, 150)),
        ((401, 299), {"max_pixels": 1000}, (37, 27)),
        ((1000, 1), {"max_long": 100}, (100, 1)),
    ],
)
def test_a_picture_is_never_larger_than_wanted_and_never_made_larger(
    size: tuple[int, int], bounds: dict[str, int], expected: tuple[int, int]
) -> None:
    ready = prepare(saved(scene((40, 30)).resize(size), "PNG"), **bounds)
    assert arrived(ready).size == expected
    assert ("scaled" in ready.done) == (size != expected)


def test_a_photograph_is_scaled_as_well_as_pillow_does_it() -> None:
    data = CAT.read_bytes()
    ready = prepare(data, max_long=100)
    expected = (
        Image.open(io.BytesIO(data)).convert("RGB").resize((100, 67), Image.Resampling.LANCZOS)
    )
    mean, _ = apart(arrived(ready), expected)
    out = io.BytesIO()
    expected.save(out, "JPEG", quality=90)
    no_less, _ = apart(Image.open(out), expected)
    assert mean < no_less + 0.5  # what JPEG costs at this size, and what is decoded at 1/4


def test_what_has_few_colours_stays_png_when_scaled_and_a_photograph_does_not() -> None:
    drawing = Image.new("RGB", (600, 400), "white")
    for at in range(0, 600, 40):
        drawing.paste((200, 30, 30), (at, at // 2, at + 20, at // 2 + 60))
    assert prepare(saved(drawing, "PNG"), max_long=300).media_type == "image/png"
    photograph = saved(Image.open(CAT), "PNG")
    assert prepare(photograph, max_long=300).media_type == "image/jpeg"


# ---------------------------------------------------------------------------- bytes


def test_too_many_bytes_cost_quality_first_and_then_size() -> None:
    data = CAT.read_bytes()
    for most in (25_000, 8_000, 2_000):
        ready = prepare(data, max_bytes=most)
        image = arrived(ready)
        assert ready.blob.size <= most < len(data)
        assert len(ready.notes) == 1
        assert f"{image.width}x{image.height} to be no more than {most:,} bytes" in ready.notes[0]
    assert prepare(data, max_bytes=25_000).width == 451
    assert (prepare(data, max_bytes=2_000).width or 451) < 300


def test_a_large_png_becomes_a_jpeg_before_it_loses_size() -> None:
    data = saved(Image.open(CAT), "PNG")
    ready = prepare(data, max_bytes=60_000)
    assert (ready.media_type, ready.width) == ("image/jpeg", 451)
    assert ready.blob.size <= 60_000
    only = prepare(data, max_bytes=60_000, media_types=("image/png",))
    assert only.media_type == "image/png"
    assert arrived(only).width < 451


# ---------------------------------------------------------------------------- HEIC


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_heic_arrives_upright_and_without_its_notes(orientation: int) -> None:
    heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    image = heif.from_pillow(scene((128, 96)))
    image.save(out, format="HEIF", quality=90, exif=exif(orientation))
    ready = prepare(out.getvalue(), media_types=JPEG_AND_PNG)
    expected = scene((128, 96))
    if orientation == 6:
        expected = expected.transpose(Image.Transpose.ROTATE_270)
    mean, _ = apart(arrived(ready), expected)
    assert mean < JPEG_MEAN
    assert ready.done == ("heic not taken",)
