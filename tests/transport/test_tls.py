"""Certificates are always checked, and nothing is asked again where one is refused."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests import vendors
from tests.faults.peer import Faults
from tests.faults.server import serving
from visioncli.core.errors import CertificateProblem, NetworkProblem
from visioncli.core.types import BytesBlob
from visioncli.transport import tls

from .wire import Came, ask


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No context is left over from a test before, nor for one behind."""
    for name in (*tls.BUNDLES, "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    tls.context.cache_clear()
    yield
    tls.context.cache_clear()


@contextmanager
def secure(authority: trustme.CA, *names: str, **dates: dt.datetime) -> Iterator[Faults]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **dates).configure_cert(context)
    with serving(tls=context) as server:
        yield server


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


def refused(came: Came, server: Faults) -> str:
    assert isinstance(came.error, CertificateProblem)
    assert (came.exit, came.error.code, came.retried) == (7, "certificate", [])
    assert (server.received, server.connections) == ([], 1)
    return came.said


def test_an_unknown_authority(authority: trustme.CA) -> None:
    with secure(authority, "127.0.0.1") as server:
        came = ask(server.at("ok"), retries=2)
    assert refused(came, server).startswith("the certificate of 127.0.0.1 is not valid: ")
    assert came.error is not None
    assert came.error.hint == "a certificate authority of your own goes into SSL_CERT_FILE"


def test_the_certificate_of_another_host(
    authority: trustme.CA, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    with secure(authority, "other.example") as server:
        came = ask(server.at("ok"), retries=2)
    said = refused(came, server)
    assert "the certificate of 127.0.0.1 is not valid: " in said
    assert "mismatch" in said
    assert came.error is not None
    assert came.error.hint == "check the address: the certificate names other hosts"


def test_an_expired_certificate(
    authority: trustme.CA, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    with secure(
        authority, "127.0.0.1", not_before=past, not_after=past + dt.timedelta(days=1)
    ) as server:
        came = ask(server.at("ok"), retries=2)
    assert refused(came, server) == (
        "the certificate of 127.0.0.1 is not valid: certificate has expired"
    )
    assert came.error is not None
    assert str(came.error.hint).startswith("check this machine's clock; ")


@pytest.mark.parametrize("variable", tls.BUNDLES)
@pytest.mark.parametrize("stream", [False, True])
def test_an_authority_of_ones_own(
    authority: trustme.CA,
    bundle: str,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    stream: bool,
) -> None:
    monkeypatch.setenv(variable, bundle)
    with secure(authority, "127.0.0.1") as server:
        assert ask(server.at("ok"), stream=stream).text == vendors.TEXT


@pytest.mark.parametrize("size", [100_000, 24 << 20])
def test_a_413_while_the_picture_is_still_sent(
    authority: trustme.CA, bundle: str, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    with secure(authority, "127.0.0.1") as server:
        came = ask(server.at("early413"), picture=BytesBlob(bytes(size)))
    assert (came.exit, server.connections) == (5, 1)
    assert came.said == "openai refuses the picture: body too large (HTTP 413)"


@pytest.mark.needs_tool("openssl")
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_a_folder_of_authorities(
    authority: trustme.CA, bundle: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """OpenSSL finds them by a hash of their subject, which `openssl rehash` writes as links."""
    done = subprocess.run(
        ["openssl", "x509", "-hash", "-noout", "-in", bundle],
        capture_output=True,
        text=True,
        check=True,
    )
    folder = tmp_path / "hashed"
    folder.mkdir()
    (folder / f"{done.stdout.strip()}.0").write_bytes(Path(bundle).read_bytes())
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    with secure(authority, "127.0.0.1") as server:
        assert ask(server.at("ok")).text == vendors.TEXT


def test_a_name_is_checked_by_the_name_and_not_by_its_address(
    authority: trustme.CA, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    with secure(authority, "localhost") as server:
        named = server.at("ok").replace("127.0.0.1", "localhost")
        assert ask(named).text == vendors.TEXT
        assert server.received[0].headers["host"] == f"localhost:{server.port}"


def test_a_process_of_its_own(authority: trustme.CA, bundle: str) -> None:
    """As a user has it: the variable is there before the program starts."""
    code = "import sys; from tests.transport.wire import ask; print(ask(sys.argv[1]).text)"
    with secure(authority, "127.0.0.1") as server:
        done = subprocess.run(
            [sys.executable, "-c", code, server.at("ok")],
            capture_output=True,
            text=True,
            check=False,
            env={"SSL_CERT_FILE": bundle},
            cwd=Path(__file__).parents[2],
        )
    assert (done.stdout, done.stderr) == (f"{vendors.TEXT}\n", "")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_bundle_that_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "absent.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    came = ask("https://127.0.0.1:9/v1", retries=2)
    assert isinstance(came.error, CertificateProblem)
    assert came.said.startswith(f"the certificates in {file} cannot be loaded: ")
    assert came.retried == []


def test_a_server_that_speaks_no_tls() -> None:
    with serving() as server:
        came = ask(f"https://{server.address}/f/garbage", connect=0.3)
    assert (came.exit, server.received) == (7, [])


def test_a_server_that_answers_the_handshake_with_http(authority: trustme.CA) -> None:
    with secure(authority, "127.0.0.1") as server:  # and the other way round
        came = ask(f"http://{server.address}/v1", retries=1)
    assert isinstance(came.error, NetworkProblem)
    assert server.address in came.said


def test_a_plain_answer_to_a_handshake() -> None:
    """What an HTTP server says to bytes that it does not understand."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            sock, _ = listener.accept()
            with sock:
                sock.recv(4096)
                sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        came = ask(f"https://127.0.0.1:{listener.getsockname()[1]}/v1", retries=2)
        thread.join()
    assert isinstance(came.error, CertificateProblem)
    assert came.said.startswith("no TLS connection to 127.0.0.1: ")
    assert came.error.hint is not None
    assert came.error.hint.startswith("http:// in place of https://")
    assert came.retried == []
