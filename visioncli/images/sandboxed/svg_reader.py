"""resvg, in the process apart: see `svg` and `apart`."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from typing import IO, Any, BinaryIO

import resvg_py
from PIL import Image

from .frugality import Problem, frugal
from .svg_clean import Clean, cleaned

MEMORY = 192 << 20  # bytes beside what Python and the library take
LEAST = 768  # px of the longer side, to which a small drawing is enlarged
LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*(px|pt|pc|mm|cm|in|Q)?\s*")
UNITS = {"pt": 96 / 72, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "Q": 96 / 101.6}
# Without any of these a machine has fonts of its own; words in them are then left out, and said so.
FONTS = {
    "serif_family": ("Liberation Serif", "DejaVu Serif", "Noto Serif", "Times New Roman", "Times"),
    "sans_serif_family": ("Liberation Sans", "DejaVu Sans", "Noto Sans", "Arial", "Helvetica"),
    "monospace_family": ("Liberation Mono", "DejaVu Sans Mono", "Noto Sans Mono", "Courier New"),
}
PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
    '<text y="16" font-family="{}">H</text></svg>'
)
LOST = ("No match for", "No fonts with")  # what resvg says of words that it could not draw


def read(file: BinaryIO, longest: int) -> tuple[dict[str, Any], bytes]:
    """({"size", "warnings"}, a PNG)."""
    frugal(MEMORY)
    svg = cleaned(file)
    warnings = []
    if svg.refused:
        things = "1 thing" if svg.refused == 1 else f"{svg.refused} things"
        were = "was" if svg.refused == 1 else "were"
        warnings.append(f"refers to {things} outside of it, which {were} left out")
    fonts = _fonts() if svg.has_text else {}
    said = _overheard()
    Image.preinit()  # Pillow loads its own readers, while files can be opened
    frugal(closed=not svg.has_text)  # fonts are opened when they are drawn with
    png = _drawn(svg, _box(svg.root, longest), fonts)
    if svg.has_text and any(word in said() for word in LOST):
        warnings.append("holds words in fonts that are not here; some were left out")
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        size = picture.size
        out = io.BytesIO()
        picture.convert("RGB").save(out, "PNG")
    return {"size": size, "warnings": warnings}, out.getvalue()


def _drawn(svg: Clean, box: int, fonts: Mapping[str, str]) -> bytes:
    try:
        return resvg_py.svg_to_bytes(
            svg_string=svg.text,
            width=box,
            height=box,
            background="white",
            dpi=96.0,
            skip_system_fonts=not svg.has_text,
            log_information=True,
            **fonts,  # type: ignore[arg-type]  # names of families alone
        )
    except ValueError as error:
        raise Problem(f"cannot be drawn: {error}", None, "image_damaged") from None


def _box(root: Mapping[str, str], longest: int) -> int:
    """The longer side in px: the drawing's own size, between LEAST and what is asked for."""
    sides = [_px(root.get(name, "")) for name in ("width", "height")]
    view = root.get("viewBox", "").replace(",", " ").split()
    sides += [_px(number) for number in view[2:4]] if not any(sides) else []
    natural = max(filter(None, sides), default=float(longest))
    return int(max(1, min(longest, max(natural, LEAST))))


def _px(length: str) -> float | None:
    """96 px are an inch. None for a share of something, and for nonsense."""
    found = LENGTH.fullmatch(length)
    return float(found[1]) * UNITS.get(found[2] or "", 1) if found else None


def _fonts() -> dict[str, str]:
    """Families that are on this machine, for words in those that are not."""
    draw = partial(resvg_py.svg_to_bytes, background="white", dpi=96.0)
    empty = draw(svg_string=PROBE.format("").replace("H", " "))
    found = {kind: _first(names, draw, empty) for kind, names in FONTS.items()}
    any_ = next(filter(None, (found[kind] for kind in reversed(FONTS))), None)
    any_ = found["sans_serif_family"] or any_
    if any_ is None:
        return {}
    known = {kind: name or any_ for kind, name in found.items()}
    return {**known, "font_family": any_, "cursive_family": any_, "fantasy_family": any_}


def _first(names: tuple[str, ...], draw: Callable[..., bytes], empty: bytes) -> str | None:
    """The first that draws anything, none of them standing in for another."""
    nothing = dict.fromkeys((*FONTS, "font_family"), "\N{REPLACEMENT CHARACTER}")
    for name in names:
        if draw(svg_string=PROBE.format(name), **nothing) != empty:
            return name
    return None


def _overheard() -> Callable[[], str]:
    """What is printed from now on, past Python: resvg tells nothing in another way."""
    notes = tempfile.TemporaryFile()  # noqa: SIM115 - to the end of this process
    os.dup2(notes.fileno(), 1)
    return partial(_all_of, notes)


def _all_of(notes: IO[bytes]) -> str:
    notes.seek(0)
    return notes.read(1 << 20).decode("utf-8", "replace")
