"""Bytes that call themselves a picture: named, measured, freed of notes, or refused."""

from __future__ import annotations

import io
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from visioncli import providers
from visioncli.config import Settings
from visioncli.core.errors import ImageProblem
from visioncli.core.target import ModelRef, Provider
from visioncli.core.types import BytesBlob
from visioncli.images import examine, headers, names, pages, sniff, soundness
from visioncli.images.stripping import strip

from .bounds import LONG, MB, check_error, holding, tried, within
from .changes import Change, changed, changes, cuts, places

KINDS = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP", "bmp": "BMP", "tiff": "TIFF"}


@cache
def picture(kind: str) -> bytes:
    """Small, and with notes."""
    image = Image.effect_noise((24, 17), 50).convert("RGB")
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "canary"
    out = io.BytesIO()
    more = {} if kind in ("gif", "bmp") else {"exif": exif}
    if kind in ("gif", "webp", "png"):
        more |= {"save_all": True, "append_images": [image.rotate(90)], "duration": 50}
    image.save(out, KINDS[kind], **more)
    return out.getvalue()


SVG = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>'
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@cache
def takes() -> Provider:
    return providers.resolve(ModelRef("openai", "gpt-4o"), Settings(), env={}).provider


def check(data: bytes) -> None:
    """What is done with every picture before anything is decoded."""
    with within(10):
        kind = sniff.media_type(data[: sniff.HEAD])
        assert "/" in kind
        for media_type in {kind, "image/png", "image/jpeg", "image/gif", "image/webp"}:
            file = io.BytesIO(data)
            size = headers.size(file, media_type)
            assert size is None or all(0 < side < 1 << 33 for side in size)
            file.seek(0)
            soundness.broken(file, media_type)
            soundness.lacks_its_end(file, media_type)
            soundness.moves(file, media_type)
            blob = BytesBlob(data)
            found = strip.found(blob, media_type)
            if found.needs_pixels:
                continue
            less = strip.stripped(blob, media_type, found, keep_profile=False)
            assert len(b"".join(less.open())) == less.size <= len(data) + 4096
        try:
            examine.unprepared(examine.examined("a.png", BytesBlob(data), None, takes()), takes())
        except ImageProblem as error:
            check_error(error)


@pytest.mark.parametrize("kind", KINDS)
@given(hows=changes, where=places)
@tried(20)
def test_a_picture_changed_in_any_way(kind: str, hows: list[Change], where: int) -> None:
    data = picture(kind)
    others = [*map(picture, KINDS), SVG, PDF]
    check(changed(data, hows, others))
    check(changed(data[: where % 200], hows) + data[where % 200 :])  # its header alone


@pytest.mark.parametrize("data", [SVG, PDF, b""], ids=["SVG", "PDF", "bytes"])
@given(hows=changes, other=st.binary(max_size=100))
@tried(20)
def test_what_is_no_picture_of_dots(data: bytes, hows: list[Change], other: bytes) -> None:
    check(changed(data + other, hows, [picture("png"), other]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_cut_anywhere(kind: str) -> None:
    data = picture(kind)
    for end in [*range(0, 64, 1 if LONG else 3), *range(64, len(data), 9 if LONG else 199)]:
        check(data[:end])


@pytest.mark.parametrize(
    "piece", [b"\xff", b"\0", b"\xff\xe1\x00\x02", b"\x00\x00\x00\x00tEXt", b"\x21\xfe\x01a\x00"]
)
@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_a_picture_that_never_ends(kind: str, piece: bytes) -> None:
    head = picture(kind)[: {"png": 33, "jpeg": 2, "gif": 13, "webp": 12}[kind]]
    data = head + piece * ((MB if LONG else MB // 8) // len(piece))
    with holding(80 * MB):
        check(data)


@given(
    name=st.text(max_size=40) | st.text(st.sampled_from(".pdf#0-9,1:/@[]%?data"), max_size=30),
    ends=cuts,
)
@tried(150)
def test_any_name(name: str, ends: list[int]) -> None:
    for text in (name, f"doc.pdf#{name}", f"https://{name}", f"data:{name}", f"x:{name}"):
        assert names.shown(text).isprintable()
        names.scheme(text)
        for split in (names.split, names.without_user, pages.each):
            try:
                split(text)
            except Exception as error:  # noqa: BLE001 - only ours is good, as the next line says
                check_error(error)  # type: ignore[arg-type]
