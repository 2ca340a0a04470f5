"""What arrives at a provider, whatever was named: through the installed program and a real socket.

Tolerance: a JPEG of quality 90 in full colour differs from what it is made of by at most 3 of 255
in the mean and 60 in one pixel; a PNG made of what lost nothing by at most 1, where colours are
hidden under transparency or rounded on white.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image

from tests.mock import Mock, serving
from tests.program import KEY, vision
from tests.vendors import MODELS

from . import arriving
from .arriving import CAME, Came, Sample
from .preparing import FORMATS, apart
from .strip_made import CANARY, assert_bare

MEAN, MOST, EXACT = 3.0, 60, 1
OF_HEIC = 75  # its own codec and then JPEG's, at the hard edges
MODEL = {**MODELS, "xai": "xai/grok-2-vision-latest", "bedrock": "bedrock/us.amazon.nova-lite-v1:0"}
TAKEN = {  # as the vendors say
    "openai": ("jpeg", "png", "webp", "gif"),
    "anthropic": ("jpeg", "png", "gif", "webp"),
    "gemini": ("png", "jpeg", "webp", "heic", "heif"),
    "xai": ("jpeg", "png"),
    "ollama": ("jpeg", "png"),
    "bedrock": ("png", "jpeg", "gif", "webp"),
}
MATRIX, TURNED = tuple(arriving.matrix()), tuple(arriving.orientations())
HEICS, TYPES = tuple(arriving.heics()), tuple(arriving.types())
DRAWINGS = tuple(arriving.drawings())


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as running:
        yield running


def asked(
    mock: Mock, provider: str, folder: Path, samples: Sequence[Sample], *more: str
) -> list[Came]:
    """All of them in one request. bedrock: as a dry run says it."""
    names = [sample.write(folder) for sample in samples]
    words = ["ask", "-m", MODEL[provider], "--json", "--together", *more, *names, "what is it"]
    env = {**mock.env(KEY), "XAI_BASE_URL": f"{mock.url}/v1", "XAI_API_KEY": KEY}
    if provider == "bedrock":
        done = vision(*words, "--dry-run", "--full", cwd=folder, env={"AWS_REGION": "eu-west-1"})
        assert done.status == 0, done.err
        body = done.json["body"]
    else:
        done = vision(*words, cwd=folder, env=env)
        assert done.status == 0, done.err
        (sent,) = mock.posts
        body = sent.json
    came = list(CAME[provider](body))
    assert len(came) == len(samples)
    for said, (kind, data) in zip(done.json["images"], came, strict=True):
        assert said["sent"]["bytes"] == len(data)
        assert said["sent"]["media_type"] == kind or not kind
    return came


def judged(sample: Sample, label: str, data: bytes, taken: Sequence[str]) -> Image.Image:
    """A valid picture of a type that is taken, called what it is, with nothing beside it."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()
    kind = FORMATS[image.format or ""]
    assert kind.removeprefix("image/") in taken
    assert label in (kind, "")
    assert b"CANARY" not in data
    assert CANARY not in data
    assert not image.getexif()
    assert getattr(image, "n_frames", 1) == 1
    assert image.mode in ("1", "L", "LA", "P", "RGB", "RGBA")
    assert_bare(data, kind, keep_profile=True)  # a colour decision is no metadata
    profile = image.info.get("icc_profile")
    assert profile is None or sample.name == "srgb.jpg"
    return image


def alike(sample: Sample, image: Image.Image) -> None:
    assert sample.expected is not None
    mean, most = apart(image, sample.expected)
    if sample.exact and image.format == "PNG":
        assert most <= EXACT
    else:
        assert mean < MEAN
        assert most < (OF_HEIC if sample.name.endswith("heic") else MOST)


def all_are_right(came: list[Came], samples: Sequence[Sample], provider: str) -> None:
    wrong = {}
    for (label, data), sample in zip(came, samples, strict=True):
        try:
            image = judged(sample, label, data, TAKEN[provider])
            if sample.misread:
                assert data == sample.data
            else:
                alike(sample, image)
        except AssertionError as error:
            wrong[sample.name] = str(error).splitlines()[0]
    assert not wrong


@pytest.mark.parametrize("provider", ["openai", "xai", "anthropic", "gemini", "ollama"])
def test_every_type_arrives_as_one_that_is_taken(mock: Mock, tmp_path: Path, provider: str) -> None:
    all_are_right(asked(mock, provider, tmp_path, TYPES), TYPES, provider)


@pytest.mark.parametrize("provider", ["openai", "xai", "anthropic", "gemini", "ollama"])
def test_every_orientation_arrives_upright(mock: Mock, tmp_path: Path, provider: str) -> None:
    all_are_right(asked(mock, provider, tmp_path, TURNED), TURNED, provider)


@pytest.mark.parametrize("provider", ["openai", "ollama"])
def test_every_kind_of_png_arrives_as_it_is_seen(mock: Mock, tmp_path: Path, provider: str) -> None:
    all_are_right(asked(mock, provider, tmp_path, MATRIX), MATRIX, provider)


@pytest.mark.parametrize("provider", ["openai", "xai"])
def test_heic_arrives_upright_as_a_type_that_is_taken(
    mock: Mock, tmp_path: Path, provider: str
) -> None:
    all_are_right(asked(mock, provider, tmp_path, HEICS), HEICS, provider)


def test_a_dry_run_says_what_bedrock_would_get(mock: Mock, tmp_path: Path) -> None:
    some = TURNED[::4] + TYPES[:10]
    all_are_right(asked(mock, "bedrock", tmp_path, some), some, "bedrock")


def test_what_is_drawn_arrives_as_a_picture(mock: Mock, tmp_path: Path) -> None:
    (_, svg), (_, pdf) = asked(mock, "xai", tmp_path, DRAWINGS)
    drawing, sheet = Image.open(io.BytesIO(svg)), Image.open(io.BytesIO(pdf))
    wide, high = drawing.size
    assert wide * 64 == high * 96
    for place, colour in (((0.25, 0.25), (255, 0, 0)), ((0.75, 0.75), (0, 170, 136))):
        at = int(place[0] * wide), int(place[1] * high)
        assert drawing.convert("RGB").getpixel(at) == colour
    assert abs(sheet.width / sheet.height - 612 / 792) < 0.01
    assert sheet.convert("RGB").getpixel((5, sheet.height - 5)) == (255, 0, 0)


def test_what_is_too_large_arrives_as_pillow_scales_it(mock: Mock, tmp_path: Path) -> None:
    some = (*TURNED, *(s for s in TYPES if s.expected and max(s.expected.size) > 60))
    came = asked(mock, "openai", tmp_path, some, "--max-side", "48")
    wrong = {}
    for (label, data), sample in zip(came, some, strict=True):
        image = judged(sample, label, data, TAKEN["openai"])
        assert sample.expected is not None
        seen = sample.expected.convert("RGBA" if sample.expected.mode in ("RGBA", "LA") else "RGB")
        scale = 48 / max(seen.size)
        size = round(seen.width * scale), round(seen.height * scale)
        assert image.size == size
        mean, _ = apart(image, seen.resize(size, Image.Resampling.LANCZOS))
        if mean >= MEAN + 1:
            wrong[sample.name] = mean
    assert not wrong


@pytest.mark.parametrize("provider", ["openai", "xai"])
def test_with_no_prep_what_is_sent_are_the_bytes_of_the_file(
    mock: Mock, tmp_path: Path, provider: str
) -> None:
    (sample,) = (s for s in TYPES if s.name == "noted.jpg")
    ((label, data),) = asked(mock, provider, tmp_path, [sample], "--no-prep")
    assert (label, data) == ("image/jpeg", sample.data)


def test_both_are_told_what_was_found_and_what_was_sent(mock: Mock, tmp_path: Path) -> None:
    (sample,) = (s for s in TYPES if s.name == "still.bmp")
    name = sample.write(tmp_path)
    done = vision("ask", "-m", MODEL["xai"], "--json", name, "what is it", cwd=tmp_path,
                  env={"XAI_BASE_URL": f"{mock.url}/v1", "XAI_API_KEY": KEY})  # fmt: skip
    (said,) = json.loads(done.out)["images"]
    assert (said["media_type"], said["width"], said["height"]) == ("image/bmp", 96, 64)
    assert said["bytes"] == len(sample.data)
    assert (said["sent"]["width"], said["sent"]["height"]) == (96, 64)
    assert done.err.startswith("./still.bmp 96x64 18 kB -> 96x64 ")
