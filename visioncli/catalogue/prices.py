"""What a model costs by the token: the catalogue's price, and whose price it is.

A row that was reached by shortening the id counts only where it is the same model at the same
price: a snapshot's date may be taken away, not a region, a router's suffix, the name of a
fine-tuned copy, `-preview` or `-latest`, which have prices of their own.
"""

from __future__ import annotations

import re

from visioncli.core.record import record
from visioncli.core.target import ModelRef

from . import facts, index
from .spelling import canonical, spellings

SAME_PRICE = ("", "in full", "without its resource path")
DATED = "a dated version of"
SNAPSHOT = re.compile(r"[-@][-v\d:]+")  # -2024-08-06, @20250929, -20250929-v1:0; no preview's
ROUTES = ("converse/", "invoke/", "converse_like/")
FREE = ":free"
DEAREST = 1000.0  # US dollars per million tokens; o1-pro takes 600
ORDER = "PLMO"


@record
class Price:
    """US dollars per million tokens, cached ones aside; None: not known.

    priced_as: the id of the row. source, as_of: who says that the row is so, and when.
    """

    usd_in: float | None
    usd_out: float | None
    priced_as: str
    source: str | None = None
    as_of: str | None = None


def find(ref: ModelRef) -> Price | None:
    """None: no price is known."""
    for name in canonical(ref.provider):
        for spelling, how in spellings(name, ref.model):
            known = facts.find(f"{name}/{spelling}") if _same(ref.model, spelling, how) else None
            if known is None or (known.usd_in is None and known.usd_out is None):
                continue
            usd_in, usd_out = believed(known)
            if usd_in is None and usd_out is None:
                return None
            return Price(usd_in, usd_out, known.model, *_said(known))
    return None


def believed(known: facts.Facts) -> tuple[float | None, float | None]:
    """In and out, as far as a row's figures are prices.

    A price of 0 is none, unless the id says that it is free: registries write it where a model is
    paid for otherwise. Nor is one above DEAREST, which is a slip of the unit.
    """
    figures = [usd for usd in (known.usd_in, known.usd_out) if usd is not None]
    if not all(0 <= usd <= DEAREST for usd in figures):  # NaN is not, either
        return None, None
    if not any(figures) and not known.model.endswith(FREE):
        return None, None
    return known.usd_in, known.usd_out


def _said(known: facts.Facts) -> tuple[str | None, str | None]:
    """(who gives a row's figures, of when): the first source in facts.tsv's order, its newest."""
    newest = {source: as_of for source, as_of, _ in known.says}
    for letter in ORDER:
        source = index.SOURCES.get(letter, "")
        if source in newest:
            return source, newest[source]
    return None, None


def _same(typed: str, spelling: str, how: str) -> bool:
    """Whether a row under `spelling` has the price of what was typed."""
    if how == DATED:
        # Several steps may lie between them: eu.anthropic.claude-…-v1:0 has lost its region, too.
        return typed.startswith(spelling) and SNAPSHOT.fullmatch(typed, len(spelling)) is not None
    return how in SAME_PRICE or any(typed.removeprefix(route) == spelling for route in ROUTES)
