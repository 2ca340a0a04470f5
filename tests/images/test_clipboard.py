"""clip: through programs that stand in for the platform's, and through a real X server."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import vision
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.images import clipboard, desktop

from . import desktops
from .desktops import PNG, called, program
from .made import HORSE, content, encoded, load

X11 = {"DISPLAY": ":99"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}
TARGETS = "give(PNG if 'TARGETS' not in words else b'TIMESTAMP\\nimage/png\\n')"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where all programs are that can be found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def taken(folder: Path, platform: str = "linux", **variables: str) -> bytes:
    blob = clipboard.picture(platform, desktops.desktop(folder, **variables))
    return b"".join(blob.open())


def refused(folder: Path, platform: str = "linux", **variables: str) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        taken(folder, platform, **variables)
    assert told.value.exit == 5
    assert told.value.message.isprintable()
    return told.value


def test_x11(folder: Path) -> None:
    program(folder, "xclip", TARGETS)
    assert taken(folder, **X11) == PNG
    assert len(called(folder)) == 2


def test_wayland_comes_first(folder: Path) -> None:
    program(folder, "xclip", TARGETS)
    program(folder, "wl-paste", "give(b'image/png\\n' if '--list-types' in words else PNG + b'!')")
    assert taken(folder, **X11, **WAYLAND) == PNG + b"!"
    assert all("wl-paste" in call for call in called(folder))


def test_what_wayland_does_not_have_x11_may(folder: Path) -> None:
    program(folder, "xclip", TARGETS)
    program(folder, "wl-paste", "sys.exit('No selection')")
    assert taken(folder, **X11, **WAYLAND) == PNG


def test_macos(folder: Path) -> None:
    words = "give('«data PNGf{}»\\n'.format(PNG.hex().upper()).encode())"
    body = f"if 'clipboard info' in words: give('«class PNGf», 42'.encode())\nelse: {words}"
    program(folder, "osascript", body)
    assert taken(folder, "darwin") == PNG
    program(folder, "pngpaste", "give(PNG + b'!')")
    assert taken(folder, "darwin") == PNG + b"!"


def test_windows(folder: Path) -> None:
    program(folder, "powershell.exe", "give(PNG)")
    assert taken(folder, "win32") == PNG
    assert "GetImage" in called(folder)[0]


@pytest.mark.parametrize(
    ("platform", "name", "body", "variables"),
    [
        ("linux", "xclip", "give(b'UTF8_STRING\\n')", X11),
        ("linux", "xclip", "sys.exit('Error: target TARGETS not available')", X11),
        ("linux", "wl-paste", "give(b'text/plain\\n')", WAYLAND),
        ("linux", "wl-paste", "give(b'image/png\\n' if '--list-types' in words else b'')", WAYLAND),
        ("darwin", "osascript", "give(b'string, 5')", {}),
        ("darwin", "osascript", "give('«class PNGf» «data PNGf8»'.encode())", {}),
        ("win32", "powershell.exe", "", {}),
    ],
)
def test_no_picture_on_it(
    platform: str, name: str, body: str, variables: dict[str, str], folder: Path
) -> None:
    program(folder, name, body)
    error = refused(folder, platform, **variables)
    assert error.message == "there is no picture on the clipboard"
    assert error.hint == "copy one first"


@pytest.mark.parametrize(
    ("platform", "variables", "remedy"),
    [
        ("linux", X11, "install xclip"),
        ("linux", WAYLAND, "install wl-clipboard, which has wl-paste"),
        ("linux", {}, "in a desktop session, or save the picture and name the file"),
        ("darwin", {}, "save the picture, and name the file"),
    ],
)
def test_no_program_here(
    platform: str, variables: dict[str, str], remedy: str, folder: Path
) -> None:
    program(folder, "xclip" if not variables else "other", TARGETS)
    error = refused(folder, platform, **variables)
    assert (error.message, error.hint) == ("nothing here reads the clipboard", remedy)
    assert not called(folder)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit('\\x1b]0;owned\\x07 cannot open display')", "cannot open display"),
        ("give(PNG); sys.exit(3)", "status 3"),
    ],
)
def test_a_program_that_fails_says_why(body: str, why: str, folder: Path) -> None:
    program(folder, "pngpaste", body)
    error = refused(folder, "darwin")
    assert error.message.startswith("the clipboard: pngpaste failed: ")
    assert why in error.message


def test_a_program_that_hangs_is_ended_with_its_children(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop, "SECONDS", 0.5)
    program(folder, "pngpaste", "os.fork()\ntime.sleep(60)")
    began = time.monotonic()
    error = refused(folder, "darwin")
    assert error.message == "the clipboard: pngpaste gave nothing for 0.5 s"
    assert time.monotonic() - began < 10


def test_a_program_that_gives_without_end_is_cut(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visioncli.images.spool.MOST", 1 << 20)
    program(folder, "pngpaste", "while True: give(bytes(1 << 16))")
    assert "is larger than 1 MB" in refused(folder, "darwin").message


def test_several_models_see_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = encoded("PNG")
    program(folder, "xclip", f"give(b'image/png' if 'TARGETS' in words else {picture!r})")
    monkeypatch.setenv("DISPLAY", ":99")
    kept: dict[str, object] = {}
    first, second = (load("clip:", kept=kept) for _ in range(2))
    assert content(first) == content(second) == picture
    assert (first.source, first.media_type) == ("clip:", "image/png")
    assert len(called(folder)) == 2
    assert content(load("CLIP:")) == picture
    assert len(called(folder)) == 4


def test_what_is_no_picture_is_not_sent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(folder, "xclip", "give(b'image/png' if 'TARGETS' in words else b'<html>' * 20)")
    monkeypatch.setenv("DISPLAY", ":99")
    with pytest.raises(ImageProblem, match="clip: is not an image: it looks like"):
        load("clip:")


def test_a_message_of_anybodys_does_not_reach_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(folder, "xclip", TARGETS)
    monkeypatch.setenv("DISPLAY", ":99")
    for image in ("clip:", "screen:"):
        with pytest.raises(UsageError):
            load(image, files=False)
    assert not called(folder)


@pytest.mark.parametrize("image", ["clip:2", "screen:left"])
def test_there_is_one_of_each(image: str, folder: Path) -> None:
    with pytest.raises(UsageError, match=f"there is no {image}"):
        load(image)


def test_on_the_command_line_without_a_desktop(folder: Path) -> None:
    done = vision("ask", "clip:", "what?", env={"PATH": str(folder), "DISPLAY": ""})
    assert done.status == 5
    assert done.err.splitlines()[-2:] == [
        "error: nothing here reads the clipboard",
        "  try: in a desktop session, or save the picture and name the file",
    ]


# ------------------------------------------------------------------------------ a real one


@pytest.fixture
def server() -> Iterator[dict[str, str]]:
    """An X server without a screen, and its address."""
    if not all(map(shutil.which, ("Xvfb", "xclip", "maim"))):
        pytest.skip("Xvfb, xclip and maim are not all here")
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "320x240x24", "-noreset"]
    process = subprocess.Popen(
        command, pass_fds=[writes], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writes)
    with os.fdopen(reads) as told:
        number = told.readline().strip()
    try:
        assert number
        yield {**os.environ, "DISPLAY": f":{number}", "WAYLAND_DISPLAY": ""}
    finally:
        process.terminate()
        process.wait()


@pytest.mark.needs_tool("Xvfb")
def test_a_real_clipboard_and_a_real_screen(server: dict[str, str]) -> None:
    with pytest.raises(ImageProblem, match="there is no picture on the clipboard"):
        clipboard.picture("linux", server)
    copy = ["xclip", "-selection", "clipboard", "-target", "image/png", "-in", str(HORSE)]
    subprocess.run(copy, env=server, check=True, stdout=subprocess.DEVNULL)
    assert b"".join(clipboard.picture("linux", server).open()) == HORSE.read_bytes()
    done = vision("ask", "--json", "clip:", "screen:", "how large is it?", env=server)
    assert done.status == 0, done.err
    first, second = done.json["images"]
    assert (first["source"], first["bytes"]) == ("clip:", HORSE.stat().st_size)
    assert (second["source"], second["width"], second["height"]) == ("screen:", 320, 240)
