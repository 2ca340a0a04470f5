"""Pictures that need work before they are sent."""

from __future__ import annotations

from tests.images.corpus import Png, exif, saved, scene, ycck
from tests.images.made import animated
from tests.matrix.acts import noise
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row, error, remedy, warning

from .drawn import PEAK, arrives, jpeg, refused, sent, small

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">%b</svg>'


LAUGHS = b"<!DOCTYPE svg [<!ENTITY a0 'ha'>%b]>" % b"".join(
    b"<!ENTITY a%d '%b'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)


def svg_that_reaches_out(place: Place) -> Done:
    image = f'<image href="{place.url("other.png")}" width="9" height="9"/>'
    place.write("it.svg", SVG % image.encode())
    return place.ask()


WORK = (
    refused(
        "9g",
        "a damaged PDF",
        "it.pdf",
        b"%PDF-1.4\n" + bytes(99),
        error(r"\./it\.pdf is a damaged PDF"),
        words=("./it.pdf#1", "q"),
    ),
    sent(
        "10a",
        "an animated PNG",
        "it.png",
        lambda: animated("PNG"),
        "image/png",
        r"\./it\.png .+ \(first picture of an animation\)",
    ),
    sent(
        "10b",
        "an animated GIF",
        "it.gif",
        lambda: animated("GIF"),
        "image/gif",
        r"\./it\.gif .+ \(first picture of an animation\)",
    ),
    sent(
        "10c",
        "an animated WebP",
        "it.webp",
        lambda: animated("WEBP"),
        "image/png",
        r"\./it\.webp .+ \(first picture of an animation\)",
    ),
    sent(
        "11a",
        "a JPEG on its side",
        "it.jpg",
        lambda: jpeg(exif=exif(6)),
        "image/jpeg",
        r"\./it\.jpg .+",
        act=arrives("image/jpeg", (64, 96)),
    ),
    sent(
        "11b",
        "CMYK",
        "it.jpg",
        lambda: ycck(scene((96, 64), "CMYK")),
        "image/jpeg",
        r"\./it\.jpg .+",
    ),
    sent("11c", "16 bit", "it.png", Png(2, 16, False, False).file, "image/png", r"\./it\.png .+"),
    sent("11d", "a palette with transparency", "it.png", Png(3, 8, False, True).file, "image/png"),
    sent(
        "11e",
        "grey with alpha",
        "it.png",
        Png(4, 8, False, False).file,
        "image/png",
        act=lambda place: place.ask(),
    ),
    *(
        sent(
            f"12{letter}",
            f"{kind} to a vendor that lacks it",
            f"it.{kind.lower()}",
            lambda kind=kind: saved(scene(), kind),
            "image/png|image/jpeg",
            rf"\./it\.{kind.lower()} .+",
            act=lambda place: place.ask(),
        )
        for letter, kind in (("a", "TIFF"), ("b", "BMP"), ("c", "AVIF"))
    ),
    refused(
        "12d",
        "BMP with --no-prep",
        "it.bmp",
        lambda: saved(scene(), "BMP"),
        error(r".*it\.bmp.+bmp.*|openai takes .+"),
        remedy(r"without --no-prep it is converted.*"),
        options=("--no-prep",),
    ),
    refused(
        "13a",
        "billion laughs",
        "it.svg",
        LAUGHS + SVG % b"<text>&a11;</text>",
        error(r"\./it\.svg .*entities.*"),
        remedy(".+"),
        act=small,
        inside=PEAK,
        needs=("linux",),
    ),
    refused(
        "13b",
        "an external entity",
        "it.svg",
        b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + SVG % b"<text>&x;</text>",
        error(r"\./it\.svg .*entities.*"),
        remedy(".+"),
    ),
    Row(
        id="13c",
        case="an SVG that draws a picture of another server",
        exit=0,
        requests=1,
        words=("./it.svg", "q"),
        act=svg_that_reaches_out,
        says=(r"\./it\.svg .+ \(drawn\)", warning(r"\./it\.svg refers to 1 thing outside .+")),
    ),
    refused(
        "13d",
        "an SVG that is cut",
        "it.svg",
        SVG[:60],
        error(r"\./it\.svg is no well-formed SVG: .+"),
    ),
    sent(
        "14a",
        "more pixels than the model looks at",
        "it.png",
        lambda: noise(2600),
        "image/png|image/jpeg",
        r"\./it\.png .*2600.*",
        act=lambda place: place.ask(),
    ),
    refused(
        "14b",
        "more bytes than the provider takes, with --no-prep",
        "it.jpg",
        lambda: jpeg()[:-2] + bytes(60 << 20) + b"\xff\xd9",
        error(r".*it\.jpg.*"),
        remedy(".+"),
        options=("--no-prep",),
    ),
    Row(
        id="14c",
        case="21 pictures named together",
        exit=2,
        words=(*["p.png"] * 21, "q"),
        says=(error(r".+"), remedy(r".*--together.*")),
    ),
)

ROWS = (*WORK,)
