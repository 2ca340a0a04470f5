"""screen: through programs that stand in for the platform's; a real one is in test_clipboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from visioncli.core.errors import ImageProblem
from visioncli.images import screen

from . import desktops
from .desktops import PNG, called, program

X11 = {"DISPLAY": ":99"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}
INTO_FILE = "open(words[-1], 'wb').write(PNG)"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def taken(folder: Path, platform: str, variables: dict[str, str]) -> bytes:
    return b"".join(screen.picture(platform, desktops.desktop(folder, **variables)).open())


@pytest.mark.parametrize(
    ("platform", "name", "body", "variables"),
    [
        ("darwin", "screencapture", INTO_FILE, {}),
        ("win32", "powershell.exe", "give(PNG)", {}),
        ("linux", "grim", "give(PNG)", WAYLAND),
        ("linux", "spectacle", INTO_FILE, WAYLAND),
        ("linux", "gnome-screenshot", INTO_FILE, WAYLAND),
        ("linux", "maim", "give(PNG)", X11),
        ("linux", "scrot", INTO_FILE, X11),
        ("linux", "import", "give(PNG)", X11),
    ],
)
def test_each_platforms_own(
    platform: str, name: str, body: str, variables: dict[str, str], folder: Path
) -> None:
    program(folder, name, body)
    assert taken(folder, platform, variables) == PNG


def test_one_that_fails_is_followed_by_the_next(folder: Path) -> None:
    program(folder, "grim", "sys.exit('compositor does not support wlr-screencopy')")
    program(folder, "spectacle", "")
    program(folder, "gnome-screenshot", INTO_FILE)
    assert taken(folder, "linux", WAYLAND) == PNG
    assert len(called(folder)) == 3


def test_where_all_fail_the_last_says_why(folder: Path) -> None:
    program(folder, "grim", "sys.exit('compositor does not support wlr-screencopy')")
    with pytest.raises(ImageProblem) as told:
        taken(folder, "linux", WAYLAND)
    assert told.value.exit == 5
    assert told.value.message == (
        "the screen: grim failed: compositor does not support wlr-screencopy"
    )


def test_one_that_gives_nothing(folder: Path) -> None:
    program(folder, "maim", "")
    with pytest.raises(ImageProblem, match="the screen gave no picture"):
        taken(folder, "linux", X11)


@pytest.mark.parametrize(
    ("variables", "remedy"),
    [
        (X11, "install maim"),
        (WAYLAND, "install grim, or the screenshot program of your desktop"),
        ({}, "in a desktop session, or save the picture and name the file"),
    ],
)
def test_no_program_here(variables: dict[str, str], remedy: str, folder: Path) -> None:
    with pytest.raises(ImageProblem) as told:
        taken(folder, "linux", variables)
    assert (told.value.message, told.value.hint) == ("nothing here looks at the screen", remedy)
