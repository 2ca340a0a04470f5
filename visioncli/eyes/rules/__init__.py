"""Question -> rule -> reply. The first rule that matches the whole question answers it.

The order matters: what the file says, then what its text says, then what is seen; a reason to
refuse comes before the loose forms ("is it …", single words), which would guess.
"""

from __future__ import annotations

from collections.abc import Callable

from visioncli.eyes.seen import Reply
from visioncli.eyes.view import View

from .beyond import beyond
from .counting import count
from .file import exif, size
from .light import colour, quality
from .presence import is_it, presence
from .refusal import refuse
from .species import species
from .text import named_in_text, text, text_match
from .text_field import text_field
from .where import where
from .whole import caption, describe, sort

Rule = Callable[[str, View], Reply | None]
RULES: tuple[Rule, ...] = (
    size,
    exif,
    caption,
    text,
    text_field,
    text_match,
    describe,
    sort,
    count,
    quality,
    colour,
    where,
    presence,
    species,
    beyond,
    is_it,
    named_in_text,
)


def reply(question: str, view: View) -> Reply:
    """question: one part of it, as question.parts makes them."""
    for rule in RULES:
        if (said := rule(question, view)) is not None:
            return said
    return refuse("it does not understand this question.", "not_understood")
