"""Inline images of iTerm2, which WezTerm, mintty and VS Code show too.

https://iterm2.com/documentation-images.html (read 2026-11-24)
"""

from __future__ import annotations

from base64 import b64encode


def drawn(png: bytes, cells: tuple[int, int]) -> str:
    """cells: columns and rows that it fits into; its shape is kept."""
    said = f"inline=1;size={len(png)};width={cells[0]};height={cells[1]};preserveAspectRatio=1"
    return f"\x1b]1337;File={said}:{b64encode(png).decode('ascii')}\a\n"
