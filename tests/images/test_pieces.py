"""A picture made of pieces of another: the right bytes, again and again, and never stale ones."""

from __future__ import annotations

import io
import os
import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from visioncli.core.body import Base64
from visioncli.core.errors import ImageProblem
from visioncli.core.types import Blob, BytesBlob
from visioncli.images import blobs
from visioncli.images.blobs import as_file
from visioncli.images.pieces import Piece, PiecedBlob, Range, add
from visioncli.images.spool import CHUNK, Spool

from .made import encoded
from .strip_made import content

NOISE = random.Random(5).randbytes(3 * CHUNK + 1000)
RANGES = st.tuples(st.integers(0, len(NOISE)), st.integers(0, len(NOISE))).map(
    lambda ends: Range(min(ends), max(ends) - min(ends))
)
PIECES = st.lists(RANGES | st.binary(max_size=40), max_size=8)


def written(pieces: list[Piece]) -> bytes:
    return b"".join(p if isinstance(p, bytes) else NOISE[p.at : p.at + p.length] for p in pieces)


@given(PIECES)
@settings(max_examples=60, deadline=None)
def test_the_bytes_are_those_of_the_pieces(pieces: list[Piece]) -> None:
    whole, merged = written(pieces), list[Piece]()
    for piece in pieces:
        add(merged, piece)
    for made in (tuple(pieces), tuple(merged)):
        blob = PiecedBlob(BytesBlob(NOISE), made)
        assert content(blob) == content(blob) == whole
        sizes = [len(chunk) for chunk in blob.open()]
        assert all(size == CHUNK for size in sizes[:-1])  # so that base64 goes on without a rest
        assert all(0 < size <= CHUNK for size in sizes)


@given(PIECES, st.lists(st.tuples(st.integers(0, 2 * len(NOISE)), st.integers(0, 30_000))))
@settings(max_examples=60, deadline=None)
def test_looked_into_here_and_there(pieces: list[Piece], looks: list[tuple[int, int]]) -> None:
    whole = io.BytesIO(written(pieces))
    with as_file(PiecedBlob(BytesBlob(NOISE), tuple(pieces))) as file:
        assert file.seek(0, io.SEEK_END) == whole.seek(0, io.SEEK_END)
        for at, length in looks:
            assert file.seek(at) == file.tell() == whole.seek(at)
            assert file.read(length) == whole.read(length)


def test_pieces_side_by_side_become_one() -> None:
    pieces: list[Piece] = []
    for piece in (Range(0, 5), Range(5, 5), b"", b"a", b"b", Range(10, 0), Range(4, 2)):
        add(pieces, piece)
    assert pieces == [Range(0, 10), b"ab", Range(4, 2)]


def test_pillow_opens_it() -> None:
    data = encoded("PNG")
    blob = PiecedBlob(BytesBlob(b"before" + data[20:]), (data[:20], Range(6, len(data) - 20)))
    with as_file(blob) as file, Image.open(file) as picture, Image.open(io.BytesIO(data)) as same:
        assert picture.tobytes() == same.tobytes()


def test_a_picture_made_of_pieces_of_one_made_of_pieces() -> None:
    inner = PiecedBlob(BytesBlob(NOISE), (Range(10, 10), b"xyz", Range(0, 5)))
    outer = PiecedBlob(inner, (Range(8, 6), b"!", Range(0, 2)))
    assert content(outer) == NOISE[18:20] + b"xyz" + NOISE[:1] + b"!" + NOISE[10:12]


def test_a_spooled_source() -> None:
    spool = Spool("x")
    for _ in range(3):
        spool.add(NOISE)
    blob = PiecedBlob(spool.blob(), (Range(len(NOISE), 100), b"end"))
    assert content(blob) == content(blob) == NOISE[:100] + b"end"


# ------------------------------------------------------------------------------- changes


def of_file(file: Path, size: int) -> Blob:
    file.write_bytes(NOISE[:size])
    return PiecedBlob(blobs.from_path(str(file)), (Range(0, size - 10), b"end"))


@pytest.mark.usefixtures("as_large")
@pytest.mark.parametrize("size", [1000, CHUNK + 7, CHUNK + 50, 3 * CHUNK])
@pytest.mark.parametrize("change", ["grown", "shrunk", "rewritten"])
def test_a_file_that_changes_while_it_is_read_never_comes_out_whole(
    tmp_path: Path, size: int, change: str
) -> None:
    file = tmp_path / "x.jpg"
    blob = of_file(file, size)
    reader = blob.open()
    got = len(next(reader)) if blob.size > CHUNK else 0
    if change == "grown":
        with file.open("ab") as out:
            out.write(b"more")
    elif change == "shrunk":
        os.truncate(file, size // 2)
    else:
        file.write_bytes(bytes(size))
        os.utime(file, ns=(1, 1))
    rest: list[bytes] = []
    with pytest.raises(ImageProblem, match="changed while reading") as told:
        rest.extend(reader)
    assert told.value.code == "image_changed"
    assert got + sum(map(len, rest)) < blob.size


@pytest.mark.usefixtures("as_large")
def test_a_file_that_is_replaced_before_it_is_read(tmp_path: Path) -> None:
    blob = of_file(tmp_path / "x.jpg", 1000)
    (tmp_path / "x.jpg").write_bytes(b"another")
    with pytest.raises(ImageProblem, match="changed while reading"):
        content(blob)
    with pytest.raises(ImageProblem, match="changed while reading"), as_file(blob):
        pass


def test_a_source_that_is_shorter_than_the_pieces_say() -> None:
    blob = PiecedBlob(BytesBlob(b"short"), (Range(0, 50),))
    with pytest.raises(ImageProblem) as told:
        content(blob)
    assert told.value.code == "image_changed"


def test_512_megabytes_are_never_held(tmp_path: Path) -> None:
    file = tmp_path / "x.png"
    size = 512 << 20
    with file.open("wb") as out:
        out.truncate(size)
    blob = PiecedBlob(blobs.from_path(str(file)), (b"a", Range(1, size - 1)))
    tracemalloc.start()
    try:
        assert sum(map(len, blob.open())) == blob.size == size
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_it_is_sent_as_base64_of_the_promised_length() -> None:
    leaf = Base64(PiecedBlob(BytesBlob(NOISE), (b"ab", Range(7, CHUNK + 5), b"c")))
    assert sum(map(len, leaf.chunks())) == leaf.length
