"""How names are read and shown: schemes, secrets, and files that have the form of an address."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visioncli.core.errors import ImageProblem, UsageError
from visioncli.images import names

from .made import content, encoded, load, provider, written

JPEG = encoded("JPEG")
FETCHES = provider(urls=("https", "http", "gs", "s3"))
PIECES = st.text(st.sampled_from("htps:/@?#[]%.\\ \n\t\x1bda-file\udcff\ud83d℀é"), max_size=60)
STARTS = st.sampled_from(["", "http://", "https://u:p@", "data:", "file:", "HTTPS://[", "gs://b"])


@given(STARTS, st.text(max_size=60) | PIECES)
@settings(max_examples=500, deadline=None)
def test_any_name_is_shown_on_one_line(start: str, rest: str) -> None:
    assert names.shown(start + rest).isprintable()
    try:
        source, _ = names.without_user(start + rest)
    except UsageError as error:
        assert error.message.isprintable()  # noqa: PT017 - either is right
    else:
        assert "@" not in names.split(source).netloc


@pytest.mark.parametrize(
    ("image", "scheme"),
    [
        ("https://h/x", "https"),
        ("HTTPS://h/x", "https"),
        ("data:,x", "data"),
        ("DATA:,x", "data"),
        ("clip:", "clip"),
        ("screen:1", "screen"),
        ("file:/etc/passwd", "file"),
        ("git+ssh://h/x", "git+ssh"),
        ("s3://b/x", "s3"),
        ("C:\\x.png", ""),
        ("C://x.png", ""),
        ("a:b.png", ""),
        ("photo:1.png", ""),
        ("http:x", ""),
        ("./data:,x", ""),
        ("x.png", ""),
        ("-", ""),
        ("", ""),
    ],
)
def test_schemes(image: str, scheme: str) -> None:
    assert names.scheme(image) == scheme


@pytest.mark.parametrize(
    "name",
    [
        "C:\\x.png",
        "a:b.png",
        "photo:1.png",
        "data:image,x.jpg",
        "file:x.jpg",
        "screen:1",
        "openai:file-abc",
        "openai:x.jpg",
        "doc.pdf#2-4",
        "-x.jpg",
        "%2e.jpg",
        "x.jpg?y=1",
    ],
)
def test_a_name_that_exists_is_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, name, JPEG)
    picture = load(name, FETCHES)
    assert content(picture) == JPEG
    assert picture.media_type == "image/jpeg"


def test_also_where_a_folder_has_the_name_of_a_scheme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("https:/example.com", "gs:/bucket", "nope:/h"):
        (tmp_path / folder).mkdir(parents=True)
        written(tmp_path / folder, "x.jpg", JPEG)
        assert content(load(folder.replace(":/", "://") + "/x.jpg", FETCHES)) == JPEG
    assert load("https://example.com/y.jpg", FETCHES).address == "https://example.com/y.jpg"


@pytest.mark.parametrize("name", ["C:\\x.png", "a:b.png", "photo:1.png", "http:x", "openai", "x"])
def test_one_that_does_not_is_a_missing_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ImageProblem) as told:
        load(name)
    assert told.value.message == f"no such file: {name}"


@pytest.mark.parametrize(
    ("image", "address"),
    [("GS://Bucket/Cat.PNG", "gs://Bucket/Cat.PNG"), ("S3://b/c.jpg", "s3://b/c.jpg")],
)
def test_a_bucket_in_capitals_is_the_same_bucket(image: str, address: str) -> None:
    assert load(image, FETCHES).address == address


@pytest.mark.parametrize("image", ["gs://", "s3:///x.png", "gs://b/\x1b.png", "s3://b/a b.png"])
def test_what_names_no_bucket_is_a_usage_error(image: str) -> None:
    with pytest.raises(UsageError, match="is no address"):
        load(image, FETCHES)


def test_a_query_is_passed_on_and_not_told() -> None:
    image = "https://h.example/x.png?sig=c0ffee"
    picture = load(image, FETCHES)
    assert picture.address == image
    assert "c0ffee" not in picture.shown
    with pytest.raises(UsageError) as told:
        load("https://h.example:0/x.png?sig=c0ffee", FETCHES)
    assert "c0ffee" not in told.value.message


@pytest.mark.parametrize("text", ["\udcff", "half \ud83d", "\U0001f408\udcff", "a\0b"])
def test_odd_characters_in_data_are_no_bug(text: str) -> None:
    with pytest.raises(ImageProblem) as told:
        load(f"data:,{text}")
    assert told.value.message.isprintable()


def test_bytes_that_are_no_text_go_through_data_unchanged() -> None:
    raw = "".join(chr(0xDC00 + byte) if byte > 127 else f"%{byte:02x}" for byte in JPEG)
    assert content(load(f"data:image/jpeg,{raw}")) == JPEG
