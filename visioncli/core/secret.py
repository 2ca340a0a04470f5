"""A key, wrapped so that no message, log, repr or traceback shows it by accident."""

from __future__ import annotations

SHORTEST = 8  # characters of a key that is worth hiding


class Secret:
    """reveal() is the only way to the text; everything else shows at most its last four letters.

    also: what goes along with it and is hidden too, as a session's token does.
    """

    __slots__ = ("_also", "_text")

    def __init__(self, text: str, *also: str) -> None:
        self._text = text
        self._also = tuple(Secret(other) for other in also)

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

        So is the beginning of one that was cut off by "…". A text too short to be a secret stays:
        local servers are given "x", which is in many words.
        """
        for other in self._also:
            text = other.hide(text)
        if len(self._text) < SHORTEST:
            return text
        text = text.replace(self._text, self.masked)
        for length in range(len(self._text) - 1, SHORTEST - 1, -1):
            text = text.replace(f"{self._text[:length]}…", "…")
        return text

    def __repr__(self) -> str:
        return f"Secret({self.masked})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)
