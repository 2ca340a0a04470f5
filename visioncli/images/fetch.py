"""Downloads a picture from a public address, and from nowhere else.

A name is looked up once, every address it has must be public, and the connection goes to that very
address: what is checked is what is used. Each hop of a redirect is checked anew.
"""

from __future__ import annotations

import socket
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import MappingProxyType
from urllib.parse import quote, unquote, urljoin, urlsplit

from visioncli import retry
from visioncli.core.errors import BadAnswer, ImageProblem, NetworkProblem, UsageError, VisionError
from visioncli.core.record import record
from visioncli.core.stop import Stop
from visioncli.core.types import Blob
from visioncli.core.waiting import asked
from visioncli.transport.client import Response, exchange
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.network import resolve

from . import names
from .spool import Spool

CAP = 50 << 20  # bytes
HOPS = 3
IDLE = 30.0  # seconds that a server may say nothing within a picture
REDIRECTS = (301, 302, 303, 307, 308)
SAFE = "%/:=&?~#+!$,;'@()*[]"  # what a careless Location leaves bare is quoted, these are not
BY_HAND = "check the address, or download the picture yourself"
ACCEPT = MappingProxyType({"accept": "image/*,*/*;q=0.5"})
RETRIES = 2
NAT64 = ip_network("64:ff9b::/96")  # how an IPv6-only network writes every IPv4 address
# What `ipaddress` calls global although it leads elsewhere: local NAT64, 6to4, Teredo.
TUNNELS = tuple(map(ip_network, ("64:ff9b:1::/48", "2002::/16", "2001::/32")))
RELAY = ip_network("192.88.99.0/24")  # the way into 6to4, which RFC 7526 gave up


@record
class Fetched:
    """blob: the bytes. label: what the server calls them, or "". url: where they came from."""

    blob: Blob
    label: str
    url: str


@record
class _Get:
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=lambda: ACCEPT)


def fetch(
    url: str,
    *,
    allow_private: bool,
    timeout: float,
    retries: int = RETRIES,
    cap: int = CAP,
    stop: Stop | None = None,
) -> Fetched:
    """Raises ImageProblem (5) where the picture is not to be had, NetworkProblem (7) after retries.

    timeout: seconds for everything. retries: further attempts. stop: ends it from another thread.
    No cookies, no keys, no user and password are sent.
    """
    url, _ = names.without_user(url)
    clock = Clock(Deadlines(idle=IDLE, total=timeout), stop=stop)
    began, attempt = time.monotonic(), 0
    while True:
        attempt += 1
        try:
            return _hops(url, clock, allow_private=allow_private, cap=cap)
        except VisionError as error:
            elapsed = time.monotonic() - began
            delay = retry.next_delay(error, attempt, elapsed, retries=retries, total=timeout)
            if delay is None:
                raise
            clock.sleep(delay)


def _hops(url: str, clock: Clock, *, allow_private: bool, cap: int) -> Fetched:
    for _ in range(HOPS + 1):
        found = _one(url, clock, allow_private=allow_private, cap=cap)
        if isinstance(found, Fetched):
            return found
        url = _next(url, found)
    raise ImageProblem(
        f"{names.shown(url)} is behind more than {HOPS} redirects", code="image_redirect"
    )


def _one(url: str, clock: Clock, *, allow_private: bool, cap: int) -> Fetched | str:
    """What is at an address, or the address that it sends on to."""
    if not allow_private:
        _check_host(url)

    def guarded(host: str, port: int, clock: Clock) -> list[str]:
        found = resolve(host, port, clock)
        if not allow_private and not all(is_public(address) for address in found):
            raise _private(host)
        return found

    shown = names.shown(url)
    has_begun = False
    try:
        with exchange(_Get(url), clock, resolver=guarded, follow=True) as response:
            if response.status in REDIRECTS:
                return response.headers.get("location", "")
            if response.status != 200:
                raise _status(response, shown)
            has_begun = True
            return _body(response, shown, cap)
    except NetworkProblem as error:
        if has_begun and error.code in ("cut", "timeout"):  # a length that lies, a body that crawls
            raise _failed(shown, error.message) from None
        error.message = f"{shown} cannot be fetched: {error.message}"
        error.args = (error.message,)
        raise
    except (BadAnswer, UsageError) as error:
        if has_begun and error.code == "too_large":
            raise _too_large(shown, cap) from None
        raise _failed(shown, error.message) from None


def _failed(shown: str, why: str) -> ImageProblem:
    return ImageProblem(f"{shown} cannot be fetched: {why}", hint=BY_HAND, code="image_fetch")


def _too_large(shown: str, cap: int) -> ImageProblem:
    return ImageProblem(f"{shown} is larger than {cap >> 20} MB", code="image_too_large")


def _next(url: str, location: str) -> str:
    try:
        target = urljoin(url, quote(location, safe=SAFE))
        good, _ = names.without_user(target)
        parts = urlsplit(good)
    except (ValueError, UsageError):
        good = ""
    schemes = ("https",) if url.lower().startswith("https:") else ("https", "http")
    if not location or not good or parts.scheme not in schemes:
        raise ImageProblem(
            f"{names.shown(url)} redirects to {names.shown(location) or 'nowhere'}, which is not"
            " followed",
            code="image_redirect",
        )
    return good


def _check_host(url: str) -> None:
    """An address that is written out is refused before anything is asked, a proxy included.

    A proxy looks names up by itself: what it finds for them cannot be checked here.
    """
    host = unicodedata.normalize("NFKC", unquote(urlsplit(url).hostname or ""))
    host = host.replace("\u3002", ".").rstrip(".")
    literal = _literal(host)
    local = host == "localhost" or host.endswith(".localhost")
    if local or (literal is not None and not is_public(literal)):
        raise _private(host)


def _literal(host: str) -> str | None:
    """The address that a host is, in any form that systems take for one: 0x7f.1 is 127.0.0.1."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet may be sent to."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip in NAT64:
            ip = IPv4Address(ip.packed[-4:])
        elif ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in network for network in TUNNELS) or ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not _is_special(ip) and ip not in RELAY


def _is_special(ip: IPv4Address | IPv6Address) -> bool:
    return (
        ip.is_loopback or ip.is_link_local or ip.is_private or ip.is_unspecified or ip.is_reserved
    )


def _private(host: str) -> ImageProblem:
    return ImageProblem(
        f"{host} is a private address, and pictures are fetched from public ones",
        hint="--allow-private if you trust it",
        code="image_private",
    )


def _body(response: Response, shown: str, cap: int) -> Fetched:
    spool = Spool(shown)
    for chunk in response.chunks(cap):
        spool.add(chunk)
    return Fetched(spool.blob(), response.headers.get("content-type", ""), response.url)


def _status(response: Response, shown: str) -> ImageProblem:
    again = response.status in (408, 429) or response.status >= 500
    return ImageProblem(
        f"{shown} cannot be fetched: HTTP {response.status}",
        hint=None if again else BY_HAND,
        code="image_fetch",
        status=response.status,
        wait=asked(response.headers),
        retry=again,
    )
