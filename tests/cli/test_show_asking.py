"""A terminal is asked what it is without hanging, and nothing of its answer is left behind."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from tests import vendors
from tests.mock import Mock, Reply
from tests.program import CAT, KEY

from . import shown

if sys.platform == "win32":
    pytest.skip("pseudo-terminals", allow_module_level=True)

from .terminals import ASKED, ATTRIBUTES, OF_KITTY, SIXELS, Run, running

DRY = ("ask", "--dry-run", "--show", "-m", "openai/gpt-4o", CAT, "q")
ASK = ("ask", "--show", "-m", "openai/gpt-4o", CAT, "q")
BLOCK = "▀".encode()


def clean(run: Run) -> None:
    """The terminal is as it was, and neither it nor the shell has seen an answer."""
    assert run.same_modes
    assert run.left == ""
    assert "62;22c" not in run.shown  # echoed, it would be ^[[?62;22c
    assert "Gi=31;OK" not in run.shown


def asked(mock: Mock) -> None:
    """Returns once the model has been asked."""
    until = time.monotonic() + 20
    while not mock.posts:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_one_that_never_answers_is_not_waited_for(tmp_path: Path) -> None:
    with running(tmp_path, *DRY) as run:
        run.until(ASKED)
        waited = run.until(BLOCK)
        run.ends()
    assert waited < 2  # 0.2 s, and what it takes to draw
    assert run.status == 0
    assert shown.blocks(run.shown.partition("\x1b[K")[2]).size == (36, 24)
    clean(run)


def test_what_cannot_be_asked_is_taken_at_its_word(tmp_path: Path) -> None:
    with running(tmp_path, *DRY, env={"KITTY_WINDOW_ID": "1"}) as run:
        run.until(ASKED)
        run.ends()
    assert len(shown.kitty(run.shown)[0]) == 1
    clean(run)


def test_an_answer_in_pieces(tmp_path: Path) -> None:
    with running(tmp_path, *DRY) as run:
        run.until(ASKED)
        for byte in OF_KITTY + ATTRIBUTES:
            run.types(bytes([byte]))
        run.ends()
    assert len(shown.kitty(run.shown)[0]) == 1
    clean(run)


def test_an_error_for_an_answer_is_no_picture(tmp_path: Path) -> None:
    with running(tmp_path, *DRY) as run:
        run.until(ASKED)
        run.types(b"\x1b_Gi=31;EINVAL:no\x1b\\" + ATTRIBUTES)
        run.ends()
    assert "▀" in run.shown
    clean(run)


def test_an_answer_that_comes_late_is_neither_shown_nor_left(tmp_path: Path, mock: Mock) -> None:
    stop = threading.Event()
    frames = vendors.streamed("openai", whole=False)
    mock.replies.append(Reply(frames, "text/event-stream", hang=stop))
    with running(tmp_path, *ASK, env=mock.env(KEY)) as run:
        run.until(ASKED)
        asked(mock)  # it has gone on without it
        run.types(OF_KITTY + ATTRIBUTES)
        stop.set()
        run.ends()
    assert run.status == 10  # the answer was cut
    clean(run)


def test_an_interrupt_while_it_is_asked_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    with running(tmp_path, *DRY) as run:
        run.until(ASKED)
        run.types(b"\x03")
        run.types(SIXELS)
        run.ends()
    assert run.status == 130, run.shown
    assert run.answer == ""
    assert "▀" not in run.shown
    clean(run)


def test_an_interrupt_while_the_model_is_asked(tmp_path: Path, mock: Mock) -> None:
    stop = threading.Event()
    mock.replies.append(Reply([b" "], "application/json", hang=stop))
    try:
        with running(tmp_path, *ASK, "--no-stream", env=mock.env(KEY)) as run:
            run.until(ASKED)
            asked(mock)
            run.types(b"\x03")
            run.ends()
    finally:
        stop.set()
    assert run.status == 130, run.shown
    clean(run)


def test_what_was_typed_ahead_is_left_to_the_shell(tmp_path: Path) -> None:
    with running(tmp_path, *DRY, ahead=b"ls -l\n") as run:
        run.ends()
    assert run.left == "ls -l\n"
    assert "\x1b[c" not in run.shown  # nobody was asked
    assert "▀" in run.shown
    assert run.same_modes


def test_in_the_background_it_does_not_touch_the_terminal_and_is_not_stopped(
    tmp_path: Path,
) -> None:
    with running(tmp_path, *DRY, background=True) as run:
        run.ends()
    assert run.status == 0
    assert "\x1b[c" not in run.shown
    assert "▀" in run.shown
    clean(run)
