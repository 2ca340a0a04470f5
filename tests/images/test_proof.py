"""The picture that `check --live` sends: a new one each time, and what is on it can be seen."""

from io import BytesIO

from PIL import Image

from tests import seer
from visioncli.images import proof


def test_what_is_said_to_be_on_it_is_on_it() -> None:
    for _ in range(30):
        drawn = proof.draw()
        picture = Image.open(BytesIO(drawn.png))
        assert picture.format == "PNG"
        assert picture.size == (proof.WIDTH, proof.HEIGHT)
        assert seer.look(picture.convert("RGB")) == seer.Seen(drawn.word, drawn.colour, drawn.shape)


def test_every_word_is_read_as_itself_and_fits() -> None:
    for word in proof.WORDS:
        ink = seer._ink(word)
        assert ink.width < proof.WIDTH - 40
        assert seer._read(ink) == word


def test_it_is_another_one_each_time() -> None:
    drawn = [proof.draw() for _ in range(40)]
    assert len({one.word for one in drawn}) > 10
    assert {one.shape for one in drawn} == set(proof.SHAPES)
    assert {one.colour for one in drawn} == set(proof.COLOURS)


def test_no_word_is_a_colour_or_a_shape_or_a_part_of_another() -> None:
    others = {*map(str.upper, proof.COLOURS), *map(str.upper, proof.SHAPES)}
    assert len(set(proof.WORDS)) == len(proof.WORDS) == 48
    for word in proof.WORDS:
        assert not any(word in other or other in word for other in others)
        assert not any(word in other for other in proof.WORDS if other != word)


def test_little_is_sent() -> None:
    assert max(len(proof.draw().png) for _ in range(10)) < 16_000
