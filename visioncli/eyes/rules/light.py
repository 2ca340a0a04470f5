"""Colours, sharpness and light."""

from __future__ import annotations

import re

from visioncli.eyes.colours import BASIC
from visioncli.eyes.describe import shares
from visioncli.eyes.nouns import Thing, thing
from visioncli.eyes.seen import Reply, Share
from visioncli.eyes.view import View
from visioncli.eyes.words import percent

from .refusal import refuse

SOFT = 60  # variance of the Laplacian
DARK, BRIGHT = 70, 185  # mean grey, 0..255
LOW_CONTRAST = 30
MAIN = 0.25  # share of the picture from which on it "is" of a colour
SOME = 0.01

COLOUR = "|".join(sorted(BASIC, key=len, reverse=True))
# what are the main colours · colour palette · what colour is it
WHOLE_COLOUR = re.compile(
    r"(?:(?:what|which) (?:is|are) )?(?:the |its )?(?:(?:main|dominant|most (?:common|prominent"
    r"|frequent)|prominent|primary|overall"
    r"|prevailing|major|top|average) )*colours?(?: (?:palette|scheme|of it|in it|used))?"
    r"|(?:what|which) (?:(?:main|dominant) )?colours? (?:is|are) (?:it|this|that|these|there"
    r"|in it|used)"
    r"|(?:what|which) (?:(?:main|dominant) )?colours?(?: (?:are|is|do you see|can you see"
    r"|can be seen))?"
    r"|(?:what|which) colours? (?:does|do) (?:it|this) (?:have|contain)"
    r"|(?:name|list|describe|give) (?:me )?(?:all )?(?:the )?(?:main )?colours?"
    r"|how many colours(?: (?:are there|does it have))?"
)
# is it red
IS_COLOUR = re.compile(rf"is (?:it|this|that)(?: (?:all|mostly|mainly|completely))? ({COLOUR})")
# is there any green
ANY_COLOUR = re.compile(
    r"(?:is there|does it (?:have|contain|show)|do you see|can you see|any)(?: any| some"
    r"| a lot of)?"
    rf" ({COLOUR})"
)
# what colour is the cup · colour of the car
OF_THING = re.compile(
    r"(?:what|which) colours? (?:is|are|does|do|has|have) (.+?)(?: have)?"
    r"|(?:what|which) is the colour of (.+)|colour of (.+)"
)
# is the cup red
THING_IS = re.compile(rf"(?:is|are) (?:the|this|that|these) (.+?) ({COLOUR})")

# is it black and white
GREY = re.compile(
    r"is (?:it|this|that) (?:an? )?(?:in )?(?:black[ -]and[ -]white|black & white|b&w|greyscale"
    r"|monochrome"
    r"|grey)(?: (?:photo|picture|image|photograph))?"
)
# is it a colour photo
IN_COLOUR = re.compile(
    r"is (?:it|this|that) (?:an? |in )?(?:full )?(?:colour|coloured|colourful)"
    r"(?: (?:photo|picture|image|photograph))?"
)
# is it in colour or black and white
COLOUR_OR_GREY = re.compile(
    r"is (?:it|this) (?:an? |in )?colour(?:ed)? or (?:an? |in )?(?:black[ -]and[ -]white"
    r"|greyscale|monochrome)"
    r"|is (?:it|this) (?:an? |in )?(?:black[ -]and[ -]white|greyscale"
    r"|monochrome) or (?:in )?colour(?:ed)?"
)
# is it blurry · is it out of focus
NOT_SHARP = re.compile(
    r"(?:is|are|does) (?:it|this|that)(?: look| too| very| a bit| a little)* (?:an? )?(?:blurry"
    r"|blurred|out of focus|unsharp|soft"
    r"|fuzzy)(?: (?:photo|picture|image))?"
)
# is it sharp · sharpness
IS_SHARP = re.compile(
    r"(?:is|are|does) (?:it|this|that)(?: look| very)* (?:sharp|in focus|crisp|clear)"
    r"|how (?:sharp|blurry|clear) is (?:it|this)"
    r"|(?:what is the )?(?:sharpness|focus)"
)
# is it too dark · how bright is it · is it well lit
LIGHT = re.compile(
    r"(?:is|does) (?:it|this|that)(?: look| too| very| a bit| a little)* (dark|bright"
    r"|over ?-?exposed|under ?-?exposed)"
    r"|(how) (?:bright|dark) is (?:it|this)|(?:what is the )?(brightness|exposure|contrast)"
    r"|is (?:it|this) (well exposed|well lit)|how is the (exposure|light|lighting|contrast)"
    r"|is (?:it|this) (?:too )?(dark|bright) or (?:too )?(?:dark|bright)"
)
# how is the quality
QUALITY = re.compile(r"(?:how is |what is )?the (?:image |picture |photo )?quality(?: like)?")
# is the cat blurry
ABOUT_A_THING = re.compile(
    r"(?:is|are) (?:the|this|that) (.+) (?:blurry|blurred|sharp|in focus|out of focus|dark|bright)"
)


def colour(text: str, view: View) -> Reply | None:
    if WHOLE_COLOUR.fullmatch(text):
        return _whole(view)
    if asked := IS_COLOUR.fullmatch(text):
        return _is(asked[1], view, MAIN)
    if asked := ANY_COLOUR.fullmatch(text):
        return _is(asked[1], view, SOME)
    if asked := OF_THING.fullmatch(text):
        return _of(thing(next(part for part in asked.groups() if part)), "", view)
    if asked := THING_IS.fullmatch(text):
        return _of(thing(asked[1]), asked[2], view)
    return None


def share_of(word: str, colours: tuple[Share, ...]) -> float:
    """word: of a question, a key of BASIC."""
    return sum(share for name, share in colours if name in BASIC[word])


def _whole(view: View) -> Reply:
    return Reply("in", f"Main colours: {shares(view.pixels.colours, 5)}.", "colour")


def _is(word: str, view: View, enough: float) -> Reply:
    share = share_of(word, view.pixels.colours)
    yes = "Yes" if share >= enough else "No"
    found = f"{percent(share)} of the picture is {word}" if share >= SOME else f"hardly any {word}"
    return Reply("in", f"{yes}: {found}. Main colours: {shares(view.pixels.colours, 4)}.", "colour")


def _of(asked: Thing, word: str, view: View) -> Reply:
    """The colours inside a thing's box: what fills it, which is not the thing alone."""
    if not asked.labels or asked.extra or asked.anything:
        name = " ".join((*asked.extra, asked.name)).strip()
        return refuse(f"it cannot find “{name}” to measure its colour.", "colour")
    found = view.sure(asked.labels) or view.maybe(asked.labels)
    if not found:
        return Reply("in", f"I see no {asked.name} whose colour could be measured.", "colour")
    box = found[0].box
    inside = view.colours_in(box)
    where = f"the box around the {found[0].label} ({view.place(box)})"
    if not word:
        text = f"Inside {where} the main colours are {shares(inside, 3)}"
    else:
        share = share_of(word, inside)
        likely = "Probably" if share >= MAIN else "Probably not"
        text = f"{likely}: {percent(share)} of {where} is {word}"
    return Reply("partial", f"{text}; that is what fills the box, not the thing alone.", "colour")


def quality(text: str, view: View) -> Reply | None:
    if QUALITY.fullmatch(text):
        return Reply("in", f"{_sharpness(view)} {_light(view)} {_hue(view)}", "quality")
    if COLOUR_OR_GREY.fullmatch(text):
        return Reply("in", _hue(view), "quality")
    if GREY.fullmatch(text) or IN_COLOUR.fullmatch(text):
        yes = view.pixels.grey == bool(GREY.fullmatch(text))
        return Reply("in", f"{'Yes' if yes else 'No'}: {_hue(view).lower()}", "quality")
    asks_soft = bool(NOT_SHARP.fullmatch(text))
    if asks_soft or IS_SHARP.fullmatch(text):
        if not text.startswith(("is ", "are ", "does ")):
            return Reply("in", _sharpness(view), "quality")
        yes = (view.pixels.sharpness < SOFT) == asks_soft
        said = _sharpness(view).lower()
        return Reply("in", f"{'Yes' if yes else 'No'}: {said}", "quality")
    if asked := LIGHT.fullmatch(text):
        return _lit(next(part for part in asked.groups() if part), " or " in text, view)
    if (asked := ABOUT_A_THING.fullmatch(text)) and thing(asked[1]).known:
        return refuse("sharpness and light are measured for the whole picture only.", "quality")
    return None


def _lit(word: str, choice: bool, view: View) -> Reply:
    light = view.pixels.brightness
    dark, bright = light < DARK, light > BRIGHT
    yes = {
        "dark": dark,
        "bright": bright,
        "well exposed": not dark and not bright,
        "well lit": not dark,
    }.get(word, bright if "over" in word else dark)
    if choice or word in ("how", "brightness", "exposure", "contrast", "light", "lighting"):
        return Reply("in", _light(view), "quality")
    return Reply("in", f"{'Yes' if yes else 'No'}: {_light(view).lower()}", "quality")


def _sharpness(view: View) -> str:
    value = view.pixels.sharpness
    name = "Soft or blurred" if value < SOFT else "Sharp"
    return f"{name}: edge variance {value:.0f}, where less than {SOFT} is soft."


def _light(view: View) -> str:
    p = view.pixels
    name = "Dark" if p.brightness < DARK else "Bright" if p.brightness > BRIGHT else "Medium"
    low = ", which is low" if p.contrast < LOW_CONTRAST else ""
    return f"{name}: mean brightness {p.brightness:.0f} of 255, contrast {p.contrast:.0f}{low}."


def _hue(view: View) -> str:
    if view.pixels.grey:
        return "Black and white (greyscale)."
    return f"In colour: {shares(view.pixels.colours, 3)}."
