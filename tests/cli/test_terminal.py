"""What reaches stdout and stderr: never a control character, always UTF-8, and no silent loss."""

from __future__ import annotations

import io
import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal.received import obeyed
from visioncli.cli.terminal import Cleaner, Notes, Out, ReaderGone, clean, clean_line, is_tty
from visioncli.core.errors import OutputProblem

posix = pytest.mark.skipif(sys.platform == "win32", reason="descriptors as POSIX has them")
# Characters that do something to a terminal, a text's order or a reader's trust, drawn often.
NASTY = "\x00\x07\x08\x0b\x0c\r\n\t\x1b\x7f\x80\x9b\x9d\u061c\u200e\u200f\u2028\u202a\u202e\u2066"
text = st.text(st.one_of(st.sampled_from(NASTY + "\ud83d\ude00ab" + "\U000e0041"), st.characters()))


@given(text)
def test_nothing_that_a_terminal_obeys_is_left(said: str) -> None:
    assert not [c for c in clean(said) if obeyed(c)]
    assert not [c for c in clean_line(said) if obeyed(c) or c in "\n\t"]


def test_no_single_character_that_a_terminal_obeys_is_overlooked() -> None:
    assert not [c for c in map(chr, range(0x110000)) if obeyed(c) and clean(c) == c]


@given(text)
def test_text_without_such_characters_is_unchanged(said: str) -> None:
    harmless = "".join(c for c in said if not obeyed(c))
    assert clean(harmless) == harmless


@given(text, st.lists(st.integers(0, 30)))
def test_pieces_are_cleaned_as_the_whole_is(said: str, cuts: list[int]) -> None:
    cleaner, rest, got = Cleaner(), said, ""
    for cut in cuts:
        got += cleaner.feed(rest[:cut])
        rest = rest[cut:]
    assert got + cleaner.feed(rest) + cleaner.close() == clean(said)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x1b]52;c;ZXZpbA==\x07", r"\x1b]52;c;ZXZpbA==\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("user\u202etxt.exe", r"user\u202etxt.exe"),
        ("a\U000e0041b", r"a\U000e0041b"),
        ("one\r\ntwo\rthree", "one\ntwo\\x0dthree"),
        ("tab\tstays", "tab\tstays"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("\ud83d\ude00 whole", "😀 whole"),
        ("日本語 é 👩‍👩‍👧", "日本語 é 👩‍👩‍👧"),
    ],
)
def test_what_is_forbidden_becomes_visible(said: str, shown: str) -> None:
    assert clean(said) == shown


def test_a_message_stays_on_its_line_and_names_the_bytes_of_a_file_name() -> None:
    name = os.fsdecode(b"caf\xe9\nerror: forged\x1b[A.png")
    assert clean_line(name) == r"caf\xe9 error: forged\x1b[A.png"


# ---------------------------------------------------------------------------------- stdout


Pipe = tuple[io.FileIO, io.TextIOWrapper]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """The end to read, and a text stream like sys.stdout over the end to write."""
    reading, writing = os.pipe()
    with io.FileIO(reading) as end, io.TextIOWrapper(io.FileIO(writing, "w"), "ascii") as stream:
        yield end, stream


def test_every_piece_can_be_read_at_once_as_utf_8(pipe: Pipe) -> None:
    reading, stream = pipe
    out = Out(stream)
    for piece in ("né", "日本", "half \udc80 pair"):
        out.write(piece)
        wanted = piece.replace("\udc80", "\ufffd")
        assert reading.read(100).decode() == wanted


def test_what_others_printed_before_comes_first(pipe: Pipe) -> None:
    reading, stream = pipe
    stream.write("before ")
    Out(stream).write("after")
    assert reading.read(100) == b"before after"


def test_a_reader_that_went_away_is_no_error_of_ours(pipe: Pipe) -> None:
    reading, stream = pipe
    reading.close()
    with pytest.raises(ReaderGone) as gone:
        Out(stream).write("x")
    assert gone.value.exit == 141


@posix
def test_a_pipe_that_is_full_and_does_not_block_is_waited_for(
    pipe: Pipe,
) -> None:
    reading, stream = pipe
    os.set_blocking(stream.fileno(), False)
    size = 1 << 20
    got = bytearray()

    def read() -> None:
        while len(got) < size:
            got.extend(reading.read(65_536))

    reader = threading.Thread(target=read)
    reader.start()
    Out(stream).write("x" * size)
    reader.join(10)
    assert len(got) == size


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_with_a_remedy() -> None:
    with (
        Path("/dev/full").open("w") as stream,
        pytest.raises(OutputProblem, match="stdout cannot be written: No space left") as problem,
    ):
        Out(stream).write("x")
    assert problem.value.exit == 13
    assert problem.value.hint == "free some space, or send it elsewhere"


def test_without_a_descriptor_the_stream_itself_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Out(sys.stdout).write("né\n")
    Out(io.StringIO()).write("né\n")
    assert capsys.readouterr().out == "né\n"


@posix
def test_the_size_is_the_terminals_else_what_the_environment_says(pipe: Pipe) -> None:
    import pty  # not on Windows
    import termios

    ours, theirs = pty.openpty()
    with io.FileIO(ours), io.TextIOWrapper(io.FileIO(theirs, "w")) as stream:
        assert Out(stream).size({"COLUMNS": "40"}) == (40, 24)  # it does not know its own
        termios.tcsetwinsize(theirs, (50, 132))
        assert Out(stream).size({"COLUMNS": "40"}) == (132, 50)
    assert Out(pipe[1]).size({"COLUMNS": "40"}) == (40, 24)
    assert Out(pipe[1]).size({"COLUMNS": "x"}) == (80, 24)


def in_a_shell(script: str, redirections: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    command = f'"$0" -c "$1" {redirections}'
    return subprocess.run(
        ["sh", "-c", command, sys.executable, script],
        capture_output=True,
        check=False,
        env={**os.environ, **env},
        timeout=30,
    )


CLOSED = """
import sys
from visioncli.cli.terminal import stderr, stdout
from visioncli.core.errors import VisionError
from tempfile import TemporaryFile
with TemporaryFile() as other:  # takes the number that is free
    try:
        stdout().write("x")
    except VisionError as error:
        stderr().error(error.message)
        sys.exit(error.exit if other.seek(0, 2) == 0 else 99)
"""


@posix
def test_a_stdout_that_was_closed_is_said_and_no_other_file_is_written() -> None:
    done = in_a_shell(CLOSED, ">&-")
    assert (done.returncode, done.stderr) == (13, b"stdout cannot be written: it is closed\n")


@posix
def test_with_all_three_streams_closed_the_exit_status_is_left() -> None:
    done = in_a_shell(CLOSED, "<&- >&- 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (13, b"", b"")


@posix
@pytest.mark.parametrize(
    "env",
    [{"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}],
    ids=["LANG=C", "ascii"],
)
def test_utf_8_goes_out_whatever_the_locale_says(env: dict[str, str]) -> None:
    script = (
        "from visioncli.cli.terminal import *; stdout().write('\\u65e5'); stderr().note('\\xe9')"
    )
    done = in_a_shell(script, "", **env)
    assert (done.stdout.decode(), done.stderr.decode()) == ("日", "é\n")


# ---------------------------------------------------------------------------------- stderr


def test_quiet_leaves_errors_alone(pipe: Pipe) -> None:
    reading, stream = pipe
    loud, quiet = Notes(stream), Notes(stream, quiet=True)
    for notes in (loud, quiet):
        notes.note("a note")
        notes.warn("no more\x1b[A")
        notes.error("error: it broke")
    assert reading.read(1000).decode() == (
        "a note\nwarning: no more\\x1b[A\nerror: it broke\nerror: it broke\n"
    )


def test_a_stderr_that_cannot_be_written_costs_nothing(pipe: Pipe) -> None:
    reading, stream = pipe
    reading.close()
    Notes(stream).error("x")
    Notes(None).error("x")
    closed = io.StringIO()
    closed.close()
    Notes(closed).error("x")
    assert not is_tty(closed)
    assert not is_tty(None)


@posix
def test_a_stderr_that_takes_nothing_is_not_waited_for_for_ever(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, stream = pipe
    os.set_blocking(stream.fileno(), False)
    with suppress(BlockingIOError):
        while True:
            os.write(stream.fileno(), b"x" * 4096)
    waited = []
    monkeypatch.setattr(select, "select", lambda *a: (waited.append(a[3]), ([], [], []))[1])
    Notes(stream).error("lost")
    assert waited == [1.0]


@posix
def test_an_interrupt_passes_through(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("visioncli.cli.terminal.os.write", interrupted)
    for stream in (Out(pipe[1]), Notes(pipe[1])):
        with pytest.raises(KeyboardInterrupt):
            stream.write("x") if isinstance(stream, Out) else stream.error("x")
