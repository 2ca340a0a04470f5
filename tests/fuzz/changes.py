"""Changes to bytes and to JSON that keep most of what makes them interesting."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import strategies as st

# These stand for what no encoder writes, and are put in once the rest has been written.
TWICE = "\0twice"
DEPTHS = {f"\0deep{depth}": depth for depth in (300, 900, 940, 960, 975, 985, 50_000)}
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 0.5, -0.0, 1e308, float("inf"), float("-inf"), float("nan")),
    *(10**30, 10**400, 10**4299, -(10**400), 2**63, 401, 429, 503),
    *("", " ", "0", "x" * 300, "\ud83d", "\ude00", "\udc80", "\0", "\x1b]52;c;QQ==\x07", "\x9b2J"),
    *("\u202eabc", "\u2028", "\ufeff", "data:", "[DONE]", "stop", "length", "error", "null"),
    *([], {}, [[]], [{}], [None], {"": ""}, {"error": {}}, {"error": "no"}, [1, "a", {}]),
    *({"text": "a"}, {"message": "m", "code": 429}, {"type": "error"}, TWICE, *DEPTHS),
)
NASTY = (
    *(b"\0", b"\xff", b"\x80", b"\xc3", b"\xed\xa0\xbd", b"\r", b"\n", b"\r\n", b"\n\n", b"\x1b["),
    *(b"{", b"}", b"[" * 40, b'"', b"\\", b"\\u", b":", b",", b"data: ", b"data:", b"event: "),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\x7f", b"-", b"1e999", b"\xf0\x9f\x98", b"NaN", b": \n"),
    *(b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00"),
)


class Change(NamedTuple):
    """how: what is done. where, other: places, taken modulo what there is. odd: of ODD."""

    how: str
    where: int
    other: int
    odd: int


places = st.integers(0, 1 << 20)
cuts = st.lists(places, max_size=8)
HOWS = ("set", "drop", "insert", "copy", "cut", "flip", "splice", "grow")
changes = st.lists(
    st.builds(Change, st.sampled_from(HOWS), places, places, st.integers(0, len(ODD) - 1)),
    max_size=5,
)


def drawn(chance: random.Random) -> list[Change]:
    """The same by a random number generator, for who has no hypothesis at hand."""
    most = 1 << 20
    return [
        Change(
            chance.choice(HOWS),
            chance.randrange(most),
            chance.randrange(most),
            chance.randrange(len(ODD)),
        )
        for _ in range(chance.randrange(6))
    ]


def pieces(data: bytes, ends: Sequence[int]) -> list[bytes]:
    """Cut at these places."""
    at = sorted({end % (len(data) + 1) for end in ends} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(at)]


# ------------------------------------------------------------------------------ bytes


def changed(data: bytes, hows: Sequence[Change], others: Sequence[bytes] = ()) -> bytes:
    """others: what may be spliced in."""
    for how, where, other, odd in hows:
        at = where % (len(data) + 1)
        to = min(len(data), at + other % 64)
        nasty = NASTY[odd % len(NASTY)]
        match how:
            case "set":
                data = data[:at] + nasty + data[at + len(nasty) :]
            case "drop":
                data = data[:at] + data[to:]
            case "insert":
                data = data[:at] + nasty + data[at:]
            case "copy":
                data = data[:to] + data[at:]
            case "cut":
                data = data[:at]
            case "flip" if at < len(data):
                data = data[:at] + bytes((data[at] ^ 1 << other % 8,)) + data[at + 1 :]
            case "splice" if others:
                second = others[odd % len(others)]
                data = data[:at] + second[other % (len(second) + 1) :]
            case "grow":
                data = data[:at] + nasty * (other % 200) + data[at:]
    return data


# ------------------------------------------------------------------------------- JSON


def dumped(tree: Any) -> bytes:
    """JSON as anybody may write it: deep, with a key that comes twice, with halves of characters.

    Also what Python alone reads: NaN and Infinity.
    """
    text = json.dumps(tree)
    for name, depth in DEPTHS.items():
        text = text.replace(json.dumps(name), "[" * depth + "]" * depth)
    return text.replace(
        json.dumps(TWICE), '{"text": "a", "text": 1, "type": [], "type": "b"}'
    ).encode()


def rewritten(data: bytes, hows: Sequence[Change], others: Sequence[Any] = ()) -> bytes:
    """The same with changes in its tree; bytes that are no JSON are changed as bytes."""
    try:
        tree = json.loads(data)
        return dumped(rebuilt(tree, hows, others))
    except (ValueError, RecursionError):
        return changed(data, hows)


def rebuilt(tree: Any, hows: Sequence[Change], others: Sequence[Any] = ()) -> Any:
    for how, where, other, odd in hows:
        found = list(_places(tree))
        if not found:
            return deepcopy(ODD[odd])
        holder, name = found[where % len(found)]
        match how:
            case "set" | "flip":
                holder[name] = deepcopy(ODD[odd])
            case "drop" | "cut":
                del holder[name]
            case "insert" if isinstance(holder, dict):
                holder[_names(found)[other % len(found)]] = deepcopy(ODD[odd])
            case "insert":
                holder.insert(name, deepcopy(ODD[odd]))
            case "copy":
                source, its = found[other % len(found)]
                holder[name] = deepcopy(source[its])
            case "splice" if others:
                holder[name] = deepcopy(others[odd % len(others)])
            case "grow":
                holder[name] = [holder[name]] if other % 2 else {"text": holder[name]}
    return tree


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """(holder, key or index) of everything in it."""
    names = (
        list(tree) if isinstance(tree, dict) else range(len(tree) if isinstance(tree, list) else 0)
    )
    for name in names:
        yield tree, name
        yield from _places(tree[name])


def _names(found: list[tuple[Any, Any]]) -> list[str]:
    return [str(name) for _, name in found]
