"""A key, wrapped so that no message, log, repr or traceback shows it by accident."""

from __future__ import annotations


class Secret:
    """reveal() is the only way to the text; everything else shows at most its last four letters."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

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
        """`text` with every occurrence of the key masked: providers echo keys in their errors."""
        return text.replace(self._text, self.masked) if self._text else text

    def __repr__(self) -> str:
        return f"Secret({self.masked})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)
