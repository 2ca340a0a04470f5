"""What may stand in the catalogue's files, of what others wrote: everything else counts as unsaid.

No control character, no tab and nothing that is not ASCII passes; a number is one that a model
could have.
"""

from __future__ import annotations

import math
import re
from dataclasses import fields
from typing import Any

from visioncli.catalogue.facts import MODALITIES

from .snapshots import Stated

ID = re.compile(r"(?!#)[!-~]{1,60}/[!-~](?:[ -~]{0,198}[!-~])?")
DATE = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
MONTH = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
WORD = re.compile(r"[a-z][a-z_]{0,39}")
STATUS = ("deprecated", "beta")
MOST_TOKENS = 1_000_000_000
MOST_USD = 1_000_000.0
LEAST_USD_IMAGE = 0.00001  # below that the registry's price of a picture is one of a token


def model(value: Any) -> bool:
    """Whether it can be a row's id: "provider/model"."""
    return isinstance(value, str) and ID.fullmatch(value) is not None and value > "$"


def stated(
    *,
    vision: Any = None,
    mode: Any = None,
    input: Any = None,  # noqa: A002 - the field's name
    output: Any = None,
    context: Any = None,
    max_output: Any = None,
    usd_in: Any = None,
    usd_out: Any = None,
    usd_image: Any = None,
    retires: Any = None,
    released: Any = None,
    knowledge: Any = None,
    status: Any = None,
) -> Stated:
    """From whatever a document holds under these names."""
    return Stated(
        vision=vision if isinstance(vision, bool) else None,
        mode=_matching(WORD, mode),
        input=modalities(input),
        output=modalities(output),
        context=tokens(context),
        max_output=tokens(max_output),
        usd_in=usd(usd_in),
        usd_out=usd(usd_out),
        usd_image=picture(usd_image),
        retires=date(retires),
        released=_matching(MONTH, released),
        knowledge=_matching(MONTH, knowledge),
        status=status if status in STATUS else "",
    )


def again(one: Stated) -> Stated:
    """The same, whoever made it."""
    return stated(**{each.name: getattr(one, each.name) for each in fields(Stated)})


def tokens(value: Any) -> int | None:
    number = _number(value, MOST_TOKENS)
    return int(number) if number and number == int(number) else None


def usd(value: Any) -> float | None:
    """US dollars per million tokens, as they are written: nine significant digits."""
    number = _number(value, MOST_USD)
    return None if number is None else float(f"{number:.9g}")


def picture(value: Any) -> float | None:
    number = usd(value)
    return number if number and number >= LEAST_USD_IMAGE else None


def date(value: Any) -> str:
    return _matching(DATE, value)


def modalities(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    known = MODALITIES.values()
    said = (one.lower() for one in value[:32] if isinstance(one, str) and len(one) < 32)
    return tuple(dict.fromkeys(one for one in said if one in known))


def _number(value: Any, most: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return float(value) if 0 <= value <= most else None


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
