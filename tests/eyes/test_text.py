"""Reading: rows on straight and skewed pages, titles, text that tries something."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

from visioncli.eyes import textlines
from visioncli.eyes.rows import rows, skew, tallest
from visioncli.eyes.seen import Line
from visioncli.eyes.view import View

from .pictures import encoded, made


def line(text: str, x: float, y: float, *, high: float = 10, turn: float = 0):
    """A piece 100 px wide, turned about the origin."""
    cos, sin = math.cos(turn), math.sin(turn)
    corners = ((x, y), (x + 100, y), (x + 100, y + high), (x, y + high))
    a, b, c, d = ((u * cos - v * sin, u * sin + v * cos) for u, v in corners)
    return Line(text, 0.99, (a, b, c, d))


@pytest.mark.parametrize("turn", [0, 0.14, -0.14])
def test_pieces_at_one_height_are_one_row_on_a_page_askew(turn):
    page = [
        line("2.95", 400, 20, turn=turn),
        line("Juice", 0, 20, turn=turn),
        line("Cake", 0, 60, turn=turn),
        line("3.40", 400, 61, turn=turn),
    ]
    assert rows(page) == ("Juice  2.95", "Cake  3.40")
    assert skew(page) == pytest.approx(turn)


def test_no_lines_make_no_rows():
    assert rows(()) == ()
    assert skew(()) == 0


def test_the_title_is_the_tallest_line_and_the_upper_of_equals():
    page = [line("body", 0, 0), line("Title", 0, 30, high=30), line("Second", 0, 90, high=30)]
    assert tallest(page).text == "Title"


def test_a_dense_piece_with_ragged_edges_is_no_noise():
    chance = np.zeros((20, 100), np.float32)
    chance[5:15, 10:90] = 0.99
    chance[4, 10:90:2] = 0.35  # forty runs of one pixel each
    (piece,) = textlines.components(chance > textlines.FLOOR)
    assert piece.area == 840
    assert piece.mean(chance) == pytest.approx((800 * 0.99 + 40 * 0.35) / 840, abs=1e-4)


def test_pieces_are_connected_across_corners():
    mask = np.zeros((4, 8), bool)
    mask[0, 0:2] = mask[1, 2:4] = mask[3, 6] = True
    assert sorted(piece.area for piece in textlines.components(mask)) == [1, 4]


def test_every_line_of_a_page_is_read_exactly():
    read = View("page", made("page")).rows
    assert read[0] == "Bread for a Cold Kitchen"
    assert read[1] == "Flour kept in a cold room takes longer to drink its water,"
    assert len(read) == 7


def test_a_receipt_askew_reads_as_the_straight_one():
    assert View("a", made("receipt_8deg")).rows == View("b", made("receipt")).rows


def test_a_picture_of_a_few_pixels_has_no_text():
    for size in ((1, 1), (3, 500), (500, 2)):
        view = View("tiny", encoded(Image.new("RGB", size, "white")))
        assert view.rows == ()
        assert view.objects is not None
        assert view.pixels.sharpness == 0
