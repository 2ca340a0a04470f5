"""What is sent for a picture, what may come back, and how much of it."""

from __future__ import annotations

import pytest

from tests.faults.peer import PICTURE, Faults
from visioncli.core.errors import ImageProblem, NetworkProblem, UsageError
from visioncli.images import fetch

from .fetching import content, get, refused
from .made import load

pytestmark = pytest.mark.usefixtures("quick")


# ----------------------------------------------------------------- what is sent


def test_no_key_no_cookie_and_an_honest_name(server: Faults) -> None:
    get(server.url.replace("//", "//me:hunter2@") + "/f/redirect:%2Ff%2Fok")
    assert len(server.received) == 2
    for request in server.received:
        assert set(request.headers) == {
            "host",
            "accept",
            "accept-encoding",
            "user-agent",
        }
        assert request.headers["user-agent"].startswith("visioncli/")
        assert request.headers["accept"].startswith("image/*")
        assert request.headers["accept-encoding"] == "identity"
        assert request.body == b""


def test_user_and_password_of_a_redirect_stay_here_too(server: Faults) -> None:
    to = server.url.replace("//", "//me:hunter2@") + "/f/ok"
    found = get(server.at("redirect", to))
    assert found.url == f"{server.url}/f/ok"
    assert "authorization" not in server.received[1].headers


@pytest.mark.parametrize("fault", ["status:404", "fin", "gzip-lie", "redirect:file%3A%2F%2F%2Fx"])
def test_what_is_secret_in_an_address_is_in_no_message(server: Faults, fault: str) -> None:
    url = f"http://me:hunter2@{server.address}/f/{fault}/cat.png?signature=hidden"
    with pytest.raises((ImageProblem, NetworkProblem)) as told:
        get(url)
    said = f"{told.value.message} {told.value.hint} {told.value}"
    assert "hunter2" not in said
    assert "hidden" not in said
    assert f"http://{server.address}/f/{fault}/cat.png?…" in told.value.message


# ----------------------------------------------------------------- what comes back


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_status_that_will_not_pass(server: Faults, status: int) -> None:
    error = refused(server.at("status", status))
    assert error.message == f"{server.at('status', status)} cannot be fetched: HTTP {status}"
    assert (error.code, error.status) == ("image_fetch", status)
    assert error.hint == "check the address, or download the picture yourself"
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass(server: Faults, status: int) -> None:
    assert content(get(server.at("flaky", 2, status))) == PICTURE
    assert len(server.received) == 3
    error = refused(server.at("status", status))
    assert error.message.endswith(f"cannot be fetched: HTTP {status}")
    assert len(server.received) == 6


def test_a_wait_that_is_too_long_is_not_waited_for(server: Faults) -> None:
    assert refused(server.at("status", 429, "3600")).wait == 3600
    assert len(server.received) == 1


@pytest.mark.parametrize("fault", ["rst", "fin", "rst-mid", "stall-body"])
def test_a_connection_that_breaks_is_made_again(
    server: Faults, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(fetch, "IDLE", 0.2)
    assert content(get(server.at("flaky", 2, fault))) == PICTURE
    with pytest.raises(NetworkProblem) as told:
        get(server.at(fault))
    assert told.value.exit == 7
    assert told.value.message.startswith(f"{server.at(fault)} cannot be fetched: ")
    assert len(server.received) == 6


def test_nobody_is_there() -> None:
    with pytest.raises(NetworkProblem) as told:
        get("http://127.0.0.1:9/cat.png")
    assert told.value.message == (
        "http://127.0.0.1:9/cat.png cannot be fetched:"
        " no connection to 127.0.0.1:9: Connection refused"
    )
    assert "--base-url" not in str(told.value.hint)


@pytest.mark.parametrize("fault", ["endless", "gzip-bomb"])
def test_too_much_is_cut_while_it_comes(server: Faults, fault: str) -> None:
    error = refused(server.at(fault), cap=3 << 20)
    assert error.message == f"{server.at(fault)} is larger than 3 MB"
    assert error.code == "image_too_large"
    assert len(server.received) == 1


def test_the_cap_is_what_may_come(server: Faults) -> None:
    assert content(get(server.at("ok"), cap=len(PICTURE))) == PICTURE
    assert refused(server.at("ok"), cap=len(PICTURE) - 1).code == "image_too_large"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("cut-body", "hung up in the middle of its answer"),
        ("chunk-cut", "hung up in the middle of its answer"),
        ("chunk-bad", "is broken: illegal chunk header"),
        ("cl-dup", "does not speak HTTP as it should: conflicting"),
        ("cl-neg", "does not speak HTTP as it should: bad Content-Length"),
        ("garbage", "does not speak HTTP as it should"),
        ("bigheader", "are larger than 64 kB"),
        ("gzip-cut", "is gzip that is cut short"),
        ("gzip-lie", "says that it is gzip, and is not"),
        ("br-unasked", "comes in the encoding 'br'"),
    ],
)
def test_a_length_or_an_encoding_that_lies(server: Faults, fault: str, words: str) -> None:
    error = refused(server.at(fault))
    assert error.message.startswith(f"{server.at(fault)} cannot be fetched: ")
    assert words in error.message
    assert len(server.received) == 1


@pytest.mark.parametrize("fault", ["gzip", "deflate", "http10", "chunked", "continue"])
def test_unusual_ways_to_send_a_picture(server: Faults, fault: str) -> None:
    assert content(get(server.at(fault))) == PICTURE


def test_a_body_that_is_slower_than_the_deadline(server: Faults) -> None:
    error = refused(server.at("drip-body"), timeout=0.4)
    assert error.message.endswith("cannot be fetched: no complete answer within 0.4 s")
    assert len(server.received) == 1


@pytest.mark.parametrize("fault", ["stall-headers", "drip-headers"])
def test_headers_that_are_slower_than_the_deadline(server: Faults, fault: str) -> None:
    with pytest.raises(NetworkProblem) as told:
        get(server.at(fault), timeout=0.4)
    assert told.value.message.endswith("no complete answer within 0.4 s")
    assert (told.value.exit, told.value.hint) == (7, "--timeout SECONDS")
    assert server.connections == 1


def test_a_body_that_stalls_until_the_deadline(server: Faults) -> None:
    assert refused(server.at("stall-body"), timeout=0.4).code == "image_fetch"


@pytest.mark.parametrize(
    ("fault", "words"),
    [("empty200", "empty"), ("html200", "HTML"), ("list200", "too small to be a picture")],
)
def test_what_is_no_picture(server: Faults, fault: str, words: str) -> None:
    """It is fetched all the same: its bytes decide, wherever they come from."""
    with pytest.raises(ImageProblem) as told:
        load(server.at(fault), allow_private=True, inline=True)
    assert words in told.value.message


def test_a_large_picture_is_not_kept_in_memory(
    server: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above a limit it goes to a file, and can be read twice."""
    monkeypatch.setattr("visioncli.images.spool.SMALL", 100)
    found = get(server.at("ok"))
    assert content(found) == content(found) == PICTURE
    assert found.blob.size == len(PICTURE)


@pytest.mark.parametrize("url", ["http://", "http://[::1", "https://h ost/", "http://h:99999/"])
def test_what_is_no_address_was_typed_so(url: str) -> None:
    with pytest.raises(UsageError):
        get(url)
