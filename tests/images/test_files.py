"""Files as images: their names, their kinds, and what becomes of them between look and send."""

from __future__ import annotations

import os
import socket
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from visioncli.core.body import Base64
from visioncli.core.errors import ImageProblem

from .made import CAT, HORSE, content, encoded, load, written

JPEG = encoded("JPEG")


def refused(image: str | os.PathLike[str]) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        load(image)
    assert told.value.exit == 5
    assert "\n" not in told.value.message
    return told.value


# ------------------------------------------------------------------------------ what is read


def test_a_photograph_goes_as_it_is() -> None:
    picture = load(CAT)
    assert picture.media_type == "image/jpeg"
    assert picture.source == str(CAT)
    assert picture.warnings == ()
    assert picture.pixels == (451, 300)
    assert picture.content() == CAT
    assert content(picture) == CAT.read_bytes()


def test_a_retry_reads_the_file_again() -> None:
    blob = load(HORSE).blob
    assert blob is not None
    assert b"".join(blob.open()) == b"".join(blob.open()) == HORSE.read_bytes()
    assert blob.size == HORSE.stat().st_size


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("two\nlines.jpg", "two\\nlines.jpg"),
        ("\x1b]52;c;eA==\x07.jpg", "\\x1b]52;c;eA==\\x07.jpg"),
        ("gpj.\u202etxt.jpg", "gpj.\\u202etxt.jpg"),
        ("not-utf8-\udcff.jpg", "not-utf8-\\xff.jpg"),
        ("-rf.jpg", "-rf.jpg"),
        ("@args.jpg", "@args.jpg"),
        ("a 'quoted' \"name\".jpg", "a 'quoted' \"name\".jpg"),
        ("Ünïcode 猫 \U0001f408.jpg", "Ünïcode 猫 \U0001f408.jpg"),
        ("*[?.jpg", "*[?.jpg"),
        ("openai:file-abc.jpg", "openai:file-abc.jpg"),
        ("clip:.jpg", "clip:.jpg"),
        ("paper.pdf#2-4", "paper.pdf#2-4"),
        ("x" * 246 + ".jpg", "x" * 246 + ".jpg"),
    ],
)
def test_any_name_works_and_is_shown_on_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, shown: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(JPEG)
    picture = load(name)
    assert content(picture) == JPEG
    assert picture.source == name
    assert picture.shown == shown
    Path(name).write_bytes(b"this is a letter and no picture")
    assert refused(name).message == f"{shown} is not an image: it looks like text"


# ------------------------------------------------------------------------- what is not there


def test_each_reason_why_a_file_cannot_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dangling.jpg").symlink_to("gone.jpg")
    Path("loop.jpg").symlink_to("loop.jpg")
    Path("folder.jpg").mkdir()
    Path("file.jpg").write_bytes(JPEG)
    assert refused("missing.jpg").message == "no such file: missing.jpg"
    assert refused("").message == "no such file: ''"
    assert refused("nul\0byte.jpg").message == (
        "no such file: nul\\x00byte.jpg, whose name holds a NUL byte"
    )
    assert refused("dangling.jpg").message == (
        "dangling.jpg is a link to gone.jpg, which does not exist"
    )
    Path("chain.jpg").symlink_to("dangling.jpg")
    assert refused("chain.jpg").message == (
        f"chain.jpg is a link to {tmp_path}/gone.jpg, which does not exist"
    )
    assert refused("half-\ud800.jpg").message == (
        "no such file: half-\\ud800.jpg, a name that no file can have"
    )
    assert "Too many levels of symbolic links" in refused("loop.jpg").message
    assert refused("folder.jpg").message == "folder.jpg is a directory, not an image"
    assert "Not a directory" in refused("file.jpg/x.jpg").message
    assert "File name too long" in refused("x" * 300 + ".jpg").message


def test_a_link_to_a_picture_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link.jpg"
    link.symlink_to(CAT)
    assert content(load(link)) == CAT.read_bytes()


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # from here no folder above need let anybody through
    Path("mine.jpg").write_bytes(JPEG)
    Path("mine.jpg").chmod(0)
    tmp_path.chmod(0o755)
    root = os.geteuid() == 0  # who may read everything
    if root:
        os.seteuid(65534)
    try:
        message = refused("mine.jpg").message
    finally:
        if root:
            os.seteuid(0)
    assert message == "mine.jpg cannot be read: Permission denied"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_devices_are_refused_unread(device: str) -> None:
    if not os.path.exists(device):  # noqa: PTH110
        pytest.skip(f"there is no {device} here")
    message = refused(device).message
    assert "is a device" in message or "it is a socket or a device" in message


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's whole path has 108 bytes at most
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.jpg")
        message = refused("s.jpg").message
    assert message == "s.jpg cannot be read: it is a socket or a device without a driver"


# -------------------------------------------------------------------------------------- size


@pytest.mark.parametrize("size", [1, 8, 19])
def test_a_file_that_is_too_small_for_any_picture(tmp_path: Path, size: int) -> None:
    file = written(tmp_path, "x.jpg", JPEG[:size])
    assert f"too small to be a picture ({size} of 20 bytes" in refused(file).message


def test_an_empty_file(tmp_path: Path) -> None:
    assert refused(written(tmp_path, "x.jpg", b"")).message.endswith("x.jpg is empty")


def test_files_of_the_kernel_that_have_no_size_are_refused_unread() -> None:
    if not os.path.exists("/proc/self/mem"):  # noqa: PTH110
        pytest.skip("there is no /proc here")
    assert refused("/proc/self/mem").message == "/proc/self/mem is empty"


@pytest.fixture
def sparse(tmp_path: Path) -> Iterator[Path]:
    """A file that begins as a JPEG and has a size without content."""
    file = tmp_path / "sparse.jpg"
    file.write_bytes(JPEG)
    yield file
    file.unlink()


def test_a_gigabyte_is_refused_by_its_size_alone(sparse: Path) -> None:
    os.truncate(sparse, 1 << 30)
    tracemalloc.start()
    try:
        message = refused(sparse).message
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert message == f"{sparse} is larger than 512 MB, which no provider takes"
    assert peak < 1 << 20


def test_200_megabytes_are_encoded_in_flat_memory(sparse: Path) -> None:
    size = 200_000_000
    os.truncate(sparse, size)
    load(CAT)  # what is loaded once is not counted
    tracemalloc.start()
    try:
        picture = load(sparse)
        assert picture.blob is not None
        leaf = Base64(picture.blob)
        sent = sum(len(chunk) for chunk in leaf.chunks())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent == leaf.length == 4 * ((size + 2) // 3)
    assert peak < 2 << 20


def test_chunks_can_be_encoded_one_by_one(sparse: Path) -> None:
    os.truncate(sparse, 1_000_000)
    blob = load(sparse).blob
    assert blob is not None
    sizes = [len(chunk) for chunk in blob.open()]
    assert len(sizes) > 1
    assert all(size % 3 == 0 for size in sizes[:-1])


def test_many_pictures_hold_no_descriptor_open(tmp_path: Path) -> None:
    def next_descriptor() -> int:
        fd = os.dup(0)
        os.close(fd)
        return fd

    files = [written(tmp_path, f"{n}.jpg", JPEG) for n in range(100)]
    before = next_descriptor()
    pictures = [load(file) for file in files]
    readers = [picture.blob.open() for picture in pictures if picture.blob]
    assert next_descriptor() == before
    assert b"".join(readers[0]) == JPEG
    assert next_descriptor() == before


# ------------------------------------------------------------------------------------ change


def changed(file: Path) -> str:
    return f"{file} changed while reading"


@pytest.mark.usefixtures("as_large")
@pytest.mark.parametrize("how", ["longer", "shorter", "other", "gone", "directory"])
def test_a_file_that_changes_before_it_is_sent_is_not_sent(tmp_path: Path, how: str) -> None:
    file = tmp_path / "x.jpg"
    file.write_bytes(JPEG)
    os.utime(file, ns=(1, 1))
    picture = load(file)
    match how:
        case "longer":
            file.write_bytes(JPEG + b"more")
        case "shorter":
            file.write_bytes(JPEG[:50])
        case "other":
            (tmp_path / "new").write_bytes(JPEG[::-1])
            (tmp_path / "new").replace(file)
        case "gone":
            file.unlink()
        case "directory":
            file.unlink()
            file.mkdir()
    with pytest.raises(ImageProblem) as told:
        content(picture)
    assert told.value.exit == 5
    assert told.value.message == (f"no such file: {file}" if how == "gone" else changed(file))


@pytest.mark.parametrize("size", [10, 400_000])
def test_a_file_that_shrinks_while_it_is_sent(tmp_path: Path, size: int) -> None:
    file = tmp_path / "x.jpg"
    file.write_bytes(JPEG + bytes(500_000))
    blob = load(file).blob
    assert blob is not None
    reader = blob.open()
    next(reader)
    os.truncate(file, size)
    with pytest.raises(ImageProblem, match="changed while reading") as told:
        list(reader)
    assert told.value.hint == "ask again once nothing writes to it"


def test_a_file_that_is_rewritten_while_it_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "x.jpg"
    file.write_bytes(JPEG + bytes(500_000))
    os.utime(file, ns=(1, 1))
    blob = load(file).blob
    assert blob is not None
    reader = blob.open()
    next(reader)
    with file.open("r+b") as out:
        out.seek(450_000)
        out.write(b"new")
    with pytest.raises(ImageProblem, match="changed while reading"):
        list(reader)


@pytest.mark.usefixtures("as_large")
def test_an_answer_is_not_spoiled_by_a_file_that_is_gone_by_now(tmp_path: Path) -> None:
    file = tmp_path / "x.jpg"
    file.write_bytes(JPEG)
    picture = load(file)
    file.unlink()
    facts = picture.facts()
    assert (facts.bytes, facts.width, facts.height) == (len(JPEG), 24, 16)
    assert facts.sha256 is None
