"""HEIC and HEIF, as phones write them, through libheif in a process apart.

pillow-heif's wheels bring libheif and libde265 (LGPL) and an encoder, x265 (GPL), that is not used
here. Its decode-only sibling, imported as `pi_heif`, is used instead where it is installed.
AVIF is not read here: Pillow has a decoder of its own.
"""

from __future__ import annotations

import mmap
from typing import NamedTuple

from PIL import Image

from visioncli.core.types import Blob

from . import apart


class Opened(NamedTuple):
    """image: upright RGB, RGBA, L or LA; its colour profile, if any, in info["icc_profile"].

    stored: (width, height) in px as its header has them. warnings: what is worth telling.
    """

    image: Image.Image
    stored: tuple[int, int]
    warnings: tuple[str, ...]


def opened(blob: Blob, name: str) -> Opened:
    """Its first picture, decoded, turned and mirrored as its own boxes say, once.

    An EXIF orientation beside them tells the same a second time (ISO/IEC 23008-12, 8.3 and A.2.1)
    and is not looked at. Raises ImageProblem: damaged, hostile, or the extra is missing.
    """
    made = apart.made("heif", blob, name)
    facts = made.facts
    size = facts["size"][0], facts["size"][1]
    with mmap.mmap(made.file.fileno(), 0, access=mmap.ACCESS_READ) as pixels:
        data = memoryview(pixels)[made.start :]
        image = Image.frombytes(facts["mode"], size, data)
        data.release()
    made.file.close()
    if profile := facts["profile"]:
        image.info["icc_profile"] = bytes.fromhex(profile)
    warnings = tuple(f"{name} {text}" for text in made.warnings)
    return Opened(image, (facts["stored"][0], facts["stored"][1]), warnings)
