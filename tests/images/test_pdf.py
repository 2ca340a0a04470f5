"""Pages of a PDF as pictures, and a PDF as it is."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from tests.program import vision
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.types import PDF, BytesBlob
from visioncli.images import pages, sources
from visioncli.images.sandboxed import apart, pdf

from .made import ANY, content, load, provider, written
from .papers import ENCRYPTED, LETTER, WORDS, page, paper, stand_in

TWO = paper(page(), page(b"0 0 200 100", WORDS % 2))
READER = provider(media_types=("image/png", "image/jpeg", PDF))


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def refused(data: bytes, number: int = 1, longest: int = 400) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        pdf.drawn(BytesBlob(data), "doc.pdf", number, longest)
    assert told.value.exit == 5
    assert "\n" not in told.value.message
    assert told.value.message.startswith("doc.pdf")
    return told.value


def test_a_page_is_a_picture_as_large_as_asked() -> None:
    drawn = pdf.drawn(BytesBlob(TWO), "doc.pdf", 2, 800)
    shown = picture(b"".join(drawn.blob.open()))
    assert (drawn.media_type, drawn.size, shown.size) == ("image/png", (800, 400), (800, 400))
    assert shown.mode == "RGB"
    assert shown.getpixel((10, 390)) == (255, 0, 0)  # the red square in the lower left corner
    assert shown.getpixel((790, 10)) == (255, 255, 255)
    assert min(shown.crop((80, 120, 500, 200)).convert("L").getextrema()) < 50  # the words


def test_a_page_that_lies_on_its_side_is_drawn_upright() -> None:
    turned = paper(page(b"0 0 200 100", more=b"/Rotate 90"))
    drawn = pdf.drawn(BytesBlob(turned), "doc.pdf", 1, 800)
    assert drawn.size == (400, 800)
    assert picture(b"".join(drawn.blob.open())).getpixel((10, 10)) == (255, 0, 0)


def test_a_scan_becomes_a_jpeg_and_letters_stay_a_png() -> None:
    noise = Image.effect_noise((700, 900), 90).convert("RGB")
    scan = io.BytesIO()
    noise.save(scan, "PDF")
    assert pdf.drawn(BytesBlob(scan.getvalue()), "doc.pdf", 1, 900).media_type == "image/jpeg"
    assert pdf.drawn(BytesBlob(TWO), "doc.pdf", 1, 900).media_type == "image/png"


def test_pages_are_loaded_by_name(tmp_path: Path) -> None:
    file = written(tmp_path, "Doc.PDF", TWO)
    found = load(f"{file}#2", provider(media_types=("image/png",)), longest=300)
    assert (found.source, found.media_type) == (f"{file}#2", "image/png")
    assert (found.pixels, found.warnings) == ((300, 150), ())
    assert picture(content(found)).size == (300, 150)


def test_a_file_of_that_very_name_is_that_file(tmp_path: Path) -> None:
    written(tmp_path, "doc.pdf", TWO)
    odd = written(tmp_path, "doc.pdf#1", TWO)
    assert sources.each(odd) == (odd,)
    assert load(odd, READER).media_type == PDF


@pytest.mark.parametrize(
    ("said", "expected"),
    [("2", (2,)), ("2-4", (2, 3, 4)), ("1,3", (1, 3)), ("3,1-2,3", (3, 1, 2, 3)), ("7-7", (7,))],
)
def test_pages_are_named_from_one(said: str, expected: tuple[int, ...]) -> None:
    assert sources.each(f"x/Doc.pdf#{said}") == tuple(f"x/Doc.pdf#{n}" for n in expected)


@pytest.mark.parametrize("image", ["doc.pdf", "doc.pdf#", "doc.pdf#two", "a.png#1", "#1", "-"])
def test_other_names_are_themselves(image: str) -> None:
    assert sources.each(image) == (image,)


@pytest.mark.parametrize("said", ["0", "1-0", "4-2", "1,", "1,,2", "2-", "1-2-3", "9999999999"])
def test_pages_that_are_none_are_a_usage_error(said: str) -> None:
    with pytest.raises(
        UsageError, match=r"^'?doc\.pdf#.*(names no pages|counts backwards)"
    ) as told:
        sources.each(f"doc.pdf#{said}")
    assert told.value.hint == pages.HOW


def test_so_many_pages_are_not_even_counted() -> None:
    with pytest.raises(UsageError, match="more than 10,000 pages"):
        sources.each("doc.pdf#1-999999999")


def test_a_page_beyond_the_end_says_how_many_there_are() -> None:
    assert refused(TWO, 3).message == "doc.pdf: there is no such page; it has 2 pages"
    assert refused(paper(page()), 2).message == "doc.pdf: there is no such page; it has one page"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (ENCRYPTED, "is encrypted, and opens with a password alone"),
        (TWO[:150], "is a damaged PDF"),
        (b"%PDF-1.7\n", "is a damaged PDF"),
        (b"%PDF-1.7\n" + b"\x9d\x01obj" * 900, "is a damaged PDF"),
    ],
)
def test_what_cannot_be_opened_says_why(data: bytes, why: str) -> None:
    assert refused(data).message == f"doc.pdf {why}"


def test_junk_around_it_does_no_harm(tmp_path: Path) -> None:
    file = written(tmp_path, "doc.pdf", b"junk\n" * 20 + TWO + b"junk" * 100)
    assert load(f"{file}#2", longest=100).pixels == (100, 50)
    assert load(file, READER).media_type == PDF


@pytest.mark.parametrize(
    "box", [b"0 0 0 0", b"0 0 1e30 1e30", b"0 0 -5 -5", b"0 0 99999999 1", b"0 0 1 1", b"x"]
)
def test_no_box_of_a_page_makes_a_large_picture(box: bytes) -> None:
    with suppress(ImageProblem):
        drawn = pdf.drawn(BytesBlob(paper(page(box))), "doc.pdf", 1, 500)
        assert max(drawn.size) <= 500


def test_a_picture_inside_that_unpacks_to_gigabytes_is_bounded() -> None:
    """100,000 x 100,000 pixels, of which nothing is there."""
    image = (
        b"q 612 0 0 792 0 0 cm BI /W 100000 /H 100000 /BPC 8 /CS /RGB ID " + bytes(100) + b" EI Q"
    )
    with suppress(ImageProblem):
        drawn = pdf.drawn(BytesBlob(paper(page(LETTER, image))), "doc.pdf", 1, 300)
        assert drawn.size == (232, 300)


def test_without_the_extra_there_is_one_line_to_paste(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "pypdfium2", "raise ModuleNotFoundError('pypdfium2')")
    error = refused(TWO)
    assert error.code == "extra_missing"
    assert error.hint == "pip install 'visioncli[pdf]'"
    file = written(tmp_path, "doc.pdf", TWO)
    with pytest.raises(ImageProblem) as told:
        load(file)
    assert told.value.hint is not None
    assert told.value.hint.endswith("shows pages as pictures, after pip install 'visioncli[pdf]'")


# ------------------------------------------------------------------------------ as it is


def test_a_pdf_goes_as_it_is_to_who_takes_one(tmp_path: Path) -> None:
    file = written(tmp_path, "doc.pdf", TWO)
    found = load(file, READER)
    assert (found.media_type, content(found), found.warnings) == (PDF, TWO, ())


def test_its_bytes_decide_that_it_is_one(tmp_path: Path) -> None:
    assert load(written(tmp_path, "photo.jpg", TWO), READER).media_type == PDF
    with pytest.raises(ImageProblem, match="it looks like text"):
        load(written(tmp_path, "doc.pdf", b"this is no PDF at all, but a letter"), READER)


def test_the_limits_of_images_do_not_bound_it(tmp_path: Path) -> None:
    from visioncli.images import limits

    row = provider(media_types=(PDF,), limits={"image_bytes": 100, "request_bytes": 5000})
    found = load(written(tmp_path, "doc.pdf", TWO), row)
    limits.check([found], row, request_bytes=4000)
    with pytest.raises(ImageProblem, match="the request is 6,000 bytes"):
        limits.check([found], row, request_bytes=6000)


def test_elsewhere_it_says_how_its_pages_are_named(tmp_path: Path) -> None:
    file = written(tmp_path, "doc.pdf", TWO)
    with pytest.raises(ImageProblem) as told:
        load(file, ANY)
    assert told.value.message == (
        f"{file} is a PDF, and acme takes none as it is (providers/acme.toml)"
    )
    assert told.value.hint == f"{file}#1 or {file}#1-3 shows pages as pictures; it has 2"
    with pytest.raises(ImageProblem) as told:
        load(written(tmp_path, "doc.bin", TWO), ANY)
    assert told.value.hint == (
        "save it as a file: FILE.pdf#1 or FILE.pdf#1-3 shows pages as pictures"
    )


def test_an_address_of_one_is_not_passed_through_as_a_picture() -> None:
    row = provider(urls=("https",))
    assert load("https://example.org/a.png", row, fetch=False).address
    assert not load("https://example.org/a.pdf", row, fetch=False).address
    assert not load("https://example.org/a.pdf#2", row, fetch=False).address


# ---------------------------------------------------------------------- on the command line


def test_several_pages_are_several_pictures(tmp_path: Path) -> None:
    written(tmp_path, "doc.pdf", TWO)
    words = ("ask", "--dry-run", "--json", "-m", "openai/gpt-4o", "doc.pdf#1-2", "what?")
    done = vision(*words, cwd=tmp_path)
    assert done.status == 0
    assert [image["source"] for image in done.json["images"]] == ["doc.pdf#1", "doc.pdf#2"]
    assert [part["type"] for part in done.json["body"]["messages"][0]["content"]] == [
        *("image_url", "image_url", "text")
    ]


def test_more_pages_than_twenty_are_asked_about_first(tmp_path: Path) -> None:
    done = vision("ask", "-m", "openai/gpt-4o", "doc.pdf#1-21", "what?", cwd=tmp_path)
    assert done.status == 2
    assert "21 images are named" in done.err


def test_an_absent_pdf_is_named(tmp_path: Path) -> None:
    done = vision("ask", "doc.pdf#1", "what?", cwd=tmp_path)
    assert done.status == 5
    assert "no such file: doc.pdf\n" in done.err


def test_the_process_apart_is_bounded_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "pypdfium2", "while True: pass")
    monkeypatch.setattr(apart, "SECONDS", 0.5)
    assert refused(TWO).message == "doc.pdf takes longer than 0.5 s to be drawn"
