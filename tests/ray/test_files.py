"""Other file systems: what is read there, and what is left to others."""

from __future__ import annotations

import fsspec
import pytest

from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.target import Provider
from visioncli.images import blobs
from visioncli.ray import files

GOOGLE = Provider(name="google", dialect="gemini", auth="none", urls=("https", "gs"))


@pytest.mark.parametrize(
    ("name", "far"),
    [
        ("s3://b/a.jpg", True),
        ("gs://b/a.jpg", True),
        ("hf://datasets/o/n/a.jpg", True),
        ("memory://a.jpg", True),
        ("FILE:///a.jpg", True),
        ("https://h/a.jpg", False),
        ("data://a", False),
        ("nope://a.jpg", False),
        ("simplecache::s3://b/a.jpg", False),
        ("/a.jpg", False),
        ("a.jpg", False),
    ],
)
def test_what_is_far(name: str, far: bool) -> None:
    assert files.is_far(name) is far


def test_what_the_provider_fetches_itself_is_left_to_it() -> None:
    assert not files.is_far("gs://b/a.jpg", GOOGLE)
    assert files.is_far("s3://b/a.jpg", GOOGLE)


def test_a_picture_is_read_once_and_can_be_read_again() -> None:
    with fsspec.open("memory://pictures/a.png", "wb") as stream:
        stream.write(b"12345678")
    blob = files.FarBlob("memory://pictures/a.png")
    assert (blob.size, b"".join(blob.open()), b"".join(blob.open())) == (
        8,
        b"12345678",
        b"12345678",
    )
    fsspec.filesystem("memory").rm("/pictures/a.png")
    with blobs.as_file(blob) as file:
        assert file.read(3) == b"123"


def test_a_picture_that_is_not_there() -> None:
    with pytest.raises(ImageProblem, match=r"no such file: memory://nowhere\.png") as caught:
        _ = files.FarBlob("memory://nowhere.png").size
    assert caught.value.code == "image_missing"


def test_a_list_is_read_and_one_that_is_not_there_is_named() -> None:
    with fsspec.open("memory://list", "wb") as stream:
        stream.write(b"a\nb\n")
    read = files.listed("memory://list")
    assert (read(100), read(100)) == (b"a\nb\n", b"")
    with pytest.raises(UsageError, match="the list memory://none cannot be read"):
        files.listed("memory://none")
