"""A key, wrapped so that no message, log, repr or traceback shows it by accident."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote

SHORTEST = 8  # characters of a key that is worth hiding
LONG = 16  # characters that no text has by chance, not even an answer

CARRIES = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)  # a header's name

_known: set[Secret] = set()


class Secret:
    """reveal() is the only way to the text; everything else shows at most its last four letters.

    also: what goes along with it and is hidden too, as a session's token does.
    """

    __slots__ = ("_also", "_signs", "_text")

    def __init__(self, text: str, *also: str) -> None:
        self._text = text
        self._also = tuple(Secret(other) for other in also)
        forms = (text, *_forms(text))
        self._signs = tuple({form[:SHORTEST] for form in forms})  # without one there is none of it
        if len(text) >= SHORTEST:
            _known.add(self)

    def reveal(self) -> str:
        return self._text

    @property
    def masked(self) -> str:
        """ "sk-…last4" for a long key, "…" for a short one, of which four letters would be much."""
        if len(self._text) < 16:
            return "…"
        head = "sk-" if self._text.startswith("sk-") else ""
        return f"{head}…{self._text[-4:]}"

    def hide(self, text: str) -> str:
        """`text` with every occurrence of the key masked: providers echo keys in their errors.

        So are its forms in an address and in base64, its beginning where that was cut off by "…",
        and the half of it or more. A text too short to be a secret stays: local servers are given
        "x", which is in many words.
        """
        for other in self._also:
            text = other.hide(text)
        key = self._text
        if len(key) < SHORTEST or not any(sign in text for sign in self._signs):
            return text
        text = text.replace(key, self.masked)
        if len(key) >= LONG:
            quoted, encoded = _forms(key)
            text = text.replace(quoted, self.masked).replace(encoded, "…")
        least = max(LONG, len(key) // 2)
        for length in range(len(key) - 1, SHORTEST - 1, -1):
            if key[:length] in text:
                text = text.replace(f"{key[:length]}…", "…")
                if length >= least:
                    text = text.replace(key[:length], "…")
        return text

    def texts(self) -> tuple[str, ...]:
        """It, and what goes along with it."""
        return (self._text, *(text for other in self._also for text in other.texts()))

    def __repr__(self) -> str:
        return f"Secret({self.masked})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


def _forms(key: str) -> tuple[str, str]:
    """As it stands in an address, and in base64."""
    return quote(key, safe="", errors="surrogateescape"), b64encode(
        key.encode("utf-8", "surrogateescape")
    ).decode().rstrip("=")


def hide_known(text: str) -> str:
    """`text` without any key that this process has had in its hands: for what was not foreseen."""
    for secret in tuple(_known):
        text = secret.hide(text)
    return text


class Veil:
    """Masks keys in a text that comes in pieces, however they cut a key. An answer is data: only a
    key as it is, and one of LONG characters, is taken out of it.

    What may be the beginning of a key is held back, but for fewer than SHORTEST characters: so
    little tells nothing, and holding it would hold up every other word.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._keys = [text for text in texts if len(text) >= LONG]
        self._given, self._held = "", ""  # the end of what was given, what was not
        self._begun = 0  # characters of a key at the end of the two together

    def feed(self, piece: str) -> str:
        if not self._keys:
            return piece
        start, text = len(self._given), self._given + self._held + piece
        for key in self._keys:
            if (at := text.find(key)) < 0:
                continue
            shown = Secret(key).masked
            if at < start:
                text = text[:start] + shown + text[at + len(key) :]
            text = text[:start] + text[start:].replace(key, shown)
        self._begun = max(_begun(text, key) for key in self._keys)
        end = max(start, len(text) - self._begun)
        self._given, self._held = text[:end][-SHORTEST + 1 :], text[end:]
        return text[start:end]

    def close(self) -> str:
        held, self._held = self._held, ""
        return held if self._begun < LONG else "…"


def _begun(text: str, key: str) -> int:
    """How many characters of a key stand at the end of the text, where they are enough to tell."""
    for length in range(min(len(key) - 1, len(text)), SHORTEST - 1, -1):
        if text.endswith(key[:length]):
            return length
    return 0
