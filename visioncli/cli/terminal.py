"""What stdout and stderr are, and what may be written to them.

Nothing that somebody else wrote (a model, a provider, whoever named a file) reaches a terminal
before `clean` or `clean_line` has been over it: escape sequences move cursors, set titles, fill
clipboards and forge lines; bidirectional controls show a text that is not the one that is there.
"""

from __future__ import annotations

import errno
import os
import re
import select
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Any

from visioncli.core.characters import whole
from visioncli.core.errors import OutputProblem

FORBIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1: all escape sequences
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # change the order in which text is read
    "\u2028\u2029"  # end a line where there is no line feed
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # hide text: annotations, tags
    "\ud800-\udfff"  # halves of a pair: no text, and no UTF-8
)
UNSAFE = re.compile(f"\r\n|[\ud800-\udbff][\udc00-\udfff]|[{FORBIDDEN}]")
ONE_LINE = str.maketrans("\n\t", "  ")
GONE = {errno.EPIPE, errno.ECONNRESET, errno.ESHUTDOWN}
FULL = {errno.ENOSPC, errno.EDQUOT}
PATIENCE = 1.0  # seconds for a stderr that takes nothing; then the note is dropped


class ReaderGone(Exception):
    """Whoever read stdout went away (`| head -1`): end silently, with exit 141."""

    exit = 141


# ---------------------------------------------------------------------------------- text


def clean(text: str) -> str:
    """Text that is safe to show: what is forbidden becomes a visible escape such as `\\x1b`.

    Line feeds and tabs stay, CRLF becomes a line feed, half a surrogate pair becomes U+FFFD. Text
    in pieces goes through a Cleaner, since a CRLF may be cut in two.
    """
    if text.isprintable():  # what is forbidden never is; this is the common case, and cheap to tell
        return text
    return UNSAFE.sub(_shown, text)


def clean_line(text: str) -> str:
    """For a message that must stay on its line: line feeds and tabs become spaces.

    Bytes of a file name that are not UTF-8, which Python carries as surrogates, become `\\xff`.
    """
    if not text.isprintable():  # surrogates are not
        with suppress(UnicodeEncodeError):
            text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return clean(text).translate(ONE_LINE)


class Cleaner:
    """`clean` for text that comes in pieces: however it was cut, the same comes out."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        if not self._held and piece.isprintable():
            return piece
        text = self._held + piece
        self._held = text[-1] if _may_go_on(text[-1]) else ""
        return clean(text[:-1] if self._held else text)

    def close(self) -> str:
        held, self._held = self._held, ""
        return clean(held)


def _may_go_on(last: str) -> bool:
    """A CR whose LF, or the first half of a pair whose second, may be in the next piece."""
    return last == "\r" or "\ud800" <= last <= "\udbff"


def _shown(match: re.Match[str]) -> str:
    found = match.group()
    if len(found) == 2:
        return "\n" if found == "\r\n" else whole(found)
    code = ord(found)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    form = "\\x{:02x}" if code < 0x100 else "\\u{:04x}" if code < 0x10000 else "\\U{:08x}"
    return form.format(code)


# ---------------------------------------------------------------------------------- streams


def is_tty(stream: IO[Any] | None) -> bool:
    """False for a stream that was closed before the program began, which Python makes None."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed since
        return False


class _Stream:
    """UTF-8 whatever the locale says, and every piece at once.

    The descriptor itself is written to, so that nothing is left in a buffer to fail at exit. Where
    Python found it closed, its number may since belong to any file of ours, and is not touched.
    """

    def __init__(self, stream: IO[str] | None) -> None:
        self.is_terminal = is_tty(stream)
        self._stream = stream
        self._fd: int | None = None
        if stream is None:
            return
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()  # what others wrote comes first
            if sys.platform != "win32":  # there a console wants calls that Python's stream makes
                self._fd = stream.fileno()

    def _send(self, data: bytes, patience: float | None = None) -> None:
        """patience: seconds to wait for a reader that takes nothing; None: for ever."""
        if self._fd is None:
            self._through_stream(data)
            return
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:  # whoever shares the pipe made it non-blocking
                if not select.select([], [self._fd], [], patience)[1]:
                    raise

    def _through_stream(self, data: bytes) -> None:
        """Windows, and whatever a test or a caller put in the stream's place."""
        if self._stream is None or self._stream.closed:
            raise OSError(errno.EBADF, "it is closed")
        buffer = getattr(self._stream, "buffer", None)
        if buffer is None:
            self._stream.write(data.decode())
        else:
            buffer.write(data)
        self._stream.flush()


class Out(_Stream):
    """stdout. A piece that cannot be written is an error, and says why."""

    def write(self, text: str) -> None:
        """Raises ReaderGone, or OutputProblem (13). Nothing is escaped here: see `clean`."""
        try:
            self._send(whole(text).encode())
        except OSError as error:
            if error.errno in GONE or (sys.platform == "win32" and error.errno == errno.EINVAL):
                raise ReaderGone from None
            why = "it is closed" if error.errno == errno.EBADF else error.strerror or str(error)
            hint = "free some space, or send it elsewhere" if error.errno in FULL else None
            raise OutputProblem(f"stdout cannot be written: {why}", hint=hint) from None

    def size(self, env: Mapping[str, str] = os.environ) -> tuple[int, int]:
        """(columns, lines) of the terminal as it is now; else $COLUMNS, else 80, and 24."""
        try:
            columns, lines = os.get_terminal_size(1 if self._fd is None else self._fd)
        except OSError:
            columns = lines = 0
        said = env.get("COLUMNS", "")
        own = int(said) if said.isdecimal() else 0
        return columns or own or 80, lines or 24


class Notes(_Stream):
    """stderr, a line at a time. What cannot be written is lost: it must not cost the answer."""

    def __init__(self, stream: IO[str] | None, *, quiet: bool = False) -> None:
        super().__init__(stream)
        self._quiet = quiet

    def note(self, text: str) -> None:
        """Nothing with --quiet."""
        if not self._quiet:
            self.error(text)

    def warn(self, text: str) -> None:
        """Nothing with --quiet."""
        self.note(f"warning: {text}")

    def error(self, text: str) -> None:
        """Also with --quiet."""
        with suppress(OSError, ValueError):
            self._send(clean_line(text).encode() + b"\n", PATIENCE)


def stdout() -> Out:
    return Out(sys.stdout)


def stderr(*, quiet: bool = False) -> Notes:
    return Notes(sys.stderr, quiet=quiet)
