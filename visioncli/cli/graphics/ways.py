"""How a terminal can show a picture: what its environment says, and what it answers itself.

Which terminal understands what: kitty's list (docs/graphics-protocol.rst), https://wezterm.org/imgcat.html,
https://iterm2.com/documentation-images.html, README of xterm.js's addon-image; all read 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Way(StrEnum):
    KITTY = "kitty"
    ITERM2 = "iterm2"
    SIXEL = "sixel"
    BLOCKS = "half blocks"


class Guess(NamedTuple):
    """sure: nobody need ask, or nobody may."""

    way: Way
    sure: bool


class Said(NamedTuple):
    """What the terminal answered. colours: that a sixel picture may have, where it said so."""

    kitty: bool
    sixel: bool
    colours: int | None = None


# TERM is set by the terminal itself and survives ssh; the rest is inherited by any other terminal
# that is started from within one.
TERMS = {
    "xterm-kitty": Way.KITTY,
    "xterm-ghostty": Way.KITTY,
    "foot": Way.SIXEL,
    "foot-extra": Way.SIXEL,
    "foot-direct": Way.SIXEL,
    "mlterm": Way.SIXEL,
    "mlterm-256color": Way.SIXEL,
    "linux": Way.BLOCKS,  # its console prints what is asked for kitty's sake
}
PROGRAMS = {
    "iTerm.app": Way.ITERM2,
    "WezTerm": Way.ITERM2,  # its own choice: of kitty's protocol it speaks a part
    "mintty": Way.ITERM2,
    "ghostty": Way.KITTY,
    "Apple_Terminal": Way.BLOCKS,
}
KONSOLE = 220400  # the first with kitty's protocol


def guessed(env: Mapping[str, str]) -> Guess:
    """A multiplexer draws itself, and lets no picture of any kind through unless told to."""
    term, program = env.get("TERM", ""), env.get("TERM_PROGRAM", "")
    if term.startswith(("tmux", "screen")) or any(env.get(n) for n in ("TMUX", "STY", "ZELLIJ")):
        return Guess(Way.BLOCKS, sure=True)
    if way := TERMS.get(term) or PROGRAMS.get(program):
        return Guess(way, sure=True)
    if env.get("LC_TERMINAL") == "iTerm2":  # what ssh lets through of iTerm2
        return Guess(Way.ITERM2, sure=True)
    version = env.get("KONSOLE_VERSION", "")
    if env.get("KITTY_WINDOW_ID") or (version.isdecimal() and int(version) >= KONSOLE):
        return Guess(Way.KITTY, sure=False)
    return Guess(Way.BLOCKS, sure=False)


def decided(guess: Guess, said: Said | None, env: Mapping[str, str]) -> Way:
    """said: None where the terminal was not asked, or did not answer."""
    if guess.sure or said is None:
        return guess.way
    if said.kitty:
        return Way.KITTY
    if said.sixel:  # VS Code says so where pictures are enabled; it shows PNG with all its colours
        return Way.ITERM2 if env.get("TERM_PROGRAM") == "vscode" else Way.SIXEL
    return Way.BLOCKS


def has_true_colour(env: Mapping[str, str]) -> bool:
    """24 bits. GNU screen inherits the word of the terminal around it, and does not keep it."""
    term = env.get("TERM", "")
    if env.get("STY") or (term.startswith("screen") and not env.get("TMUX")):
        return False
    known = env.get("COLORTERM") in ("truecolor", "24bit") or term.endswith("-direct")
    return known or bool(env.get("WT_SESSION")) or term in ("xterm-kitty", "xterm-ghostty")
