"""The environment's proxy: used, refused, absent, and never a place where a password shows."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import trustme

from tests import vendors
from tests.faults.peer import Faults
from tests.faults.proxy import Proxy, proxying
from tests.faults.server import serving
from visioncli.core.errors import NetworkProblem
from visioncli.transport import tls
from visioncli.transport.proxies import CHECK_PROXY, proxy_for

from .wire import ask

SECRET = "hunter2"


@pytest.fixture
def proxy(server: Faults) -> Iterator[Proxy]:
    with proxying(("127.0.0.1", server.port)) as running:
        yield running


@pytest.fixture
def closed() -> int:
    """A port where nobody listens."""
    with serving() as gone:
        return gone.port


def test_a_plain_request_goes_through(
    server: Faults, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy finds the host: here its name means nothing."""
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
    monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
    came = ask("http://far.invalid/f/ok", stream=True)
    assert (came.error, came.text) == (None, vendors.TEXT)
    assert proxy.asked == [("POST", "http://far.invalid/f/ok/chat/completions")]
    assert server.received[0].headers["host"] == "far.invalid"


@pytest.mark.parametrize("variable", ["https_proxy", "all_proxy"])
def test_tls_goes_through_a_tunnel(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("far.invalid").configure_cert(context)
    with (
        serving(tls=context) as server,
        proxying(("127.0.0.1", server.port)) as proxy,
        authority.cert_pem.tempfile() as bundle,
    ):
        monkeypatch.setenv(variable, proxy.address)  # without http://, as some write it
        monkeypatch.setenv("SSL_CERT_FILE", bundle)
        tls.context.cache_clear()
        try:
            came = ask("https://far.invalid/f/ok")
        finally:
            tls.context.cache_clear()
        assert (came.error, came.text) == (None, vendors.TEXT)
        assert proxy.asked == [("CONNECT", "far.invalid:443")]
        assert proxy.credentials == [None]


def test_user_and_password_go_to_the_proxy_alone(
    server: Faults, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://m%C3%A9:{SECRET}%40@{proxy.address}")
    assert ask("http://far.invalid/f/ok").text == vendors.TEXT
    expected = base64.b64encode("mé:hunter2@".encode()).decode()
    assert proxy.credentials == [f"Basic {expected}"]


@pytest.mark.parametrize(
    ("scheme", "refusal"),
    [  # of a request that is forwarded only a 407 is surely the proxy's own
        ("http", "407 Proxy Authentication Required"),
        ("https", "407 Proxy Authentication Required"),
        ("https", "403 Forbidden"),
        ("https", "502 Bad Gateway"),
    ],
)
def test_a_proxy_that_refuses(
    server: Faults, monkeypatch: pytest.MonkeyPatch, scheme: str, refusal: str
) -> None:
    with proxying(("127.0.0.1", server.port), refusal) as proxy:
        monkeypatch.setenv(f"{scheme}_proxy", f"http://me:{SECRET}@{proxy.address}")
        came = ask(f"{scheme}://far.invalid/v1", retries=1)
    assert isinstance(came.error, NetworkProblem)
    assert came.said == (
        f"the proxy {proxy.address} refuses the connection to far.invalid: {refusal}"
    )
    assert (came.error.code, came.error.hint, came.exit) == ("proxy", CHECK_PROXY, 7)
    assert SECRET not in repr(came)
    assert len(proxy.asked) == 2
    assert server.connections == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy(closed: int, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", f"http://me:{SECRET}@127.0.0.1:{closed}")
    came = ask(f"{scheme}://far.invalid/v1", retries=1)
    assert came.said == f"no connection to the proxy 127.0.0.1:{closed}: Connection refused"
    assert came.error is not None
    assert (came.error.hint, len(came.retried)) == (CHECK_PROXY, 1)
    assert SECRET not in repr(came)


def test_a_proxy_whose_name_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://me:{SECRET}@proxy.invalid:3128")
    came = ask("https://far.invalid/v1", retries=1)
    assert came.said.startswith(
        "no connection to the proxy proxy.invalid:3128: the name proxy.invalid is not known: "
    )
    assert came.error is not None
    assert (came.error.code, came.error.hint, len(came.retried)) == ("dns", CHECK_PROXY, 1)
    assert SECRET not in repr(came)


def test_a_proxy_that_hangs_up(server: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:{SECRET}@{server.address}")
    came = ask("http://far.invalid/f/fin")
    at = f"far.invalid behind the proxy {server.address}"
    assert came.exit == 7
    assert came.said == f"{at} hung up without an answer"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"socks5://me:{SECRET}@127.0.0.1:1080", "socks5://127.0.0.1:1080"),
        ("socks5h://127.0.0.1:1080", "socks5h://127.0.0.1:1080"),
        ("http://127.0.0.1:notaport", "no address"),
        (f"http://me:{SECRET}@127.0.0.1:99999", "no address"),
        ("http://[::1", "no address"),
        ("http://", "no address"),
    ],
)
def test_a_proxy_that_cannot_be_one(
    monkeypatch: pytest.MonkeyPatch, address: str, shown: str
) -> None:
    monkeypatch.setenv("all_proxy", address)
    came = ask("http://127.0.0.1:9/v1", retries=2)
    assert isinstance(came.error, NetworkProblem)
    assert came.said == f"the proxy that the environment names is no HTTP proxy: {shown}"
    assert came.error.hint == "HTTPS_PROXY=http://HOST:PORT, or NO_PROXY for this host"
    assert came.retried == []


@pytest.mark.parametrize(
    "excepted",
    ["127.0.0.1", "*", "example.com, 127.0.0.1", "127.0.0.1:{port}", " 127.0.0.1 ,", "0.0.1,*"],
)
def test_no_proxy(
    server: Faults, closed: int, monkeypatch: pytest.MonkeyPatch, excepted: str
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed}")
    monkeypatch.setenv("no_proxy", excepted.format(port=server.port))
    assert ask(server.at("ok")).text == vendors.TEXT


@pytest.mark.parametrize(
    ("excepted", "host", "direct"),
    [
        ("[::1]", "[::1]:11434", True),
        ("::1", "[::1]:11434", True),
        ("[::1]:11434", "[::1]:11434", True),
        ("[::1]:1", "[::1]:11434", False),
        ("::2", "[::1]:11434", False),
        ("example.com", "api.example.com", True),
        (".example.com", "api.example.com", True),
        ("example.com", "badexample.com", False),
        ("EXAMPLE.com", "api.Example.COM", True),
        ("localhost", "localhost:8080", True),
        ("localhost:1", "localhost:8080", False),
        ("", "example.com", False),
    ],
)
def test_whom_no_proxy_excepts(
    monkeypatch: pytest.MonkeyPatch, excepted: str, host: str, direct: bool
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", excepted)
    assert (proxy_for(urlsplit(f"http://{host}/v1")) is None) == direct


def test_a_password_is_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:{SECRET}@proxy.example:3128")
    proxy = proxy_for(urlsplit("http://example.com"))
    assert proxy is not None
    assert SECRET not in repr(proxy)
    assert proxy.label == "the proxy proxy.example:3128"
