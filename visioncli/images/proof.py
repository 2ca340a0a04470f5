"""A picture that nobody has seen before: a word and a shape, drawn by chance.

Whoever says which word it is has looked at it: there are 48 words, and none of them is told.
"""

from __future__ import annotations

import secrets
from io import BytesIO

from visioncli.core.record import record

WIDTH, HEIGHT = 480, 360  # px: less than any provider's limit, more than what is hard to see
WORDS = tuple(  # five or six letters, no two of them alike
    "MANGO TIGER PIANO CANDLE WINDOW ROCKET GARDEN PENCIL MARBLE HAMMER WALNUT"  # noqa: SIM905 - reads better
    " FALCON ISLAND"
    " TUNNEL BASKET CACTUS DRAGON ENGINE FOREST GUITAR HARBOR JACKET KETTLE LADDER MAGNET NEEDLE"
    " OYSTER PEPPER RABBIT SADDLE TEMPLE VIOLIN WAGON ZEBRA BREAD CLOUD EAGLE FLUTE GRAPE HONEY"
    " JEWEL LEMON MOUSE OTTER RIVER SNAIL TRAIN WHEAT".split()
)
COLOURS = {"red": (214, 32, 32), "green": (24, 148, 56), "blue": (32, 72, 208)}
COLOURS |= {"orange": (244, 132, 8), "purple": (128, 32, 160)}
SHAPES = ("circle", "square", "triangle")


@record
class Proof:
    """word: in capital letters. png: the picture."""

    word: str
    shape: str
    colour: str
    png: bytes


def draw() -> Proof:
    """A new one each time."""
    from PIL import Image, ImageDraw, ImageFont  # 20 ms; for `check --live` alone

    word, shape = secrets.choice(WORDS), secrets.choice(SHAPES)
    colour = secrets.choice(tuple(COLOURS))
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen, fill = ImageDraw.Draw(picture), COLOURS[colour]
    left, top, right, bottom = WIDTH // 2 - 80, 30, WIDTH // 2 + 80, 190
    match shape:
        case "circle":
            pen.ellipse((left, top, right, bottom), fill)
        case "square":
            pen.rectangle((left, top, right, bottom), fill)
        case _:
            pen.polygon(((WIDTH // 2, top), (right, bottom), (left, bottom)), fill)
    font = ImageFont.load_default(80)
    pen.text((WIDTH // 2, 280), word, "black", font, anchor="mm")
    file = BytesIO()
    picture.save(file, "PNG")
    return Proof(word, shape, colour, file.getvalue())
