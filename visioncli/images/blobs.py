"""Bytes of pictures that can be read again for a retry, without being held in memory."""

from __future__ import annotations

import errno
import io
import os
import select
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import field
from typing import BinaryIO, Protocol, runtime_checkable

from visioncli.core.errors import ImageProblem
from visioncli.core.record import record
from visioncli.core.types import Blob, BytesBlob

from .names import shown
from .spool import CHUNK, MOST, Spool, SpooledBlob, too_large

AT_ONCE = 1 << 18  # bytes of a file that is read once, and not each time that it is looked at
SILENCE = 10.0  # seconds that a pipe named as an image may say nothing
KINDS = {
    stat.S_IFDIR: "is a directory",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
    stat.S_IFSOCK: "is a socket",
}
Identity = tuple[int, int, int, int]  # device, inode, bytes, time of the last change in ns
INHERITED = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")  # what this process was given open
_FROM_PIPES: dict[tuple[int, int], Blob] = {}  # by device and inode


@record
class FileBlob:
    """A regular file. data: all of it, where it is small: what is looked at, hashed and sent is
    then what was read. A larger one is opened anew for each reading, and must still be the one that
    was first seen.
    """

    path: str
    identity: Identity
    data: bytes | None = field(default=None, repr=False, compare=False)

    @property
    def size(self) -> int:
        return self.identity[2]

    def open(self) -> Iterator[bytes]:
        """Raises ImageProblem where the file has changed meanwhile: before the last chunk is given,
        so that nobody gets the whole of something that never was.
        """
        if self.data is not None:
            yield self.data
            return
        fd = self.descriptor()
        try:
            left = self.size
            while left:
                chunk = os.read(fd, min(CHUNK, left))
                left -= len(chunk)
                if not chunk or (not left and identity(os.fstat(fd)) != self.identity):
                    raise self.changed()
                yield chunk
        except OSError as error:
            raise unreadable(self.path, error) from None
        finally:
            os.close(fd)

    def descriptor(self) -> int:
        """Of the very file that was seen first."""
        fd = opened(self.path)
        if identity(os.fstat(fd)) != self.identity:
            os.close(fd)
            raise self.changed()
        return fd

    def changed(self) -> ImageProblem:
        return ImageProblem(
            f"{shown(self.path)} changed while reading",
            hint="ask again once nothing writes to it",
            code="image_changed",
        )


def identity(info: os.stat_result) -> Identity:
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns


def opened(path: str) -> int:
    """A descriptor; without waiting for a writer, where the path turns out to be a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    try:
        return os.open(path, flags | getattr(os, "O_BINARY", 0))
    except ValueError:
        why = "whose name holds a NUL byte" if "\0" in path else "a name that no file can have"
        raise ImageProblem(f"no such file: {shown(path)}, {why}", code="image_missing") from None
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: str, error: OSError) -> ImageProblem:
    name = shown(path)
    if isinstance(error, FileNotFoundError) and os.path.islink(path):  # noqa: PTH114 - the name may hold anything
        aim = os.readlink(path)  # noqa: PTH115 - as above
        if os.path.islink(os.path.join(os.path.dirname(path), aim)):  # noqa: PTH114, PTH118, PTH120 - as above
            aim = os.path.realpath(path)  # the end of a chain of links
        what = f"{name} is a link to {shown(aim)}, which does not exist"
        return ImageProblem(what, code="image_missing")
    if isinstance(error, FileNotFoundError):
        return ImageProblem(f"no such file: {name or repr(path)}", code="image_missing")
    none = "it is a socket or a device without a driver"
    why = none if error.errno == errno.ENXIO else error.strerror
    return ImageProblem(f"{name} cannot be read: {why}", code="image_unreadable")


def from_path(path: str) -> Blob:
    """A regular file, or all that comes through a pipe. Raises ImageProblem for anything else."""
    fd = opened(path)
    try:
        info = os.fstat(fd)
        kind = stat.S_IFMT(info.st_mode)
        if kind == stat.S_IFIFO:
            blob = _from_pipe(fd, shown(path))
            return _once(info, blob) if path.startswith(INHERITED) else blob
        if kind != stat.S_IFREG:
            what = KINDS.get(kind, "is no regular file")
            raise ImageProblem(f"{shown(path)} {what}, not an image", code="image_unreadable")
        if info.st_size > MOST:
            raise too_large(shown(path))
        found = FileBlob(path, identity(info))
        if not 0 < info.st_size <= AT_ONCE:
            return found
        return FileBlob(path, found.identity, _all(fd, found))
    finally:
        os.close(fd)


def _all(fd: int, blob: FileBlob) -> bytes:
    """A small file in one go. Raises ImageProblem where it changes meanwhile."""
    try:
        data = os.read(fd, blob.size + 1)
        while len(data) < blob.size and (piece := os.read(fd, blob.size + 1 - len(data))):
            data += piece
    except OSError as error:
        raise unreadable(blob.path, error) from None
    if len(data) != blob.size or identity(os.fstat(fd)) != blob.identity:
        raise blob.changed()
    return data


def from_stream(stream: BinaryIO, name: str) -> Blob:
    """All that a stream gives, however long it takes."""
    spool = Spool(name)
    try:
        while piece := stream.read(CHUNK):
            spool.add(piece)
    except OSError as error:  # stdin may be a directory
        what = f"{name} cannot be read: {error.strerror}"
        raise ImageProblem(what, code="image_unreadable") from None
    return spool.blob()


def _once(info: os.stat_result, blob: Blob) -> Blob:
    """What a pipe gave when it was first read, for the next model: `<(…)` gives it only once.

    A pipe that has a name may be written to anew, and then gives another picture.
    """
    pipe = info.st_dev, info.st_ino
    if blob.size:
        _FROM_PIPES[pipe] = blob
    return _FROM_PIPES.get(pipe, blob)


def _from_pipe(fd: int, name: str) -> Blob:
    spool = Spool(name)
    while True:
        if not select.select([fd], [], [], SILENCE)[0]:
            raise ImageProblem(
                f"{name} is a pipe that gave nothing for {SILENCE:g} s",
                hint="a pipe gives its picture once, while something writes to it; or name a file",
                code="image_unreadable",
            )
        try:
            piece = os.read(fd, CHUNK)
        except BlockingIOError:
            continue
        if not piece:
            return spool.blob()
        spool.add(piece)


@runtime_checkable
class Seekable(Protocol):
    """A blob that knows itself how to be looked into."""

    def as_file(self) -> AbstractContextManager[BinaryIO]: ...


def as_file(blob: Blob) -> AbstractContextManager[BinaryIO]:
    """The same bytes, to be looked into here and there."""
    if isinstance(blob, FileBlob) and blob.data is not None:  # nearly always, in a batch
        return io.BytesIO(blob.data)
    return _looked_into(blob)


@contextmanager
def _looked_into(blob: Blob) -> Iterator[BinaryIO]:
    match blob:
        case FileBlob():
            try:
                with os.fdopen(blob.descriptor(), "rb") as file:
                    yield file
            except OSError as error:
                raise unreadable(blob.path, error) from None
        case SpooledBlob():
            try:
                with os.fdopen(os.dup(blob.file.fileno()), "rb") as file:
                    file.seek(0)
                    yield file
            except OSError as error:
                raise blob.spool.unreadable(error) from None
        case BytesBlob():
            yield io.BytesIO(blob.data)
        case Seekable():
            with blob.as_file() as file:
                yield file
        case _:
            yield io.BytesIO(b"".join(blob.open()))


def check_unchanged(blob: Blob, file: BinaryIO, *, whole: bool) -> None:
    """Raises ImageProblem where what `as_file` gave is no longer what was promised.

    whole: all bytes that were asked for were there.
    """
    match blob:
        case FileBlob(data=None) if identity(os.fstat(file.fileno())) != blob.identity:
            raise blob.changed()
    if not whole:
        raise ImageProblem("a picture is shorter than it was when first read", code="image_changed")


def is_small_file(path: str, most: int) -> bool:
    """Whether it is a regular file of at most `most` bytes."""
    try:
        info = os.stat(path)  # noqa: PTH116 - the name may hold anything
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(info.st_mode) and info.st_size <= most
