"""Colours into sRGB, which is what models were taught with and what nobody has to be told."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

from . import icc

SPACES = {"RGB": "RGB", "RGBA": "RGB", "L": "GRAY", "LA": "GRAY", "CMYK": "CMYK", "LAB": "Lab"}
BROKEN = "its colour profile is damaged; its colours are taken for sRGB"


def in_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, str]:
    """(the picture in sRGB: L, LA, RGB or RGBA, what went wrong or "").

    image: L, LA, RGB, RGBA, CMYK or LAB. profile: an ICC profile; None and any that cannot be used
    mean sRGB, for CMYK the plain ink arithmetic of Pillow.
    """
    note = ""
    if profile and not (icc.is_srgb(profile) and image.mode not in ("CMYK", "LAB")):
        try:
            return _converted(image, profile), ""
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError, KeyError):
            note = BROKEN
    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return _done(ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")), note
    return (image.convert("RGB") if image.mode == "CMYK" else image), note


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    """Raises PyCMSError, and ValueError where the profile is for other pixels than these."""
    if icc.space(profile) != SPACES[image.mode]:
        raise ValueError("a profile of other pixels")
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    grey = image.mode in ("L", "LA")
    if alpha:
        image = image.convert("L" if grey else "RGB")
    source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    image = _done(ImageCms.profileToProfile(image, source, srgb, outputMode="RGB"))
    if grey:
        image = image.convert("L")
    if alpha:
        image.putalpha(alpha)
    return image


def _done(image: Image.Image | None) -> Image.Image:
    if image is None:  # only where it was to be converted in place
        raise TypeError("nothing was converted")
    return image
