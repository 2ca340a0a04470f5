"""Pictures are fetched from public addresses alone, whatever leads to another."""

from __future__ import annotations

import pytest

from tests.faults.peer import PICTURE, Faults
from tests.faults.proxy import proxying
from visioncli.core.errors import ImageProblem
from visioncli.images import fetch
from visioncli.images.fetch import is_public

from .conftest import Names
from .fetching import content, get, refused

pytestmark = pytest.mark.usefixtures("quick")


def private(url: str, host: str) -> None:
    error = refused(url, private=False)
    assert (
        error.message == f"{host} is a private address, and pictures are fetched from public ones"
    )
    assert (error.code, error.hint) == ("image_private", "--allow-private if you trust it")


# ----------------------------------------------------------------- who is public

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450:4001:82b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",  # how 8.8.8.8 is reached from an IPv6-only network
]
PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2002:808:808::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "0",
        "0.0.0.0",
        "169.254.169.254",
        "2852039166",
        "10.0.0.1",
        "localhost",
        "LOCALHOST",
        "a.localhost",
        "127.0.0.1.",
        "localhost.",
        "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021",
        "\u2460\u2461\u2466.0.0.1",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_private_address_in_any_form_is_refused_before_anything_is_sent(
    server: Faults, host: str, scheme: str
) -> None:
    error = refused(f"{scheme}://{host}:{server.port}/f/ok", private=False)
    assert error.code == "image_private"
    assert server.connections == 0


@pytest.mark.parametrize(
    "host",
    ["::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "fd00::1", "fe80::1", "2002:7f00::"],
)
def test_a_private_ipv6_address_is_refused(host: str) -> None:
    private(f"http://[{host}]:9/cat.png", host)


def test_allow_private_lifts_the_rule(server: Faults) -> None:
    found = get(server.at("ok"))
    assert content(found) == PICTURE
    assert (found.label, found.url) == ("image/png", server.at("ok"))


# ----------------------------------------------------------------- names


def test_a_name_that_leads_to_a_private_address(server: Faults, names: Names) -> None:
    names["cat.example"] = [["127.0.0.1"]]
    private(f"http://cat.example:{server.port}/f/ok", "cat.example")
    assert server.connections == 0


@pytest.mark.parametrize("found", [["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"]])
def test_a_name_with_one_private_address_is_refused_altogether(
    server: Faults, names: Names, found: list[str]
) -> None:
    names["cat.example"] = [found]
    private(f"http://cat.example:{server.port}/f/ok", "cat.example")
    assert server.connections == 0


@pytest.mark.usefixtures("public")
def test_a_name_is_looked_up_once_and_what_was_checked_is_used(
    server: Faults, names: Names
) -> None:
    """A second look-up would find a private address: there is none."""
    names["cat.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    found = get(f"http://cat.example:{server.port}/f/ok", private=False)
    assert content(found) == PICTURE
    assert names["cat.example"] == [["127.0.0.2"]]
    assert server.received[0].headers["host"] == f"cat.example:{server.port}"


@pytest.mark.usefixtures("public")
def test_a_name_that_turns_private_between_two_attempts(server: Faults, names: Names) -> None:
    names["cat.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    private(f"http://cat.example:{server.port}/f/flaky:5:503", "cat.example")
    assert len(server.received) == 1


# ----------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(server: Faults, status: int) -> None:
    found = get(server.at("redirect", "/f/ok/cat.png", status))
    assert (content(found), found.url) == (PICTURE, f"{server.url}/f/ok/cat.png")
    assert [request.method for request in server.received] == ["GET", "GET"]


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize(
    ("to", "host"),
    [
        ("http://127.0.0.2:{port}/f/ok", "127.0.0.2"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("http://[::ffff:127.0.0.2]:{port}/f/ok", "::ffff:127.0.0.2"),
        ("//inside.example:{port}/f/ok", "inside.example"),
        ("http://2130706434:{port}/f/ok", "2130706434"),
    ],
)
def test_a_redirect_to_a_private_address(server: Faults, names: Names, to: str, host: str) -> None:
    names["inside.example"] = [["10.0.0.7"]]
    private(server.at("redirect", to.format(port=server.port)), host)
    assert server.connections == 1


def hops(server: Faults, many: int) -> str:
    url = server.at("ok")
    for _ in range(many):
        url = server.at("redirect", url)
    return url


def test_three_redirects_and_no_more(server: Faults) -> None:
    assert content(get(hops(server, 3))) == PICTURE
    assert len(server.received) == 4
    error = refused(hops(server, 4))
    assert error.message.endswith(" is behind more than 3 redirects")
    assert error.code == "image_redirect"
    assert len(server.received) == 8


def test_a_redirect_in_a_circle(server: Faults) -> None:
    assert "behind more than 3 redirects" in refused(server.at("loop")).message
    assert len(server.received) == 4


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("ftp://example.com/cat.png", "ftp://example.com/cat.png"),
        ("gopher://127.0.0.1:70/", "gopher://127.0.0.1:70/"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("", "nowhere"),
        ("http://[", "http://…"),
        ("http://example.com:99999/", "http://example.com:99999/"),
        ("http://me:hunter2@:80/", "http://:80/"),
    ],
)
def test_a_redirect_to_what_is_not_fetched(server: Faults, to: str, shown: str) -> None:
    url = server.at("redirect", to)
    error = refused(url)
    assert error.message == f"{url} redirects to {shown}, which is not followed"
    assert error.code == "image_redirect"
    assert len(server.received) == 1


def test_from_https_to_http_there_is_no_way() -> None:
    for to in ("http://example.com/cat.png", "HTTP://example.com/cat.png"):
        with pytest.raises(ImageProblem, match=r"redirects to http.*, which is not followed"):
            fetch._next("https://example.com/", to)
    assert fetch._next("https://example.com/a/", "b.png") == "https://example.com/a/b.png"
    assert fetch._next("http://example.com/", "https://h.example/") == "https://h.example/"


def test_a_careless_location_is_understood(server: Faults) -> None:
    found = get(server.at("redirect", "/f/ok/a cat%20\u00e9.png?size=2&x=1"))
    assert content(found) == PICTURE
    assert server.received[1].path == "/f/ok/a%20cat%20%C3%A9.png?size=2&x=1"


# ----------------------------------------------------------------- through a proxy


def test_a_proxy_may_be_private_and_looks_names_up_itself(
    server: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxying(("127.0.0.1", server.port)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        found = get("http://cat.invalid/f/ok", private=False)
    assert content(found) == PICTURE
    assert proxy.asked == [("GET", "http://cat.invalid/f/ok")]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "%31%32%37.0.0.1",
        "[::1]",
        "169.254.169.254",
        "localhost",
        "127.0.0.1.",
    ],
)
def test_a_proxy_is_not_asked_for_a_private_address(
    server: Faults, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    with proxying(("127.0.0.1", server.port)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        assert refused(f"http://{host}/f/ok", private=False).code == "image_private"
        to = server.at("redirect", f"http://{host}/f/ok").replace(server.address, "cat.invalid")
        assert refused(to, private=False).code == "image_private"
    assert len(proxy.asked) == 1
