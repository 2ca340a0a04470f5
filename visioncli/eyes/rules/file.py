"""What the file itself says: size, format, shape, and the camera's notes. No model is loaded."""

from __future__ import annotations

import math
import re

from visioncli.eyes.seen import Reply
from visioncli.eyes.view import View

# "what is the resolution", "how many megapixels", "image size"
SIZE = re.compile(
    r"(?:what (?:is|are) )?(?:the |its )?(?:image |picture |photo |file |pixel )*"
    r"(?:resolution|dimensions?|size|width|height|aspect ratio|format|file ?type|orientation)"
    r"(?: and (?:width|height|size|format|resolution))?(?: (?:is it|does it have))?(?: in pixels)?"
    r"|what (?:(?:file|image|picture) )?(?:resolution|dimensions?|size|format|type) is (?:it|this)"
    r"|how (?:big|large|wide|tall|high|heavy) is (?:it|this)(?: in (?:pixels|bytes))?"
    r"|how many (?:mega|kilo)?(?:pixels?|bytes)(?: (?:is|does) (?:it|this)(?: have)?| are there)?"
)
# is it a png
FORMAT = re.compile(r"is (?:it|this) (?:an? )?(jpe?g|png|gif|webp|tiff?|bmp|avif)(?: file)?")
# is it landscape or portrait · portrait?
SHAPE = re.compile(
    r"(?:is (?:it|this) )?(?:an? |in )?(landscape|portrait|square)(?: or (?:an? |in )?"
    r"(?:landscape|portrait|square))*(?: (?:image|picture|photo|format|orientation|mode)){0,2}"
)
SHOT = r"(?:taken|shot|made|photographed|captured|snapped)"
# when was it taken · date taken
WHEN = re.compile(
    rf"when (?:was|were|is) (?:it|this|that|these)(?: {SHOT})?|when (?:did (?:you|they"
    r"|someone)) take (?:it|this)"
    rf"|(?:what (?:is|was) the )?date (?:it was )?{SHOT}|what (?:day|date|year|month) was (?:it"
    rf"|this) {SHOT}"
    rf"|how old is (?:it|the (?:photo|picture|image))"
)
# what camera was used · which lens is it
CAMERA = re.compile(
    rf"(?:what|which) (?:kind of |type of )?(camera|phone|lens|device)(?: (?:model|was|is))?"
    rf"(?: (?:used|it|this|was it|this was|took|{SHOT}|with|on|to|take|did|they|use)){{0,6}}"
    rf"|(?:what is the )?(camera|lens)(?: (?:model|make))?|what was (?:it|this) {SHOT} with"
)
# where was it taken · gps coordinates
PLACE = re.compile(
    rf"where (?:was|were|is) (?:it|this|that|these) {SHOT}"
    r"|(?:what (?:is|are) the )?(?:gps|gps (?:data|position|coordinates)|coordinates"
    r"|location)(?: of it)?"
)
# show the exif data · shutter speed
EXIF = re.compile(
    r"(?:what (?:is|are) )?(?:show |read |list )?(?:the |its |all )*(?:exif|metadata|exposure"
    r"|shutter speed|aperture|iso"
    r"|focal length|camera settings)(?: (?:data|say|settings|values?|time))?"
    r"|(?:does it (?:have|contain)|is there|has it) (?:any )?(?:exif|metadata)(?: data)?"
)


def size(text: str, view: View) -> Reply | None:
    p = view.picture
    shape = "square" if p.width == p.height else "landscape" if p.width > p.height else "portrait"
    if asked := SHAPE.fullmatch(text):
        yes = ""
        if " or " not in text and text.startswith("is "):
            yes = "Yes: " if asked[1] == shape else "No: "
        name = f"{yes}{shape}" if yes else shape.capitalize()
        return Reply("in", f"{name}, {p.width}x{p.height} pixels.", "size")
    if asked := FORMAT.fullmatch(text):
        wanted = asked[1].upper().replace("JPG", "JPEG")
        wanted = "TIFF" if wanted == "TIF" else wanted
        return Reply("in", f"{'Yes' if wanted == p.format else 'No'}: it is {p.format}.", "size")
    if not SIZE.fullmatch(text):
        return None
    common = math.gcd(p.width, p.height)
    ratio = f"{p.width // common}:{p.height // common}"
    return Reply(
        "in",
        f"{p.width}x{p.height} pixels ({p.width * p.height / 1e6:.2f} megapixels, {ratio},"
        f" {shape}), {p.format}, mode {p.mode}, {p.file_bytes:,} bytes.",
        "size",
    )


def exif(text: str, view: View) -> Reply | None:
    shot = view.picture.shot
    lens = f", lens {shot.lens}" if shot.lens else ""
    if WHEN.fullmatch(text):
        told = f"Taken {shot.taken}, says EXIF." if shot.taken else ""
        missing = "The file carries no EXIF date: it does not say when it was taken."
    elif CAMERA.fullmatch(text):
        told = f"{shot.camera}{lens}, says EXIF." if shot.camera else ""
        missing = "The file carries no EXIF camera: it does not say what took it."
    elif PLACE.fullmatch(text):
        told = _position(shot.position)
        missing = "The file carries no EXIF position: it does not say where it was taken."
    elif EXIF.fullmatch(text):
        facts = (
            shot.taken,
            shot.camera + lens,
            shot.exposure,
            _position(shot.position).rstrip("."),
        )
        told = "EXIF: " + "; ".join(fact for fact in facts if fact) + "." if any(facts) else ""
        missing = "The file carries no EXIF notes of date, camera, exposure or place."
    else:
        return None
    return Reply("in", told or missing, "exif")


def _position(position: tuple[float, float] | None) -> str:
    if position is None:
        return ""
    north, east = position
    return (
        f"At {abs(north):.5f}° {'N' if north >= 0 else 'S'},"
        f" {abs(east):.5f}° {'E' if east >= 0 else 'W'}, says EXIF."
    )
