"""A large PNG read in bands is the same picture as one that is read whole."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from visioncli.images.preparing import bands, pixels

from .corpus import PNGS, Png, saved, scene
from .preparing import apart, arrived, prepare

SIZE = (203, 151)
EIGHT = tuple(png for png in PNGS if png.depth == 8 and not png.interlaced)
OTHERS = tuple(png for png in PNGS if png.depth != 8 or png.interlaced)


@pytest.fixture(autouse=True)
def _small_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bands, "BAND", 3000)


@pytest.mark.parametrize("factor", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("png", EIGHT, ids=str)
def test_what_comes_of_the_bands_is_the_mean_that_pillow_takes(png: Png, factor: int) -> None:
    data = png.file(size=SIZE)
    layout = bands.layout(io.BytesIO(data))
    assert layout is not None
    seen = bands.reduced(io.BytesIO(data), layout, factor)
    whole = Image.open(io.BytesIO(data))
    alpha = png.keyed or png.colour in (4, 6)
    expected = whole.convert("RGBA" if alpha else "RGB").reduce(factor)
    mean, most = apart(seen, expected)
    assert mean < 0.6
    assert most <= 3


@pytest.mark.parametrize("png", OTHERS, ids=str)
def test_what_cannot_be_read_in_bands_says_so(png: Png) -> None:
    assert bands.layout(io.BytesIO(png.file())) is None


@pytest.mark.parametrize("png", PNGS, ids=str)
def test_it_arrives_as_if_it_had_been_read_whole(png: Png, monkeypatch: pytest.MonkeyPatch) -> None:
    data = png.file(size=SIZE)
    whole = arrived(prepare(data, max_long=40, media_types=("image/png",)))
    monkeypatch.setattr(pixels, "WHOLE", 0)
    in_bands = arrived(prepare(data, max_long=40, media_types=("image/png",)))
    mean, _ = apart(whole, in_bands)
    assert mean < 3


def test_a_cut_stream_is_no_picture() -> None:
    data = saved(scene((300, 200)), "PNG")
    layout = bands.layout(io.BytesIO(data))
    assert layout is not None
    with pytest.raises(EOFError):
        bands.reduced(io.BytesIO(data[: len(data) // 2]), layout, 2)
