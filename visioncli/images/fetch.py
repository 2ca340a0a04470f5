"""Downloads a picture from a public address, and from nowhere else.

A name is looked up once, every address it has must be public, and the connection goes to that very
address: what is checked is what is used. Each hop of a redirect is checked anew.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

from visioncli import retry
from visioncli.core.errors import ImageProblem, VisionError
from visioncli.core.types import Blob
from visioncli.core.waiting import asked
from visioncli.transport.client import Response, exchange
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.network import resolve

from . import names
from .blobs import Spool

CAP = 50 << 20  # bytes
HOPS = 3
ACCEPT = MappingProxyType({"accept": "image/*,*/*;q=0.5"})
RETRIES = 2
# What `ipaddress` calls global although it leads elsewhere: addresses that carry another in them.
EMBEDDED = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


@dataclass(frozen=True, slots=True)
class Fetched:
    """blob: the bytes. label: what the server calls them, or "". url: where they came from."""

    blob: Blob
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class _Get:
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=lambda: ACCEPT)


def fetch(url: str, *, allow_private: bool, timeout: float, cap: int = CAP) -> Fetched:
    """Raises ImageProblem (5) where the picture is not to be had, NetworkProblem (7) after retries.

    timeout: seconds for everything. No cookies, no keys, no user and password are sent.
    """
    clock = Clock(Deadlines(total=timeout))
    began, attempt = time.monotonic(), 0
    while True:
        attempt += 1
        try:
            return _hops(url, clock, allow_private=allow_private, cap=cap)
        except VisionError as error:
            elapsed = time.monotonic() - began
            delay = retry.next_delay(error, attempt, elapsed, retries=RETRIES, total=timeout)
            if delay is None:
                raise
            time.sleep(delay)


def _hops(url: str, clock: Clock, *, allow_private: bool, cap: int) -> Fetched:
    for _ in range(HOPS + 1):
        _check_host(url, allow_private=allow_private)

        def guarded(host: str, port: int, clock: Clock) -> list[str]:
            found = resolve(host, port, clock)
            if not allow_private and not all(is_public(address) for address in found):
                raise _private(host)
            return found

        with exchange(_Get(url), clock, resolver=guarded, follow=True) as response:
            if response.status not in (301, 302, 303, 307, 308):
                return _body(response, cap)
            url = _next(url, response.headers.get("location", ""))
    raise ImageProblem(
        f"{names.shown(url)} is behind more than {HOPS} redirects", code="image_redirect"
    )


def _next(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and bool(location)
    except ValueError:
        good = False
    if not good or (url.lower().startswith("https:") and parts.scheme == "http"):
        raise ImageProblem(
            f"{names.shown(url)} redirects to {names.shown(location) or 'nowhere'}, which is not"
            " followed",
            code="image_redirect",
        )
    return names.without_user(target)[0]


def _check_host(url: str, *, allow_private: bool) -> None:
    """An address that is written out is refused before anything is asked, a proxy included."""
    host = urlsplit(url).hostname or ""
    try:
        literal = ip_address(host)
    except ValueError:
        return  # a name, or a number that the resolver will spell out
    if not allow_private and not is_public(str(literal)):
        raise _private(host)


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet may be sent to."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in network for network in EMBEDDED) or ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not _is_special(ip)


def _is_special(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_loopback or ip.is_link_local or ip.is_private or ip.is_unspecified or ip.is_reserved


def _private(host: str) -> ImageProblem:
    return ImageProblem(
        f"{host} is a private address, and pictures are fetched from public ones",
        hint="--allow-private if you trust it",
        code="image_private",
    )


def _body(response: Response, cap: int) -> Fetched:
    shown = names.shown(response.url)
    if response.status != 200:
        raise _status(response, shown)
    spool = Spool(shown)
    size = 0
    for chunk in response.chunks(cap + 1):
        size += len(chunk)
        if size > cap:
            raise ImageProblem(f"{shown} is larger than {cap >> 20} MB", code="image_too_large")
        spool.add(chunk)
    return Fetched(spool.blob(), response.headers.get("content-type", ""), response.url)


def _status(response: Response, shown: str) -> ImageProblem:
    again = response.status in (408, 429) or response.status >= 500
    return ImageProblem(
        f"{shown} cannot be fetched: HTTP {response.status}",
        hint=None if again else "check the address, or download the picture yourself",
        code="image_fetch",
        status=response.status,
        wait=asked(response.headers),
        retry=again,
    )
