"""What a receipt, an invoice or a page says of itself: total, date, address, title …"""

from __future__ import annotations

import re

from visioncli.eyes import fields
from visioncli.eyes.describe import quoted
from visioncli.eyes.seen import Reply
from visioncli.eyes.view import View
from visioncli.eyes.words import count_of, with_article

from .field_table import FIELDS, VERBS, Field
from .text import NONE

# what is the title
TITLE = re.compile(
    r"(?:(?:what|which) (?:is|was) |read |find |extract |give me )?(?:the "
    r"|its )?(?:\w+'s )?(?:title|heading"
    r"|headline|header)(?: say)?"
    r"|what (?:does|is) the (?:title|heading|headline|header)(?: say)?|what is it (?:called"
    r"|titled|entitled)"
)
# what is the name of the shop
SHOP = re.compile(
    r"(?:what|which) (?:is )?(?:the )?(?:name of )?(?:the )?(?:shop|store|cafe|restaurant|company"
    r"|business|merchant|vendor)"
    r"(?: name)?(?: is (?:it|this)(?: from)?)?|where is (?:it|this|the receipt) from"
)
# … as a number
NUMBER_ONLY = re.compile(
    r"[, ]+(?:as an? (?:plain )?number|(?:just|only) the (?:number|value|amount)"
    r"|(?:the )?number only|digits only)$"
)
# "what is the total", "extract the total", "phone number", "how much VAT (was paid)"
ASKED = (
    r"(?:(?:what|which) (?:is|was|are|were) |what |how much (?:is|was|are|were|did) |how much "
    r"|give |get |extract |read |find |show"
    r" |tell me |list )?(?:me )?(?:the |its |their |my )?(?:{noun})"
    r"(?: (?:of|on|in|from|for) (?:it|this|the (?:\w+ )?(?:receipt|invoice|bill|page|document"
    r"|text|ticket|order|letter)))?"
    r"(?: (?:is|was) (?:paid|shown|charged|given|there|on it)(?: on it)?)?(?: say)?"
)
# is there a phone number · does it have a date
EXISTS = (
    r"(?:(?:is|are) there|(?:does|do) (?:it|this|that|the (?:receipt|invoice|page"
    r"|document)) (?:have|show|contain|include|give|list"
    r"|mention)|has it|(?:do|can) you (?:see|find)|any) ?(?:an?|any|the)? ?(?:{noun})(?: on it"
    r"| listed| given| shown)?(?: (?:on|in) (?:it|this|the (?:receipt|invoice|page|document"
    r"|bill)))?"
)
MATCHERS = tuple(
    (field, re.compile(ASKED.format(noun=field.noun)), re.compile(EXISTS.format(noun=field.noun)))
    for field in FIELDS
)
BY_NAME = {field.name: field for field in FIELDS}
# how much is the juice · what does the croissant cost · price of the tea
PRICE = re.compile(
    r"how much (?:is|are|was|were|for|did|does|do) (?:the |an? |each |one )?(.+?)(?: cost| each)?"
    r"|what (?:does|do|did) (?:the |an? )?(.+) cost|(?:what (?:is|was) )?(?:the )?(?:price"
    r"|cost) (?:of|for) (?:the |an? )?(.+)"
    r"|what (?:is|was) the (.+) price"
)
NOT_AN_ITEM = re.compile(
    r"%|\b(?:percent|per person|each of us|half|twice|if|than|left|water|time|tip)\b|^\d"
)


def text_field(question: str, view: View) -> Reply | None:
    bare = NUMBER_ONLY.sub("", question)
    for name, pattern in VERBS:
        if pattern.fullmatch(bare):
            return _field(BY_NAME[name], view, exists=False, alone=bare != question)
    for field, asked, exists in MATCHERS:
        if asked.fullmatch(bare):
            return _field(field, view, exists=False, alone=bare != question)
        if exists.fullmatch(bare):
            return _field(field, view, exists=True, alone=False)
    if TITLE.fullmatch(bare):
        if not view.title:
            return Reply("in", NONE, "text_field")
        return Reply("in", f"{view.title} (the line in the largest letters).", "text_field")
    if SHOP.fullmatch(bare):
        if not view.title:
            return Reply("in", f"{NONE} So no name.", "text_field")
        said = f"Perhaps {quoted(view.title)}: it is the line in the largest letters."
        return Reply("partial", said, "text_field")
    if (asked_price := PRICE.fullmatch(bare)) and not NOT_AN_ITEM.search(bare):
        item = next(part for part in asked_price.groups() if part)
        return _price(item, view, alone=bare != question)
    return None


def _field(field: Field, view: View, *, exists: bool, alone: bool) -> Reply:
    if not view.rows:
        return Reply("in", f"{'No: ' if exists else ''}{NONE} So no {field.name}.", "text_field")
    hit = field.find(view.rows)
    if hit is None:
        lines = count_of(len(view.rows), "line")
        said = f"no {field.name} is shown in the {lines} of text that I read."
        return Reply(
            "in",
            f"{'No: ' if exists else ''}{said if exists else said[0].upper() + said[1:]}",
            "text_field",
        )
    if alone:
        return Reply("in", fields.number(hit.value) if field.money else hit.value, "text_field")
    yes = "Yes: " if exists else ""
    if hit.row == hit.value:
        return Reply("in", f"{yes}{hit.value}", "text_field")
    return Reply("in", f"{yes}{hit.value} (the text reads {quoted(hit.row, 120)}).", "text_field")


def _price(item: str, view: View, *, alone: bool) -> Reply:
    if not view.rows:
        return Reply("in", f"{NONE} So no price.", "text_field")
    words = [
        word for word in re.findall(r"[\w'-]+", item) if word not in ("the", "a", "an", "of", "and")
    ]
    rows = fields.mentioning(view.rows, words)
    priced = [row for row in rows if fields.amount(row)]
    if not rows:
        return Reply("in", f"No line of the text mentions “{item}”.", "text_field")
    if not priced:
        said = "; ".join(quoted(row, 120) for row in rows[:3])
        return Reply("in", f"There is no price beside {with_article(item)}: {said}.", "text_field")
    if alone and len(priced) == 1:
        return Reply("in", fields.number(fields.amount(priced[0])), "text_field")
    said = "; ".join(
        f"{fields.amount(row)} (the text reads {quoted(row, 120)})" for row in priced[:3]
    )
    return Reply("in", f"{said}.", "text_field")
