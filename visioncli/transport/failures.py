"""What the HTTP client and its parts raise, as errors of ours that say where it happened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore

from visioncli.core.errors import BadAnswer, NetworkProblem, ProviderFailed, UsageError
from visioncli.core.fields import preview

from .library import httpx
from .network import Progress, reason
from .proxies import CHECK_PROXY, Proxy

BYTES = re.compile(r"bytearray\(b(.*)\)", re.DOTALL)
HEAD_CAP = 64 << 10  # bytes of a response's headers


@contextmanager
def told(target: SplitResult, proxy: Proxy | None, network: Progress) -> Iterator[None]:
    """What the client and its parts raise, as errors of ours."""
    name = where(target) + (f" behind {proxy.label}" if proxy else "")
    try:
        yield
    except httpcore.ProxyError as error:
        assert proxy is not None  # noqa: S101 - who else would raise it
        raise proxy_refuses(proxy, target, str(error)) from None
    except httpcore.RemoteProtocolError as error:
        if "too long" in str(error) and not network.body_has_begun:
            raise big_headers(target) from None
        raise broken(name, str(error), body=network.body_has_begun) from None
    except (httpcore.LocalProtocolError, UnicodeEncodeError) as error:
        raise UsageError(
            f"the request to {name} cannot be sent: {preview(str(error))}",
            hint="check the headers and the address that the configuration or the environment give",
        ) from None
    except (httpcore.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise UsageError(f"{name} is no address: {error}", code="address") from None
    except (httpcore.ReadError, httpcore.WriteError) as error:
        raise NetworkProblem(
            f"the connection to {name} broke: {reason(error)}", code="reset"
        ) from None
    except (httpcore.NetworkError, httpcore.TimeoutException) as error:
        raise NetworkProblem(f"the exchange with {name} failed: {error}", code="network") from None


def where(target: SplitResult) -> str:
    return target.netloc.rpartition("@")[2]


def broken(name: str, reason: str, *, body: bool) -> NetworkProblem | BadAnswer:
    """h11's words. Before the headers a server that just hangs up is told from one that babbles."""
    if "disconnected" in reason:
        return NetworkProblem(f"{name} hung up without an answer", code="cut")
    if "closed connection" in reason:
        return NetworkProblem(f"{name} hung up in the middle of its answer", code="cut")
    reason = preview(BYTES.sub(r"\1", reason))
    if body:
        return NetworkProblem(f"the answer of {name} is broken: {reason}", code="cut")
    return BadAnswer(f"{name} does not speak HTTP as it should: {reason}", code="protocol")


def check_head(
    url: str, status: int, *, size: int, location: str, proxy: Proxy | None, follow: bool = False
) -> None:
    """Raises what the head of a response is refused for.

    size: bytes of its headers. location: where it points to. follow: a redirect is left alone.
    """
    target = urlsplit(url)
    if size > HEAD_CAP:
        raise big_headers(target)
    if proxy and status == 407:
        raise proxy_refuses(proxy, target, "407 Proxy Authentication Required")
    if 300 <= status < 400 and not follow:
        raise moved(url, location)


def big_headers(target: SplitResult) -> BadAnswer:
    return BadAnswer(
        f"the headers that {where(target)} sent are larger than {HEAD_CAP >> 10} kB",
        code="too_large",
    )


def proxy_refuses(proxy: Proxy, target: SplitResult, why: str) -> NetworkProblem:
    return NetworkProblem(
        f"{proxy.label} refuses the connection to {where(target)}: {preview(why)}",
        hint=CHECK_PROXY,
        code="proxy",
    )


def moved(url: str, location: str) -> ProviderFailed:
    """Key and picture stay here: they were meant for the address that was asked.

    What is told of the new address is what differs: a base URL ends before what both share.
    """
    asked = urlsplit(url)
    try:
        to = urlsplit(urljoin(url, location))
        new = to._replace(netloc=where(to), query="", fragment="").geturl() if location else ""
    except ValueError:
        new = ""
    old = asked._replace(netloc=where(asked), query="", fragment="").geturl()
    return ProviderFailed(
        f"{where(asked)} sends the request on to {preview(new) or 'nowhere'},"
        " which is not followed",
        hint=_base(old, new) if new and new != old else None,
        code="redirect",
        retry=False,
    )


def _base(old: str, new: str) -> str:
    """What to do about a base address, which ends somewhere before what both end in."""
    one, other = old.split("/"), new.split("/")
    while len(one) > 3 and len(other) > 3 and one[-1] == other[-1]:
        one.pop()
        other.pop()
    if len(one) == old.count("/") + 1:
        return "check the address (--base-url)"
    to, was = preview("/".join(other)), preview("/".join(one))
    return f"if you trust it: --base-url, with {to} in place of {was}"
