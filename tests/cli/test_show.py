"""--show: what each terminal is sent shows the picture, upright, small, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from tests.images.corpus import exif, saved, scene
from tests.images.made import chunk
from tests.program import CAT, CUP, HORSE, Done, vision

from . import shown
from .test_startup import loaded

if sys.platform == "win32":
    pytest.skip("pseudo-terminals", allow_module_level=True)

from .terminals import ASKED, ATTRIBUTES, OF_KITTY, SIXELS, Run, running

DRY = ("ask", "--dry-run", "--show", "-m", "openai/gpt-4o")
KITTY, WEZTERM, FOOT = {"TERM": "xterm-kitty"}, {"TERM_PROGRAM": "WezTerm"}, {"TERM": "foot"}
TRUE, TMUX = {"COLORTERM": "truecolor"}, {"TMUX": "/tmp/tmux,1,0"}
CELL = (10, 20)


def looked(folder: Path, *words: str, answers: bytes | None = None, **more: object) -> Run:
    """answers: what the terminal says when it is asked; None: it must not be asked."""
    with running(folder, *(words or (*DRY, CAT, "q")), **more) as run:  # type: ignore[arg-type]
        if answers is not None:
            run.until(ASKED)
            run.types(answers)
        run.ends()
    assert run.same_modes
    assert run.left == ""
    assert answers is not None or "\x1b[c" not in run.shown
    return run


# ---------------------------------------------------------------------------------- pictures


def test_kitty_gets_a_png_that_is_the_picture(tmp_path: Path) -> None:
    run = looked(tmp_path, env=KITTY, cell=CELL)
    (picture,), (said,), rest = shown.kitty(run.shown)
    assert picture.size == (361, 240)
    assert shown.difference(picture, shown.reference(CAT, picture.size)) < 1.5
    assert "c" not in said  # pixel by pixel
    assert "\x1b" not in rest
    assert rest.startswith("\r\n")  # below the picture
    assert run.status == 0
    assert "\x1b" not in run.answer
    assert run.answer.startswith("POST https://api.openai.com/")


def test_kitty_is_told_the_cells_where_their_size_is_not_known(tmp_path: Path) -> None:
    (picture,), (said,), _ = shown.kitty(looked(tmp_path, env=KITTY).shown)
    assert (said["c"], said["r"]) == ("37", "12")
    assert picture.size == (361, 240)


def test_iterm2_gets_a_png_and_the_cells_it_fits_into(tmp_path: Path) -> None:
    run = looked(tmp_path, *DRY, CUP, "q", env=WEZTERM, cell=(8, 16))
    (picture,), (said,), rest = shown.iterm2(run.shown)
    assert shown.difference(picture, shown.reference(CUP, picture.size)) < 1.5
    assert (said["width"], said["height"], said["preserveAspectRatio"]) == ("36", "12", "1")
    assert "\x1b" not in rest


@pytest.mark.parametrize("image", [CAT, HORSE])
def test_sixels_are_the_picture_in_256_colours(tmp_path: Path, image: str) -> None:
    run = looked(tmp_path, *DRY, image, "q", env=FOOT, cell=CELL)
    (picture,), (colours,), rest = shown.sixel(run.shown)
    assert max(picture.width / 400, picture.height / 240) == 1
    assert 2 <= colours <= 256
    assert shown.difference(picture, shown.reference(image, picture.size)) < 4
    assert "\x1b" not in rest


@pytest.mark.parametrize(("env", "most"), [(TRUE, 1.5), ({}, 22)], ids=["24 bits", "256 colours"])
@pytest.mark.parametrize("image", [CAT, CUP])
def test_half_blocks_are_the_picture(
    tmp_path: Path, image: str, env: dict[str, str], most: float
) -> None:
    run = looked(tmp_path, *DRY, image, "q", env={**TMUX, **env})
    picture = shown.blocks(run.shown)
    assert picture.height == 24
    assert picture.width == 36
    assert shown.difference(picture, shown.reference(image, picture.size)) < most
    assert ("[38;2;" in run.shown) is bool(env)
    assert run.shown.count("▀") == 36 * 12


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_upright(tmp_path: Path, orientation: int) -> None:
    file = tmp_path / "turned.jpg"
    file.write_bytes(saved(scene((300, 150)), "JPEG", exif=exif(orientation), quality=95))
    run = looked(tmp_path, *DRY, str(file), "q", env={**TMUX, **TRUE})
    picture = shown.blocks(run.shown)
    assert (picture.width > picture.height) is (orientation < 5)
    assert shown.difference(picture, shown.reference(file, picture.size)) < 4


def test_a_small_picture_is_not_made_larger_and_an_odd_row_is_half_a_character(
    tmp_path: Path,
) -> None:
    file = tmp_path / "small.png"
    small = scene((7, 5))
    small.save(file)
    run = looked(tmp_path, *DRY, str(file), "q", env={**TMUX, **TRUE})
    picture = shown.blocks(run.shown)
    assert (picture.size, picture.tobytes()) == (small.size, small.tobytes())


def test_what_is_transparent_shows_chequers(tmp_path: Path) -> None:
    file = tmp_path / "clear.png"
    Image.new("RGBA", (48, 48), (255, 0, 0, 0)).save(file)
    run = looked(tmp_path, *DRY, "--no-prep", str(file), "q", env={**TMUX, **TRUE})
    picture = shown.blocks(run.shown)
    assert sorted(colour for _, colour in picture.getcolors()) == [(128,) * 3, (160,) * 3]


def test_a_narrow_terminal_is_not_overrun(tmp_path: Path) -> None:
    run = looked(tmp_path, env={**TMUX, **TRUE}, size=(8, 20))
    picture = shown.blocks(run.shown)
    assert picture.width <= 20
    assert picture.height <= 14


def test_several_are_named(tmp_path: Path) -> None:
    run = looked(tmp_path, *DRY, CAT, CUP, "q", env=KITTY, cell=CELL)
    pictures, _, rest = shown.kitty(run.shown)
    assert len(pictures) == 2
    first, second = rest.index("chelsea.jpg:"), rest.index("coffee.jpg:")
    assert first < second
    for picture, file in zip(pictures, (CAT, CUP), strict=True):
        assert shown.difference(picture, shown.reference(file, picture.size)) < 1.5


# ---------------------------------------------------------------------------------- which way


@pytest.mark.parametrize(
    ("env", "answers", "way"),
    [
        ({}, OF_KITTY + ATTRIBUTES, "kitty"),
        ({}, OF_KITTY + SIXELS, "kitty"),
        ({}, SIXELS, "sixel"),
        ({}, ATTRIBUTES, "blocks"),
        ({"TERM_PROGRAM": "vscode"}, SIXELS, "iterm2"),
        ({"TERM_PROGRAM": "vscode"}, ATTRIBUTES, "blocks"),
        ({"KITTY_WINDOW_ID": "1"}, ATTRIBUTES, "blocks"),  # a terminal started from within kitty
        ({"KITTY_WINDOW_ID": "1"}, OF_KITTY + ATTRIBUTES, "kitty"),
        ({"KONSOLE_VERSION": "230800"}, OF_KITTY + SIXELS, "kitty"),
        ({"KONSOLE_VERSION": "211203"}, ATTRIBUTES, "blocks"),
        ({"TERM": "xterm-ghostty"}, None, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, None, "iterm2"),
        ({"LC_TERMINAL": "iTerm2"}, None, "iterm2"),
        ({"TERM_PROGRAM": "mintty"}, None, "iterm2"),
        ({"TERM": "mlterm"}, None, "sixel"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, None, "blocks"),
        ({"TERM": "linux"}, None, "blocks"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, None, "blocks"),
        ({"TERM": "screen.xterm-256color", **TRUE}, None, "blocks"),
        ({"TERM_PROGRAM": "WezTerm", **TMUX}, None, "blocks"),
    ],
)
def test_the_terminal_decides(
    tmp_path: Path, env: dict[str, str], answers: bytes | None, way: str
) -> None:
    run = looked(tmp_path, env=env, answers=answers)
    found = {
        "kitty": len(shown.kitty(run.shown)[0]),
        "iterm2": len(shown.iterm2(run.shown)[0]),
        "sixel": len(shown.sixel(run.shown)[0]),
        "blocks": int("▀" in run.shown),
    }
    assert found == {**dict.fromkeys(found, 0), way: 1}
    assert "[38;2;" not in run.shown  # GNU screen does not keep 24 bits, whatever is inherited


def test_a_sixel_picture_has_no_more_colours_than_the_terminal(tmp_path: Path) -> None:
    run = looked(tmp_path, answers=b"\x1b[?1;0;16S" + SIXELS)
    (picture,), (colours,), _ = shown.sixel(run.shown)
    assert colours <= 16
    assert shown.difference(picture, shown.reference(CAT, picture.size)) < 12


# ---------------------------------------------------------------------------------- and where none


@pytest.mark.parametrize(
    ("env", "words", "why"),
    [
        ({**TMUX, "NO_COLOR": "1"}, (), "colour is off"),
        (TMUX, ("--color", "never"), "colour is off"),
        ({"TERM": "dumb"}, (), "this terminal shows text alone"),
    ],
)
def test_where_nothing_can_be_shown_a_note_says_so(
    tmp_path: Path, env: dict[str, str], words: tuple[str, ...], why: str
) -> None:
    run = looked(tmp_path, *DRY, *words, CAT, "q", env=env)
    assert f"no preview: {why}" in run.shown
    assert "\x1b" not in run.shown
    assert run.status == 0


def test_a_picture_is_no_colour_of_text(tmp_path: Path) -> None:
    run = looked(tmp_path, env={**KITTY, "NO_COLOR": "1"})
    assert len(shown.kitty(run.shown)[0]) == 1


def test_quiet_leaves_the_picture_and_nothing_beside_it(tmp_path: Path) -> None:
    run = looked(tmp_path, *DRY, "-q", CAT, CUP, "q", env=KITTY, cell=CELL)
    pictures, _, rest = shown.kitty(run.shown)
    assert len(pictures) == 2
    assert rest.strip() == ""


def test_off_a_terminal_nothing_is_drawn() -> None:
    done = vision(*DRY, CAT, "q")
    assert done.status == 0
    assert "no preview: stderr is not a terminal" in done.err
    assert "\x1b" not in done.err + done.out
    assert done.out == vision(*(word for word in DRY if word != "--show"), CAT, "q").out
    assert vision(*DRY, "-q", CAT, "q").err == ""


@pytest.mark.parametrize(
    ("image", "why"),
    [
        ("https://example.com/a.png", "https://example.com/a.png is fetched by the provider"),
        ("openai:file-abc", "openai:file-abc is with the provider"),
    ],
)
def test_what_is_not_here_is_not_fetched_to_be_looked_at(
    tmp_path: Path, image: str, why: str
) -> None:
    run = looked(tmp_path, *DRY, image, CAT, "q", env=KITTY, cell=CELL)
    pictures, _, rest = shown.kitty(run.shown)
    assert f"no preview: {why}" in " ".join(rest.split())
    assert len(pictures) == 1
    assert run.status == 0


def test_what_cannot_be_decoded_is_a_note_and_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "a\x1b]0;b.png"
    whole = saved(scene(), "PNG")
    start = whole.index(b"IDAT") - 4
    file.write_bytes(whole[:start] + chunk(b"IDAT", b"no pixels") + chunk(b"IEND"))
    run = looked(tmp_path, *DRY, "--no-prep", str(file), "q", env=KITTY)
    assert "no preview: " in run.shown
    assert "\x1b" not in run.shown
    assert run.status == 0


def test_several_models_and_one_preview(tmp_path: Path) -> None:
    words = (*DRY, "-m", "openai/gpt-4.1", CAT, "q")
    assert len(shown.kitty(looked(tmp_path, *words, env=KITTY).shown)[0]) == 1


def test_the_preview_comes_before_the_answer(
    ask: Callable[..., Done], tmp_path: Path, mock: object
) -> None:
    env = {**mock.env("sk-test"), **TMUX, **TRUE}  # type: ignore[attr-defined]
    run = looked(tmp_path, "ask", "--show", "-m", "openai/gpt-4o", CAT, "q", env=env)
    assert "▀" in run.shown
    assert run.answer == ask("-m", "openai/gpt-4o", CAT, "q").out
    assert run.status == 0


def test_a_batch_shows_no_pictures(tmp_path: Path) -> None:
    done = vision("ask", "--show", "--each", "-m", "openai/gpt-4o", CAT, CUP, "q")
    assert done.status == 2
    assert "--show" in done.err


# ---------------------------------------------------------------------------------- cost


def test_nobody_pays_for_it_who_does_not_ask_for_it() -> None:
    modules = loaded(["ask", "--dry-run", "-m", "openai/gpt-4o", CAT, "q"])
    assert "visioncli.cli.ask" in modules
    assert not [
        m for m in modules if m.startswith(("visioncli.cli.show", "visioncli.cli.graphics"))
    ]
    assert "visioncli.images.preview" not in modules


def test_the_decoder_of_these_tests_finds_a_wrong_picture() -> None:
    """Upside down, the nearest picture there is would fail every comparison above."""
    upright = shown.reference(CAT, (361, 240))
    assert shown.difference(upright, upright.rotate(180)) > 30
    assert shown.difference(upright, ImageOps.mirror(upright)) > 30
    assert shown.difference(upright, Image.merge("RGB", upright.split()[::-1])) > 30
