"""How an image was named: its scheme, and how it is shown without what is secret in it."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from visioncli.core import data_address
from visioncli.core.errors import UsageError
from visioncli.core.fields import preview

SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):")  # one letter is a drive of Windows
STDIN = "-"
BARE = ("data", "clip", "screen", "file")  # schemes that need no // behind them
FILE_ID = re.compile(r"([a-zA-Z][a-zA-Z0-9_-]+):file-")  # a provider's own, its name in front
PAGES = re.compile(r"(.*\.pdf)#([0-9][0-9,-]*)", re.IGNORECASE | re.DOTALL)
SHOWN = 4096  # characters of a name in a message


def scheme(image: str) -> str:
    """ "https", "data", …, in small letters; "" for a file's name."""
    found = SCHEME.match(image)
    if not found:
        return ""
    name = found.group(1).lower()
    return name if image[found.end() :].startswith("//") or name in BARE else ""


def pages(image: str) -> tuple[str, str] | None:
    """("doc.pdf", "2-4,7") where a name means pages of a PDF, by its form."""
    found = PAGES.fullmatch(image)
    return (found[1], found[2]) if found else None


def shown(image: str) -> str:
    """For messages: on one line, and without user, password and query, which may hold signatures.

    What is not printable is escaped, bytes that are not UTF-8 as `\\xff`.
    """
    if image == STDIN:
        return "the picture on stdin"
    kind = scheme(image)
    if kind == "data":
        return data_address.shown(image)
    if not kind:
        return preview(_readable(image), SHOWN)
    try:
        parts = urlsplit(image)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return f"{kind}://…"
    query = "…" if parts.query else ""
    return preview(parts._replace(netloc=host, query=query, fragment="").geturl(), SHOWN)


def _readable(name: str) -> str:
    """Python carries bytes of a name that are not UTF-8 as halves of surrogate pairs."""
    if name.isascii():
        return name
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # another half, which no file system gave
        return name


def without_user(image: str) -> tuple[str, bool]:
    """(the address without user name and password, whether it had any)."""
    parts = split(image)
    if "@" not in parts.netloc:
        return image, False
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), True


def split(image: str) -> SplitResult:
    """Raises UsageError for what is no address."""
    try:
        parts = urlsplit(image)
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or any(c.isspace() or not c.isprintable() for c in image):
        raise UsageError(f"'{shown(image)}' is no address", hint="https://HOST/PATH")
    return parts
