"""An SVG without all that could lead out of it: written anew, element by element.

What is drawn is only what this writes. Left out are the DTD, processing instructions, scripts, and
every reference that is neither to a part of the same picture nor to pixels written into it. Expat
looks nothing up outside, and refuses entities that grow without end; those that hold markup or
further entities are refused here before that.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import field
from typing import Any, BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from visioncli.core.record import record

from .frugality import Problem

MOST = 20 << 20  # bytes of an SVG, and of what it unpacks to
READ = 1 << 16  # bytes read at a time
DEEPEST = 200  # elements inside each other
ELEMENTS = 300_000
ENTITY = 1000  # characters of an entity; drawing programs write addresses into some
GZIP = b"\x1f\x8b"
PIXELS = re.compile(r"\s*data:image/(png|jpe?g|gif|webp)[;,]", re.IGNORECASE)
LEFT_OUT = frozenset({"script", "foreignObject", "iframe", "audio", "video", "handler"})
AT_HOME = re.compile(r"\s*#")


@record(frozen=False)
class Clean:
    """text: the SVG as it may be drawn. root: the attributes of its first element.

    has_text: whether it writes words, for which fonts are needed. refused: how many references led
    out of it.
    """

    text: str
    root: dict[str, str]
    has_text: bool
    refused: int


def cleaned(file: BinaryIO) -> Clean:
    """Raises Problem."""
    writer = _Writer()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    parser.EntityDeclHandler = writer.entity
    try:
        for piece in _unpacked(file):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise Problem(
            f"is no well-formed SVG: {reason}, line {error.lineno}", None, "image_damaged"
        ) from None
    except (LookupError, ValueError, UnicodeError):  # an encoding that Python does not know either
        raise Problem("is in an encoding that is not known", None, "image_damaged") from None
    return Clean("".join(writer.pieces), writer.root, writer.has_text, writer.refused)


def _unpacked(file: BinaryIO) -> Any:
    """The bytes, out of gzip where they are in it. Raises Problem where they are too many."""
    total, head = 0, file.read(READ)
    inflate = zlib.decompressobj(31) if head.startswith(GZIP) else None
    while head:
        if inflate is None:
            piece, head = head, file.read(READ)
        else:
            try:
                piece = inflate.decompress(head, READ)
            except zlib.error:
                raise Problem("is damaged: its gzip is broken", None, "image_damaged") from None
            head = inflate.unconsumed_tail or (b"" if inflate.eof else file.read(READ))
        total += len(piece)
        if total > MOST:
            raise Problem(f"is an SVG of more than {MOST >> 20} MB", None, "image_too_large")
        yield piece
    if inflate is not None and not inflate.eof:
        raise Problem("is damaged: its gzip is cut short", None, "image_damaged")


@record(frozen=False)
class _Writer:
    pieces: list[str] = field(default_factory=list)
    root: dict[str, str] = field(default_factory=dict)
    has_text: bool = False
    refused: int = 0
    _depth: int = 0
    _elements: int = 0
    _silent: int = 0  # the depth of an element that is left out with all inside

    def start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > ELEMENTS:
            raise Problem("holds more than is drawn", None, "image_too_complex")
        local = name.rpartition(":")[2]
        if self._depth == 1:
            if local != "svg":
                raise Problem(f"is no SVG: it begins with {name}", None, "not_an_image")
            self.root = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if self._silent:
            return
        if local in LEFT_OUT:
            self._silent = self._depth
            return
        self.has_text = self.has_text or local == "text"
        self.pieces.append(f"<{name}")
        for key, value in zip(attributes[::2], attributes[1::2], strict=True):
            if self._is_kept(key, value):
                self.pieces.append(f" {key}={quoteattr(value)}")
        self.pieces.append(">")

    def _is_kept(self, key: str, value: str) -> bool:
        local = key.rpartition(":")[2].lower()
        if local.startswith("on") or local == "base":
            return False
        if local not in ("href", "src") or AT_HOME.match(value) or PIXELS.match(value):
            return True
        self.refused += 1
        return False

    def end(self, name: str) -> None:
        if not self._silent:
            self.pieces.append(f"</{name}>")
        elif self._silent == self._depth:
            self._silent = 0
        self._depth -= 1

    def text(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(escape(data))

    def entity(
        self,
        name: str,
        is_parameter: bool,
        value: str | None,
        base: str | None,
        system: str | None,
        public: str | None,
        notation: str | None,
    ) -> None:
        """Only a plain short word that stands for another is taken."""
        del name, is_parameter, base, public, notation
        if (
            system is None
            and value is not None
            and len(value) <= ENTITY
            and not set(value) & set("<&%")
        ):
            return
        raise Problem(
            "declares entities that lead elsewhere or hold others, which are not read",
            "save it anew without a DTD",
            "image_unsafe",
        )
