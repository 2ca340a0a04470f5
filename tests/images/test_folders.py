"""Pictures in folders and behind globs: which, in what order, and how much memory that takes."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.core.errors import ImageProblem
from visioncli.images import folders, natural

from .made import encoded, load, written

JPEG = encoded("JPEG")


def tree(folder: Path, *files: str) -> str:
    for name in files:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    return str(folder)


def inside(folder: str | Path, *, deep: bool = False) -> tuple[list[str], list[str]]:
    """(names without the folder's, warnings)."""
    warnings: list[str] = []
    found = list(folders.inside(str(folder), deep=deep, warn=warnings.append))
    return [name.removeprefix(f"{folder}/") for name in found], warnings


def matching(pattern: str) -> list[str]:
    return list(folders.matching(pattern, warn=pytest.fail))


# ---------------------------------------------------------------------------------- order


def test_people_count_two_before_ten() -> None:
    names = ["img10.jpg", "IMG2.jpg", "img1.jpg", "img002.jpg", "a.jpg", "img2a.jpg", "Zebra.png"]
    assert list(natural.ordered(names)) == [
        *("a.jpg", "img1.jpg", "IMG2.jpg", "img002.jpg", "img2a.jpg", "img10.jpg", "Zebra.png")
    ]


@given(st.lists(st.text(alphabet="aB0129\udcff\u0661é.\n", max_size=8), max_size=40))
def test_no_name_is_lost_however_they_are_sorted(names: list[str]) -> None:
    small, block = natural.RUN, natural.BLOCK
    natural.RUN, natural.BLOCK = 4, 3
    try:
        in_pieces = list(natural.ordered(names))
    finally:
        natural.RUN, natural.BLOCK = small, block
    assert (
        in_pieces
        == list(natural.ordered(names))
        == sorted(names, key=lambda name: (natural.key(name), name))
    )


def test_numbers_are_ordered_by_value_however_long() -> None:
    numbers = [0, 7, 10, 99, 100, 12345678901234567890, 10**250]
    names = [f"{n}.jpg" for n in numbers]
    assert list(natural.ordered(reversed(names))) == names


def test_memory_does_not_grow_with_the_number_of_names() -> None:
    def peak(number: int) -> int:
        tracemalloc.start()
        for _ in natural.ordered(f"photo {n * 7919 % number}.jpg" for n in range(number)):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, natural.RUN = natural.RUN, 1000
    try:
        assert peak(50_000) < peak(5_000) + 2_000_000
    finally:
        natural.RUN = small


# ---------------------------------------------------------------------------------- folders


def test_the_pictures_in_a_folder_and_nothing_else(tmp_path: Path) -> None:
    folder = tree(tmp_path, "b.PNG", "a10.jpg", "a2.jpeg", "notes.txt", "doc.pdf", "sub/c.jpg")
    assert inside(folder) == (["a2.jpeg", "a10.jpg", "b.PNG"], [])


def test_deep_goes_down_folder_by_folder(tmp_path: Path) -> None:
    folder = tree(tmp_path, "z.jpg", "b/2.jpg", "b/10.jpg", "a/x/y/1.jpg", "a/1.jpg", "empty/x.txt")
    assert inside(folder, deep=True)[0] == [
        *("z.jpg", "a/1.jpg", "a/x/y/1.jpg", "b/2.jpg", "b/10.jpg")
    ]


def test_hidden_ones_are_passed_over(tmp_path: Path) -> None:
    folder = tree(tmp_path, ".a.jpg", "b.jpg", ".thumbs/c.jpg", "._b.jpg")
    assert inside(folder, deep=True) == (["b.jpg"], [])


def test_without_an_extension_the_bytes_tell(tmp_path: Path) -> None:
    folder = tree(tmp_path, "README", "empty")
    written(tmp_path, "IMG_0001", JPEG)
    written(tmp_path, "page", b"<html><body>hello</body></html>")
    os.mkfifo(tmp_path / "pipe")
    assert inside(folder)[0] == ["IMG_0001"]


@pytest.mark.parametrize(
    "name",
    [
        *("two\nlines.jpg", "-rf.jpg", "\x1b]0;x\x07.jpg", "a b.jpg", "clip:.jpg", "\u202egpj.jpg"),
        *(os.fsdecode(b"\xff\xfe.jpg"), "'quoted\".jpg", "x" * 250 + ".jpg", "*.jpg", "[1].jpg"),
    ],
)
def test_names_are_whatever_they_are(name: str, tmp_path: Path) -> None:
    written(tmp_path, name, JPEG)
    (found,) = folders.inside(str(tmp_path), deep=True, warn=pytest.fail)
    assert found == f"{tmp_path}/{name}"
    assert load(found).media_type == "image/jpeg"
    (matched,) = folders.matching(f"{tmp_path}/*.jpg", warn=pytest.fail)
    assert matched == found


def test_in_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "-x.jpg", "sub/y.jpg")
    written(tmp_path, "-", JPEG)
    monkeypatch.chdir(tmp_path)
    assert list(folders.inside(".", deep=True, warn=pytest.fail)) == [
        *("./-", "./-x.jpg", "./sub/y.jpg")
    ]
    assert matching("*") == ["./-", "-x.jpg"]
    assert load(matching("-*")[0]).media_type == "image/jpeg"


def test_links_in_a_loop_end(tmp_path: Path) -> None:
    folder = tree(tmp_path / "f", "a.jpg", "sub/b.jpg")
    (tmp_path / "f/sub/up").symlink_to(tmp_path / "f")
    (tmp_path / "f/self").symlink_to("self")
    (tmp_path / "f/self.jpg").symlink_to("self.jpg")
    (tmp_path / "f/gone.jpg").symlink_to("nowhere")
    (tmp_path / "f/real.jpg").symlink_to("a.jpg")
    found, warnings = inside(folder, deep=True)
    assert found == ["a.jpg", "gone.jpg", "real.jpg", "self.jpg", "sub/b.jpg"]
    assert warnings == [f"{folder}/sub/up is a link to a folder, and is not followed"]
    for lost in ("gone.jpg", "self.jpg"):  # told when it is its turn
        with pytest.raises(ImageProblem):
            load(f"{folder}/{lost}")
    (tmp_path / "link").symlink_to(tmp_path / "f")
    assert inside(tmp_path / "link")[0] == ["a.jpg", "gone.jpg", "real.jpg", "self.jpg"]
    assert matching(f"{folder}/**/*.jpg")[-1] == f"{folder}/sub/b.jpg"


def test_a_folder_without_a_picture(tmp_path: Path) -> None:
    tree(tmp_path, "notes.txt", "sub/a.jpg")
    with pytest.raises(ImageProblem) as told:
        inside(tmp_path)
    assert told.value.exit == 5
    assert told.value.message == f"{tmp_path} holds no picture"
    assert told.value.hint == "-r looks into the folders inside, too"
    (tmp_path / "sub/a.jpg").unlink()
    with pytest.raises(ImageProblem) as told:
        inside(tmp_path, deep=True)
    assert told.value.hint == "name the pictures, or another folder"


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    for name in ("absent", written(tmp_path, "a.jpg", JPEG)):
        with pytest.raises(ImageProblem) as told:
            inside(tmp_path / name)
        assert told.value.exit == 5
        assert name.rpartition("/")[2] in told.value.message


def test_one_inside_that_cannot_be_read_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tree(tmp_path, "a.jpg", "locked/b.jpg", "open/c.jpg")
    scan = os.scandir

    def scandir(path: str) -> object:  # root reads whatever its mode says
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found, warnings = inside(folder, deep=True)
    assert found == ["a.jpg", "open/c.jpg"]
    assert set(warnings) == {f"{folder}/locked cannot be looked into: Permission denied"}
    with pytest.raises(ImageProblem, match="locked cannot be read: Permission denied"):
        inside(f"{folder}/locked")


def test_folders_without_end_are_left_at_some_depth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "DEEPEST", 3)
    folder = tree(tmp_path, "a/b/c/1.jpg", "a/b/c/d/2.jpg")
    found, warnings = inside(folder, deep=True)
    assert found == ["a/b/c/1.jpg"]
    assert warnings == [f"{folder}/a/b/c is too deep: what is in its folders was left out"]


def test_the_first_is_given_before_the_last_folder_is_looked_at(tmp_path: Path) -> None:
    folder = tree(tmp_path, "a.jpg", "sub/b.jpg")
    found = folders.inside(folder, deep=True, warn=pytest.fail)
    assert next(found).endswith("a.jpg")
    tree(tmp_path, "sub/c.jpg")
    assert [Path(name).name for name in found] == ["b.jpg", "c.jpg"]


# ------------------------------------------------------------------------------------ globs

FILES = (
    *("a1.jpg", "a2.jpg", "a10.jpg", "b.JPG", "c.png", "notes.txt", ".hidden.jpg", "[x].jpg"),
    *("sub/a3.jpg", "sub/deep/a4.jpg", "sub/.h/a5.jpg", "sub2/a6.jpg", "data/x.dat"),
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.jpg", ["[x].jpg", "a1.jpg", "a2.jpg", "a10.jpg"]),
        ("a?.jpg", ["a1.jpg", "a2.jpg"]),
        ("a[12].jpg", ["a1.jpg", "a2.jpg"]),
        ("a[!1].jpg", ["a2.jpg"]),
        ("[[]x].jpg", ["[x].jpg"]),
        ("*.JPG", ["b.JPG"]),
        ("*", ["[x].jpg", "a1.jpg", "a2.jpg", "a10.jpg", "b.JPG", "c.png"]),
        (".*.jpg", [".hidden.jpg"]),
        ("sub*/*.jpg", ["sub/a3.jpg", "sub2/a6.jpg"]),
        ("sub//*.jpg", ["sub/a3.jpg"]),
        ("**/a[0-9].jpg", ["a1.jpg", "a2.jpg", "sub/a3.jpg", "sub/deep/a4.jpg", "sub2/a6.jpg"]),
        ("sub/**", ["sub/a3.jpg", "sub/deep/a4.jpg"]),
        ("sub/**/**/*.jpg", ["sub/a3.jpg", "sub/deep/a4.jpg"]),
        ("**/deep/*", ["sub/deep/a4.jpg"]),
        ("*/a3.jpg", ["sub/a3.jpg"]),
        ("data/*.dat", ["data/x.dat"]),
        ("./a1*.jpg", ["./a1.jpg", "./a10.jpg"]),
        ("sub/../a1*.jpg", ["sub/../a1.jpg", "sub/../a10.jpg"]),
    ],
)
def test_a_glob(
    pattern: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, *FILES)
    monkeypatch.chdir(tmp_path)
    assert matching(pattern) == expected
    assert matching(f"{tmp_path}/{pattern}")[0].endswith(expected[0])


@pytest.mark.parametrize(
    "pattern", ["*.gif", "sub", "nowhere/*.jpg", "a1.jpg/*", "[.jpg", "data/*", "sub/", "", "\0*"]
)
def test_a_glob_without_a_match(
    pattern: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, *FILES)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ImageProblem) as told:
        matching(pattern)
    assert told.value.exit == 5
    assert told.value.message.startswith("no picture matches ")
    assert told.value.message.isprintable()
