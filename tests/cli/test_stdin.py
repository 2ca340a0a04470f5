"""stdin is touched when it was asked for or no image was named, and never waited for in vain."""

from __future__ import annotations

import array
import fcntl
import os
import select
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mock import Mock
from tests.program import CAT, HORSE, KEY, PROGRAM, Done, environment
from tests.vendors import TEXT

Ask = Callable[..., Done]
MODEL = ("-m", "openai/gpt-4o")


def test_a_loop_over_a_list_asks_once_per_line(mock: Mock, tmp_path: Path) -> None:
    names = [f"{n} photo.jpg" for n in range(3)]
    for name in names:
        (tmp_path / name).write_bytes(Path(CAT).read_bytes())
    (tmp_path / "list").write_text("\n".join(names) + "\n")
    loop = f'while read -r f; do {PROGRAM} ask -m openai/gpt-4o "$f" "caption"; done < list'
    done = subprocess.run(
        ["bash", "-c", loop],
        cwd=tmp_path,
        env=environment(mock.env(KEY)),
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == (TEXT + "\n") * 3
    assert len(mock.posts) == 3


def test_an_inherited_stdin_that_never_closes_does_not_hang_it(mock: Mock) -> None:
    """Neither is a byte of it read: the picture was named."""
    read, write = os.pipe()
    try:
        done = subprocess.run(
            [PROGRAM, "ask", *MODEL, CAT, "q"],
            stdin=read,
            env=environment(mock.env(KEY)),
            capture_output=True,
            check=True,
            timeout=30,
        )
        os.write(write, b"still mine")
        assert os.read(read, 100) == b"still mine"
    finally:
        os.close(read)
        os.close(write)
    assert done.stdout.decode() == TEXT + "\n"


@pytest.fixture
def impatient(tmp_path: Path) -> dict[str, str]:
    """An environment in which ten seconds of patience are a fifth of one."""
    (tmp_path / "sitecustomize.py").write_text(
        "import visioncli.cli.stdin as s\ns.PATIENCE = 0.2\n"
    )
    return {"PYTHONPATH": str(tmp_path)}


def test_a_silent_stdin_that_was_not_asked_for_is_given_up(
    mock: Mock, impatient: dict[str, str]
) -> None:
    read, write = os.pipe()
    try:
        done = subprocess.run(
            [PROGRAM, "ask", *MODEL, "what is it?"],
            stdin=read,
            env=environment(mock.env(KEY) | impatient),
            capture_output=True,
            check=False,
            text=True,
            timeout=30,
        )
    finally:
        os.close(read)
        os.close(write)
    assert done.returncode == 2
    assert "stdin gave nothing for 0.2 s" in done.stderr
    assert not mock.received


def test_one_that_was_asked_for_is_waited_for_with_a_note(
    mock: Mock, impatient: dict[str, str]
) -> None:
    with subprocess.Popen(
        [PROGRAM, "ask", *MODEL, "-", "q"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(mock.env(KEY) | impatient),
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        note = process.stderr.readline()  # comes before anything was written
        process.stdin.write(Path(CAT).read_bytes())
        process.stdin.close()
        assert process.stdout is not None
        assert process.stdout.read().decode() == TEXT + "\n"
    assert process.returncode == 0
    assert note == b"waiting for the picture on stdin\n"


def test_a_slow_picture_has_all_the_time_it_needs_after_its_first_byte(
    mock: Mock, impatient: dict[str, str]
) -> None:
    data = Path(HORSE).read_bytes()
    with subprocess.Popen(
        [PROGRAM, "ask", *MODEL, "q?"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(mock.env(KEY) | impatient),
    ) as process:
        assert process.stdin is not None
        process.stdin.write(data[:3])
        process.stdin.flush()
        until = time.monotonic() + 0.6  # three times the patience for a first byte
        while time.monotonic() < until:
            time.sleep(0.05)
        process.stdin.write(data[3:])
        process.stdin.close()
        assert process.stdout is not None
        assert process.stdout.read().decode() == TEXT + "\n"
    assert process.returncode == 0


def test_a_stdin_that_somebody_made_non_blocking_is_waited_for(mock: Mock) -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    with subprocess.Popen(
        [PROGRAM, "ask", *MODEL, "-", "q"],
        stdin=read,
        stdout=subprocess.PIPE,
        env=environment(mock.env(KEY)),
    ) as process:
        os.close(read)
        data = Path(CAT).read_bytes()
        os.write(write, data[:100])
        while select.select([], [write], [], 0)[1] and not _is_drained(write):
            time.sleep(0.01)
        os.write(write, data[100:])
        os.close(write)
        assert process.stdout is not None
        assert process.stdout.read().decode() == TEXT + "\n"
    assert process.returncode == 0


def _is_drained(pipe: int) -> bool:
    """Whether all that was written has been read: then the reader waits for more."""
    size = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, size)
    return size[0] == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "stdin is empty"),
        (b"\n\n", "the list is empty"),
        (b"a.png\0b.png\0", "-0"),
        (b'[{"image": "a.png"}]', "jq"),
        ("a.png\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_neither_a_picture_nor_a_list_is_exit_2(
    ask: Ask, mock: Mock, data: bytes, said: str
) -> None:
    done = ask(*MODEL, "q?", stdin=data)
    assert done.status == 2
    assert said in done.err
    assert not mock.received


def test_a_picture_named_dash_must_be_one(ask: Ask, mock: Mock) -> None:
    assert ask(*MODEL, "-", "q", stdin=b"").status == 5
    assert ask(*MODEL, "-", "q", stdin=b"<html></html>").status == 5
    assert not mock.received


def test_a_closed_stdin(mock: Mock) -> None:
    for words, status in ((f"{CAT} q", 0), ("q?", 2), ("- q", 2)):
        done = subprocess.run(
            ["bash", "-c", f"{PROGRAM} ask -m openai/gpt-4o {words} <&-"],
            env=environment(mock.env(KEY)),
            capture_output=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == status
        assert b"Traceback" not in done.stderr
