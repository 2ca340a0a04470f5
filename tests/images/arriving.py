"""Every kind of picture with what must arrive of it, and the pictures of a request as they came."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from .corpus import ADOBE_RGB, DISPLAY_P3, HIGH, PNGS, WIDE, exif, saved, scene, ycck
from .made import animated, chunk
from .papers import page, paper
from .strip_made import SRGB, jpeg_notes, png_notes, webp_notes, with_chunks, with_segments
from .strip_made import extended as webp_extended

WRITERS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {"compression": "tiff_lzw"},
}
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="96" height="64">
<rect width="96" height="64" fill="#0a8"/><rect width="48" height="32" fill="#f00"/></svg>"""


@dataclass(frozen=True)
class Sample:
    """expected: as Pillow shows it, upright and in sRGB. exact: not one pixel may differ where it
    arrives as PNG. misread: Pillow does not see its transparent colour, so that it must arrive as
    the very bytes that were found. pages: behind its name.
    """

    name: str
    data: bytes
    expected: Image.Image | None
    exact: bool = False
    misread: bool = False
    pages: str = ""

    def write(self, folder: Path) -> str:
        (folder / self.name).write_bytes(self.data)
        return f"./{self.name}{self.pages}"


def rendered(data: bytes) -> Image.Image:
    """Pillow's own upright rendering, in sRGB."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    plain = image.convert("RGB") if alpha else image
    shown = ImageCms.profileToProfile(plain, source, srgb, outputMode="RGB")
    assert shown is not None
    if alpha:
        shown.putalpha(alpha)
    return shown


def matrix() -> Iterator[Sample]:
    """Every kind of PNG, as it is and turned; what is in it is known without any reader."""
    for png in PNGS:
        whole = Image.new("RGBA", (WIDE, HIGH))
        whole.putdata([png.seen(x, y) for y in range(HIGH) for x in range(WIDE)])
        misread = png.keyed and png.colour == 0 and png.depth in (2, 4)
        yield Sample(f"{png}.png", png.file(), whole, exact=True, misread=misread)
        turned = whole.transpose(Image.Transpose.ROTATE_270)
        notes = chunk(b"eXIf", exif(6).removeprefix(b"Exif\0\0"))
        yield Sample(f"{png}-turned.png", png.file(notes), turned, exact=True)


def orientations() -> Iterator[Sample]:
    for number in range(1, 9):
        for kind, how in WRITERS.items():
            notes: dict[str, Any] = {"exif": exif(number)}
            if kind == "TIFF":
                notes = {"tiffinfo": {274: number, 271: "CANARY camera"}}
            data = saved(scene(), kind, **notes, **how)
            exact = kind != "JPEG"
            yield Sample(f"turned-{number}.{kind.lower()}", data, rendered(data), exact=exact)


def heics() -> Iterator[Sample]:
    """Its own boxes turn it, and libheif: Pillow reads none."""
    for number in range(1, 9):
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(saved_as_tagged(number))))
        yield Sample(f"turned-{number}.heic", heic(number), upright)


def saved_as_tagged(orientation: int) -> bytes:
    return saved(scene(), "PNG", exif=exif(orientation))


def heic(orientation: int) -> bytes:
    out = io.BytesIO()
    file = pillow_heif.from_pillow(scene())
    file.save(out, quality=-1, chroma=444, exif=exif(orientation), format="HEIF")
    return out.getvalue()


def types() -> Iterator[Sample]:
    small = scene((64, 64), "RGBA")
    made: dict[str, tuple[Image.Image, str, dict[str, Any]]] = {
        "still.bmp": (scene(), "BMP", {}),
        "palette.bmp": (scene().quantize(16), "BMP", {}),
        "jpeg.tif": (scene(), "TIFF", {"compression": "jpeg", "quality": 95}),
        "fax.tif": (scene(mode="1"), "TIFF", {"compression": "group4"}),
        "inks.tif": (scene(mode="CMYK"), "TIFF", {}),
        "alpha.tif": (scene(mode="RGBA"), "TIFF", {}),
        "icon.ico": (small, "ICO", {"sizes": [(64, 64)]}),
        "still.avif": (scene(), "AVIF", {"quality": 95, "exif": exif(1)}),
        "turned.avif": (scene(), "AVIF", {"quality": 95, "exif": exif(6)}),
        "still.jp2": (scene(), "JPEG2000", {}),
        "still.gif": (scene().quantize(64), "GIF", {}),
        "alpha.webp": (scene(mode="RGBA"), "WEBP", {"lossless": True}),
        "lossy.webp": (scene(), "WEBP", {"quality": 95, "exif": exif(1)}),
        "inks.jpg": (scene(mode="CMYK"), "JPEG", {"quality": 95}),
        "grey.jpg": (scene(mode="L"), "JPEG", {"quality": 95}),
        "progressive.jpg": (scene(), "JPEG", {"quality": 95, "progressive": True}),
        "grey-alpha.png": (scene(mode="LA"), "PNG", {}),
        "srgb.jpg": (scene(), "JPEG", {"quality": 95, "icc_profile": SRGB}),
    }
    for name, (image, kind, how) in made.items():
        data = saved(image, kind, **how)
        yield Sample(name, data, rendered(data))
    for profile, known in (("p3", DISPLAY_P3), ("adobe", ADOBE_RGB)):
        for kind, how in WRITERS.items():
            data = saved(scene(), kind, icc_profile=known, **how)
            yield Sample(f"{profile}.{kind.lower()}", data, rendered(data))
        data = saved(scene(mode="RGBA"), "PNG", icc_profile=known)
        yield Sample(f"{profile}-alpha.png", data, rendered(data))
    yield Sample("ycck.jpg", ycck(scene()), rendered(ycck(scene())))
    for kind in ("GIF", "PNG", "WEBP"):
        yield Sample(f"moves.{kind.lower()}", animated(kind), Image.new("RGB", (16, 16), "red"))
    yield Sample("tail.png", saved(scene(), "PNG") + b"PK\3\4 CANARY" * 50, scene(), exact=True)
    yield from noted()


def noted() -> Iterator[Sample]:
    """With everything beside the pixels that may be there."""
    jpeg, png = saved(scene(), "JPEG", quality=95), saved(scene(), "PNG")
    webp = saved(scene(), "WEBP", lossless=True)
    yield Sample("noted.jpg", with_segments(jpeg, *jpeg_notes()), rendered(jpeg))
    yield Sample("noted.png", with_chunks(png, *png_notes()), scene(), exact=True)
    yield Sample("noted.webp", webp_extended(webp, *webp_notes()), scene(), exact=True)


def drawings() -> Iterator[Sample]:
    """What is drawn has no rendering of Pillow's: its colours are known."""
    yield Sample("drawing.svg", SVG, None)
    yield Sample("paper.pdf", paper(page()), None, pages="#1")


# ---------------------------------------------------------------------------- what came

Came = tuple[str, bytes]  # the type that the request says, "" where its wire says none; the bytes


def _openai(body: Any) -> Iterator[Came]:
    for part in body["messages"][-1]["content"]:
        if part["type"] == "image_url":
            said = re.fullmatch(r"data:(image/[a-z]+);base64,(.*)", part["image_url"]["url"])
            assert said
            yield said[1], base64.b64decode(said[2], validate=True)


def _anthropic(body: Any) -> Iterator[Came]:
    for part in body["messages"][-1]["content"]:
        if part["type"] == "image":
            source = part["source"]
            assert source["type"] == "base64"
            yield source["media_type"], base64.b64decode(source["data"], validate=True)


def _gemini(body: Any) -> Iterator[Came]:
    for part in body["contents"][-1]["parts"]:
        if inline := part.get("inlineData") or part.get("inline_data"):
            kind = inline.get("mimeType") or inline.get("mime_type")
            yield kind, base64.b64decode(inline["data"], validate=True)


def _ollama(body: Any) -> Iterator[Came]:
    for data in body["messages"][-1]["images"]:
        yield "", base64.b64decode(data, validate=True)


def _bedrock(body: Any) -> Iterator[Came]:
    for part in body["messages"][-1]["content"]:
        if image := part.get("image"):
            data = base64.b64decode(image["source"]["bytes"], validate=True)
            yield f"image/{image['format']}", data


CAME: dict[str, Callable[[Any], Iterator[Came]]] = {
    "openai": _openai,
    "xai": _openai,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "ollama": _ollama,
    "bedrock": _bedrock,
}
