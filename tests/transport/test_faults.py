"""What each fault of a connection or of HTTP comes to, and how often it is asked again."""

from __future__ import annotations

import pytest

from tests import vendors
from tests.faults.peer import Faults
from tests.faults.server import serving
from visioncli import transport
from visioncli.core.errors import BadAnswer, NetworkProblem, ProviderFailed
from visioncli.transport.failures import moved

from .wire import DIALECTS, ask

# fault, exit, code, is it tried again, words of the message ({at} is the server's host and port)
PLAIN = [
    ("rst", 7, "reset", True, "the connection to {at} broke: Connection reset by peer"),
    ("fin", 7, "cut", True, "{at} hung up without an answer"),
    ("fin-head", 7, "cut", True, "{at} hung up without an answer"),
    ("rst-mid", 7, "reset", True, "the connection to {at} broke: Connection reset by peer"),
    ("cut-body", 7, "cut", True, "{at} hung up in the middle of its answer"),
    ("chunk-bad", 7, "cut", True, r"the answer of {at} is broken: illegal chunk header: 'zz\r\n'"),
    ("chunk-cut", 7, "cut", True, "{at} hung up in the middle of its answer"),
    ("cl-short", 8, "bad_answer", False, "openai's answer is not JSON: {{"),
    ("cl-dup", 8, "protocol", False, "{at} does not speak HTTP as it should: conflicting Content"),
    ("cl-neg", 8, "protocol", False, "{at} does not speak HTTP as it should: bad Content-Length"),
    ("garbage", 8, "protocol", False, "{at} does not speak HTTP as it should: illegal status line"),
    ("bigheader", 8, "too_large", False, "the headers that {at} sent are larger than 64 kB"),
    ("hugeheader", 8, "too_large", False, "the headers that {at} sent are larger than 64 kB"),
    ("gzip-cut", 8, "bad_answer", False, "the answer of {at} is gzip that is cut short"),
    ("gzip-lie", 8, "bad_answer", False, "the answer of {at} says that it is gzip, and is not"),
    ("gzip-bomb", 8, "too_large", False, "the answer of {at} is larger than 64 MB"),
    ("endless", 8, "too_large", False, "the answer of {at} is larger than 64 MB"),
    ("br-unasked", 8, "bad_answer", False, "the answer of {at} comes in the encoding 'br'"),
    (
        "html200",
        8,
        "bad_answer",
        False,
        "openai's answer is not JSON: <!doctype html><html>",
    ),
    ("null200", 8, "bad_answer", False, "openai's answer is not a JSON object: null"),
    ("empty200", 8, "bad_answer", False, "openai sent an empty answer"),
    ("list200", 8, "bad_answer", False, "openai's answer is not a JSON object: [1, 2]"),
    ("err200", 8, "some_error", False, "openai failed: told so by 500"),
    ("badutf8", 8, "bad_answer", False, "openai's answer is not JSON"),
]


@pytest.mark.parametrize(("fault", "status", "code", "again", "words"), PLAIN)
def test_a_plain_answer_that_breaks_is_no_answer(
    server: Faults, fault: str, status: int, code: str, again: bool, words: str
) -> None:
    came = ask(server.at(fault), retries=2)
    assert (came.exit, came.text) == (status, "")
    assert words.format(at=server.address) in came.said
    assert came.error is not None
    assert (came.error.code, came.error.provider) == (code, "openai")
    assert server.connections == len(came.retried) + 1 == (3 if again else 1)
    assert not came.finished


@pytest.mark.parametrize("fault", ["http10", "gzip", "deflate", "chunked", "continue", "ok"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", vendors.WIRES)
def test_an_unusual_way_to_say_it_is_none_to_the_reader(
    server: Faults, fault: str, stream: bool, wire: str
) -> None:
    came = ask(server.at(fault), wire=wire, stream=stream)
    assert (came.error, came.text, came.finished) == (None, vendors.TEXT, True)
    assert came.warnings == []
    assert server.connections == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html200", "is not JSON: <!doctype html>"),
        ("null200", "is not a JSON object: null"),
        ("list200", "is not a JSON object: [1, 2]"),
        ("err200", "told so by 500"),
        ("gzip-bomb", "more than 16 MB"),
        ("endless", "more than 16 MB"),
        ("gzip-lie", "says that it is gzip"),
        ("br-unasked", "'br'"),
        ("cl-dup", "conflicting Content-Length"),
    ],
)
def test_a_stream_that_is_none(server: Faults, fault: str, words: str) -> None:
    came = ask(server.at(fault), stream=True, retries=2)
    assert (came.exit, came.text, server.connections) == (8, "", 1)
    assert words in came.said


@pytest.mark.parametrize("fault", ["rst", "fin", "fin-head", "chunk-cut"])
@pytest.mark.parametrize("wire", DIALECTS)
def test_a_stream_that_broke_before_its_text_is_asked_for_again(
    server: Faults, fault: str, wire: str
) -> None:
    came = ask(server.at("flaky", 1, fault), wire=wire, stream=True, retries=1)
    assert (came.error, came.text, came.finished) == (None, vendors.TEXT, True)
    assert len(server.received) == 2
    assert came.warnings == ["the request was sent 2 times, and may be billed as often"]


def test_invalid_utf8_in_a_stream_is_shown_with_a_warning(server: Faults) -> None:
    came = ask(server.at("badutf8"), stream=True)
    assert (came.error, came.text) == (None, vendors.TEXT.replace("square", "squ\ufffd\ufffdre"))
    assert came.warnings == ["the answer held bytes that are not UTF-8; they are shown as U+FFFD"]


# ----------------------------------------------------------------- what is sent


def test_what_is_sent(server: Faults) -> None:
    ask(server.at("ok"))
    (sent,) = server.received
    assert sent.method == "POST"
    assert sent.path == "/f/ok/chat/completions"
    assert int(sent.headers["content-length"]) == len(sent.body)
    assert "transfer-encoding" not in sent.headers
    assert sent.headers["host"] == server.address
    assert sent.headers["accept-encoding"] == "identity"
    assert sent.headers["user-agent"].startswith("visioncli/")
    assert sent.headers["content-type"] == "application/json"
    assert "cookie" not in sent.headers
    assert sent.json["messages"][0]["content"][1]["text"] == "What is it?"


@pytest.mark.parametrize("value", ["caf\u00e9", "a\nb", "a\0b"])
def test_a_header_that_cannot_be_sent_is_named(server: Faults, value: str) -> None:
    came = ask(server.at("ok"), headers={"x-mine": value})
    assert (came.exit, server.received) == (2, [])
    assert came.said.startswith(f"the request to {server.address} cannot be sent: ")


# ----------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_question_is_never_followed(server: Faults, status: int) -> None:
    with serving() as other:
        to = f"{other.url}/f/ok/chat/completions"
        away = to.replace("//", "//me:secret@") + "?token=hidden"
        came = ask(server.at("redirect", away, status), retries=2)
        assert other.connections == 0
    assert isinstance(came.error, ProviderFailed)
    assert came.said == f"{server.address} sends the request on to {to}, which is not followed"
    assert came.error.hint is not None
    assert came.error.hint.startswith(
        f"if you trust it: --base-url, with {other.url}/f/ok in place of {server.url}/f/redirect:"
    )
    assert len(server.received) == 1


@pytest.mark.parametrize("to", ["", "http://[", "http://[::1", "//", "\x1b]0;x\x1bhttp://h/"])
def test_a_redirect_to_nowhere(server: Faults, to: str) -> None:
    came = ask(server.at("redirect", to))
    assert came.exit == 8
    assert "which is not followed" in came.said
    assert came.said.isprintable()


@pytest.mark.parametrize(
    ("asked", "location", "hint"),
    [
        (
            "http://h/v1/chat/completions",
            "https://h/v1/chat/completions",
            "if you trust it: --base-url, with https://h in place of http://h",
        ),
        (
            "http://h:1/v1/chat/completions?a=1",
            "//me:pw@n.example/api/v1/chat/completions?sig=x#f",
            "if you trust it: --base-url, with http://n.example/api in place of http://h:1",
        ),
        ("https://h/v1/chat/completions", "/login?next=x", "check the address (--base-url)"),
        ("https://h/v1/chat/completions", "/v1/chat/completions", None),
        ("https://h/v1/chat/completions", "", None),
    ],
)
def test_what_to_do_about_a_redirect(asked: str, location: str, hint: str | None) -> None:
    """It holds at any base address: where the one in use ends is not known here."""
    assert moved(asked, location).hint == hint


def test_a_redirect_to_itself_is_asked_once(server: Faults) -> None:
    came = ask(server.at("loop"), retries=2)
    assert (came.exit, server.connections) == (8, 1)
    assert f"sends the request on to {server.url}/f/loop/chat/completions" in came.said


# ----------------------------------------------------------------- the key


@pytest.mark.parametrize("key", ["sk-canary-0123456789abcdefWXYZ", "key-of-9x"])
def test_a_key_that_the_provider_repeats_is_masked_everywhere(server: Faults, key: str) -> None:
    came = ask(server.at("echo"), key=key)
    error = came.error
    assert error is not None
    shown = f"{error!r} {error} {error.message} {error.hint} {error.code} {error.args}"
    assert key not in shown
    assert "…" in shown
    assert "\x1b" not in shown


def test_an_answer_of_the_largest_size_is_read(
    server: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(vendors.plain("openai"))
    monkeypatch.setattr(transport, "ANSWER_CAP", size)
    assert ask(server.at("ok")).text == vendors.TEXT
    monkeypatch.setattr(transport, "ANSWER_CAP", size - 1)
    came = ask(server.at("ok"))
    assert isinstance(came.error, BadAnswer)
    assert came.text == ""


def test_an_error_is_read_only_so_far(server: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "ERROR_CAP", 8)
    came = ask(server.at("status", 500))
    assert came.said == 'openai failed: {"error" (HTTP 500)'


def test_a_name_that_nobody_knows() -> None:
    came = ask("http://no-such-host.invalid/v1", retries=1)
    assert isinstance(came.error, NetworkProblem)
    assert came.said.startswith("the name no-such-host.invalid is not known: ")
    assert (came.error.code, len(came.retried)) == ("dns", 1)
