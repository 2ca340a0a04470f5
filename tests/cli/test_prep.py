"""`vision prep`: what would be sent, told and written; nothing is sent, no key is needed."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.mock import Mock
from tests.program import CAT, CUP, HORSE, KEY, Done, vision

MODEL = "openai/gpt-4o"


def prep(*words: str | os.PathLike[str], **how: Any) -> Done:
    return vision("prep", *words, **how)


def large(path: Path, kind: str = "JPEG", size: tuple[int, int] = (3000, 2000)) -> Path:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.linear_gradient("L").resize(size).convert("RGB").save(path, kind, exif=exif)
    return path


def test_a_line_says_what_would_be_sent_and_what_it_costs(tmp_path: Path) -> None:
    large(tmp_path / "photo.jpg")
    done = prep("-m", MODEL, "photo.jpg", cwd=tmp_path)
    assert done.status == 0
    assert done.out.startswith("photo.jpg 2000x3000 ")
    assert " -> 768x1152 jpeg " in done.out
    # 2 x 3 tiles of 512 px at 170, and 85: OpenAI's own formula; $2.50 for a million
    assert done.out.endswith("(scaled, upright, metadata dropped); 1,105 tokens; $0.0028\n")
    assert done.err == (
        "openai takes jpeg, png, webp, gif, pdf; at most 500 images a request, 50.0 MB a request,"
        " 20.0 MB an image (providers/openai.toml)\n"
    )
    assert not prep("-q", "-m", MODEL, "photo.jpg", cwd=tmp_path).err


def test_a_picture_that_fits_is_left_alone() -> None:
    done = prep("-m", MODEL, CAT)
    assert done.out == f"{CAT} 451x300 jpeg 34 kB: sent as it is; 255 tokens; $0.00064\n"


def test_json_says_what_ask_says_and_what_it_costs(mock: Mock, tmp_path: Path) -> None:
    photo = large(tmp_path / "photo.jpg")
    said = prep("-m", MODEL, "--json", photo).json
    asked = vision("ask", "-m", MODEL, "--json", photo, "what is it", env=mock.env(KEY)).json
    (same,) = asked["images"]
    assert {key: said[key] for key in same} == same
    assert said["sent"]["media_type"] == "image/jpeg"
    assert (said["sent"]["width"], said["sent"]["height"]) == (768, 1152)
    assert said["done"] == ["scaled", "upright", "metadata dropped"]
    assert (said["model"], said["tokens"], said["file"], said["warnings"]) == (
        MODEL,
        1105,
        None,
        [],
    )
    assert said["usd"] == pytest.approx(1105 * 2.5e-6)


def test_what_is_written_is_what_is_sent(mock: Mock, tmp_path: Path) -> None:
    import base64

    photo = large(tmp_path / "photo.bmp", "BMP")
    done = prep("-m", MODEL, "-O", tmp_path / "new" / "out", photo)
    assert done.status == 0
    (file,) = (tmp_path / "new" / "out").iterdir()
    assert file.suffix in (".jpg", ".png")
    assert done.out.rstrip().endswith(f"; in {file}")
    vision("ask", "-m", MODEL, photo, "what is it", env=mock.env(KEY))
    (part, _) = mock.posts[0].json["messages"][0]["content"]
    sent = base64.b64decode(part["image_url"]["url"].partition(",")[2])
    assert file.read_bytes() == sent
    assert file.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_nothing_that_exists_is_overwritten_unless_it_is_said(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "chelsea.jpg").write_text("mine")
    done = prep("-m", MODEL, "-O", out, CAT, HORSE)
    assert done.status == 13
    assert done.err.splitlines()[-2:] == [
        f"error: {out}/chelsea.jpg exists",
        "  try: --overwrite, or another folder",
    ]
    assert (out / "chelsea.jpg").read_text() == "mine"
    assert (out / "horse.png").read_bytes() == Path(HORSE).read_bytes()  # the others are done
    assert prep("-m", MODEL, "-O", out, "--overwrite", CAT).status == 0
    assert (out / "chelsea.jpg").read_bytes() == Path(CAT).read_bytes()
    assert {file.name for file in out.iterdir()} == {"chelsea.jpg", "horse.png"}


def test_the_pictures_themselves_are_never_overwritten(tmp_path: Path) -> None:
    photo = large(tmp_path / "photo.jpg")
    before = photo.read_bytes()
    done = prep("-m", MODEL, "-O", tmp_path, "--overwrite", photo)
    assert done.status == 13
    assert "is in the folder of the pictures themselves" in done.err
    assert photo.read_bytes() == before


def test_two_pictures_of_one_name_have_two_files(tmp_path: Path) -> None:
    for folder in ("one", "two", "three"):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (40, 30), "red").save(tmp_path / folder / "A.bmp")
    Image.new("RGB", (40, 30), "red").save(tmp_path / "three" / "a.png")
    done = prep("-m", MODEL, "-O", "out", "one", "two", "three", cwd=tmp_path)
    assert done.status == 0, done.err
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"A.png", "A-2.png", "A-3.png", "a-4.png"}


def test_folders_globs_and_stdin(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("in/10.png", "in/9.png", "in/deep/1.png"):
        (tmp_path / name).write_bytes(Path(HORSE).read_bytes())
    flat = prep("-m", MODEL, "in", cwd=tmp_path)
    assert [line.split()[0] for line in flat.out.splitlines()] == ["in/9.png", "in/10.png"]
    assert len(prep("-m", MODEL, "-r", "in", cwd=tmp_path).out.splitlines()) == 3
    assert len(prep("-m", MODEL, "in/*/1.png", cwd=tmp_path).out.splitlines()) == 1
    piped = prep("-m", MODEL, "-O", "out", "-", stdin=Path(CUP).read_bytes(), cwd=tmp_path)
    assert piped.out.startswith("the picture on stdin 600x400 jpeg ")
    assert (tmp_path / "out" / "stdin.jpg").read_bytes() == Path(CUP).read_bytes()
    twice = prep("-m", MODEL, "-", "-", stdin=b"", cwd=tmp_path)
    assert twice.status == 2


def test_pages_of_a_pdf_are_pictures(tmp_path: Path) -> None:
    from tests.images.papers import page, paper

    (tmp_path / "doc.pdf").write_bytes(paper(page(), page()))
    done = prep("-m", MODEL, "-O", "out", "doc.pdf#1-2", "doc.pdf", cwd=tmp_path)
    assert done.status == 0, done.err
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert names == ["doc-1.png", "doc-2.png", "doc.pdf"]
    assert done.out.splitlines()[2].startswith("doc.pdf pdf ")
    assert "not known: the pages of doc.pdf\n" in done.err
    assert ": sent as it is; openai reads it" in done.out


def test_an_address_is_fetched_where_its_bytes_are_needed(mock: Mock, tmp_path: Path) -> None:
    mock.files["/a/cat.jpg"] = Path(CAT).read_bytes()
    url = f"{mock.url}/a/cat.jpg"
    passed = prep("-m", MODEL, url)
    assert passed.out == (
        f"{url}: openai is sent its address; --inline fetches it here; tokens not known\n"
    )
    assert mock.received == []
    refused = prep("-m", MODEL, "--inline", url)
    assert refused.status == 5
    assert "127.0.0.1 is a private address" in refused.err
    done = prep("-m", MODEL, "-O", tmp_path, "--allow-private", url)
    assert done.status == 0, done.err
    assert (tmp_path / "cat.jpg").read_bytes() == Path(CAT).read_bytes()


def test_every_picture_is_done_and_the_first_status_counts(tmp_path: Path) -> None:
    done = prep("-m", MODEL, "--json", "absent.png", "nowhere/*.png", CAT, cwd=tmp_path)
    assert done.status == 5
    one, two, three = done.objects
    assert one["source"] == "absent.png"
    assert one["error"]["code"] == "image_missing"
    assert two["error"]["exit"] == 5
    assert three["source"] == CAT
    assert done.err.count("error: ") == 2


def test_without_a_model_it_is_the_one_that_ask_would_take() -> None:
    done = prep(CAT, env={"ANTHROPIC_API_KEY": KEY})
    assert "for anthropic/" in done.err
    assert KEY not in done.out + done.err


def test_local_eyes_looks_at_pictures_as_they_are(tmp_path: Path) -> None:
    done = prep(CAT)
    assert done.status == 0
    assert done.out == f"{CAT} 451x300 jpeg 34 kB: looked at as it is\n"
    assert "local/eyes looks at pictures as they are: nothing is prepared\n" in done.err
    written = prep(CAT, "-O", tmp_path / "out")
    assert written.status == 2
    assert not (tmp_path / "out").exists()


def test_no_address_and_no_key_are_needed() -> None:
    done = prep("-m", "vllm/whatever", CAT)
    assert done.status == 0
    assert "tokens not known" in done.out
    assert "not known: no formula is published for the pictures of vllm/whatever" in done.err


def test_limits_hold_here_too(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.7\n" + bytes(24_000_000))
    done = prep("-m", "anthropic/claude-sonnet-4-6", file)
    assert done.status == 5
    assert "the request is 32,000,012 bytes, more than anthropic takes (32,000,000;" in done.err
    assert "try: --max-side N" in done.err


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = prep("-m", MODEL, "-O", tmp_path / "file" / "out", CAT)
    assert done.status == 13
    assert done.err.splitlines()[-1].startswith(f"error: {tmp_path}/file/out cannot be written:")
    done = prep("-m", MODEL, "-O", tmp_path / "file", CAT)
    assert done.status == 13
    assert f"error: {tmp_path}/file is a file, and -O names a folder\n" in done.err


def test_a_folder_may_hold_more_than_one_request_would(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (50, 40), "red").save(out, "PNG")
    for number in range(120):
        (tmp_path / f"{number}.png").write_bytes(out.getvalue())
    done = prep("-m", MODEL, tmp_path)
    assert len(done.out.splitlines()) == 120


def test_too_many_bytes_are_brought_down_before_any_limit_is_looked_at(tmp_path: Path) -> None:
    """Noise of 1500 px a side is 6.7 MB as PNG; Anthropic takes 5 MB of base64."""
    noise = [Image.effect_noise((1500, 1500), 200) for _ in range(3)]
    Image.merge("RGB", noise).save(tmp_path / "noise.png", compress_level=1)
    plain = vision("ask", "--no-prep", "-m", "anthropic/claude-sonnet-4-6", "noise.png", "q",
                   "--dry-run", cwd=tmp_path)  # fmt: skip
    assert plain.status == 5
    assert "bytes in base64, more than anthropic takes (5,000,000; providers/anthropic.toml)" in (
        plain.err
    )
    assert "try: leave out --no-prep" in plain.err
    done = prep("-m", "anthropic/claude-sonnet-4-6", "--json", "noise.png", cwd=tmp_path)
    assert done.status == 0, done.err
    assert done.json["bytes"] > 5_000_000
    assert 1_000_000 < done.json["sent"]["bytes"] <= 3_750_000


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "0.0.0.0"),
        *("[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "100.64.0.1", "[fd00::1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::1]"),
    ],
)
def test_nothing_private_is_fetched_by_any_of_its_names(mock: Mock, host: str) -> None:
    done = prep("-m", MODEL, "--inline", f"http://{host}:{mock.port}/cat.jpg")
    assert done.status == 5
    assert "is a private address, and pictures are fetched from public ones" in done.err
    assert "try: --allow-private" in done.err
    assert mock.received == []
