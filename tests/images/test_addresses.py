"""Addresses as images: passed through to a provider that fetches them, else fetched here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.types import Unfetched
from visioncli.images import limits

from .made import CAT, content, encoded, load, provider

PNG = encoded("PNG")
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
