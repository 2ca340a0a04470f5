"""Between the program and the provider: names, connections, certificates, proxies."""

from __future__ import annotations

from tests.faults.proxy import proxying
from tests.faults.server import serving
from tests.matrix.acts import closed_port, secure
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row, error, remedy, warning

from .words import ONCE, SOON, TWICE

SECRET = "hunter2"


CHECK_PROXY = remedy("check HTTPS_PROXY and HTTP_PROXY, or name this host in NO_PROXY")


RUNS = remedy(r"check that it runs, and its address \(--base-url\)")


def in_the_open(host: str) -> str:
    return warning(rf"the key goes to {host} over plain http, where others can read it")


FAR = in_the_open(r"far\.invalid")


def names_nobody_knows(place: Place) -> Done:
    return place.ask(env={"OPENAI_BASE_URL": "http://no-such-host.invalid/v1"})


def dead_port(place: Place) -> Done:
    return place.ask(env={"OPENAI_BASE_URL": f"http://127.0.0.1:{closed_port()}/v1"})


def no_network(place: Place) -> Done:
    return place.run(
        [
            "unshare",
            "-n",
            place.env["V"],
            "ask",
            "-m",
            place.row.asked,
            "--retries",
            "0",
            "p.png",
            "q",
        ]
    )


def expired(place: Place) -> Done:
    with secure(place, "127.0.0.1", expired=True):
        return place.ask()


def of_another(place: Place) -> Done:
    with secure(place, "other.example"):
        return place.ask()


def unknown_authority(place: Place) -> Done:
    with secure(place, "127.0.0.1", known=""):
        return place.ask()


def own_authority(variable: str):
    def act(place: Place) -> Done:
        with secure(place, "127.0.0.1", known=variable):
            return place.ask()

    return act


def bundle_missing(place: Place) -> Done:
    with secure(place, "127.0.0.1", known=""):
        return place.ask(env={"SSL_CERT_FILE": "/nowhere/ca.pem"})


def plain_as_tls(place: Place) -> Done:
    base = place.env["OPENAI_BASE_URL"].replace("http:", "https:")
    return place.ask(env={"OPENAI_BASE_URL": base})


def dead_proxy(place: Place) -> Done:
    proxy = f"http://me:{SECRET}@127.0.0.1:{closed_port()}"
    done = place.ask(env={"http_proxy": proxy, "OPENAI_BASE_URL": "http://far.invalid/v1"})
    assert SECRET not in done.out + done.err
    return done


def refusing_proxy(place: Place) -> Done:
    with proxying(("127.0.0.1", place.server.port), "407 Proxy Authentication Required") as proxy:
        env = {"http_proxy": f"http://me:{SECRET}@{proxy.address}"}
        done = place.ask(env={**env, "OPENAI_BASE_URL": "http://far.invalid/v1"})
        assert SECRET not in done.out + done.err
        assert len(proxy.asked) == 2
        return Done(done.status, done.out, done.err.replace(proxy.address, "PROXY"))


def refusing_tunnel(place: Place) -> Done:
    with proxying(("127.0.0.1", place.server.port), "403 Forbidden") as proxy:
        env = {"https_proxy": f"http://me:{SECRET}@{proxy.address}"}
        done = place.ask(env={**env, "OPENAI_BASE_URL": "https://far.invalid/v1"})
        assert SECRET not in done.out + done.err
        return Done(done.status, done.out, done.err.replace(proxy.address, "PROXY"))


def past_the_proxy(place: Place) -> Done:
    proxy = f"http://127.0.0.1:{closed_port()}"
    return place.ask(env={"http_proxy": proxy, "NO_PROXY": "127.0.0.1"})


def past_the_proxy_in_ipv6(place: Place) -> Done:
    with serving("::1") as server:
        place.server = server
        proxy = f"http://127.0.0.1:{closed_port()}"
        return place.ask(
            env={"http_proxy": proxy, "NO_PROXY": "[::1]", "OPENAI_BASE_URL": place.base}
        )


def dead_before_live(place: Place) -> Done:
    base = place.env["OPENAI_BASE_URL"].replace("127.0.0.1", "two.example")
    return place.ask(env={"OPENAI_BASE_URL": base})


def black_hole(place: Place) -> Done:
    """A port whose queue of connections is full answers nobody."""
    import socket

    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        done = place.ask(env={"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1"})
        for one in waiting:
            one.close()
        return Done(done.status, done.out, done.err.replace(str(port), "PORT"))


NAMES = (
    Row(
        id="26a",
        case="a name that nobody knows",
        exit=7,
        options=TWICE,
        again=1,
        act=names_nobody_knows,
        says=(
            in_the_open(r"no-such-host\.invalid"),
            error(r"the name no-such-host\.invalid is not known: .+"),
            remedy(r"check the address and the network"),
        ),
    ),
    Row(
        id="26b",
        case="a port where nobody listens",
        exit=7,
        options=TWICE,
        again=1,
        act=dead_port,
        says=(error(r"no connection to 127\.0\.0\.1:\d+: Connection refused"), RUNS),
    ),
    Row(
        id="26c",
        case="a machine without any network",
        exit=7,
        act=no_network,
        needs=("netns",),
        says=(error(r"no connection to SERVER: Network is unreachable"), RUNS),
    ),
    Row(
        id="26d",
        case="a dead address of a name before a live one",
        exit=0,
        requests=1,
        inside={"hosts": {"two.example": [["::1", "127.0.0.1"]]}},
        act=dead_before_live,
        says=(in_the_open(r"two\.example"),),
    ),
    Row(
        id="26e",
        case="a host that never answers",
        exit=7,
        options=TWICE,
        again=1,
        inside=SOON,
        act=black_hole,
        says=(error(r"no connection to 127\.0\.0\.1:PORT: it does not answer"), RUNS),
    ),
    Row(
        id="27a",
        case="a certificate of an unknown authority",
        exit=7,
        act=unknown_authority,
        says=(
            error(r"the certificate of 127\.0\.0\.1 is not valid: .+"),
            remedy(r"a certificate authority of your own goes into SSL_CERT_FILE"),
        ),
    ),
    Row(
        id="27b",
        case="a certificate of another host",
        exit=7,
        act=of_another,
        says=(
            error(r"the certificate of 127\.0\.0\.1 is not valid: .*mismatch.*"),
            remedy(r"check the address: the certificate names other hosts"),
        ),
    ),
    Row(
        id="27c",
        case="a certificate that has expired",
        exit=7,
        act=expired,
        says=(
            error(r"the certificate of 127\.0\.0\.1 is not valid: certificate has expired"),
            remedy(r"check this machine's clock; .+"),
        ),
    ),
    Row(
        id="27d",
        case="an authority of one's own in SSL_CERT_FILE",
        exit=0,
        requests=1,
        act=own_authority("SSL_CERT_FILE"),
    ),
    Row(
        id="27e",
        case="an authority of one's own in REQUESTS_CA_BUNDLE",
        exit=0,
        requests=1,
        act=own_authority("REQUESTS_CA_BUNDLE"),
    ),
    Row(
        id="27f",
        case="SSL_CERT_FILE names no file",
        exit=7,
        act=bundle_missing,
        says=(error(r".*/nowhere/ca\.pem.*"), remedy(r"correct or unset .*SSL_CERT_FILE.*")),
    ),
    Row(
        id="27g",
        case="TLS where the server speaks none",
        exit=7,
        act=plain_as_tls,
        says=(
            error(r"no TLS connection to 127\.0\.0\.1: .+"),
            remedy(r"http:// in place of https://, if the server is one that speaks no TLS"),
        ),
    ),
    Row(
        id="28a",
        case="a dead proxy",
        exit=7,
        options=TWICE,
        again=1,
        act=dead_proxy,
        says=(
            FAR,
            error(r"no connection to the proxy 127\.0\.0\.1:\d+: Connection refused"),
            CHECK_PROXY,
        ),
    ),
    Row(
        id="28b",
        case="a proxy that wants another password",
        exit=7,
        options=TWICE,
        again=1,
        act=refusing_proxy,
        says=(
            FAR,
            error(r"the proxy PROXY refuses the connection to far\.invalid: 407 .+"),
            CHECK_PROXY,
        ),
    ),
    Row(
        id="28c",
        case="a proxy that refuses the tunnel",
        exit=7,
        options=ONCE,
        act=refusing_tunnel,
        says=(
            error(r"the proxy PROXY refuses the connection to far\.invalid: 403 Forbidden"),
            CHECK_PROXY,
        ),
    ),
    Row(id="28d", case="NO_PROXY", exit=0, requests=1, act=past_the_proxy),
    Row(id="28e", case="NO_PROXY with [::1]", exit=0, requests=1, act=past_the_proxy_in_ipv6),
)

ROWS = (*NAMES,)
