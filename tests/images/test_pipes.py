"""Pipes as images: read to their end or to the cap, and never waited for for ever."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from visioncli.core.errors import ImageProblem
from visioncli.images import blobs, spool
from visioncli.images.spool import SpooledBlob

from .made import content, encoded, load

JPEG = encoded("JPEG")


def refused(image: str | os.PathLike[str]) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        load(image)
    assert told.value.exit == 5
    assert "\n" not in told.value.message
    return told.value


@pytest.fixture
def short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "SILENCE", 0.2)


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    name = tmp_path / "pipe.jpg"
    os.mkfifo(name)
    return str(name)


def writing(pipe: str, *pieces: bytes) -> threading.Thread:
    def write() -> None:
        with open(pipe, "wb", buffering=0) as out:  # noqa: PTH123
            out.writelines(pieces)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


@pytest.mark.usefixtures("short_silence")
def test_a_pipe_without_a_writer_is_not_waited_for_for_ever(pipe: str) -> None:
    began = time.monotonic()
    assert refused(pipe).message == f"{pipe} is a pipe that gave nothing for 0.2 s"
    assert time.monotonic() - began < 5


@pytest.mark.usefixtures("short_silence")
def test_a_pipe_whose_writer_falls_silent_is_not_waited_for_either(pipe: str) -> None:
    writer = os.open(pipe, os.O_RDWR)
    os.write(writer, JPEG[:100])
    try:
        assert "for 0.2 s" in refused(pipe).message
    finally:
        os.close(writer)


def test_a_pipe_is_read_to_its_end(pipe: str) -> None:
    thread = writing(pipe, JPEG[:10], JPEG[10:])
    picture = load(pipe)
    thread.join()
    assert content(picture) == content(picture) == JPEG
    assert picture.content() == JPEG


def test_what_a_pipe_gave_once_is_there_for_the_next_model() -> None:
    """`<(…)` names a pipe that has no name of its own: /dev/fd/63."""
    read, write = os.pipe()
    os.write(write, JPEG)
    os.close(write)
    try:
        assert content(load(f"/dev/fd/{read}")) == content(load(f"/dev/fd/{read}")) == JPEG
    finally:
        os.close(read)


def test_a_pipe_with_a_name_may_give_another_picture(pipe: str) -> None:
    for data in (JPEG, encoded("PNG")):
        thread = writing(pipe, data)
        assert content(load(pipe)) == data
        thread.join()


def test_an_empty_pipe_is_empty(pipe: str) -> None:
    thread = writing(pipe)
    assert refused(pipe).message == f"{pipe} is empty"
    thread.join()


def test_an_endless_pipe_is_cut_at_the_cap(pipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MOST", 1 << 20)

    def pour() -> None:
        with open(pipe, "wb", buffering=0) as out:  # noqa: PTH123
            try:
                while True:
                    out.write(JPEG * 100)
            except BrokenPipeError:
                pass

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    assert refused(pipe).message == f"{pipe} is larger than 1 MB, which no provider takes"
    thread.join(5)
    assert not thread.is_alive()


def test_a_large_pipe_goes_through_a_file(pipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "SMALL", 100)
    large = JPEG + bytes(300_000)
    thread = writing(pipe, large)
    picture = load(pipe)
    thread.join()
    assert isinstance(picture.blob, SpooledBlob)
    assert content(picture) == content(picture) == large
    assert picture.facts().bytes == len(large)


def test_no_room_for_a_large_pipe_is_said(pipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool, "SMALL", 100)
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    thread = writing(pipe, JPEG)
    told = refused(pipe)
    thread.join()
    assert told.message == f"{pipe} cannot be kept in a temporary file: No space left on device"
    assert told.hint == "free some space, or point TMPDIR elsewhere"
