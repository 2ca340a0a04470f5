"""How many there are."""

from __future__ import annotations

import re

from visioncli.eyes.describe import tally
from visioncli.eyes.nouns import Thing, things
from visioncli.eyes.seen import Found, Reach, Reply
from visioncli.eyes.view import View
from visioncli.eyes.words import count_of, listed, percent, plural, words_of

from .refusal import refuse

MISSED = "Small or hidden ones can be missed."
NO_GENDER = "Persons are found; age and gender are not judged."

# how many cups are there · number of people · count the dogs
COUNT = re.compile(
    r"how many (?:of )?(.+?)(?: (?:are|is) there(?: (?:in total|altogether))?"
    r"| (?:do|can) you (?:see|find|count|detect)| (?:can|could) be seen| does it (?:show|have"
    r"|contain)"
    r"| (?:are|is)| appear| there (?:are|is))?"
    r"|(?:what is )?(?:the )?(?:number|count) of (.+)|count (?:up )?(?:all )?(.+)"
)
# how many people are smiling: no count answers that
DOING = re.compile(r" (?:are|is|have|has|were|wear|wears|look|looks|do|does|can) ")
TEXT_UNITS = frozenset(
    words_of("word, words, line, lines, letter, letters, character, characters, page, pages")
)


def count(text: str, view: View) -> Reply | None:
    asked = COUNT.fullmatch(text)
    if not asked:
        return None
    phrase = next(part for part in asked.groups() if part)
    if set(phrase.split()) & TEXT_UNITS:
        return None  # the text rules count those
    if DOING.search(f" {phrase} "):
        return refuse("it counts things, and cannot tell what they do or are like.", "count")
    wanted = things(phrase)
    unknown = [thing.name or phrase for thing in wanted if not thing.labels]
    if len(unknown) == len(wanted):
        return refuse(f"it counts 80 kinds of everyday objects, not “{unknown[0]}”.", "count")
    known = [_counted(thing, view) for thing in wanted if thing.labels]
    said = " ".join([part for _, part in known])
    partial = bool(unknown) or any(reach == "partial" for reach, _ in known)
    if unknown:
        said += f" It cannot count “{listed(unknown)}”."
    if any(thing.gendered for thing in wanted):
        said += f" {NO_GENDER}"
    return Reply("partial" if partial else "in", said, "count")


def _counted(asked: Thing, view: View) -> tuple[Reach, str]:
    """-> (reach, sentence)"""
    sure, maybe, unchecked = matching(asked, view)
    if asked.colour:
        unchecked += f" The colour {asked.colour} was not checked."
    reach: Reach = "partial" if unchecked or maybe else "in"
    if not sure and not maybe:
        many = plural(asked.name)
        return reach, f"I see no {many} (0 {many}). {MISSED}{unchecked}"
    kinds = ""
    if len(asked.labels) > 1 and sure:
        kinds = ": " + listed([count_of(n, label) for label, n, _ in tally(sure)])
    said = f"I count {count_of(len(sure), asked.name)}{kinds}{_scores(sure)}"
    if maybe:
        said += f", perhaps {len(sure) + len(maybe)}{_scores(maybe)}"
    return reach, f"{said}.{unchecked}"


def _scores(found: list[Found]) -> str:
    return f" ({', '.join(percent(f.score) for f in found[:6])})" if found else ""


def matching(asked: Thing, view: View) -> tuple[list[Found], list[Found], str]:
    """-> (sure, maybe, a sentence on what was not checked)"""
    sure, maybe = view.sure(asked.labels), view.maybe(asked.labels)
    if asked.side:
        sure = [f for f in sure if _on(asked.side, f, view)]
        maybe = [f for f in maybe if _on(asked.side, f, view)]
    unchecked = [f"“{' '.join(asked.extra)}”"] if asked.extra else []
    said = f" Not checked: {listed(unchecked)}." if unchecked else ""
    return sure, maybe, said


def _on(side: tuple[str, ...], found: Found, view: View) -> bool:
    place = view.place(found.box).split()
    return all(word in place for word in side)
