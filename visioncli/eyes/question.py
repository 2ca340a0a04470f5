"""Reading a question: plain words, no politeness, no "in this picture", and whether it is English.

    "Hi, can you please tell me what's in this photo?"  ->  "what is"
    "No people, right?"                                  ->  "no people"

What is left is matched whole by the rules: a word that no rule accounts for makes it no match, so
that "is the cat asleep" never passes for "is there a cat".
"""

from __future__ import annotations

import re
import unicodedata

from .words import words_of

LONGEST = 400  # characters; a question for these eyes is a line
PICTURE = r"(?:images?|pictures?|photos?|photographs?|pics?|screenshots?|snapshots?)"

# Curly quotes of several languages, as code points: “ ” „ « » and the single ones.
STRAIGHT = dict.fromkeys((0x201C, 0x201D, 0x201E, 0xAB, 0xBB), '"') | dict.fromkeys(
    (0x2018, 0x2019, 0x201A, 0xB4, 0x60), "'"
)
CONTRACTIONS = (
    (r"\bcan't\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"\b(is|are|was|were|do|does|did|has|have|could|would|should)n't\b", r"\1 not"),
    (r"\b(what|who|where|when|how|there|that|it|he|she|here|which)'s\b", r"\1 is"),
    (r"\b(what|where|who|they|there|you|we)'re\b", r"\1 are"),
    (r"\b(what|who|where|when|how|which)(s)\b(?= (?:in|on|the|this|that|it|here)\b)", r"\1 is"),
    (r"\bi'm\b", "i am"),
    (r"\b(i|we)'d\b", r"\1 would"),
    (r"\b(is|are|do|does|can) not (there|it|this|that|you|we)\b", r"\1 \2 not"),
    (r"\bcolou?r(s?)\b", r"colour\1"),
    (r"\bgray", "grey"),
    (r"\be-mail\b", "email"),
)

# Said before the question itself; each may follow another.
OPENING = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|please|pls|so|and|well|good (?:morning|evening|day)|dear \w+)"
    r"(?: there| eyes)?[,!. ]+(?=\S)"
    r"|(?:can|could|would|will) you (?:please )?(?=tell|describe|read|count|show|list|find|give"
    r"|extract|transcribe|write|say|translate|explain|identify|name|locate)"
    r"|(?:please )?(?:tell|show|give|let) me (?:know )?(?:please )?"
    r"(?=what|where|when|how|if|whether|who|which|is|are|the)"
    r"|(?:i (?:want|need|would like|wish) to know|do you know|any idea) "
    r"|(?:please|just|kindly) )"
)
# Said behind it; a tag asks for a yes, which the rule finds out by itself.
CLOSING = re.compile(
    r"(?:[,. ]+(?:please|thanks|thank you|or not|or no)"
    r"|[,.] ?(?:right|correct|yes|no|ok|okay|(?:is|are) (?:there|it|they)(?: not)?)"
    r"|[\s?!.,;:]+)$"
)
POLITE = re.compile(
    r"(?:hi|hello|hey|please|ok|okay|thanks|thank you|good (?:morning|evening|day))(?: there)?"
)
# Where the thing asked for is: in the picture, of course.
HERE = re.compile(
    rf" (?:(?:in|on|of|from|within|inside|for|about) (?:this |the |that |my |these |those |an? )?"
    rf"(?:{PICTURE}|scene|frame|view)|in it|in here|in there|here|visible|anywhere|at all"
    rf"|(?:being )?(?:shown|depicted|pictured|displayed)|present)$"
)
ITSELF = re.compile(rf"\b(?:this|the|that|my|these|those) {PICTURE}(?! (?:of|by)\b)\b")

# Function words of other languages that English does not have, in this order: German and Dutch;
# French; Spanish, Portuguese and Italian; Polish, Swedish and Turkish.
FOREIGN = frozenset(
    words_of(
        "ist, das, der, die, den, dem, des, ein, eine, einen, wie, viele, viel, wo, wer, "
        "warum, welche, welches, welcher, zu, und, auf, sind, bild, gibt, es, im, hund, "
        "katze, steht, hoch, ich, sie, kannst, mir, sehen, siehst, het, een, wat, hoeveel, "
        "zijn, er, waar, wie, de"
    )
    + words_of(
        "est, ce, que, qu, quoi, qui, le, la, les, un, une, des, du, dans, sur, combien, "
        "sont, il, elle, y, image-ci, où, pourquoi, quel, quelle, quels, quelles, cette, "
        "c'est, qu'est-ce"
    )
    + words_of(
        "que, qué, hay, el, los, las, una, uno, unos, en, esta, este, esto, foto, cuántos, "
        "cuantos, cuántas, cuantas, dónde, donde, quién, quien, cuál, cual, es, son, o, há, "
        "nesta, neste, imagem, quantos, quantas, onde, quem, qual, isto, isso, está, estão, "
        "são, che, cosa, c'è, ci, sono, quanti, quante, dove, chi, quale, questa, questo, "
        "nella, nel, immagine, gatto, perro, gato, chien, hund"
    )
    + words_of(
        "co, jest, na, tym, zdjęciu, ile, gdzie, vad, är, det, hur, många, finns, bu, ne, "
        "var, kaç, resimde"
    )
)
ENGLISH = frozenset(
    words_of(
        "what, is, are, the, a, an, this, that, these, how, many, much, where, when, who, "
        "why, which, there, any, in, of, does, do, did, it, its, can, you, i, me, my, "
        "tell, describe, read, count, please, to, and, or, not, no, on, at, was, were, "
        "has, have, for, with, from, by, caption, text, list, find, show, write, see"
    )
)


def normal(question: str) -> str:
    """Lower case, straight quotes, no control characters, one blank between words."""
    text = unicodedata.normalize("NFKC", question)[:LONGEST]
    text = text.translate(STRAIGHT)
    text = "".join(c if c.isprintable() else " " for c in text).lower()
    for pattern, full in CONTRACTIONS:
        text = re.sub(pattern, full, text)
    return re.sub(r"\s+", " ", text).strip()


def parts(question: str) -> tuple[str, ...]:
    """A question may hold several: "how many cups are there and what colour are they?"."""
    text = normal(question)
    ask = r"(?:what|how|is|are|where|when|who|why|which|does|do|count|describe|read)"
    pieces = re.split(rf"[?!]+\s+|\.\s+(?=[a-z])|,? and (?=(?:{ask})\b)|, (?={ask}\b)|; ", text)
    bare = [stripped(piece) for piece in pieces]
    asked = tuple(piece for piece in bare if piece and not POLITE.fullmatch(piece))
    return asked or tuple(piece for piece in bare if piece)


def spread(part: str) -> tuple[str, ...]:
    """'what is the total and the date' -> 'what is the total', 'what is the date'."""
    found = re.fullmatch(r"((?:what|where) (?:is|are|was) )(.+?),? and (.+)", part)
    return (found[1] + found[2], found[1] + found[3]) if found else ()


def stripped(text: str) -> str:
    """The question without what surrounds it."""
    text = _until_steady(CLOSING, text)
    text = _until_steady(OPENING, text)
    text = re.sub(r"^(?:if|whether) (there|it|this|that) (is|are|has|contains)\b", r"\2 \1", text)
    shown = _until_steady(HERE, text)
    text = ITSELF.sub("it", shown or text)
    return re.sub(r"\s+", " ", text).strip()


def _until_steady(pattern: re.Pattern[str], text: str) -> str:
    while (shorter := pattern.sub("", text)) != text:
        text = shorter
    return text


def is_english(question: str) -> bool:
    """False where letters of another script, or another language's small words, prevail.

    Quoted text is left out: it is what to look for, in whatever language.
    """
    text = re.sub(r'"[^"]*"', " ", normal(question))
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return True
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    if latin < len(letters) / 2 or "¿" in text or "¡" in text:
        return False
    words = re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", text)
    foreign = sum(word in FOREIGN for word in words)
    return foreign == 0 or foreign < sum(word in ENGLISH for word in words)
