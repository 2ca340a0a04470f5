"""Who may ask: the holder of the master key, or, where there is none, this machine alone."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from visioncli.core.record import record
from visioncli.core.secret import Secret

from .ended import NotTaken

Headers = Iterable[tuple[bytes, bytes]]
REMEDY = "Authorization: Bearer KEY, or x-api-key: KEY"


def is_loopback(host: str) -> bool:
    """Whether a host, by its name or address, is this machine and cannot be another."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


@record
class Guard:
    """key: the master key; None: none is needed, and only this machine is served."""

    key: Secret | None

    def check(self, headers: Headers, client: str | None) -> None:
        """Raises NotTaken: 401, 403."""
        if self.key is None:
            _of_this_machine(headers, client)
        elif not _is_held(self.key, headers):
            raise NotTaken(401, "the key of this gateway is missing or wrong", hint=REMEDY)

    def check_page(self, headers: Headers, client: str | None) -> None:
        """For what tells nothing and needs no key. Raises NotTaken: 403."""
        if self.key is None:
            _of_this_machine(headers, client)


def _is_held(key: Secret, headers: Headers) -> bool:
    """Every key that is offered is compared, in a time that does not tell how much of it fits."""
    held = False
    for name, value in headers:
        offered = None
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            offered = value[7:].strip()
        elif name in (b"x-api-key", b"api-key"):
            offered = value.strip()
        if offered is not None:
            held |= hmac.compare_digest(offered, key.reveal().encode())
    return held


def _of_this_machine(headers: Headers, client: str | None) -> None:
    """A page of another host must not ask in the name of whoever looks at it: neither by a name of
    its own that leads here, nor by a form that is sent here.
    """
    if client is not None and not is_loopback(client):
        raise NotTaken(403, "without a master key this gateway serves its own machine alone")
    said = dict(headers)
    host = _name(said.get(b"host", b"").decode("latin-1"))
    if not is_loopback(host):
        raise NotTaken(403, "without a master key the Host must be this machine's: localhost")
    origin = said.get(b"origin")
    if origin is not None and origin.decode("latin-1") not in _own(said.get(b"host", b"")):
        raise NotTaken(403, "without a master key pages of other hosts may not ask")
    if said.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin"):
        raise NotTaken(403, "without a master key pages of other hosts may not ask")


def _own(host: bytes) -> tuple[str, ...]:
    name = host.decode("latin-1")
    return (f"http://{name}", f"https://{name}")


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
