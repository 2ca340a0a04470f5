"""From how an image is named to what is sent: data:, stdin, and what is no picture."""

from __future__ import annotations

import base64
import hashlib
import io
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visioncli.core.errors import ImageProblem, UsageError, VisionError
from visioncli.images.sources import Picture, Piped

from .made import CAT, HORSE, content, encoded, load, written

JPEG, PNG, GIF = encoded("JPEG"), encoded("PNG"), encoded("GIF")


def usage(image: str, **how: object) -> UsageError:
    with pytest.raises(UsageError) as told:
        load(image, **how)  # type: ignore[arg-type]
    assert told.value.exit == 2
    assert "\n" not in told.value.message
    return told.value


def refused(image: str, **how: object) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        load(image, **how)  # type: ignore[arg-type]
    assert told.value.exit == 5
    return told.value


# ------------------------------------------------------------------------------------ data:


@pytest.mark.parametrize(
    "image",
    [
        "data:image/gif;base64," + base64.b64encode(GIF).decode(),
        "DATA:image/gif;BASE64," + base64.b64encode(GIF).decode(),
        "data:image/gif; base64," + base64.b64encode(GIF).decode(),
        "data:;base64," + base64.b64encode(GIF).decode(),
        "data:image/gif;charset=binary;base64," + base64.b64encode(GIF).decode(),
        "data:image/gif;base64," + "\n".join(base64.encodebytes(GIF).decode().split()),
        "data:image/gif;base64," + base64.b64encode(GIF).decode().replace("+", "%2B"),
        "data:image/gif," + quote_from_bytes(GIF),
        "data:," + quote_from_bytes(GIF),
    ],
)
def test_data_is_a_picture_without_a_file(image: str) -> None:
    picture = load(image)
    assert content(picture) == picture.content() == GIF
    assert (picture.media_type, picture.warnings) == ("image/gif", ())
    assert len(picture.source) <= 41
    assert picture.source == picture.shown


def test_the_bytes_win_over_the_label_of_data() -> None:
    picture = load("data:image/jpeg;base64," + base64.b64encode(GIF).decode())
    assert picture.media_type == "image/gif"
    (warning,) = picture.warnings
    assert warning.endswith("… is labelled image/jpeg and holds image/gif; it is sent as image/gif")


@pytest.mark.parametrize(
    "data",
    ["@@@@", "AAA", "AAAA=", "AA==AA==", "AAA=A", "A", "====", "R0lG_-8=", "R0lGÿÿÿÿ"],
)
def test_bad_base64_is_refused(data: str) -> None:
    told = refused(f"data:image/gif;base64,{data}")
    assert told.message == f"data:image/gif;base64,{data} is not valid base64"


def test_data_without_data() -> None:
    assert refused("data:image/gif;base64").message == "data:image/gif;base64 holds no data"
    assert refused("data:image/gif;base64,").message == "data:image/gif;base64, is empty"


def test_a_missing_file_is_missing_though_a_provider_has_its_name() -> None:
    assert refused("gemini").message == "no such file: gemini"


def test_a_bare_base64_text_is_a_files_name() -> None:
    assert refused(base64.b64encode(GIF).decode()[:60]).code == "image_missing"


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_whatever_data_holds_comes_out_again(more: bytes) -> None:
    whole = GIF + more
    encoded_ = base64.b64encode(whole).decode()
    for image in (f"data:image/gif;base64,{encoded_}", f"data:,{quote_from_bytes(whole)}"):
        assert content(load(image)) == whole


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_data_is_a_picture_or_an_error_on_one_line(text: str) -> None:
    try:
        assert isinstance(load("data:" + text), Picture)
    except VisionError as told:
        assert told.exit in (2, 5)  # noqa: PT017 - either is right
        assert told.message.isprintable()  # noqa: PT017


# ----------------------------------------------------------------------------------- stdin


def test_stdin_is_read_when_it_is_asked_for_and_kept_for_the_next_model() -> None:
    opened: list[io.BytesIO] = []

    def stream() -> io.BytesIO:
        opened.append(io.BytesIO(JPEG))
        return opened[-1]

    stdin = Piped(stream)
    assert opened == []
    first, second = load("-", stdin=stdin), load("-", stdin=stdin)
    assert len(opened) == 1
    assert content(first) == content(second) == first.content() == JPEG
    assert (first.source, first.shown) == ("-", "the picture on stdin")
    assert first.media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"hello, this is a letter and no picture", "is not an image: it looks like text"),
        (PNG[:-20], "is damaged: it is cut short: the end of a PNG is missing"),
    ],
)
def test_what_is_wrong_on_stdin_is_said(data: bytes, why: str) -> None:
    assert refused("-", stdin=Piped(lambda: io.BytesIO(data))).message == (
        f"the picture on stdin {why}"
    )


def test_what_was_wrong_on_stdin_is_said_to_the_next_model_too() -> None:
    class Once(io.RawIOBase):
        reads = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            self.reads += 1
            if self.reads == 2:
                raise OSError(5, "Input/output error")
            buffer[: len(JPEG)] = JPEG
            return len(JPEG) if self.reads == 1 else 0

    stream = io.BufferedReader(Once())
    stdin = Piped(lambda: stream)
    for _ in range(2):
        told = refused("-", stdin=stdin)
        assert told.message == "the picture on stdin cannot be read: Input/output error"


def test_stdin_that_cannot_be_read() -> None:
    class Folder(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _: object) -> int:
            raise IsADirectoryError(21, "Is a directory")

    told = refused("-", stdin=Piped(lambda: io.BufferedReader(Folder())))
    assert told.message == "the picture on stdin cannot be read: Is a directory"


def test_a_large_picture_on_stdin_goes_through_a_file() -> None:
    large = JPEG + bytes(3 << 20)
    picture = load("-", stdin=Piped(lambda: io.BytesIO(large)))
    assert content(picture) == content(picture) == large


def test_stdin_that_nobody_gave() -> None:
    assert usage("-").message == "no picture comes from stdin"


# ------------------------------------------------------------------------- other names


@pytest.mark.parametrize("name", ["data:x.png", "file:x.png", "s3:x.png", "http:/x.png"])
def test_a_name_that_exists_is_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_bytes(PNG)
    assert content(load(name)) == PNG


@pytest.mark.parametrize(
    "image",
    ["file:///etc/passwd", "FILE:///etc/passwd", "ftp://h/x.png", "gopher://h/x", "nope://h/x.jpg"],
)
def test_other_schemes_are_refused(image: str) -> None:
    scheme = image.partition(":")[0].lower()
    told = usage(image)
    assert told.message.endswith(f" is no image: {scheme}: is not fetched")
    assert told.hint == "a file's name, http://, https://, data: or -"


# ----------------------------------------------------------------------------------- facts


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_what_is_measured_of_a_picture(tmp_path: Path, kind: str) -> None:
    data = encoded(kind, (24, 40))
    facts = load(written(tmp_path, "photo", data)).facts()
    assert (facts.bytes, facts.width, facts.height) == (len(data), 24, 40)
    assert facts.sha256 == hashlib.sha256(data).hexdigest()


def test_what_cannot_be_measured_is_null(tmp_path: Path) -> None:
    data = b"\x01\x02\xfe\xfd" * 40
    facts = load(written(tmp_path, "photo", data), media_type="image/x-raw").facts()
    assert (facts.bytes, facts.width, facts.height) == (len(data), None, None)
    assert facts.sha256 == hashlib.sha256(data).hexdigest()


def test_a_picture_of_no_common_type_that_is_damaged_has_no_size(tmp_path: Path) -> None:
    file = written(tmp_path, "photo.tif", encoded("TIFF")[:30])
    facts = load(file).facts()
    assert (facts.width, facts.height) == (None, None)


def test_several_pictures_keep_what_is_theirs() -> None:
    assert [content(p) for p in (load(CAT), load(HORSE))] == [
        CAT.read_bytes(),
        HORSE.read_bytes(),
    ]
