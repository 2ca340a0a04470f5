"""From the words of a question to a thing these eyes may know: "the two red cups on the left"."""

from __future__ import annotations

import re

from visioncli.core.record import record

from .colours import BASIC
from .wordnet import names
from .words import AMBIGUOUS, COCO, DULL, GENDERED, GROUPS, SYNONYMS, plural, singulars, words_of

DETERMINERS = frozenset(
    words_of(
        "a, an, the, any, some, this, that, these, those, all, "
        "no, another, other, several, many, single, one, kind, sort, type, of"
    )
)
COUNTED = words_of("one, two, three, four, five, six, seven, eight, nine, ten")
NUMBERS = {word: n for n, word in enumerate(COUNTED, 1)}
FILLERS = frozenset(("real", "actual", "just", "exactly", "living"))
# What follows one of these says more about the thing than its name.
CUT = re.compile(
    r" (?=(?:on|in|at|with|without|behind|under|above|below|near|next|between|beside|before|after"
    r"|inside|outside|of|from|to|for|by|that|who|which|wearing|holding|sitting|standing|riding"
    r"|looking|facing|and|or)\b)"
)
SIDES = {
    "left": "left",
    "right": "right",
    "top": "top",
    "bottom": "bottom",
    "upper": "top",
    "lower": "bottom",
    "middle": "middle",
    "centre": "middle",
    "center": "middle",
}
SIDE = re.compile(
    rf"(?:on|in|at|to) (?:the )?({'|'.join(SIDES)})(?: ({'|'.join(SIDES)}))?"
    r"(?: (?:side|half|part|corner|of it|side of it))*"
)
# Names of a mass, which stand without an article: "is this food?"
MASS = frozenset(
    ("food", "fruit", "furniture", "coffee", "espresso", "bread", "wine", "pizza", "broccoli")
)


@record(kw_only=True)
class Thing:
    """name: as people say it, singular. labels: the COCO names it covers. sort: its WordNet name.

    extra: words about it that were not understood. colour, side: words about it that can be
    checked. number: how many the question claims. gendered: a man, a child, …
    """

    name: str
    labels: frozenset[str] = frozenset()
    sort: str = ""
    extra: tuple[str, ...] = ()
    colour: str = ""
    side: tuple[str, ...] = ()
    number: int | None = None
    gendered: bool = False
    many: bool = False  # asked for in the plural
    article: bool = False  # said with an article or in the plural: a thing, no quality

    @property
    def known(self) -> bool:
        return bool(self.labels or self.sort)

    @property
    def people(self) -> bool:
        return self.labels == frozenset(("person",))

    @property
    def anything(self) -> bool:
        return self.labels == frozenset(COCO)

    def called(self, n: int) -> str:
        """Its name for n of them."""
        return self.name if n == 1 else plural(self.name)


def thing(phrase: str) -> Thing:
    """One noun phrase."""
    phrase = phrase.strip(" ,.")
    core, *rest = CUT.split(phrase, maxsplit=1)
    side: tuple[str, ...] = ()
    extra: list[str] = []
    if rest:
        if found := SIDE.fullmatch(rest[0]):
            side = tuple(SIDES[word] for word in found.groups() if word)
        else:
            extra.append(rest[0])
    words, number, article = [], None, False
    for word in core.split():
        if word in DETERMINERS or word in NUMBERS or word.isdecimal():
            article = True
            if word != "one" and (word in NUMBERS or word.isdecimal()):
                number = NUMBERS.get(word) or int(word[:6])
        elif word not in FILLERS:
            words.append(word)
    colour = next((word for word in words[:-1] if word in BASIC), "")
    # The head comes last in English: a "red bus" is a bus, a "bus ticket" is none.
    for start in range(len(words)):
        named = " ".join(words[start:])
        known = _known(named, article=article)
        if known is None:
            continue
        name, labels, sort, many = known
        before = [word for word in words[:start] if word != colour]
        return Thing(
            name=name,
            labels=labels,
            sort=sort,
            extra=(*before, *extra),
            colour=colour,
            side=side,
            number=number,
            gendered=bool(GENDERED & set(named.split())),
            many=many,
            article=article or many,
        )
    return Thing(name=" ".join(words), extra=tuple(extra), side=side, article=article)


def _known(named: str, *, article: bool) -> tuple[str, frozenset[str], str, bool] | None:
    """-> (name, COCO labels, WordNet name, in the plural), or None."""
    for form in singulars(named):
        many = form != named
        name = SYNONYMS.get(form, form)
        if name == "person":
            return name, frozenset((name,)), "", many or form in ("anyone", "anybody", "people")
        if form in GROUPS:
            sort = form if form in ("animal", "vehicle", "fruit") else ""
            return form, GROUPS[form], sort, many
        if name in COCO:
            sort = name if name not in AMBIGUOUS and name in names().known else ""
            return name, frozenset((name,)), sort, many
    for form in singulars(named):
        many = form != named
        if form in names().known and form not in DULL and (article or many or form in MASS):
            return form, frozenset(), form, many
    return None


def things(phrase: str) -> tuple[Thing, ...]:
    """A list: "a cat or a dog", "spoons and cups"."""
    return tuple(thing(piece) for piece in re.split(r",? (?:and|or) |, ", phrase) if piece.strip())
