"""HEIC and HEIF, as phones write them, through libheif in a process apart.

pillow-heif's wheels bring libheif and libde265 (LGPL) and an encoder, x265 (GPL), that is not used
here. Its decode-only sibling, imported as `pi_heif`, is used instead where it is installed.
AVIF is not read here: Pillow has a decoder of its own.
"""

from __future__ import annotations

import mmap
import re
import struct
from typing import NamedTuple

from PIL import Image

from visioncli.core.types import Blob
from visioncli.images.blobs import as_file

from . import apart

HEAD = 1 << 18  # bytes of the file in which its boxes are
SIZES = re.compile(rb"ispe\0\0\0\0(.{8})", re.DOTALL)


class Opened(NamedTuple):
    """image: upright RGB, RGBA, L or LA; its colour profile, if any, in info["icc_profile"].

    whole: (width, height) in px of the picture upright, of which `image` is 1/factor. stored: as
    its header has them. warnings: what is worth telling.
    """

    image: Image.Image
    stored: tuple[int, int]
    warnings: tuple[str, ...]
    whole: tuple[int, int]
    factor: int


def opened(blob: Blob, name: str, least: int = 0) -> Opened:
    """Its first picture, decoded, turned and mirrored as its own boxes say, once.

    least: px of the longer side below which it is not made smaller; 0: it is left as large as
    memory allows. An EXIF orientation beside the boxes tells the same a second time (ISO/IEC
    23008-12, 8.3 and A.2.1) and is not looked at. Raises ImageProblem: damaged, hostile, or the
    extra is missing.
    """
    made = apart.made("heif", blob, name, least=least)
    facts = made.facts
    size = facts["size"][0], facts["size"][1]
    with mmap.mmap(made.file.fileno(), 0, access=mmap.ACCESS_READ) as pixels:
        data = memoryview(pixels)[made.start :]
        image = Image.frombytes(facts["mode"], size, data)
        data.release()
    made.file.close()
    if profile := facts["profile"]:
        image.info["icc_profile"] = bytes.fromhex(profile)
    return Opened(
        image,
        (facts["stored"][0], facts["stored"][1]),
        tuple(f"{name} {text}" for text in made.warnings),
        (facts["whole"][0], facts["whole"][1]),
        facts["factor"],
    )


def said_size(blob: Blob) -> tuple[int, int] | None:
    """The largest size that it speaks of, which that of a whole picture is; tiles have theirs."""
    with as_file(blob) as file:
        head = file.read(HEAD)
    found = [struct.unpack(">II", sides) for sides in SIZES.findall(head)]
    return max(found, key=lambda size: size[0] * size[1], default=None)
