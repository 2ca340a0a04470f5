"""When `ask` is a batch, and which of its options mean something then: option by option."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.program import CAT
from visioncli.cli.ask_options import AskOptions
from visioncli.cli.batch_rules import is_batch
from visioncli.cli.inputs import Inputs, List
from visioncli.cli.options import Engine
from visioncli.core.errors import OutputProblem, UsageError
from visioncli.images.sources import Piped

PLAIN = AskOptions(**{**dict.fromkeys(AskOptions.__match_args__), "model": ["m"]})  # type: ignore[arg-type]
TWO = Inputs("q", ("a.jpg", "b.jpg"))
FOLDER = Inputs("q", ("pics",), many=True)
LISTED = Inputs("q", (), listed=List("the list", lambda: bytes))
PIPED = Inputs("q", ("-",), picture=Piped(lambda: os.fdopen(0, "rb")))


def told(inputs: Inputs, **options: Any) -> UsageError:
    with pytest.raises(UsageError) as caught:
        is_batch(replace(PLAIN, **options), inputs)
    assert caught.value.exit == 2
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("inputs", "options", "batch"),
    [
        (TWO, {}, False),
        (TWO, {"together": True}, False),
        (TWO, {"each": True}, True),
        (TWO, {"per_request": 2}, True),
        (TWO, {"output": "x"}, True),
        (TWO, {"output": "-"}, True),
        (FOLDER, {}, True),
        (FOLDER, {"recursive": True}, True),
        (FOLDER, {"together": True}, False),
        (FOLDER, {"together": True, "output": "x"}, True),
        (LISTED, {}, True),
        (LISTED, {"nul": True}, True),
        (LISTED, {"together": True}, False),
        (PIPED, {}, False),
    ],
)
def test_what_is_a_batch(inputs: Inputs, options: dict[str, Any], batch: bool) -> None:
    assert is_batch(replace(PLAIN, **options), inputs) is batch


OF_BATCHES = {
    "--errors": "e",
    "--ordered": True,
    "--overwrite": True,
    "--retry-failed": True,
    "--rehash": True,
    "--jobs": 1,
    "--rpm": 0.5,
    "--tpm": 1.0,
    "--max-cost": 0.0,
    "--fail-fast": True,
    "--engine": Engine.RAY,
    "--address": "auto",
}


@pytest.mark.parametrize("option", OF_BATCHES)
def test_what_is_for_many_requests_means_nothing_for_one(option: str) -> None:
    said = {option[2:].replace("-", "_"): OF_BATCHES[option]}
    refused = told(TWO, **said)
    assert refused.message == f"{option} is for many requests, and this is one"
    assert "--each" in (refused.hint or "")
    assert "-O FILE" in (refused.hint or "")
    if option == "--address":
        said |= {"engine": Engine.RAY}
    assert is_batch(replace(PLAIN, output="x", **said), FOLDER)


@pytest.mark.parametrize("option", ["--overwrite", "--retry-failed", "--rehash"])
@pytest.mark.parametrize("output", [None, "-"])
def test_what_is_about_the_file_needs_one(option: str, output: str | None) -> None:
    refused = told(FOLDER, output=output, **{option[2:].replace("-", "_"): True})
    assert refused.message == f"{option} is about the file of -O"
    assert refused.hint == f"-O FILE {option}"


@pytest.mark.parametrize(
    ("inputs", "options", "message", "hint"),
    [
        (TWO, {"each": True, "together": True}, "--together and --each exclude each other", "out"),
        (TWO, {"each": True, "per_request": 2}, "--each and --per-request exclude each", "out"),
        (TWO, {"together": True, "per_request": 2}, "--together and --per-request excl", "out"),
        (TWO, {"nul": True}, "-0 says how a list is read, and there is none", "--from - or FILE"),
        (LISTED, {"recursive": True}, "-r goes down into directories, and none", "-r DIRECTORY"),
        (
            FOLDER,
            {"model": ["a/b", "c/d"]},
            "a batch asks one model, and 2 are named",
            "-m a/b now, another file of results and -m for the next",
        ),
        (FOLDER, {"curl": True}, "--curl shows one request", "vision ask --dry-run --curl IMAGE"),
        (FOLDER, {"full": True}, "--full shows one request", "vision ask --dry-run --full IMAGE"),
        (FOLDER, {"raw": True}, "--raw is for one answer", "jq -r .answer"),
        (FOLDER, {"show": True}, "--show is for one request", "leave it out"),
        (PIPED, {"each": True}, "a picture on stdin has no name", "save it as a file"),
        (
            FOLDER,
            {"output": "x", "overwrite": True, "retry_failed": True},
            "--overwrite and --retry-failed exclude each other",
            "leave one of them out",
        ),
        (FOLDER, {"address": "auto"}, "--address is a cluster's", "--engine ray --address ADDR"),
        (
            FOLDER,
            {"address": "auto", "engine": Engine.LOCAL},
            "--address is a cluster's",
            "--engine ray --address ADDRESS",
        ),
        (FOLDER, {"output": "x", "errors": "./x"}, "-O and --errors are the same", "-O ANOTHER"),
    ],
)
def test_what_makes_no_sense_together(
    inputs: Inputs, options: dict[str, Any], message: str, hint: str
) -> None:
    refused = told(inputs, **options)
    assert refused.message.startswith(message)
    assert hint in (refused.hint or "")


def test_the_list_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("a.jpg\n")
    listed = Inputs("q", (), listed=List("list", lambda: bytes, str(file)))
    link = tmp_path / "link"
    link.symlink_to(file)
    for name in (file, link):
        assert told(listed, output=str(name)).message == "-O and --from are the same file"
        assert told(listed, errors=str(name)).message == "--errors and --from are the same file"
    assert is_batch(replace(PLAIN, output="-", errors=str(tmp_path / "new")), listed)
    assert file.read_text() == "a.jpg\n"


@pytest.mark.parametrize("option", ["output", "errors"])
def test_no_picture_is_written_over(tmp_path: Path, option: str) -> None:
    picture = tmp_path / "cat.jsonl"
    picture.write_bytes(Path(CAT).read_bytes())
    with pytest.raises(OutputProblem, match=r"cat\.jsonl is a picture") as caught:
        is_batch(replace(PLAIN, **{option: str(picture)}), FOLDER)
    assert caught.value.exit == 13
    flag = {"output": "-O", "errors": "--errors"}[option]
    assert caught.value.hint == f"name another file with {flag}"


@pytest.mark.parametrize("name", ["new", "", "no/such/folder", "x" * 300])
def test_what_cannot_be_opened_is_told_by_who_writes_it(tmp_path: Path, name: str) -> None:
    assert is_batch(replace(PLAIN, output=f"{tmp_path}/{name}"), FOLDER)


def test_a_file_of_results_that_speaks_of_a_picture_is_none(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b'{"id":"<svg xmlns=\\"http://www.w3.org/2000/svg\\"/>"}\n')
    assert is_batch(replace(PLAIN, output=str(file)), FOLDER)


def test_what_is_read_on_stdin_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "list"
    file.write_text("a.jpg\n")
    real = os.fstat
    monkeypatch.setattr(os, "fstat", lambda fd: file.stat() if fd == 0 else real(fd))
    assert told(LISTED, output=str(file)).message == "stdin and -O are the same file"
    refused = told(LISTED, errors=str(file))
    assert (refused.message, refused.hint) == (
        "stdin and --errors are the same file",
        "--errors ANOTHER",
    )
