"""Lists, whatever they hold and however they come."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.batch import lists
from visioncli.batch.item import Item
from visioncli.batch.lines import LONGEST, Line
from visioncli.core.errors import ImageProblem, UsageError

NAME = st.text(
    st.characters(exclude_characters="\n\r\0{[\ufeff", exclude_categories=["Cs"]), min_size=1
)


def reader(*pieces: bytes) -> Callable[[int], bytes]:
    """A piece a read, or as much of it as was asked for."""
    left = list(pieces)

    def read(size: int) -> bytes:
        if not left:
            return b""
        piece, left[:1] = left[0][:size], [rest] if (rest := left[0][size:]) else []
        return piece

    return read


def read(*pieces: bytes, nul: bool = False) -> list[Line]:
    return list(chain.from_iterable(lists.listed(reader(*pieces), "the list", nul=nul)))


def items(lines: Sequence[Line], **how: bool | int) -> list[Item]:
    return list(chain.from_iterable(lists.items([lines], **how)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "images"),
    [
        (b"a.png\nb.png\n", ["a.png", "b.png"]),
        (b"a.png\nb.png", ["a.png", "b.png"]),
        (b"a.png\r\nb.png\r\n", ["a.png", "b.png"]),
        (b"\n\na.png\n  \n\t\nb.png\n\n", ["a.png", "b.png"]),
        (b"\xef\xbb\xbfa.png\n", ["a.png"]),
        (b" a b.png \n", [" a b.png "]),
        (b"caf\xe9.png\n", [os.fsdecode(b"caf\xe9.png")]),
        (b"https://x.test/a.png?b=c\n", ["https://x.test/a.png?b=c"]),
        (b"data:image/png;base64,AAAA\n", ["data:image/png;base64,AAAA"]),
        (b"openai:file-abc\n", ["openai:file-abc"]),
    ],
)
def test_a_name_a_line(data: bytes, images: list[str]) -> None:
    assert read(data) == [Line((image,)) for image in images]


def test_nul_ends_names_that_hold_anything_else() -> None:
    found = read(b"a\nb.png\0 c.png\0\0d\r", nul=True)
    assert [line.images for line in found] == [("a\nb.png",), (" c.png",), ("d\r",)]


@given(st.lists(NAME, min_size=1), st.data(), st.booleans())
def test_however_it_is_cut_the_same_comes_out(
    names: list[str], data: st.DataObject, nul: bool
) -> None:
    end = "\0" if nul else "\n"
    text = "".join(name + end for name in names).encode()
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text)))))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True) if a != b]
    assert read(*pieces, nul=nul) == read(text, nul=nul)
    said = [name for name in names if name.encode().strip()]  # as bytes know white space
    assert [line.images[0] for line in read(text, nul=nul)] == said


def test_objects_have_an_id_and_a_question_of_their_own() -> None:
    lines = [
        {"image": "a.png", "id": 7, "question": "and this?"},
        {"images": ["a.png", "b.png"], "id": {"row": 3}},
        {"image": "a.png", "answer": "what a record of a run holds", "key": "00"},
        {"image": ["a.png", "b.png"], "id": None},
    ]
    assert read("\n".join(map(json.dumps, lines)).encode()) == [
        Line(("a.png",), "and this?", 7),
        Line(("a.png", "b.png"), None, {"row": 3}),
        Line(("a.png",)),
        Line(("a.png", "b.png")),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{not json", "no JSON"),
        (b'{"image": 3}', "no name"),
        (b'{"image": ""}', "no name"),
        (b'{"images": []}', "no name"),
        (b'{"images": ["a.png", null]}', "no name"),
        (b'{"id": 3}', "neither or both"),
        (b'{"image": "a.png", "images": ["b.png"]}', "neither or both"),
        (b'{"image": "a.png", "question": 3}', "no text"),
        (b'{"image": "a.png", "question": " "}', "no text"),
        (b'{"image": "\xff.png"}', "no JSON"),
        (b'{"image":' + b"[" * 100_000, "no JSON"),
        (b"scan.pdf#4-2", "backwards"),
        (b"a" * (LONGEST + 1), f"{LONGEST + 1:,} bytes"),
    ],
)
def test_a_line_that_cannot_be_asked_about_says_why_and_the_others_go_on(
    line: bytes, said: str
) -> None:
    first, bad, last = read(b"a.png\n" + line + b"\nb.png\n")
    assert (first, last) == (Line(("a.png",)), Line(("b.png",)))
    assert isinstance(bad.problem, ImageProblem)
    assert said in bad.problem.message
    assert bad.problem.code == "list_line"
    assert len(bad.images) == 1


def test_a_file_whose_name_begins_like_an_object_is_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("{a}.png", '{"image":"b.png"}', "doc.pdf#2-4"):
        Path(name).touch()
        assert read(name.encode() + b"\n") == [Line((name,))]


def test_pages_are_one_request_and_each_may_be_its_own() -> None:
    lines = read(b'doc.pdf#2-4\n{"image":"doc.pdf#1,3","id":1}\n')
    assert [item.images for item in items(lines)] == [
        ("doc.pdf#2", "doc.pdf#3", "doc.pdf#4"),
        ("doc.pdf#1", "doc.pdf#3"),
    ]
    assert [item.images for item in items(lines, each=True)] == [
        (f"doc.pdf#{page}",) for page in (2, 3, 4, 1, 3)
    ]
    assert [item.number for item in items(lines, each=True)] == [0, 1, 2, 3, 4]


def test_so_many_in_each_request() -> None:
    lines = read(b'a\nb\nc\n{"image":"x","id":1}\nd\n{bad\ne\nf#1.pdf\n')
    found = items(lines, per_request=2)
    assert [item.images for item in found] == [
        *(("a", "b"), ("c",), ("x",), ("d",)),
        *(("{bad",), ("e", "f#1.pdf")),
    ]
    assert [item.number for item in found] == list(range(6))
    assert [item.problem is None for item in found] == [True] * 4 + [False, True]


def test_groups_are_complete_across_pieces() -> None:
    pieces = [[Line((str(n),))] for n in range(7)]
    found = list(chain.from_iterable(lists.items(pieces, per_request=3)))
    assert [item.images for item in found] == [("0", "1", "2"), ("3", "4", "5"), ("6",)]


@pytest.mark.parametrize("data", [b"", b"\n \n\t\r\n"])
def test_an_empty_list_is_exit_2(data: bytes) -> None:
    with pytest.raises(UsageError, match="empty"):
        items(read(data))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("a.png\n".encode("utf-16"), "UTF-16"),
        (b"a.png\0b.png\0", "NUL"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0", "is a picture"),
        (b"%PDF-1.7\n%...", "is a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is a picture"),
        (b'[\n{"image":"a.png"}\n]', "one JSON array"),
        (b'["a.png", "b.png"]', "one JSON array"),
    ],
)
def test_what_is_no_list_is_not_taken_for_one(data: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(data)


def test_what_is_there_is_handed_on_before_the_next_is_read() -> None:
    asked = []

    def slow(_size: int) -> bytes:
        asked.append(1)
        return b"%d.png\n" % len(asked)

    endless = lists.items(lists.listed(slow, "the list"))
    for number in range(5):
        (item,) = next(endless)
        assert item.images == (f"{number + 1}.png",)
        assert len(asked) == number + 1


def test_a_list_of_any_length_takes_no_more_memory() -> None:
    chunk = b"".join(b"pictures/%06d.png\n" % n for n in range(2000))

    def taken(times: int) -> int:
        left = iter([chunk] * times)
        tracemalloc.start()
        pieces = lists.items(lists.listed(lambda _: next(left, b""), "the list"))
        assert sum(map(len, pieces)) == 2000 * times
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert taken(20) < taken(2) + (1 << 20)


def test_a_line_that_never_ends_takes_no_more_memory_than_the_longest() -> None:
    left = iter([b"x" * (1 << 16)] * 600)  # 39 MB
    tracemalloc.start()
    (line,) = chain.from_iterable(lists.listed(lambda _: next(left, b""), "the list"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert line.problem is not None
    assert f"{600 << 16:,} bytes" in line.problem.message
    assert peak < 2 * LONGEST


def folder(path: Path, *names: str) -> str:
    for name in names:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).touch()
    return str(path)


def named(*images: str, deep: bool = False) -> Iterator[str]:
    def is_many(image: str) -> bool:
        return os.path.isdir(image) or "*" in image  # noqa: PTH112 - as the command line does

    pieces = lists.named(images, is_many, deep=deep, warn=pytest.fail)
    return (line.images[0] for line in chain.from_iterable(pieces))


def test_folders_and_globs_stand_in_the_order_given(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", "b2.png", "b10.png", "in/c.png", "no.txt")
    other = folder(tmp_path / "other", "z.jpg", "y.jpg")
    found = list(named("x.png", one, f"{other}/*.jpg", "w.png"))
    assert found == [
        "x.png",
        *(f"{one}/b2.png", f"{one}/b10.png", f"{other}/y.jpg", f"{other}/z.jpg"),
        "w.png",
    ]
    assert f"{one}/in/c.png" in list(named(one, deep=True))


def test_many_folders_are_each_given_once(tmp_path: Path) -> None:
    folders = [folder(tmp_path / str(n), "a.png", "b.png") for n in range(lists.PRIMED + 5)]
    expected = [f"{name}/{picture}.png" for name in folders for picture in "ab"]
    assert list(named(*folders)) == expected


def test_an_empty_folder_or_glob_is_told_before_anything_is_given(tmp_path: Path) -> None:
    full, empty = folder(tmp_path / "full", "a.png"), folder(tmp_path / "empty", "no.txt")
    with pytest.raises(ImageProblem, match="holds no picture"):
        named(full, empty)
    with pytest.raises(ImageProblem, match="matches"):
        named(full, f"{empty}/*.png")


def test_the_first_of_a_large_folder_comes_alone_of_its_kind(tmp_path: Path) -> None:
    """A piece is never the whole folder."""
    name = folder(tmp_path, *(f"{n}.png" for n in range(lists.AHEAD * 2 + 1)))
    pieces = lists.named([name], lambda _: True, deep=False, warn=pytest.fail)
    assert [len(piece) for piece in islice(pieces, 3)] == [lists.AHEAD, lists.AHEAD, 1]


def test_all_of_a_list_together() -> None:
    assert lists.together([[Line(("a",))], [Line(("b", "c"))]]) == ("a", "b", "c")
    with pytest.raises(UsageError, match="--together"):
        lists.together([[Line(("a",), "its own?")]])
    with pytest.raises(ImageProblem):
        lists.together([read(b"{bad\n")])
    with pytest.raises(UsageError, match="10,000"):
        lists.together([[Line(("a",) * 10_001)]])
