"""Whether there is any, and whether it is one."""

from __future__ import annotations

import re

from visioncli.eyes.colours import BASIC
from visioncli.eyes.describe import tally
from visioncli.eyes.nouns import Thing, thing, things
from visioncli.eyes.seen import Found, Reach, Reply
from visioncli.eyes.view import View
from visioncli.eyes.words import count_of, listed, percent, with_article

from .counting import MISSED, NO_GENDER, matching
from .light import share_of
from .refusal import refuse

LOOKS = 0.65  # of the classifier: the whole picture is one
PERHAPS = 0.20
RED_ENOUGH = 0.2  # share of a box that makes a thing of that colour
# "is there …", "do you see …", "does it show …", and "a dog?" alone
PRESENCE = re.compile(
    r"(?:is|are) there(?: (not))? (?:actually )?(.+)|there (?:is|are)(?: (not))? (.+)"
    r"|(?:do|can|did) you(?: (not))? (?:see|find|detect|spot|recogni[sz]e|notice) (.+)"
    r"|(?:does|do|is|are) (?:it|this|that)(?: (not))? (?:show|shows|showing|contain|have|include"
    r"|feature|depict) (.+)"
    r"|(?:has it got|has it|contains) (.+)"
    r"|is (?:it|this|that) (?:an? |the )?(?:image|picture|photo|photograph) (?:of|showing"
    r"|with) (.+)"
)
# is it a cat · are these apples
IS_IT = re.compile(r"(?:is|are) (?:it|this|that|these|those)(?: (not))? (.+)")
# "is anyone there", "any people", "no dogs", "which picture shows a cat"
IS_ANY = re.compile(r"(?:is|are) ((?:any|some|no)[a-z]*(?: [a-z ]+)?)(?: there)?")
# any dogs · no people · cat
BARE = re.compile(r"((?:any|some|an?|no|two|three|four|[2-9]) .+|[a-z]+(?: [a-z]+)?)")
# are there more cups than spoons
COMPARED = re.compile(r"\b(?:more|fewer|less|most|than|at least|at most|enough|too many)\b")
SOME = re.compile(r"(?:any|some|an?|no|two|three|four|[2-9]) ")
# which of these pictures shows a cup
WHICH = re.compile(
    r"which (?:(?:of these|of them|of it|picture|image|photo|one)s? )+"
    r"(?:has|have|shows?|contains?) (.+)"
)
# is it a cat or a dog
CHOICE = re.compile(r"(?:is|are) (?:it|this|that|these) (.+ or .+)")


def presence(text: str, view: View) -> Reply | None:
    """ "Is there a dog?", "any people", "do you see no dog?"."""
    found = PRESENCE.fullmatch(text) or WHICH.fullmatch(text) or IS_ANY.fullmatch(text)
    if not found and SOME.match(text):
        found = BARE.fullmatch(text)
        if found and not all(asked.known for asked in things(_positive(text)[1])):
            return None
    if not found:
        return None
    *nots, phrase = (part for part in found.groups() if part)
    if COMPARED.search(phrase):
        return refuse("it does not weigh numbers against each other.", "presence")
    no, phrase = _positive(phrase)
    return _any(phrase, view, negated=no or bool(nots))


def is_it(text: str, view: View) -> Reply | None:
    """ "Is it a cat?", "is this a cat or a dog?", "cat?"."""
    if choice := CHOICE.fullmatch(text):
        return _which(things(choice[1]), choice[1], view)
    if found := IS_IT.fullmatch(text):
        *nots, phrase = (part for part in found.groups() if part)
        no, phrase = _positive(phrase)
        return _any(phrase, view, negated=no or bool(nots))
    if BARE.fullmatch(text) and thing(text).known:
        return _any(text, view, negated=False)
    return None


def _positive(phrase: str) -> tuple[bool, str]:
    """'no cats' -> (True, 'cats')."""
    if phrase in ("nobody", "no one", "no-one"):
        return True, "people"
    bare = re.sub(r"^(?:no|not any|not an?) (?=[a-z])", "", phrase)
    return bare != phrase, bare


def _any(phrase: str, view: View, *, negated: bool) -> Reply:
    if re.search(r" or | and |, ", phrase):
        return _several(things(phrase), view, negated=negated)
    return _one(thing(phrase), view, negated=negated)


def _one(asked: Thing, view: View, *, negated: bool) -> Reply:
    if not asked.known:
        said = " ".join((asked.name, *asked.extra)).strip()
        return refuse(f"“{said}” is no object that it can recognise.", "presence")
    if not asked.labels:
        return _classified(asked, view, negated=negated)
    reach, said = _detected(asked, view, negated=negated)
    if asked.gendered:
        said += f" {NO_GENDER}"
    return Reply(reach, said[:1].upper() + said[1:], "presence")


def _detected(asked: Thing, view: View, *, negated: bool) -> tuple[Reach, str]:
    sure, maybe, unchecked = matching(asked, view)
    yes, no = ("", "") if negated else ("Yes: ", "No: ")
    checked: Reach = "partial" if unchecked or asked.colour else "in"
    colour = _coloured(asked, sure or maybe, view)
    if sure:
        # Whether it is a man or a woman is not known: neither yes nor no.
        plainly = negated or asked.gendered
        checked = "partial" if asked.gendered else checked
        return checked, _seen(asked, sure, negated=plainly) + colour + unchecked
    whole = view.labels.sums.get(asked.sort, 0.0) if asked.sort else 0.0
    if whole >= LOOKS and not asked.side:
        looks = f"the whole picture looks like {with_article(asked.name)}"
        return checked, f"{yes}{looks} ({percent(whole)}).{unchecked}"
    if maybe:
        weak = f"{with_article(maybe[0].label)} ({percent(maybe[0].score)})"
        return "partial", f"Perhaps: something that may be {weak}, not sure.{colour}{unchecked}"
    side = f" at the {' '.join(asked.side)}" if asked.side else ""
    if elsewhere := view.sure(asked.labels):
        places = listed([f"{f.label} at the {view.place(f.box)}" for f in elsewhere[:3]])
        return "partial", f"{no}not mainly{side}; I see {places}."
    many = asked.called(2) if asked.many or asked.people else asked.name
    return "in", f"{no}I see no {many}{side}. {MISSED}"


def _seen(asked: Thing, sure: list[Found], *, negated: bool) -> str:
    """'Yes: 2 cups (96%).', and after a question in the negative what there is, without a yes."""
    kinds = tally(sure)
    what = listed([count_of(n, label) for label, n, _ in kinds])
    verb = "is" if len(sure) == 1 else "are"
    best = percent(kinds[0][2])
    if negated:
        return f"There {verb} {what} ({best})."
    if asked.number is not None and asked.number != len(sure):
        return f"No: I count {what} ({best}), not {asked.number}."
    return f"Yes: {what} ({best})."


def _coloured(asked: Thing, found: list[Found], view: View) -> str:
    if not found or asked.colour not in BASIC:
        return ""
    inside = view.colours_in(found[0].box)
    share = share_of(asked.colour, inside)
    judged = "probably" if share >= RED_ENOUGH else "probably not"
    return f" It is {judged} {asked.colour}: {percent(share)} of its box is {asked.colour}."


def _classified(asked: Thing, view: View, *, negated: bool) -> Reply:
    """A name that only the classifier knows, which looks at the picture as a whole."""
    chance = view.labels.sums.get(asked.sort, 0.0)
    said = f"{with_article(asked.name)} (whole picture: {percent(chance)})"
    unchecked = f" Not checked: “{' '.join(asked.extra)}”." if asked.extra else ""
    if chance >= LOOKS:
        text = f"The picture looks like {said}." if negated else f"Yes: it looks like {said}."
        reach = "partial" if unchecked or asked.colour or asked.side else "in"
        return Reply("partial" if reach == "partial" else "in", text + unchecked, "presence")
    if chance >= PERHAPS:
        return Reply("partial", f"Perhaps {said}.{unchecked}", "presence")
    text = f"As a whole it does not look like {said}; a small one would not be noticed."
    return Reply("partial", text, "presence")


def _several(wanted: tuple[Thing, ...], view: View, *, negated: bool) -> Reply:
    replies = [_one(asked, view, negated=negated) for asked in wanted]
    known = [r for r in replies if r.reach != "out"]
    if not known:
        return replies[0]
    names = [asked.name for asked, r in zip(wanted, replies, strict=True) if r.reach == "out"]
    said = " ".join(r.text.replace(f" {MISSED}", "") for r in known)
    if names:
        said += f" It cannot recognise “{listed(names)}”."
    partial = bool(names) or any(r.reach == "partial" for r in known)
    return Reply("partial" if partial else "in", said, "presence")


def _which(wanted: tuple[Thing, ...], phrase: str, view: View) -> Reply:
    """This or that: answered only where it knows both, and can tell them apart."""
    if any(not asked.known or asked.gendered or asked.extra for asked in wanted):
        return refuse(f"it cannot tell “{phrase}” apart.", "presence")
    return _several(wanted, view, negated=False)
