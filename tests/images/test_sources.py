"""From how an image is named to what is sent: addresses, data:, stdin, and what comes later."""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visioncli.core.errors import ImageProblem, UsageError, VisionError
from visioncli.images import limits
from visioncli.images.picture import Unfetched
from visioncli.images.sources import Picture, Piped

from .made import CAT, HORSE, content, encoded, load, provider, written

JPEG, PNG, GIF = encoded("JPEG"), encoded("PNG"), encoded("GIF")
FETCHES = provider(urls=("https", "http"))


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


# ----------------------------------------------------------------- addresses passed through


def test_an_address_the_provider_fetches_is_passed_through_unread() -> None:
    picture = load("https://example.com/cat.png?size=2", FETCHES)
    assert picture.blob is None
    assert picture.address == picture.source == "https://example.com/cat.png?size=2"
    assert (picture.media_type, picture.warnings) == (None, ())
    facts = picture.facts()
    assert (facts.bytes, facts.width, facts.height, facts.sha256) == (None, None, None, None)


def test_format_is_the_type_of_an_address() -> None:
    assert load("https://h.example/x", FETCHES, media_type="image/webp").media_type == "image/webp"


def test_a_scheme_in_capitals_is_the_same_scheme() -> None:
    assert load("HTTPS://Example.com/Cat.PNG", FETCHES).address == "https://Example.com/Cat.PNG"


@pytest.mark.parametrize(
    "image",
    [
        "https://me:hunter2@example.com/cat.png",
        "https://me@example.com/cat.png",
        "HTTPS://me:hunter2@example.com/cat.png",
        "https://me:hunt%40er2@example.com/cat.png",
    ],
)
def test_user_and_password_stay_here(image: str) -> None:
    picture = load(image, FETCHES)
    assert picture.address == "https://example.com/cat.png"
    assert picture.warnings == (
        "https://example.com/cat.png: user name and password were left out",
    )
    assert "hunt" not in f"{picture}{picture.shown}"


def test_a_signed_query_reaches_the_provider_and_no_message() -> None:
    image = "https://b.example.com/cat.png?X-Amz-Signature=c0ffee#part"
    picture = load(image, FETCHES)
    assert picture.address == image
    assert picture.shown == "https://b.example.com/cat.png?…"


@pytest.mark.parametrize(
    "image",
    [
        *("http://", "https:///cat.png", "https://[::1", "https://h:0/x", "https://h:99999/x"),
        *("https://a b/x", "https://h/\x1b[2J", "https://h/\r\nHost: x", "https://h/\u202egpj.png"),
    ],
)
def test_what_is_no_address_is_a_usage_error(image: str) -> None:
    told = usage(image, row=FETCHES)
    assert told.message.endswith("is no address")
    assert told.message.isprintable()


def test_buckets_are_passed_through_where_the_provider_reads_them() -> None:
    row = provider(urls=("gs",))
    assert load("gs://bucket/cat.png", row).address == "gs://bucket/cat.png"
    assert load("gs://bucket/cat.png", row).media_type == "image/png"
    assert load("gs://bucket/cat", row, media_type="image/webp").media_type == "image/webp"
    told = usage("gs://bucket/cat", row=row)
    assert told.hint == "--format image/jpeg"
    assert refused("s3://bucket/cat.png", row=row).message == (
        "s3://bucket/cat.png: acme takes no s3:// addresses"
    )


# ------------------------------------------------------------------------ addresses fetched


class Files(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), Answer)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Answer(BaseHTTPRequestHandler):
    server: Files

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        label, body = self.server.files[self.path]
        self.send_response(200)
        self.send_header("content-type", label)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def server() -> Iterator[Files]:
    with Files() as files:
        thread = threading.Thread(target=files.serve_forever, args=(0.02,))
        thread.start()
        yield files
        files.shutdown()
        thread.join()


def test_an_address_the_provider_does_not_fetch_is_fetched_here(server: Files) -> None:
    server.files["/cat"] = ("image/jpeg", CAT.read_bytes())
    picture = load(server.url("/cat"), provider(urls=("https",)), allow_private=True)
    assert content(picture) == CAT.read_bytes()
    assert (picture.address, picture.media_type, picture.warnings) == ("", "image/jpeg", ())
    assert picture.source == server.url("/cat")


def test_inline_fetches_what_the_provider_would(server: Files) -> None:
    server.files["/cat"] = ("image/jpeg", CAT.read_bytes())
    picture = load(server.url("/cat"), FETCHES, inline=True, allow_private=True)
    assert content(picture) == CAT.read_bytes()


def test_a_private_address_is_not_fetched_unasked(server: Files) -> None:
    assert refused(server.url("/cat")).exit == 5
    assert server.asked == []


@pytest.mark.parametrize(
    ("label", "warns"),
    [
        ("image/jpeg", True),
        ("image/png", False),
        ("image/apng; q=1", False),
        ("application/octet-stream", False),
        ("text/html", False),
        ("", False),
    ],
)
def test_the_bytes_win_over_the_servers_label(server: Files, label: str, warns: bool) -> None:
    server.files["/x"] = (label, PNG)
    picture = load(server.url("/x"), allow_private=True)
    assert picture.media_type == "image/png"
    said = f"{server.url('/x')} is labelled image/jpeg and holds image/png; it is sent as image/png"
    assert picture.warnings == ((said,) if warns else ())


def test_a_login_page_is_no_picture(server: Files) -> None:
    server.files["/x"] = ("image/jpeg", b"<!DOCTYPE html><html><body>Log in</body></html>")
    told = refused(server.url("/x"), allow_private=True)
    assert told.message == f"{server.url('/x')} is not an image: it looks like HTML"


def test_an_empty_download_is_no_picture(server: Files) -> None:
    server.files["/x"] = ("image/jpeg", b"")
    told = refused(server.url("/x"), allow_private=True)
    assert told.message == f"{server.url('/x')} is empty"


def test_a_fetched_address_tells_nobody_the_password(server: Files) -> None:
    server.files["/x"] = ("image/png", PNG)
    url = server.url("/x").replace("://", "://me:hunter2@")
    picture = load(url, allow_private=True)
    assert "hunter2" not in f"{picture}"
    (asked,) = server.asked
    assert "Authorization" not in asked[1]
    assert "authorization" not in asked[1]


def test_a_dry_run_fetches_nothing(server: Files) -> None:
    picture = load(server.url("/x"), allow_private=True, fetch=False)
    assert server.asked == []
    assert isinstance(picture.blob, Unfetched)
    assert picture.facts().bytes is None
    limits.check([picture], provider(limits={"image_side": 1}), request_bytes=0)
    with pytest.raises(UsageError, match="would be fetched first, and a dry run sends nothing"):
        content(picture)


# ------------------------------------------------------------------------------------ data:


@pytest.mark.parametrize(
    "image",
    [
        "data:image/gif;base64," + base64.b64encode(GIF).decode(),
        "DATA:image/gif;BASE64," + base64.b64encode(GIF).decode(),
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


# -------------------------------------------------------------------- what is not taken yet


@pytest.mark.parametrize(
    ("image", "what"),
    [
        ("clip:", "the clipboard"),
        ("screen:", "the screen"),
        ("screen:2", "the screen"),
        ("openai:file-abc", "a file that is with a provider"),
        ("doc.pdf#2-4", "pages of a PDF"),
        ("folder/Doc.PDF#1,3", "pages of a PDF"),
    ],
)
def test_what_comes_later_is_refused_clearly(image: str, what: str) -> None:
    told = usage(image)
    assert told.message == f"{image} means {what}, which is not supported yet"
    assert told.hint == "save it as a picture, and name the file"


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
