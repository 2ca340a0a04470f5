"""Reading a question: what is stripped, split, and taken for another language."""

from __future__ import annotations

import pytest

from visioncli.eyes.nouns import thing, things
from visioncli.eyes.question import is_english, parts


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Hi, can you please tell me what's in this photo?", ("what is",)),
        ("No people, right?", ("no people",)),
        ("How many cats are there in the picture?", ("how many cats are there",)),
        ("Isn't there a cat?", ("is there not a cat",)),
        ("is the cat on the left or the right?", ("is the cat on the left or the right",)),
        ("How many cups and what colour are they?", ("how many cups", "what colour are they")),
        ("how many spoons and cups are there?", ("how many spoons and cups are there",)),
        ("What is it? Is it old?", ("what is it", "is it old")),
        ("Thanks! What is the total?", ("what is the total",)),
        ("I'd like to know if there's a dog", ("is there a dog",)),
        ("is it black and white", ("is it black and white",)),
        ("what colour is the image?", ("what colour is it",)),
        ("", ()),
        ("?!", ()),
        ("hello", ("hello",)),
    ],
)
def test_what_is_left_of_a_question(question, read):
    assert parts(question) == read


@pytest.mark.parametrize(
    "question",
    [
        "is there a die in the picture?",
        "what is the price of the crème brûlée?",
        'does it say "wie geht es dir"?',
        "count the cats",
        "caption",
        "is there a piñata",
        "1234?",
        "how many hot dogs are on the grill",
    ],
)
def test_english(question):
    assert is_english(question)


@pytest.mark.parametrize(
    "question",
    [
        "Was ist auf dem Bild zu sehen?",
        "Wie spät ist es?",
        "Combien de chats ?",
        "¿Cuántos perros hay?",
        "Quante persone ci sono?",
        "Wat is dit voor het dier?",
        "Ile kotów jest na zdjęciu?",
        "Сколько кошек?",
        "画像には何がありますか",
        "كم عدد القطط؟",
        "이 사진에 무엇이 있나요?",
    ],
)
def test_other_languages(question):
    assert not is_english(question)


@pytest.mark.parametrize(
    ("phrase", "name", "extra"),
    [
        ("red buses", "bus", ()),
        ("a bus ticket", "bus ticket", ()),
        ("the two cats on the left", "cat", ()),
        ("a man with a hat", "person", ("with a hat",)),
        ("sleeping dog", "dog", ("sleeping",)),
        ("my cell phone", "cell phone", ("my",)),
        ("knives", "knife", ()),
        ("mice", "mouse", ()),
        ("cats that sleep", "cat", ("that sleep",)),
    ],
)
def test_the_head_of_a_phrase_and_what_else_it_says(phrase, name, extra):
    found = thing(phrase)
    assert found.name == name
    assert found.extra == extra
    assert found.known == (name != "bus ticket")


def test_colour_side_and_number_are_understood():
    found = thing("three red cups at the top left")
    assert (found.number, found.colour, found.side) == (3, "red", ("top", "left"))


@pytest.mark.parametrize("word", ["safe", "good", "cool", "real"])
def test_a_bare_quality_is_no_thing(word):
    assert not thing(word).known


def test_lists():
    assert [t.name for t in things("a cat, a dog or a bird")] == ["cat", "dog", "bird"]
