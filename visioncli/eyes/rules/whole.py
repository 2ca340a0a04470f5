"""The picture as a whole: a description, a caption, what kind of picture it is."""

from __future__ import annotations

import re

from visioncli.eyes import describe as telling
from visioncli.eyes.seen import Reply
from visioncli.eyes.view import View

THIS = r"(?:it|this|that|these|those|there)"
# in one sentence · briefly · in five words
SHORT = (
    r"(?:in |with |using )?(?:just |only )?(?:one|1|a single|a|an?) (?:short |single "
    r"|brief )?(?:sentence|line|phrase|caption)"
    r"|(?:in |with )?(?:a )?few words|briefly|in short|(?:in )?(?:\w+|\d+) words(?: or (?:less"
    r"|fewer))?"
)
# caption · write a short alt text for it · describe it in one sentence
CAPTION = re.compile(
    r"(?:(?:write|give|suggest|create|make|generate|propose|provide|need"
    r"|i need)(?: me)? )?(?:an? |the |some )?"
    rf"(?:(?:short|brief|good|concise|simple|descriptive|one[ -]sentence|one[ -]line) )*"
    r"(?:captions?|alt[ -]?text|alt(?:ernative)? (?:text|description)|one[ -](?:sentence|liner)"
    r"|short description|one[ -](?:sentence|line) (?:description|summary))"
    rf"(?: (?:it|for (?:it|this|that)))?(?:[,:]? (?:{SHORT}))?"
    r"|(?:describe|summari[sz]e|caption|sum up|what is|explain)(?: (?:it|this|that"
    rf"|what you see))?,? (?:{SHORT})"
    rf"|(?:{SHORT})[,:]? (?:describe|summari[sz]e|what is|caption) ?(?:it|this|that)?"
    r"|briefly (?:describe|summari[sz]e) (?:it|this)"
    r"|in (?:one|a|a single) sentence|one sentence(?: description)?"
)
# what is this · what do you see · describe it · list all objects
DESCRIBE = re.compile(
    rf"what (?:is|are)(?: {THIS}| in {THIS}| on {THIS}| shown| being shown| displayed"
    r"| depicted)?(?: exactly| about| of| showing)?"
    rf"|what (?:is|are) {THIS} (?:a )?(?:picture|image|photo|photograph)s? (?:of|showing)"
    r"|what (?:do|can|did) (?:you|we|i|one) (?:see|recogni[sz]e|detect|find|identify)(?: there)?"
    r"|what am i looking at|what can be seen"
    rf"|what does {THIS} (?:show|contain|depict|have|look like|display)"
    rf"|what (?:do you think )?is in {THIS}"
    rf"|describe(?: {THIS}| everything| what (?:you|can be) (?:see|seen)| what is (?:in "
    rf"|on )?{THIS}| the (?:scene|contents?|whole picture))?"
    r"(?: in (?:detail|full)| to me| for me| briefly)*"
    rf"|(?:tell|say)(?: me)? (?:something )?(?:about|what is in) {THIS}|tell me what (?:you see"
    r"|is in it|it is|it shows|this is)"
    rf"|tell me what is(?: in {THIS}| {THIS})?|look at {THIS}|summari[sz]e(?: {THIS})?"
    rf"|identify {THIS}|analy[sz]e {THIS}"
    r"|(?:(?:what|which|list|name|identify|detect|find|show)(?: me)?(?: all)?(?: the"
    r"| of the)?(?: main| different| visible)?"
    r" (?:objects?|things?|items?|contents?|subjects?))"
    r"(?: (?:is|are|do you see|can you see|does it (?:contain|show|have)|can be seen"
    rf"|are there))?(?: {THIS})?"
    r"|what else(?: is there| do you see)?|what can you (?:tell|say)(?: me)?(?: about (?:it|this))?"
    r"|(?:list|name|show|tell)(?: me)? (?:everything|all|what)(?: that)? (?:you (?:can )?(?:see"
    r"|find|recognise|detect)|there is)|(?:a )?description|details"
)
# what kind of picture is it · is it a photo or a drawing
SORT = re.compile(
    rf"what (?:kind|type|sort) of (?:picture|image|photo|thing|file) is {THIS}"
    rf"|is {THIS} (?:really )?an? (?:photo(?:graph)?|drawing|painting|graphic|screenshot|document"
    r"|scan|page)"
    r"(?: or (?:an? )?(?:photo(?:graph)?|drawing|painting|graphic|screenshot|document|scan"
    r"|picture))*"
)
GOOD = re.compile(
    r"\b(?:nice|good|great|beautiful|bad|ugly|real|fake|old|ai|famous|better|professional|funny)\b"
)
SORTS = {
    "document": "a page of text: a scan, a screenshot or a chart",
    "graphic": "a graphic, with large flat areas",
    "photo": "a photo, going by its texture",
}


def caption(text: str, view: View) -> Reply | None:
    if not CAPTION.fullmatch(text):
        return None
    return Reply("in", telling.caption(view), "caption")


def describe(text: str, view: View) -> Reply | None:
    if text and not DESCRIBE.fullmatch(text):
        return None
    return Reply("in", telling.describe(view), "describe")


def sort(text: str, view: View) -> Reply | None:
    if not SORT.fullmatch(text) or GOOD.search(text):
        return None
    said = f"It looks like {SORTS[view.sort]}. A drawing and a photo are not told apart surely."
    return Reply("partial", said, "sort")
