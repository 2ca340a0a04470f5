"""Whole characters out of JSON escapes: "\\ud83d" and, in the next piece, "\\ude00" are one."""

from __future__ import annotations


class Characters:
    """Joins what was split; half a character alone becomes U+FFFD, as no file can hold it."""

    def __init__(self) -> None:
        self._half = ""

    def add(self, piece: str) -> str:
        """What can be shown now; a half at the end waits for the next piece."""
        if not self._half and piece.isascii():  # nearly always
            return piece
        text = self._half + piece
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return whole(text[: len(text) - len(self._half)])

    def close(self) -> str:
        half, self._half = self._half, ""
        return whole(half)


def whole(text: str) -> str:
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
