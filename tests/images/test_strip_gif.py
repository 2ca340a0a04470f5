"""GIFs of every kind: all is dropped but the picture, and no pixel changes; Pillow judges."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from .made import animated, encoded
from .strip_made import (
    CANARY,
    SIDES,
    check,
    clean,
    gif_extension,
    is_left_alone,
    looked,
    seen,
    with_extensions,
)


def gifs() -> dict[str, bytes]:
    see_through, hole = io.BytesIO(), Image.new("RGBA", SIDES, "red")
    hole.paste((0, 0, 0, 0), (0, 0, 8, 8))
    hole.save(see_through, "GIF")
    return {
        "grey": encoded("GIF", SIDES, "L"),
        "colour": encoded("GIF", SIDES),
        "interlaced": encoded("GIF", SIDES, interlace=1),
        "straight": encoded("GIF", SIDES, interlace=0),
        "transparent": see_through.getvalue(),
    }


@pytest.mark.parametrize("name", gifs())
def test_gifs_of_every_kind(name: str) -> None:
    data = gifs()[name]
    assert is_left_alone(data, "image/gif")
    notes = [
        gif_extension(0xFE, CANARY, CANARY),
        gif_extension(0xFF, b"XMP DataXMP", CANARY),
        gif_extension(0x01, bytes(12), CANARY),
    ]
    noted = with_extensions(data, *notes) + CANARY
    told = looked(noted, "image/gif")
    assert told.metadata == ("XMP", "a comment", "other blocks")
    assert told.tail == len(CANARY)
    assert told.alpha == (name == "transparent")
    assert check(noted, "image/gif") == data
    behind = data[:-1] + b"".join(notes) + b";"
    assert check(behind, "image/gif") == data
    assert clean(data[:-1], "image/gif") == data


@pytest.mark.parametrize("loop", [None, 0, 3])
def test_an_animated_gif_becomes_its_first_picture(loop: int | None) -> None:
    data = animated("GIF", loop)
    told = looked(data, "image/gif")
    assert told.moves
    left = check(data, "image/gif")
    assert not looked(left, "image/gif").moves
    assert len(left) < len(data)


def test_a_transparent_animation() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGBA", (16, 16), (200, n, 0, 255)) for n in (0, 100, 200)]
    for frame in frames:
        frame.paste((0, 0, 0, 0), (0, 0, 8, 8))
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], disposal=2)
    left = check(out.getvalue(), "image/gif")
    assert seen(left)["shown"][3] == 0
