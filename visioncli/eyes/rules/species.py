"""What kind of animal, plant, food or vehicle it is: the classifier's names."""

from __future__ import annotations

import re

from visioncli.eyes.nouns import thing
from visioncli.eyes.seen import Reply
from visioncli.eyes.view import View
from visioncli.eyes.wordnet import names
from visioncli.eyes.words import DULL, percent, singulars, with_article

SURE, PERHAPS, GUESS = 0.60, 0.30, 0.04
# Kinds are told apart only in these; a flag, a building or a place would need knowledge.
ROOTS = frozenset(("living thing", "vehicle", "food", "fruit", "vegetable", "fungus", "flower"))
KIND = r"(?:kind|type|sort|breed|species|race|make)s?"
# what animal is this · what breed of dog is it · which bird can you see
SPECIES = re.compile(
    rf"(?:what|which) (?:{KIND} of )?([a-z]+(?: [a-z]+)?) (?:is|are) (?:it|this|that|these|those"
    r"|there|in it)"
    rf"|(?:what|which) (?:{KIND} of )?([a-z]+) (?:is|are)(?: in it)?"
    rf"|(?:what|which) {KIND} (?:is|are) (?:the|this|that|these) ([a-z]+)"
    rf"|(?:what is the )?(?:{KIND} of (?:the |this )?([a-z]+))"
    rf"|(?:what|which) ([a-z]+) (?:do you see|can you see|does it show)"
    rf"|(?:what|which) {KIND} of ([a-z]+)"
    rf"|(?:identify|name|classify|recogni[sz]e) (?:the|this|that) ([a-z]+)"
)


def species(text: str, view: View) -> Reply | None:
    asked = SPECIES.fullmatch(text)
    if not asked:
        return None
    word = next(part for part in asked.groups() if part)
    wanted = thing(f"the {word}")
    name = wanted.sort or next((form for form in singulars(word) if form == "food"), "")
    if not name or wanted.extra or wanted.people or not _has_kinds(name):
        return None
    labels = view.labels
    chance = labels.sums.get(name, 0.0)
    kinds = sorted(
        ((p, label) for label, p in labels.chances.items() if name in labels.parents[label]),
        reverse=True,
    )
    guesses = " or ".join(f"{label} ({percent(p)})" for p, label in kinds[:3] if p > GUESS)
    found = view.sure(wanted.labels)
    if chance >= SURE and guesses:
        known = [f.label for f in found if f.label != name]
        family = f": {with_article(known[0])}" if known else ""
        return Reply(
            "in", f"It looks like {guesses}{family}; any {name}: {percent(chance)}.", "species"
        )
    if found:
        seen = f"I see {with_article(found[0].label)} ({percent(found[0].score)})"
        if len(wanted.labels) > 1:
            return Reply("in", f"{seen}; the closer kind is not clear.", "species")
        closer = f"; perhaps {guesses}" if guesses else ""
        return Reply("partial", f"{seen}; its kind is not clear{closer}.", "species")
    if chance >= PERHAPS and guesses:
        return Reply(
            "partial", f"Not clear (any {name}: {percent(chance)}); perhaps {guesses}.", "species"
        )
    instead = f" As a whole it looks like {with_article(labels.best[0])}." if labels.best else ""
    return Reply(
        "in", f"I see no {name} in it (any {name}: {percent(chance)}).{instead}", "species"
    )


def _has_kinds(name: str) -> bool:
    if name in DULL and name != "food":
        return False
    above = [every for every in names().all if name in every]
    return len(above) > 1 and all(every & ROOTS for every in above)
