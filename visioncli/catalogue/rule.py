"""Whether a model can see: the rule, from an id to a verdict. No network, no guess by likeness.

It imports no more than the index and the spellings, so that a door before the argument parser may
use it; `lookup` gives its result a name.
"""

import time

from . import index
from .spelling import MAKERS, canonical, spellings

VISION = {"y": True, "n": False, "u": None}

# vision, why, source, as of, retired
Judgement = tuple[bool | None, str, str | None, str | None, str | None]


def judge(provider: str, model: str, today: str | None = None) -> Judgement:
    """today: YYYY-MM-DD; None means the machine's date. provider: "" for a bare name."""
    if not provider:
        found = makers(model)
        if len(found) != 1:
            return _unknown("no provider in the id: write provider/model")
        return judge(found[0], model, today)
    for name in canonical(provider):
        for spelling, how in spellings(name, model):
            row = index.find(f"{name}/{spelling}")
            if row is not None:
                return _judgement(row, how, exact=row[0] == f"{name}/{spelling}", today=today)
    for name in canonical(provider):
        if index.knows(name):
            return _unknown(f"not listed under {name}")
    return _unknown(f"nothing is listed under {provider!r}")


def makers(bare: str) -> list[str]:
    """The makers that list a model of this very name, letter case included: it picks a receiver."""
    listed = ((maker, index.find(f"{maker}/{bare}")) for maker in MAKERS)
    return [maker for maker, row in listed if row is not None and row[0] == f"{maker}/{bare}"]


def _judgement(row: index.Row, how: str, *, exact: bool, today: str | None) -> Judgement:
    model, verdict, source, as_of, retires, gone, why = row
    retired = None
    if not how:  # the dates of a row that was reached by shortening are not this id's
        past = retires and retires <= (today or time.strftime("%Y-%m-%d"))
        retired = (retires if past else gone) or None
        how = "" if exact else "letter case aside"
    if how:
        why = f"{how} {model} ({why})" if how.endswith(" of") else f"{how}: {model} ({why})"
    return VISION[verdict], why, index.SOURCES[source], as_of, retired


def _unknown(why: str) -> Judgement:
    return None, why, None, None, None
