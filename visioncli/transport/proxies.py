"""The proxy that the environment names: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY."""

from __future__ import annotations

from dataclasses import field
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit
from urllib.request import getproxies, proxy_bypass

from visioncli.core.errors import NetworkProblem
from visioncli.core.record import record

CHECK_PROXY = "check HTTPS_PROXY and HTTP_PROXY, or name this host in NO_PROXY"


@record
class Proxy:
    """url: without user and password. auth: (user, password), or None."""

    url: str
    auth: tuple[bytes, bytes] | None = field(repr=False)

    @property
    def label(self) -> str:
        return f"the proxy {urlsplit(self.url).netloc}"


def proxy_for(url: SplitResult) -> Proxy | None:
    """None for a direct connection. Raises NetworkProblem (7) for a proxy that cannot be used."""
    named = getproxies()
    address = named.get(url.scheme) or named.get("all")
    host = url.hostname or ""
    if not address or _bypassed(host, url.port):
        return None
    if "://" not in address:
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
        good = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or parts.scheme not in ("http", "https"):
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if good else "no address"
        raise NetworkProblem(
            f"the proxy that the environment names is no HTTP proxy: {shown}",
            hint="HTTPS_PROXY=http://HOST:PORT, or NO_PROXY for this host",
            code="proxy",
            retry=False,
        )
    auth = None
    if parts.username is not None:
        auth = (unquote_to_bytes(parts.username), unquote_to_bytes(parts.password or ""))
    netloc = parts.netloc.rpartition("@")[2]
    return Proxy(f"{parts.scheme}://{netloc}", auth)


def _bypassed(host: str, port: int | None) -> bool:
    """NO_PROXY names hosts, domains and, in brackets or without, IPv6 addresses; * is all."""
    excepted = [entry.strip() for entry in getproxies().get("no", "").split(",")]
    if "*" in excepted or f"[{host}]:{port}" in excepted:
        return True
    if host in (entry.strip("[]") for entry in excepted):
        return True
    return bool(proxy_bypass(f"{host}:{port}" if port and ":" not in host else host))
