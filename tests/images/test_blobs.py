"""Bytes that are read again: what changes, what fails, what is kept of a pipe."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from visioncli.core.errors import ImageProblem
from visioncli.images import blobs, spool
from visioncli.images.sources import Piped
from visioncli.images.spool import CHUNK, SpooledBlob

from .made import CAT, content, encoded, load, written

JPEG, PNG = encoded("JPEG"), encoded("PNG")


def refused(image: str | os.PathLike[str], **how: object) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        load(image, **how)
    assert told.value.exit == 5
    return told.value


# --------------------------------------------------------------------------------- files


@pytest.mark.usefixtures("as_large")
@pytest.mark.parametrize("size", [1000, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_file_that_grew_never_comes_out_whole(tmp_path: Path, size: int) -> None:
    """Who reads up to the error has less than was promised, so that no request is complete."""
    file = tmp_path / "x.jpg"
    file.write_bytes(JPEG + bytes(size - len(JPEG)))
    blob = load(file).blob
    assert blob is not None
    reader = blob.open()
    got = len(next(reader)) if size > CHUNK else 0
    with file.open("ab") as out:
        out.write(b"more")
    rest: list[bytes] = []
    with pytest.raises(ImageProblem, match="changed while reading"):
        rest.extend(reader)
    assert got + sum(map(len, rest)) < size


@pytest.mark.usefixtures("as_large")
def test_a_file_that_is_replaced_between_look_and_measure(tmp_path: Path) -> None:
    """The second opening, which looks into the picture, is held to the first one."""
    file = tmp_path / "x.jpg"
    file.write_bytes(JPEG)
    blob = blobs.from_path(str(file))
    file.write_bytes(JPEG + PNG)
    with (
        pytest.raises(ImageProblem, match="changed while reading") as told,
        blobs.as_file(blob),
    ):
        pass
    assert told.value.code == "image_changed"


@pytest.mark.usefixtures("as_large")
def test_a_file_that_turns_into_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "x.jpg"
    file.write_bytes(JPEG)
    blob = load(file).blob
    file.unlink()
    os.mkfifo(file)
    assert blob is not None
    with pytest.raises(ImageProblem, match="changed while reading"):
        list(blob.open())


def broken_disk(*_: object) -> bytes:
    raise OSError(5, "Input/output error")


@pytest.mark.usefixtures("as_large")
def test_a_disk_that_fails_is_one_clean_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "x.jpg", JPEG)
    blob = load(file).blob
    assert blob is not None
    monkeypatch.setattr(os, "read", broken_disk)
    with pytest.raises(ImageProblem) as told:
        list(blob.open())
    assert told.value.message == f"{file} cannot be read: Input/output error"
    with pytest.raises(ImageProblem) as told, blobs.as_file(blob):
        broken_disk()
    assert told.value.message == f"{file} cannot be read: Input/output error"


def test_a_chain_of_links_is_followed_to_where_it_breaks(tmp_path: Path) -> None:
    (tmp_path / "second.jpg").symlink_to(tmp_path / "gone.jpg")
    first = tmp_path / "first.jpg"
    first.symlink_to("second.jpg")
    gone = os.path.realpath(tmp_path / "gone.jpg")
    assert refused(first).message == f"{first} is a link to {gone}, which does not exist"


def test_a_name_that_no_file_can_have() -> None:
    assert refused("half a character \ud83d.jpg").message == (
        "no such file: half a character \\ud83d.jpg, a name that no file can have"
    )


# --------------------------------------------------------------------------------- pipes


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    path = tmp_path / "pipe.jpg"
    os.mkfifo(path)
    return str(path)


def write_later(path: str, data: bytes) -> threading.Thread:
    def write() -> None:
        with open(path, "wb") as out:  # noqa: PTH123 - waits for the reader, as a shell does
            out.write(data)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


def test_a_pipe_with_a_name_gives_what_is_written_now(
    pipe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never what it gave before: that would be an answer about another picture."""
    first = write_later(pipe, JPEG)
    assert content(load(pipe)) == JPEG
    first.join()
    second = write_later(pipe, PNG)
    assert content(load(pipe)) == PNG
    second.join()
    monkeypatch.setattr(blobs, "SILENCE", 0.1)
    told = refused(pipe)
    assert told.message == f"{pipe} is a pipe that gave nothing for 0.1 s"
    assert told.hint is not None
    assert "gives its picture once" in told.hint


def test_an_empty_pipe_with_a_name_does_not_give_what_it_gave_before(pipe: str) -> None:
    first = write_later(pipe, JPEG)
    assert content(load(pipe)) == JPEG
    first.join()
    second = write_later(pipe, b"")
    assert refused(pipe).message == f"{pipe} is empty"
    second.join()


def test_two_pipes_of_a_shell_do_not_mix() -> None:
    ends = [os.pipe(), os.pipe()]
    for (_, write), data in zip(ends, (JPEG, PNG), strict=True):
        os.write(write, data)
        os.close(write)
    names = [f"/dev/fd/{read}" for read, _ in ends]
    try:
        for _ in range(2):
            assert [content(load(name)) for name in names] == [JPEG, PNG]
    finally:
        for read, _ in ends:
            os.close(read)


def test_a_shell_can_name_a_pipe() -> None:
    """`<(…)`, for two models: the second one sees what the first one saw."""
    program = (
        "import sys\n"
        "from tests.images.made import content, load\n"
        "print(*[len(content(load(sys.argv[1]))) for _ in range(2)])\n"
    )
    done = subprocess.run(
        ["bash", "-c", f'{sys.executable} -c "$1" <(cat "$2")', "bash", program, str(CAT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        cwd=Path(__file__).parents[2],
    )
    size = CAT.stat().st_size
    assert (done.stdout, done.stderr) == (f"{size} {size}\n", "")


# ------------------------------------------------------------------------- stdin and spools


def test_a_large_stdin_is_kept_in_flat_memory() -> None:
    """24 MB go in, and come out twice; 1 MB may be held."""

    class Endless(io.RawIOBase):
        left = 24 << 20

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            size = min(len(buffer), self.left)
            head = JPEG if self.left == 24 << 20 else b""
            buffer[:size] = head + bytes(size - len(head))
            self.left -= size
            return size

    load("-", stdin=Piped(lambda: io.BytesIO(JPEG + bytes(2 << 20))))  # loads what is loaded once
    tracemalloc.start()
    try:
        picture = load("-", stdin=Piped(lambda: io.BufferedReader(Endless())))
        assert picture.blob is not None
        assert picture.blob.size == 24 << 20
        for _ in range(2):
            assert sum(len(piece) for piece in picture.blob.open()) == 24 << 20
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 << 20


def test_two_readers_of_a_spool_do_not_disturb_each_other() -> None:
    data = JPEG + os.urandom(2 << 20)
    blob = load("-", stdin=Piped(lambda: io.BytesIO(data))).blob
    assert isinstance(blob, SpooledBlob)
    first = blob.open()
    got = next(first)
    with blobs.as_file(blob) as file:
        assert file.read(100) == data[:100]
        got += next(first)
        assert file.read() == data[100:]
    assert b"".join(blob.open()) == data
    assert got + b"".join(first) == data


def test_a_spool_can_be_read_without_pread(monkeypatch: pytest.MonkeyPatch) -> None:
    data = JPEG + os.urandom(2 << 20)
    picture = load("-", stdin=Piped(lambda: io.BytesIO(data)))
    monkeypatch.delattr(os, "pread", raising=False)
    assert content(picture) == content(picture) == data


def test_a_spool_whose_disk_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = load("-", stdin=Piped(lambda: io.BytesIO(JPEG + bytes(2 << 20)))).blob
    assert isinstance(blob, SpooledBlob)
    said = "the picture on stdin cannot be read again: Input/output error"
    monkeypatch.setattr(os, "pread", broken_disk)
    with pytest.raises(ImageProblem, match=said):
        list(blob.open())
    with pytest.raises(ImageProblem, match=said), blobs.as_file(blob):
        broken_disk()


def test_a_stdin_that_was_refused_is_not_read_on_for_the_next_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was left of it would be taken for a picture of its own."""
    monkeypatch.setattr(spool, "MOST", 100_000)
    stream = io.BytesIO(bytes(CHUNK) + JPEG)
    stdin = Piped(lambda: stream)
    first, second = refused("-", stdin=stdin), refused("-", stdin=stdin)
    assert first.message == second.message
    assert first.code == "image_too_large"


def test_a_spool_closes_its_file_when_nobody_needs_it() -> None:
    picture = load("-", stdin=Piped(lambda: io.BytesIO(JPEG + bytes(2 << 20))))
    assert isinstance(picture.blob, SpooledBlob)
    file = picture.blob.file
    del picture
    assert file.closed


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("as_large")
@pytest.mark.usefixtures("few_descriptors")
def test_thirty_pictures_and_few_descriptors(tmp_path: Path) -> None:
    files = [written(tmp_path, f"{n}.png", PNG) for n in range(60)]
    pictures = [load(file) for file in files]
    assert all(picture.facts().sha256 for picture in pictures)
    for _ in range(2):  # a retry
        assert [content(picture) for picture in pictures] == [PNG] * 60
    Path(files[0]).write_bytes(PNG + b"more")
    for _ in range(100):  # what is refused holds nothing either
        refused(tmp_path)
        with pytest.raises(ImageProblem, match="changed while reading"):
            content(pictures[0])


def test_a_small_file_is_what_it_was_when_it_was_read(tmp_path: Path) -> None:
    file = tmp_path / "small.jpg"
    file.write_bytes(b"first")
    blob = blobs.from_path(str(file))
    file.write_bytes(b"other bytes")
    assert b"".join(blob.open()) == b"first"
    with blobs.as_file(blob) as opened:
        assert opened.read() == b"first"
    file.unlink()
    assert (b"".join(blob.open()), blob.size) == (b"first", 5)


@pytest.mark.parametrize("then", [b"longer than it was", b"short"])
def test_a_small_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: bytes
) -> None:
    file = tmp_path / "small.jpg"
    file.write_bytes(b"ten bytes.")
    read = os.read

    def meanwhile(fd: int, size: int) -> bytes:
        file.write_bytes(then)
        return read(fd, size)

    monkeypatch.setattr(os, "read", meanwhile)
    with pytest.raises(ImageProblem, match="changed while reading"):
        blobs.from_path(str(file))
