"""Everyday names for colours."""

from __future__ import annotations

import colorsys

BASIC = {
    "black": ("black",),
    "white": ("white", "cream"),
    "grey": ("grey", "light grey", "dark grey"),
    "gray": ("grey", "light grey", "dark grey"),
    "red": ("red", "dark red"),
    "pink": ("pink", "magenta"),
    "orange": ("orange",),
    "brown": ("brown", "dark red", "beige"),
    "beige": ("beige", "cream"),
    "cream": ("cream", "beige"),
    "yellow": ("yellow", "olive"),
    "olive": ("olive",),
    "green": ("green", "dark green", "olive"),
    "teal": ("teal", "cyan"),
    "cyan": ("cyan", "teal"),
    "turquoise": ("cyan", "teal"),
    "blue": ("blue", "dark blue", "cyan"),
    "purple": ("purple",),
    "violet": ("purple",),
    "magenta": ("magenta", "pink"),
}  # a word of a question -> the names below that it covers


def colour_name(r: float, g: float, b: float) -> str:
    """r, g, b: 0..255."""
    hue, saturation, value = colorsys.rgb_to_hsv(r / 255, g / 255, b / 255)
    hue *= 360
    if value < 0.17:
        return "black"
    if saturation < 0.12:
        return _grey(value)
    if saturation < 0.28 and value > 0.8 and 15 < hue < 70:
        return "cream"
    if hue < 15 or hue >= 345:
        if value < 0.5:
            return "dark red"
        return "pink" if saturation < 0.5 and value > 0.7 else "red"
    if hue < 45:
        if value < 0.72:
            return "brown"
        return "beige" if saturation < 0.4 else "orange"
    if hue < 68:
        return "olive" if value < 0.6 else "yellow"
    if hue < 165:
        return "dark green" if value < 0.4 else "green"
    if hue < 195:
        return "teal" if value < 0.6 else "cyan"
    if hue < 255:
        return "dark blue" if value < 0.45 else "blue"
    if hue < 290:
        return "purple"
    return "magenta" if saturation > 0.5 else "pink"


def _grey(value: float) -> str:
    if value > 0.88:
        return "white"
    if value > 0.65:
        return "light grey"
    return "grey" if value > 0.35 else "dark grey"
