"""SVG drawn without files, network, entities or end; what a process apart does not give away."""

from __future__ import annotations

import base64
import gzip
import io
import socket
import threading
from pathlib import Path

import pytest
from PIL import Image

from visioncli.core.errors import ImageProblem
from visioncli.core.types import BytesBlob
from visioncli.images import blobs
from visioncli.images.sandboxed import apart, svg
from visioncli.images.sandboxed.svg_clean import cleaned

from .made import HORSE, encoded
from .papers import stand_in

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED, WHITE, BLACK = (255, 0, 0), (255, 255, 255), (0, 0, 0)
SQUARE = '<rect width="50" height="50" fill="red"/>'


def drawing(inside: str, size: str = 'width="100" height="50"') -> bytes:
    return f"<svg {HEAD} {size}>{inside}</svg>".encode()


def drawn(data: bytes, longest: int = 400) -> tuple[Image.Image, tuple[str, ...]]:
    found = svg.drawn(BytesBlob(data), "a.svg", longest)
    picture = Image.open(io.BytesIO(found.png))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", found.size)
    return picture, found.warnings


def refused(data: bytes) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        svg.drawn(BytesBlob(data), "a.svg", 400)
    assert told.value.exit == 5
    assert told.value.message.startswith("a.svg ")
    assert told.value.message.isprintable()
    return told.value


def test_it_is_drawn_on_white_as_large_as_asked() -> None:
    picture, warnings = drawn(drawing(SQUARE))
    assert (picture.size, warnings) == ((400, 200), ())
    assert picture.getpixel((100, 100)) == RED
    assert picture.getpixel((300, 100)) == WHITE


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        ('width="100" height="50"', 1568, (768, 384)),  # a small one can be recognised
        ('width="1000" height="500"', 1568, (1000, 500)),  # its own size
        ('width="10in" height="5in"', 1568, (960, 480)),
        ('width="20000" height="10000"', 1568, (1568, 784)),
        ('width="1e9" height="5e8"', 1568, (1568, 784)),
        ('width="1e9" height="1"', 1568, (1568, 1)),
        ('viewBox="0 0 30 60"', 600, (300, 600)),
        ('width="100%" height="100%" viewBox="0,0,2000,1000"', 1568, (1568, 784)),
        ('width="nonsense" height="50"', 300, (300, 300)),
        ('width="100" height="50"', 64, (64, 32)),
    ],
)
def test_its_size(size: str, longest: int, expected: tuple[int, int]) -> None:
    assert drawn(drawing(SQUARE, size), longest)[0].size == expected


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(drawing(SQUARE)),
        b"\xef\xbb\xbf" + drawing(SQUARE),
        ('<?xml version="1.0" encoding="utf-16"?>' + drawing(SQUARE).decode()).encode("utf-16"),
        b'<?xml version="1.0" encoding="windows-1251"?>' + drawing(SQUARE),
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:1/svg11.dtd">'
        + drawing(SQUARE),
        b'<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>'
        + drawing(SQUARE).replace(b'"http://www.w3.org/2000/svg"', b'"&ns_svg;"'),
    ],
    ids=["svgz", "bom", "utf-16", "windows-1251", "dtd", "plain entity"],
)
def test_it_is_read_however_it_is_written(data: bytes) -> None:
    assert drawn(data)[0].getpixel((100, 100)) == RED


def test_words_are_drawn_also_where_their_font_is_not_here() -> None:
    words = '<text x="5" y="40" font-size="40" font-family="{}">HH</text>'
    for family in ("serif", "sans-serif", "monospace", "NoSuchFont", ""):
        picture, warnings = drawn(drawing(words.format(family)))
        has_words = min(picture.convert("L").getextrema()) < 100
        assert has_words or warnings  # a machine without fonts says so
    _, warnings = drawn(drawing('<text y="40">\ufdd0</text>'))  # a character that no font has
    assert warnings == ("a.svg holds words in fonts that are not here; some were left out",)


# ------------------------------------------------------------------------- out of the picture


REFERRING = (
    '<image {}="{}" width="100" height="50"/>',
    '<use {}="{}"/>',
    '<filter id="f"><feImage {}="{}"/></filter><g filter="url(#f)"><path d="M0 0 9 9"/></g>',
    '<linearGradient id="g" {}="{}"/><path fill="url(#g)" d="M0 0"/>',
)


def inner(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize(
    "address",
    [
        str(HORSE),
        HORSE.as_uri(),
        f" {HORSE}",
        f"//localhost{HORSE}",
        f"../../../../../../../../..{HORSE}",
        "http://127.0.0.1:{port}/a.png",
        "HTTP://127.0.0.1:{port}/a.svg#a",
        inner(drawing(f'<image width="50" height="50" href="{HORSE}"/>'), "image/svg+xml"),
        inner(b"GET / HTTP/1.0", "text/html"),
    ],
)
def test_nothing_outside_is_looked_at(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = address.replace("{port}", str(server.getsockname()[1]))
        both = (element.format(n, address) for element in REFERRING for n in ("href", "xlink:href"))
        picture, warnings = drawn(drawing("".join(both)))
        with pytest.raises(BlockingIOError):
            server.accept()
    assert picture.getextrema() == ((255, 255),) * 3
    assert warnings == ("a.svg refers to 8 things outside of it, which were left out",)


def test_one_thing_is_one() -> None:
    _, warnings = drawn(drawing('<image width="5" height="5" href="b.png"/>'))
    assert warnings == ("a.svg refers to 1 thing outside of it, which was left out",)


def test_pixels_that_are_written_into_it_are_drawn() -> None:
    red = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(red, "PNG")
    address = inner(red.getvalue(), "image/png")
    picture, warnings = drawn(drawing(f'<image width="50" height="50" xlink:href="{address}"/>'))
    assert (picture.getpixel((100, 100)), warnings) == (RED, ())
    picture, _ = drawn(drawing('<path id="a" d="M0 0h50v50z" fill="red"/><use href="#a" x="50"/>'))
    assert picture.getpixel((380, 50)) == RED


def test_styles_and_scripts_reach_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        there = f"http://127.0.0.1:{server.getsockname()[1]}/"
        picture, _ = drawn(
            f'<?xml-stylesheet href="{there}a.css"?>'.encode()
            + drawing(
                f'<style>@import url("{there}b.css"); @font-face {{ font-family: x;'
                f" src: url({there}c.woff) }} rect {{ fill: url({there}d.svg#e) red }}</style>"
                f"<script>fetch('{there}')</script><script href='{there}f.js'/>"
                f'<foreignObject><img src="{there}g.png"/></foreignObject>'
                f'<rect width="50" height="50" onload="fetch(\'{there}\')"/>'
            )
        )
        with pytest.raises(BlockingIOError):
            server.accept()
    assert picture.getpixel((300, 100)) == WHITE


def test_what_may_lead_out_is_not_even_handed_on() -> None:
    clean = cleaned(
        io.BytesIO(
            drawing(
                '<script>a</script><a href="x" onclick="b" xml:base="c">'
                '<text id="d">e &amp; f</text>'
                '<image href="data:image/png,g"/></a><?h i?><!-- j -->'
            )
        )
    )
    assert clean.text == (
        f'<svg {HEAD} width="100" height="50"><a><text id="d">e &amp; f</text>'
        '<image href="data:image/png,g"></image></a></svg>'
    )
    assert (clean.has_text, clean.refused) == (True, 1)


# ------------------------------------------------------------------------------- hostile ones

LAUGHS = "".join(
    f'<!ENTITY {name} "{f"&{inside};" * 10}">'
    for inside, name in zip("abcdefgh", "bcdefghi", strict=True)
)
COPIES = "".join(f'<g id="a{n + 1}">' + f'<use href="#a{n}"/>' * 10 + "</g>" for n in range(9))
ENTITIES = "declares entities that lead elsewhere or hold others, which are not read"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">%b]>' % LAUGHS.encode() + drawing("&i;"), ENTITIES),
        (b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + drawing("&a;"), ENTITIES),
        (b'<!DOCTYPE svg [<!ENTITY a "%b">]>' % (b"a" * 2000) + drawing("&a;" * 2000), ENTITIES),
        (b'<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://127.0.0.1:1/">%p;]>' + drawing(""), ENTITIES),
        (drawing("<g>" * 100_000 + "</g>" * 100_000), "holds more than is drawn"),
        (drawing("<g/>" * 301_000), "holds more than is drawn"),
        (gzip.compress(b"<svg>" + bytes(300_000_000)), "is no well-formed SVG: not well-formed"),
        (gzip.compress(b"<svg>" + b" " * 300_000_000), "is an SVG of more than 20 MB"),
        (drawing(" " * (21 << 20)), "is an SVG of more than 20 MB"),
        (gzip.compress(drawing(SQUARE))[:-20], "is damaged: its gzip is cut short"),
        (gzip.compress(drawing(SQUARE))[:30] + b"xxxxxxxxx", "is damaged: its gzip is broken"),
        (b"<html><svg/></html>", "is no SVG: it begins with html"),
        (b"<svg><g></svg>", "is no well-formed SVG: mismatched tag, line 1"),
        (b"", "is no well-formed SVG: no element found, line 1"),
        (b'<?xml version="1.0" encoding="klingon"?><svg/>', "is in an encoding that is not known"),
        (drawing('<g id="a0"><path d="M0 0"/></g>' + COPIES), "cannot be drawn: "),
        (drawing("", 'width="0" height="0"'), "cannot be drawn: SVG has an invalid size"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_is_not_drawn(data: bytes, why: str) -> None:
    assert refused(data).message.startswith(f"a.svg {why}")


def test_pixels_inside_that_unpack_to_gigabytes_are_bounded() -> None:
    bomb = inner(encoded("PNG", (16, 16)), "image/png")
    assert drawn(drawing(f'<image href="{bomb}" width="9" height="9"/>'))
    big = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(big, "PNG")
    bomb = inner(big.getvalue(), "image/png")
    error = refused(drawing(f'<image href="{bomb}" width="9" height="9"/>'))
    assert error.code == "image_too_complex"


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 1.0)
    slow = '<feTurbulence baseFrequency=".1" numOctaves="100000000"/>' * 20
    error = refused(drawing(f'<filter id="f">{slow}</filter><g filter="url(#f)">{SQUARE}</g>'))
    assert error.message == "a.svg takes longer than 1 s to be drawn"
    assert error.hint == "convert it to PNG first"


# ---------------------------------------------------------------------------- a process apart


def test_without_the_extra_there_is_one_line_to_paste(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "resvg_py", "raise ModuleNotFoundError('resvg_py')")
    error = refused(drawing(SQUARE))
    assert error.message == "a.svg is SVG, and the library that reads it is not installed"
    assert (error.hint, error.code) == ("pip install 'visioncli[svg]'", "extra_missing")


@pytest.mark.parametrize(
    "ends", ["os.abort()", "os._exit(3)", "raise Exception('x')", "bytearray(1 << 34)", "1 / 0"]
)
def test_a_library_that_crashes_takes_nobody_along(
    ends: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = "os.write(1, b'noise'); os.write(2, b'noise'); print('noise')"
    body = f"import os\ndef svg_to_bytes(**how):\n    {noise}\n    {ends}\n"
    stand_in(tmp_path, monkeypatch, "resvg_py", body)
    assert refused(drawing(SQUARE)).code == "image_too_complex"
    assert capfd.readouterr() == ("", "")


def told_by_the_library(folder: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> str:
    body = f"import os\ndef svg_to_bytes(**how):\n    raise ValueError({what})\n"
    stand_in(folder, monkeypatch, "resvg_py", body)
    return refused(drawing(SQUARE)).message


def test_it_knows_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("HOME", str(tmp_path))
    said = told_by_the_library(tmp_path, monkeypatch, "sorted(os.environ)")
    assert "'HOME'" in said
    assert "OPENAI_API_KEY" not in said
    for words in ("open('/proc/self/cmdline').read()", "os.listdir('/proc/self/fd')"):
        assert "canary" not in told_by_the_library(tmp_path, monkeypatch, words)


def test_it_opens_no_file_while_it_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = told_by_the_library(tmp_path, monkeypatch, "open('/etc/hostname').read()")
    assert said.startswith("a.svg cannot be drawn: its reader crashed")
    import_socket = "__import__('socket')"
    (tmp_path / "resvg_py.py").write_text(
        f"s = {import_socket}\ndef svg_to_bytes(**how):\n"
        "    try: s.socket()\n    except OSError as e: raise ValueError(e)\n"
    )
    assert "Too many open files" in refused(drawing(SQUARE)).message


def test_words_of_a_library_are_shown_without_control_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = told_by_the_library(tmp_path, monkeypatch, r"'\x1b]52;c;aGk=\x07\n' + 'x' * 9999")
    assert said.isprintable()
    assert len(said) < 300


def test_many_are_drawn_at_once() -> None:
    sizes: list[tuple[int, int]] = []
    threads = [
        threading.Thread(target=lambda: sizes.append(drawn(drawing(SQUARE))[0].size))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [(400, 200)] * 4


@pytest.mark.usefixtures("as_large")
def test_a_file_that_changes_meanwhile_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.svg"
    file.write_bytes(drawing(SQUARE))
    body = f"open({str(file)!r}, 'ab').write(b' ')\ndef svg_to_bytes(**how): raise ValueError('x')"
    stand_in(tmp_path, monkeypatch, "resvg_py", body)
    with pytest.raises(ImageProblem, match="changed while reading") as told:
        svg.drawn(blobs.from_path(str(file)), "a.svg")
    assert told.value.code == "image_changed"
