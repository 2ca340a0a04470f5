"""Colour and emphasis for the pieces of a table that is laid out by ourselves: rich's own tables
take half a second for 2,000 rows.
"""

from __future__ import annotations

from rich.color import ColorSystem
from rich.style import Style

STYLES = {
    "head": Style(bold=True, underline=True),
    "faint": Style(dim=True),
    "good": Style(color="green"),
    "bad": Style(color="red"),
    "open": Style(color="yellow"),
    "name": Style(color="cyan", italic=True),
}


def codes(*, colour: bool) -> dict[str, tuple[str, str]]:
    """Of every style: what is written before and after a piece. Bold and dim are no colours."""
    return {
        name: _around(style if colour else style.without_color) for name, style in STYLES.items()
    }


def _around(style: Style) -> tuple[str, str]:
    before, _, after = style.render("|", color_system=ColorSystem.STANDARD).partition("|")
    return before, after
