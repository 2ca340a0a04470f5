"""Whatever is wrong with a picture: exit 5, nothing sent, little time and memory, a clean terminal.

Through the installed program, each in a process of its own whose peak is measured. Peaks are those
of the largest process; where a reader runs apart, ours beside it takes less than 60 MB.
"""

from __future__ import annotations

import os
import re
import socket
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest
from PIL import Image

from tests.bench.measure import Run, once
from tests.mock import Mock, serving
from tests.program import CAT, HORSE, KEY, PROGRAM, environment, vision

from .arriving import heic
from .corpus import Png, saved, scene
from .made import chunk, encoded, png_of
from .papers import ENCRYPTED
from .test_prepare_hostile import HEADERS, icon_of, lying_bmp, lying_gif, lying_jpeg, lying_tiff

MODEL = "openai/gpt-4o"  # which looks at less than 2048 px a side
SECONDS, MEGABYTES, BESIDE = 10, 300, 60
HORSE_PNG, CAT_JPEG = Path(HORSE).read_bytes(), Path(CAT).read_bytes()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">%b</svg>'
LAUGHS = b"<!DOCTYPE svg [<!ENTITY a0 'ha'>%b]>" % b"".join(
    b"<!ENTITY a%d '%b'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)
APART = (".heic", ".svg", ".pdf")  # read by a process apart


def texts(kind: bytes) -> bytes:
    packed = zlib.compress(bytes(200_000_000), 9)
    head = b"note\0\1\0en\0\0" if kind == b"iTXt" else b"note\0\0"
    return Png(2, 8, False, False).file(chunk(kind, head + packed))


def scrambled(data: bytes) -> bytes:
    """Its head, and then nothing of use."""
    return data[:64] + bytes(range(256)) * 40


FILES: dict[str, bytes | Callable[[], bytes]] = {
    "empty.jpg": b"",
    "one.png": b"\x89",
    "eight.png": b"\x89PNG\r\n\x1a\n",
    "page.jpg": b"<!DOCTYPE html><html><body>Please log in</body></html>",
    "object.png": b'{"error": "not found", "status": 404, "message": "gone"}',
    "words.jpg": b"To whom it may concern: this is no picture. " * 9,
    "cut.png": HORSE_PNG[: len(HORSE_PNG) // 2],
    "lines.png": HORSE_PNG.replace(b"\r\n", b"\n"),
    "marked.png": b"\xef\xbb\xbf" + HORSE_PNG,
    "head.jpg": CAT_JPEG[:100],
    "cut.webp": lambda: encoded("WEBP")[:40] + b"\0" * 10,
    "cut.avif": lambda: saved(scene(), "AVIF")[:-200],
    "cut.heic": lambda: heic(1)[:-300],
    "cut.tif": lambda: saved(scene(), "TIFF", compression="tiff_lzw")[:2000],
    "cut.bmp": lambda: saved(scene(), "BMP")[:500],
    "cut.gif": lambda: saved(scene().quantize(64), "GIF")[:400],
    "cut.jp2": lambda: saved(scene(), "JPEG2000")[:200],
    "scrambled.tif": lambda: scrambled(saved(scene(), "TIFF", compression="jpeg")),
    "scrambled.ico": lambda: scrambled(saved(scene((64, 64), "RGBA"), "ICO", sizes=[(64, 64)])),
    "scrambled.jp2": lambda: scrambled(saved(scene(), "JPEG2000")),
    "scrambled.avif": lambda: scrambled(saved(scene(), "AVIF")),
    "unknown.jxl": b"\xff\x0a" + bytes(range(1, 200)),
    **HEADERS,
    "lying-4-gigapixels.tif": lambda: lying_tiff(65_000, 65_000),
    "lying-2-gigapixels.bmp": lambda: lying_bmp(46_000, 46_000),
    "lying-progressive.jpg": lambda: lying_jpeg(13_000, 13_000, progressive=True),
    "lying-120-megapixels.gif": lambda: lying_gif(12_000, 10_000),
    "lying-icon.ico": lambda: icon_of(png_of(30_000, 30_000)),
    "text.png": lambda: texts(b"zTXt"),
    "text-itxt.png": lambda: texts(b"iTXt"),
    "text-profile.png": lambda: texts(b"iCCP"),
    "laughs.svg": LAUGHS + SVG % b"<text>&a11;</text>",
    "entity.svg": b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + SVG % b"&x;",
    "broken.svg": SVG[:60],
    "encrypted.pdf#1": ENCRYPTED,
    "broken.pdf#1": b"%PDF-1.7\n" + b"garbage " * 100,
    "\x1b]0;owned\x07\x1b[2J.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "line\nbreak\rreturn.jpg": b"this is text, and no picture at all",
    "\u202egpj.exe.jpg": b"this is text, and no picture at all",
    "-leading.png": HORSE_PNG[:300],
    "@at'quote\".png": HORSE_PNG[:300],
    "\udcff\udcfe-bytes.jpg": CAT_JPEG[:100],
}


def made(folder: Path, name: str) -> str:
    """The word by which it is named."""
    data = FILES[name]
    (folder / name.removesuffix("#1")).write_bytes(data() if callable(data) else data)
    return f"./{name}"


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as running:
        yield running


def asked(mock: Mock, folder: Path, *words: str) -> Run:
    env = environment(mock.env(KEY))
    command = [PROGRAM, "ask", "-m", MODEL, *words, "-Q", "what is it"]
    before = Path.cwd()
    os.chdir(folder)
    try:
        return once(command, env)
    finally:
        os.chdir(before)


def is_refused(mock: Mock, run: Run, most: int = MEGABYTES, seconds: float = SECONDS) -> None:
    assert run.status == 5
    assert mock.received == []
    assert run.seconds < seconds
    assert run.kilobytes < most * 1024


@pytest.mark.parametrize("name", FILES, ids=ascii)
def test_a_file_that_means_harm_or_is_broken(mock: Mock, tmp_path: Path, name: str) -> None:
    run = asked(mock, tmp_path, made(tmp_path, name))
    beside = BESIDE if name.removesuffix("#1").endswith(APART) else 0
    is_refused(mock, run, MEGABYTES - beside)


def test_900_megapixels_are_refused_at_once(mock: Mock, tmp_path: Path) -> None:
    """Three times: a busy machine may disturb one of them."""
    word = made(tmp_path, "900-megapixels.png")
    runs = [asked(mock, tmp_path, word) for _ in range(3)]
    for run in runs:
        is_refused(mock, run, most=200)
    assert min(run.seconds for run in runs) < 1


def test_what_is_no_file(mock: Mock, tmp_path: Path) -> None:
    (tmp_path / "dangling.png").symlink_to("nowhere.png")
    (tmp_path / "one.png").symlink_to("two.png")
    (tmp_path / "two.png").symlink_to("one.png")
    (tmp_path / "folder.png").mkdir()
    before = Path.cwd()
    os.chdir(tmp_path)  # a socket's name must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.png")
    os.chdir(before)
    with (tmp_path / "sparse.jpg").open("wb") as file:
        file.truncate(1 << 30)
    for word in (
        *("./missing.png", "./dangling.png", "./one.png", "./folder.png", "./socket.png"),
        *("/dev/zero", "/dev/null", "./sparse.jpg"),
    ):
        is_refused(mock, asked(mock, tmp_path, word), most=100)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(mock: Mock, tmp_path: Path) -> None:
    file = tmp_path / "secret.png"
    file.write_bytes(HORSE_PNG)
    file.chmod(0)
    is_refused(mock, asked(mock, tmp_path, "./secret.png"))


def test_as_it_is_a_type_or_a_number_that_is_not_taken(mock: Mock, tmp_path: Path) -> None:
    (tmp_path / "a.bmp").write_bytes(saved(scene(), "BMP"))
    is_refused(mock, asked(mock, tmp_path, "--no-prep", "./a.bmp"))
    (tmp_path / "a.jpg").write_bytes(CAT_JPEG + b"\xff" * 21_000_000)
    is_refused(mock, asked(mock, tmp_path, "--no-prep", "./a.jpg"))


OURS = re.compile(
    r"error: |  try: |warning: |not known: |openai takes |[^ ]+ .* -> |[^ ]+ .*: sent as it is"
)


def test_the_terminal_shows_our_lines_and_nothing_else(tmp_path: Path) -> None:
    """All of them one after the other, on a terminal: libraries print there, names give orders."""
    words = [made(tmp_path, name) for name in FILES]
    words += [made_of(tmp_path, "torn.tif"), made_of(tmp_path, "fine.png")]
    command = pexpect.spawn(
        PROGRAM,
        ["prep", "-m", MODEL, "--", *words],
        env=environment({"TERM": "xterm-256color", "COLUMNS": "4000"}),  # type: ignore[arg-type]
        cwd=str(tmp_path),
        dimensions=(50, 4000),
        timeout=120,
    )
    shown = command.read()
    command.close()
    assert command.exitstatus == 5
    text = shown.decode("utf-8")  # also where names are not
    assert not re.search(r"[^\n\r\x20-\x7e\xa0-\U0010ffff]", text)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    lines = text.replace("\r\n", "\n").splitlines()
    assert [line for line in lines if not OURS.match(line)] == []
    errors = [line for line in lines if line.startswith("error: ")]
    assert len(errors) >= len(FILES)
    assert lines[-1].startswith("./fine.png 96x64 ")


def made_of(folder: Path, name: str) -> str:
    """One over which libtiff complains on the terminal, and one over which nobody does."""
    data = saved(scene(), "PNG")
    if name == "torn.tif":
        torn = bytearray(saved(scene(), "TIFF", compression="jpeg"))
        torn[300:900] = bytes(600)
        data = bytes(torn)
    (folder / name).write_bytes(data)
    return f"./{name}"


def test_a_name_is_no_obstacle_for_a_picture_that_is_good(tmp_path: Path) -> None:
    names = ["\x1b[2J.png", "a\nb.png", "\udcff.png", "-x.png", "@x.png", "'\".png", "e" * 240]
    for name in names:
        (tmp_path / name).write_bytes(HORSE_PNG)
    words = [f"./{name}" for name in names]
    done = vision("prep", "-m", MODEL, "-O", "out", *words, cwd=tmp_path)
    assert done.status == 0, done.err
    assert len(done.out.splitlines()) == len(names)
    assert "\x1b" not in done.out + done.err
    kept = {file.name for file in (tmp_path / "out").iterdir()}
    assert kept >= {"\x1b[2J.png", "a\nb.png", "\udcff.png", "-x.png", "@x.png", "'\".png"}


@pytest.mark.parametrize("side", ["200", "2000"])
@pytest.mark.parametrize("share", [0.5, 0.9, 1])
def test_a_jpeg_without_its_end_is_sent_with_a_warning(
    tmp_path: Path, share: float, side: str
) -> None:
    """Also where what is left of it ends in a blank part: paper is often white at its foot."""
    page = Image.new("RGB", (600, 800), "white")
    page.paste(Image.open(CAT).convert("RGB"), (40, 40))
    whole = saved(page, "JPEG", quality=90)[:-2]
    (tmp_path / "page.jpg").write_bytes(whole[: int(len(whole) * share)])
    done = vision("prep", "-m", MODEL, "--max-side", side, "page.jpg", cwd=tmp_path)
    assert done.status == 0, done.err
    assert "warning: page.jpg lacks its end marker and may be cut short" in done.err
