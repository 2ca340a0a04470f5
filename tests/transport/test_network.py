"""How a connection is made: every address of a name, IPv6, and what messages call the place."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import vendors
from tests.faults.peer import Faults
from tests.faults.server import serving
from visioncli.core.errors import NetworkProblem
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.network import resolve

from .wire import ask

Names = dict[str, list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Names and their addresses, in the order in which the system gives them."""
    known: Names = {}
    system = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *rest: object, **more: object) -> list[object]:
        if host not in known:
            return system(host, port, *rest, **more)  # type: ignore[arg-type,return-value]
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in a], socket.SOCK_STREAM, 6, "", (a, port)) for a in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.fixture
def six() -> Iterator[Faults]:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving("::1") as server:
        yield server


@pytest.mark.parametrize("dead", [["127.0.0.2"], ["::1", "127.0.0.2", "127.0.0.3"]])
def test_the_next_address_of_a_name_is_tried(server: Faults, names: Names, dead: list[str]) -> None:
    names["two.example"] = [*dead, "127.0.0.1"]
    came = ask(f"http://two.example:{server.port}/f/ok")
    assert (came.error, came.text, server.connections) == (None, vendors.TEXT, 1)
    assert server.received[0].headers["host"] == f"two.example:{server.port}"


def test_an_address_that_says_nothing_takes_only_its_share(black_hole: int, names: Names) -> None:
    """The second address answers on the same port, within the one deadline for connecting."""
    names["two.example"] = ["127.0.0.2", "127.0.0.1"]
    with socket.create_server(("127.0.0.1", black_hole)) as live:
        came = ask(f"http://two.example:{black_hole}/v1", connect=0.6, total=1.0)
        live.settimeout(1)
        live.accept()[0].close()
    assert came.error is not None
    assert came.error.code == "timeout"  # it was connected, and then nobody answered


def test_what_was_never_sent_is_not_billed(server: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two attempts find no such name, the third an answer."""
    system = socket.getaddrinfo
    found = iter([socket.gaierror(2, "not yet"), socket.gaierror(2, "not yet"), None])

    def getaddrinfo(host: str, port: int, *rest: object, **more: object) -> list[object]:
        if host == "late.example" and (error := next(found)):
            raise error
        return system("127.0.0.1", port, *rest, **more)  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    came = ask(f"http://late.example:{server.port}/f/ok", retries=2)
    assert (came.error, came.text, len(came.retried)) == (None, vendors.TEXT, 2)
    assert came.warnings == []


def test_no_address_answers(names: Names) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    names["two.example"] = ["127.0.0.2", "127.0.0.1"]
    came = ask(f"http://two.example:{port}/v1", retries=1)
    assert came.said == f"no connection to two.example:{port}: Connection refused"
    assert (came.exit, len(came.retried)) == (7, 1)


def test_ipv6(six: Faults) -> None:
    assert ask(six.at("ok")).text == vendors.TEXT
    assert six.received[0].headers["host"] == f"[::1]:{six.port}"


def test_an_ipv6_address_is_shown_as_it_is_written(six: Faults) -> None:
    assert ask(six.at("rst")).said.startswith(f"the connection to [::1]:{six.port} broke")
    assert ask("http://[::1]:9/v1").said == "no connection to [::1]:9: Connection refused"


def test_the_name_localhost(server: Faults) -> None:
    assert ask(f"http://localhost:{server.port}/f/ok").text == vendors.TEXT


def test_addresses_are_given_once_each_and_in_order(names: Names) -> None:
    names["many.example"] = ["192.0.2.7", "::1", "192.0.2.7", "192.0.2.1"]
    clock = Clock(Deadlines())
    assert resolve("many.example", 80, clock) == ["192.0.2.7", "::1", "192.0.2.1"]
    assert resolve("127.0.0.1", 80, clock) == ["127.0.0.1"]
    assert resolve("2130706433", 80, clock) == ["127.0.0.1"]
    assert resolve("::1", 80, clock) == ["::1"]


@pytest.mark.parametrize("host", ["x" * 64 + ".example", "a..b", "no-such-host.invalid"])
def test_what_is_no_name(host: str) -> None:
    with pytest.raises(NetworkProblem, match=r"the name .* is not known: "):
        resolve(host, 80, Clock(Deadlines()))


@pytest.mark.needs_root
def test_without_any_network() -> None:
    """A loopback that is down too: every address is unreachable."""
    code = "from tests.transport.wire import ask; print(ask('http://192.0.2.1/v1').said)"
    done = subprocess.run(
        ["unshare", "-n", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    if "unshare failed" in done.stderr:
        pytest.skip("no network namespaces here")
    assert done.stdout == "no connection to 192.0.2.1:80: Network is unreachable\n"
