"""Judges the bytes that a terminal received: what it would obey must be what the program may say.

The bytes are read as a terminal reads them, after ECMA-48 and the state machine of the VT500
series: a control sequence that the program does not use, an unfinished one, a control character, a
bidirectional override or anything that is no UTF-8 is an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

LAYOUT = frozenset("\n\t")
# What the program says by itself. Colour and emphasis; the line of the progress bar is wiped.
STYLE = re.compile(r"\x1b\[[0-9;]*m")
WIPED = re.compile(r"\x1b\[K")
REDRAWN = re.compile(r"\x1b\[[0-9]+A|\x1b\[J")  # a piece of Markdown is drawn again, from its start
PLAIN: tuple[re.Pattern[str], ...] = ()
ESCAPE = "\x1b"
CATEGORIES = ("Cc", "Cs", "Zl", "Zp")
DIRECTIONS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
MARKS = frozenset("\u061c\u200e\u200f")


def obeyed(character: str) -> bool:
    """Whether a terminal or the bidirectional algorithm acts on it, or it hides what is said; line
    feed and tab aside.
    """
    if character in LAYOUT:
        return False
    code = ord(character)
    hides = 0xE0000 <= code <= 0xE007F or 0xFFF9 <= code <= 0xFFFB or 0x206A <= code <= 0x206F
    return (
        unicodedata.category(character) in CATEGORIES
        or unicodedata.bidirectional(character) in DIRECTIONS
        or character in MARKS
        or hides
    )


def offences(data: bytes, allowed: Collection[re.Pattern[str]] = PLAIN) -> list[str]:
    """What is in it that may not be, each with what stands around it; [] where all is well.

    allowed: sequences that the program may send. CR is good before LF, where a terminal's driver
    puts it, and before a line that is wiped or drawn again.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return [f"no UTF-8: {data[max(0, error.start - 20) : error.end + 20]!r}"]
    found, at = [], 0
    while at < len(text):
        character = text[at]
        if character == ESCAPE:
            match = next((m for p in allowed if (m := p.match(text, at))), None)
            if match is None:
                found.append(repr(text[max(0, at - 20) : at + 20]))
            at = match.end() if match else at + 1
            continue
        if character == "\r":
            if text[at : at + 2] not in ("\r\n", "\r\x1b"):
                found.append(repr(text[max(0, at - 20) : at + 20]))
        elif obeyed(character):
            found.append(repr(text[max(0, at - 20) : at + 20]))
        at += 1
    return found
