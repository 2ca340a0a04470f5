"""Where a thing is, how large it appears, and what stands at a place."""

from __future__ import annotations

import re

from visioncli.eyes.nouns import SIDES, Thing, thing
from visioncli.eyes.seen import Found, Reply
from visioncli.eyes.view import View
from visioncli.eyes.words import count_of, listed, percent, plural, with_article

from .refusal import refuse

MANY = 5
# where is the cat · locate the cups · bounding box of the dog
WHERE = re.compile(
    r"where(?:abouts)? (?:is|are) (.+)|(?:find|locate|point to|point out|show me|box) (?:all )?(.+)"
    r"|(?:what is )?(?:the )?(?:position|bounding box|box|coordinates|place)s? of (.+)"
    r"|where (?:do|can) you (?:see|find) (.+)"
)
SIDE_WORD = rf"(?:{'|'.join(SIDES)})"
# is the cat on the left or the right · which side is the cat on
ON_WHICH = re.compile(
    rf"(?:is|are) (.+?) (?:on|at|in) the {SIDE_WORD}(?: side)?(?:,? or (?:(?:on|at"
    rf"|in) )?the {SIDE_WORD}"
    r"(?: side)?)+|(?:on |at )?(?:which|what) (?:side|part|half|corner) (?:is"
    r"|are) (.+?)(?: (?:on|in|at))?"
)
# is the cat on the left
IS_AT = re.compile(
    rf"(?:is|are) (the .+?) (?:on|at|in) the ({SIDE_WORD})(?: ({SIDE_WORD}))?(?: (?:side|half"
    r"|corner))?"
)
# what is on the left
AT_PLACE = re.compile(
    r"(?:what|which (?:objects?|things?)) (?:is|are|do you see|can you see)(?: there)? (?:on|at"
    rf"|in) (?:the )?({SIDE_WORD})"
    rf"(?: ({SIDE_WORD}))?(?: (?:side|half|part|corner))?(?: of it)?"
)
# what is the largest object
EXTREME = re.compile(
    r"(?:what|which)(?: (?:is|object|thing|one))* (?:the )?(largest|biggest|smallest|main)"
    r" (?:object|thing|item|subject)|(?:what|which) (?:object|thing) is (?:the )?(largest|biggest"
    r"|smallest)"
    r"|(?:what is )?the (main) (?:object|subject|thing)"
)
# how big is the cat
HOW_LARGE = re.compile(r"how (?:big|large|tall|wide|high|small) (?:is|are) (.+)")


def where(text: str, view: View) -> Reply | None:
    if asked := EXTREME.fullmatch(text):
        return _extreme(next(part for part in asked.groups() if part), view)
    if asked := AT_PLACE.fullmatch(text):
        return _at(tuple(SIDES[side] for side in asked.groups() if side), view)
    if asked := IS_AT.fullmatch(text):
        return _is_at(
            thing(asked[1]), tuple(SIDES[side] for side in asked.groups()[1:] if side), view
        )
    if asked := HOW_LARGE.fullmatch(text):
        return _large(thing(asked[1]), view)
    if asked := ON_WHICH.fullmatch(text) or WHERE.fullmatch(text):
        wanted = thing(next(part for part in asked.groups() if part))
        if not wanted.labels:
            return refuse(
                f"it can place 80 kinds of everyday objects, not “{wanted.name}”.", "where"
            )
        return _places(wanted, view)
    return None


def _box(found: Found, view: View) -> str:
    x0, y0, x1, y1 = view.file_box(found.box)
    return f"box x {x0}-{x1}, y {y0}-{y1}"


def _places(wanted: Thing, view: View) -> Reply:
    sure = view.sure(wanted.labels)
    found = sure or view.maybe(wanted.labels)
    if not found:
        return Reply("in", f"I see no {plural(wanted.name)}.", "where")
    placed = "; ".join(
        f"{f.label} at the {view.place(f.box)} ({_box(f, view)}, {percent(f.score)})"
        for f in found[:MANY]
    )
    more = f"; and {len(found) - MANY} more" if len(found) > MANY else ""
    unchecked = [word for word in (wanted.colour, *wanted.extra) if word]
    said = f"{'' if sure else 'Perhaps '}{placed}{more}."
    if unchecked:
        return Reply("partial", f"{said} Not checked: “{' '.join(unchecked)}”.", "where")
    return Reply("in" if sure else "partial", said[:1].upper() + said[1:], "where")


def _is_at(wanted: Thing, side: tuple[str, ...], view: View) -> Reply:
    reply = refuse(f"it cannot find “{wanted.name}”.", "where")
    if wanted.labels:
        reply = _places(wanted, view)
        sure = view.sure(wanted.labels)
        if sure:
            yes = any(all(word in view.place(f.box).split() for word in side) for f in sure)
            reply = Reply(reply.reach, f"{'Yes' if yes else 'No'}: {reply.text}", "where")
    return reply


def _at(side: tuple[str, ...], view: View) -> Reply:
    at = [f for f in view.sure() if all(word in view.place(f.box).split() for word in side)]
    place = " ".join(side)
    if not at:
        rest = view.sure()
        known = (
            f" It sees {listed([with_article(f.label) for f in rest[:MANY]])} elsewhere."
            if rest
            else ""
        )
        return Reply("partial", f"No object that it knows is at the {place}.{known}", "where")
    said = listed([f"{with_article(f.label)} ({percent(f.score)})" for f in at[:MANY]])
    return Reply(
        "partial", f"At the {place}: {said}. Only objects that it knows are named.", "where"
    )


def _extreme(which: str, view: View) -> Reply:
    found = view.sure()
    if not found:
        return Reply(
            "partial", "It is sure of no object, so of none that is largest or smallest.", "where"
        )

    def area(f: Found) -> float:
        return (f.box[2] - f.box[0]) * (f.box[3] - f.box[1])

    best = min(found, key=area) if which == "smallest" else max(found, key=area)
    share = area(best) / (view.picture.image.width * view.picture.image.height)
    said = (
        f"Of {count_of(len(found), 'object')} found the "
        f"{'smallest' if which == 'smallest' else 'largest'} is"
        f" {with_article(best.label)} at the {view.place(best.box)} ({_box(best, view)},"
        f" {percent(share)} of the picture, {percent(best.score)})."
    )
    return Reply("in", said, "where")


def _large(wanted: Thing, view: View) -> Reply:
    found = view.sure(wanted.labels) if wanted.labels else []
    if not found:
        return refuse(f"it finds no “{wanted.name}” to measure.", "where")
    x0, y0, x1, y1 = view.file_box(found[0].box)
    picture = view.picture
    share = (x1 - x0) * (y1 - y0) / (picture.width * picture.height)
    return Reply(
        "partial",
        f"Its real size cannot be measured. The box around the {found[0].label} is "
        f"{x1 - x0}x{y1 - y0}"
        f" of {picture.width}x{picture.height} pixels ({percent(share)} of the picture).",
        "where",
    )
