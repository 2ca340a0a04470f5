"""Files that are no pictures, and names of them."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from tests.images.corpus import SIGNATURE
from tests.matrix.acts import noise
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row, error, remedy, warning

from .drawn import PEAK, PNG, jpeg, refused, small


def link(to: str) -> Callable[[Place], Done]:
    def act(place: Place) -> Done:
        (place.folder / "it.png").symlink_to(to)
        return place.ask()

    return act


def folder(place: Place) -> Done:
    (place.folder / "it.png").mkdir()
    return place.ask()


def unreadable(place: Place) -> Done:
    """By another user, where this one is root."""
    (place.folder / "it.png").chmod(0)
    for path in (place.folder, *place.folder.parents):
        if not os.access(path, os.X_OK) or path.stat().st_mode & 0o005 != 0o005:
            path.chmod(path.stat().st_mode | 0o055)
    return place.run(["setpriv", "--bounding-set=-all", "--inh-caps=-all", *place.words()])


def own_socket(place: Place) -> Done:
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(place.folder, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{here}/it.png")
        os.close(here)
        return place.ask()


def silent_pipe(place: Place) -> Done:
    os.mkfifo(place.folder / "it.png")
    return place.ask()


def pipe_of_a_shell(place: Place) -> Done:
    return place.shell('"$V" ask -m "$M" <(cat p.png) q')


def sparse(place: Place) -> Done:
    with (place.folder / "it.png").open("wb") as file:
        file.truncate(1 << 30)
    return small(place)


def shrinks(place: Place) -> Done:
    """Cut to a tenth between its first reading and the second, which is another attempt's."""
    file = place.folder / "it.png"
    process = place.start()
    place.until(process, lambda: place.received)
    os.truncate(file, 300_000)
    out, err = process.communicate(timeout=30)
    assert len(place.received) == 1  # another may have begun, and was never whole
    return place.ended(process.returncode, out, err)


HOSTILE = {
    "a": ("a newline", "a\nb.png", r"a\\nb\.png"),
    "b": ("ESC", "\x1b[2J.png", r"\\x1b\[2J\.png"),
    "c": ("a bidi override", "\u202egpj.exe.png", r"\\u202egpj\.exe\.png"),
    "d": ("bytes that are not UTF-8", "\udcff.png", r"\\xff\.png"),
    "e": ("a leading dash", "-x.png", r"-x\.png"),
    "f": ("@", "@x.png", r"@x\.png"),
    "g": ("quotes", "'\".png", "'\"\\.png"),
    "h": ("250 characters", "e" * 246 + ".png", r"e{246}\.png"),
}


NO_FILE = (
    refused(
        "1a", "a missing file", "it.png", None, error(r"no such file: \./it\.png"), remedy(".+")
    ),
    refused(
        "1b",
        "a dangling link",
        "it.png",
        None,
        error(r"\./it\.png is a link to nowhere\.png, which does not exist"),
        act=link("nowhere.png"),
    ),
    refused(
        "1c",
        "a link loop",
        "it.png",
        None,
        error(r"\./it\.png cannot be read: Too many levels of symbolic links"),
        act=link("it.png"),
    ),
    refused(
        "1d",
        "a directory where a file is meant",
        "it.png",
        None,
        error(r"\./it\.png holds no picture"),
        remedy(".+"),
        act=folder,
    ),
    refused(
        "1e",
        "mode 000",
        "it.png",
        PNG.file,
        error(r"\./it\.png cannot be read: Permission denied"),
        act=unreadable,
        needs=("setpriv",),
    ),
    refused(
        "2a",
        "/dev/zero",
        "it.png",
        None,
        error(r"/dev/zero is a device, not an image"),
        words=("/dev/zero", "q"),
    ),
    refused(
        "2b",
        "a socket",
        "it.png",
        None,
        error(r"\./it\.png cannot be read: it is a socket.*"),
        act=own_socket,
        needs=("linux",),
    ),
    refused(
        "2c",
        "a pipe to which nobody writes",
        "it.png",
        None,
        error(r"\./it\.png is a pipe that gave nothing for 0\.5 s"),
        remedy(".+"),
        act=silent_pipe,
        inside={"set": {"visioncli.images.blobs:SILENCE": 0.5}},
    ),
    Row(id="2d", case="<(…)", exit=0, requests=1, act=pipe_of_a_shell),
    refused("3a", "0 bytes", "it.png", b"", error(r"\./it\.png is empty")),
    refused("3b", "1 byte", "it.png", b"\x89", error(r"\./it\.png is too small to be a picture.+")),
    refused(
        "3c", "8 bytes", "it.png", SIGNATURE, error(r"\./it\.png is too small to be a picture.+")
    ),
    refused(
        "3d",
        "1 GB, sparse",
        "it.png",
        None,
        error(r"\./it\.png is larger than 512 MB, which no provider takes"),
        act=sparse,
        inside=PEAK,
        needs=("linux",),
    ),
    refused(
        "4a",
        "a file that shrinks between two attempts",
        "it.png",
        noise,
        error(r"\./it\.png changed while reading"),
        remedy("ask again once nothing writes to it"),
        act=shrinks,
        again=1,
        requests=None,
        answer=("flaky", 1, "fin"),
        options=("--no-prep",),
        inside={"set": {"visioncli.retry:FIRST": 1.0}},
    ),
)


NAMES = tuple(
    Row(
        id=f"15{letter}",
        case=f"a name with {case}",
        exit=0,
        requests=1,
        files={name: jpeg},
        words=(f"./{name}", "q"),
        says=(warning(rf"\./{shown} is labelled image/png and holds image/jpeg; .+"),),
    )
    for letter, (case, name, shown) in HOSTILE.items()
)

ROWS = (
    *NO_FILE,
    *NAMES,
)
