"""What stays on this machine: enough to go on, nothing that is secret, and nothing twice."""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
from pathlib import Path

import pytest

from tests.program import CAT, CUP, HORSE, KEY
from visioncli.core.errors import OutputProblem, UsageError
from visioncli.vendor_batches.state import Run, Runs, Shard

from .conftest import Batch
from .test_way import QUESTION, records, submitted
from .vendor import Fault, Vendor


def files(home: Path) -> list[Path]:
    return sorted(path for path in (home / "data").rglob("*") if path.is_file())


def test_the_key_and_the_pixels_are_nowhere(batch: Batch, vendor: Vendor, home: Path) -> None:
    """Not even where a vendor repeats the key in its errors and its results."""
    vendor.faults["create"] = [
        Fault(body=json.dumps({"error": {"message": f"bad {KEY}", "type": "x"}}).encode())
    ]
    vendor.said = lambda _: {"error": {"message": f"no {KEY}", "code": 13}, "STATUS": 500}
    words = ("submit", "-m", vendor.model, CAT, QUESTION, "--debug")
    done = [batch(vendor, *words)]
    id_ = done[0].out.strip()
    done += [batch(vendor, command, id_, "--debug") for command in ("status", "fetch", "cancel")]
    done += [batch(vendor, "fetch", id_, "-O", str(home / "data" / "out.jsonl"))]
    pixels = base64.b64encode(Path(CAT).read_bytes()[3000:3090]).decode()
    for text in (t for one in done for t in (one.out, one.err)):
        assert KEY not in text
    assert len(files(home)) > 3
    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert KEY.encode() not in data, path
            assert pixels.encode() not in data, path
            assert Path(CAT).read_bytes()[3000:3090] not in data, path


@pytest.mark.skipif(sys.platform == "win32", reason="modes are Unix's")
def test_nobody_else_may_read_it(batch: Batch, openai: Vendor, home: Path, tmp_path: Path) -> None:
    (tmp_path / "list").write_text(f"{CAT}\nmissing.png\n{CAT}\n")
    submitted(batch, openai, "--from", "list")
    kept = home / "data" / "visioncli" / "batches"
    assert kept.stat().st_mode & 0o777 == 0o700
    for path in kept.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_the_same_list_is_not_submitted_twice(batch: Batch, openai: Vendor) -> None:
    id_ = submitted(batch, openai, CAT, CUP)
    again = batch(openai, "submit", "-m", openai.model, CAT, CUP, QUESTION)
    assert again.status == 0
    assert again.out.strip() == id_
    assert "was submitted on" in again.err
    assert len(openai.batches) == 1
    for words in (("--again", CAT, CUP), ("--max-tokens", "9", CAT, CUP), (CUP, CAT)):
        assert submitted(batch, openai, *words) != id_
    assert len(openai.batches) == 4


def test_what_is_fetched_twice_stands_once(batch: Batch, openai: Vendor, tmp_path: Path) -> None:
    """Doubles have a record each; what could not be asked has one, too."""
    words = (CAT, "missing.png", CUP, CAT)
    (tmp_path / "list").write_text("\n".join(words))
    id_ = submitted(batch, openai, "--from", "list", "-O", "out.jsonl")
    assert len(openai.requests) == 2
    out = tmp_path / "out.jsonl"
    first = batch(openai, "fetch", id_)
    assert first.status == 11, first.err
    assert f"written to {out}" in first.err
    text = out.read_text()
    assert sorted(record["image"] for record in records(text)) == sorted(words)
    double = [record for record in records(text) if record["image"] == CAT]
    assert double[0]["answer"] == double[1]["answer"]
    assert double[0]["key"] == double[1]["key"]
    assert double[1]["cost_usd"] == 0
    second = batch(openai, "fetch", id_)
    assert second.status == 11
    assert out.read_text() == text
    assert "3 answered, 1 failed" in second.err
    assert "0 written" in second.err


def test_a_batch_that_is_not_over_is_fetched_as_far_as_it_is(
    batch: Batch, vendor: Vendor, tmp_path: Path
) -> None:
    from .test_shards import MODEL, small

    env = small(vendor, tmp_path, "max_requests = 1")
    vendor.at_once = False
    done = batch(
        None, "submit", "-m", MODEL, "--force", CAT, CUP, QUESTION, "-O", "out.jsonl", env=env
    )
    assert done.status == 0, done.err
    id_ = done.out.strip()
    first, second = vendor.batches.values()
    second.status = "ended"
    out = tmp_path / "out.jsonl"
    part = batch(None, "fetch", id_, env=env)
    assert part.status == 10, part.err
    assert "1 of 2 batches" in part.err
    assert [record["image"] for record in records(out.read_text())] == [CUP]
    first.status = "ended"
    rest = batch(None, "fetch", id_, env=env)
    assert rest.status == 0, rest.err
    assert [record["image"] for record in records(out.read_text())] == [CUP, CAT]


def test_ids_and_questions_of_a_list_are_those_of_its_records(
    batch: Batch, openai: Vendor, tmp_path: Path
) -> None:
    lines = [
        json.dumps({"image": CAT, "id": {"row": 7}, "question": "which animal?"}),
        "",
        json.dumps({"images": [CUP, HORSE], "id": "both"}),
        CAT,
        '{"image": 7}',
    ]
    (tmp_path / "list").write_text("\n".join(lines))
    id_ = submitted(batch, openai, "--from", "list")
    asked = [request["body"]["messages"][0]["content"] for request in openai.requests]
    assert [parts[-1]["text"] for parts in asked] == ["which animal?", QUESTION, QUESTION]
    assert [len(parts) for parts in asked] == [2, 3, 2]
    done = batch(openai, "fetch", id_)
    assert done.status == 11
    found = {json.dumps(record["id"]): record for record in records(done.out)}
    assert found['{"row": 7}']["image"] == CAT
    assert found['"both"']["image"] == [CUP, HORSE]
    assert len(found['"both"']["sha256"]) == 2
    assert '{"image": 7}' in json.loads(done.out.splitlines()[0])["image"]
    assert json.loads(done.out.splitlines()[0])["error"]["exit"] == 5


def test_a_name_that_is_not_utf8_comes_back_as_it_is(
    batch: Batch, openai: Vendor, tmp_path: Path
) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.jpg"
    try:
        Path(os.fsdecode(name)).write_bytes(Path(CAT).read_bytes())
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    (tmp_path / "list").write_bytes(name + b"\n")
    id_ = submitted(batch, openai, "--from", "list")
    (record,) = records(batch(openai, "fetch", id_).out)
    assert os.fsencode(record["image"]) == name
    assert record["answer"]


# --- the state itself


def run(**more: object) -> Run:
    said = {"id": "20261124-abcdef", "created": 1.0, "model": "openai/m", "address": "http://x"}
    return Run(**{**said, "fingerprint": "f", "items": 1, **more})  # type: ignore[arg-type]


def shard(number: int, **more: object) -> Shard:
    said = {"start": 0, "end": 1, "requests": 1, "size": 1, "step": "created", "since": 1.0}
    before = {"failed_before": 0, "doubled_before": 0}
    return Shard(**{"number": number, **said, **before, **more})  # type: ignore[arg-type]


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "new" / "folder")
    written = run(shards=(shard(0, batch="b", outputs=("o", "e"), done=3), shard(1)))
    runs.save(written)
    assert runs.load(written.id) == written
    assert list(runs.all()) == [written]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"id": 7}', '{"version": 1}', '"x"'], ids=range(7)
)
def test_a_damaged_one_is_told_and_stays(tmp_path: Path, text: str) -> None:
    runs = Runs(tmp_path)
    file = tmp_path / "20261124-abcdef.json"
    file.write_text(text)
    with pytest.raises(OutputProblem, match="is damaged") as caught:
        runs.load("20261124-abcdef")
    assert caught.value.exit == 13
    assert file.read_text() == text


@pytest.mark.parametrize("name", ["", "nope", "../../etc/passwd", "20261125"])
def test_one_that_is_not_there_is_usage(tmp_path: Path, name: str) -> None:
    runs = Runs(tmp_path)
    runs.save(run())
    with pytest.raises(UsageError, match="is not known here"):
        runs.load(name)


def test_the_beginning_of_an_id_is_enough_where_it_is_of_one(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs.save(run())
    assert runs.load("20261124").id == "20261124-abcdef"
    runs.save(run(id="20261124-abc000"))
    assert runs.load("20261124-abcd").id == "20261124-abcdef"
    with pytest.raises(UsageError, match="beginning of several"):
        runs.load("20261124-abc")


@pytest.mark.skipif(sys.platform == "win32", reason="nothing there locks such a file")
def test_one_process_at_a_time_works_on_a_run(tmp_path: Path) -> None:
    runs, met = Runs(tmp_path), threading.Event()
    with (
        runs.locked("20261124-abcdef"),
        pytest.raises(OutputProblem, match="another process works on"),
        Runs(tmp_path).locked("20261124-abcdef"),
    ):
        met.set()
    assert not met.is_set()
    with runs.locked("20261124-abcdef"):
        pass


@pytest.mark.parametrize(
    ("states", "more", "expected"),
    [
        (("working", "ended"), {"whole": True}, "working"),
        (("ended", "ended"), {"whole": True}, "ended"),
        (("failed", "ended"), {"whole": True}, "failed"),
        (("expired", "ended"), {"whole": True}, "expired"),
        (("cancelled", "ended"), {"whole": True}, "cancelled"),
        (("ended",), {}, "half submitted"),
        ((), {"given_up": True}, "cancelled"),
        (("working",), {"given_up": True}, "working"),
        (("ended",), {"given_up": True}, "cancelled"),
    ],
)
def test_a_run_is_as_far_as_its_batches(
    states: tuple[str, ...], more: dict[str, bool], expected: str
) -> None:
    made = tuple(shard(number, state=state) for number, state in enumerate(states))
    assert run(shards=made, **more).state == expected
