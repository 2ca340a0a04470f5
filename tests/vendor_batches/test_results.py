"""What comes back, whole or damaged, becomes records; nothing is lost in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import vendors
from tests.program import CAT, CUP, HORSE

from .conftest import Batch
from .test_way import records, submitted
from .vendor import Fault, Vendor

THREE = (CAT, CUP, HORSE)


def fetched(batch: Batch, vendor: Vendor, id_: str, status: int) -> list[dict[str, Any]]:
    done = batch(vendor, "fetch", id_)
    assert done.status == status, done.err
    return records(done.out)


def error_body(kind: str, status: int, message: str) -> dict[str, Any]:
    """A request's own error, as the vendor's results hold it."""
    match kind:
        case "anthropic":
            types = {400: "invalid_request_error", 500: "api_error"}
            return {"type": "error", "error": {"type": types[status], "message": message}}
        case "gemini":
            code = {400: 3, 500: 13}[status]
            return {"error": {"code": code, "message": message, "status": "X"}}
    return {"error": {"message": message, "type": "invalid_request_error", "code": None}}


@pytest.mark.parametrize(("status", "exit_", "retryable"), [(400, 5, False), (500, 8, True)])
def test_a_request_that_failed_is_a_failure_of_its_item(
    batch: Batch, vendor: Vendor, status: int, exit_: int, retryable: bool
) -> None:
    def said(request: dict[str, Any]) -> Any:
        if not (request.get("custom_id") or request["key"]).endswith("-1"):
            return None
        words = "the image cannot be decoded" if status == 400 else "overloaded"
        return {**error_body(vendor.kind, status, words), "STATUS": status}

    vendor.said = said
    found = fetched(batch, vendor, submitted(batch, vendor, *THREE), 11)
    assert [("error" in record) for record in found] == [False, True, False]
    error = found[1]["error"]
    assert error["exit"] == exit_
    assert error["retryable"] is retryable
    assert "answer" not in found[1]
    assert found[1]["image"] == CUP


@pytest.mark.parametrize("why", ["expired", "cancelled"])
def test_what_was_not_come_to_is_a_failure_that_may_be_asked_again(
    batch: Batch, vendor: Vendor, why: str
) -> None:
    id_ = submitted(batch, vendor, *THREE)
    (made,) = vendor.batches.values()
    made.status, made.cut_off = why, 1
    found = fetched(batch, vendor, id_, 11)
    assert [record.get("answer") for record in found] == [f"about {id_}-0-0", None, None]
    assert {record["error"]["code"] for record in found[1:]} == {f"batch_{why}"}
    assert {record["error"]["exit"] for record in found[1:]} == {8}
    assert {record["error"]["retryable"] for record in found[1:]} == {True}


def test_a_batch_that_failed_as_a_whole_says_why(batch: Batch, openai: Vendor) -> None:
    id_ = submitted(batch, openai, *THREE)
    (made,) = openai.batches.values()
    made.status = "failed"
    made.requests.clear()  # and it has no results
    found = fetched(batch, openai, id_, 11)
    assert {record["error"]["code"] for record in found} == {"batch_failed"}
    assert "line 1 is wrong" in found[0]["error"]["message"]
    shown = batch(openai, "list")
    assert "failed" in shown.out
    assert "line 1 is wrong" in shown.out


def test_results_may_come_in_any_order(batch: Batch, vendor: Vendor) -> None:
    vendor.edit = lambda lines: lines[::-1]
    id_ = submitted(batch, vendor, *THREE)
    found = fetched(batch, vendor, id_, 0)
    assert [record["image"] for record in found] == [HORSE, CUP, CAT]
    assert [record["answer"][-1] for record in found] == ["2", "1", "0"]


def test_an_item_that_the_results_leave_out_is_named_and_has_failed(
    batch: Batch, vendor: Vendor
) -> None:
    vendor.edit = lambda lines: lines[:2]
    id_ = submitted(batch, vendor, *THREE)
    done = batch(vendor, "fetch", id_)
    assert done.status == 11, done.err
    assert "leave out 1 item: " in done.err
    assert HORSE in done.err
    last = records(done.out)[-1]
    assert last["image"] == HORSE
    assert last["error"]["code"] == "batch_missing"


WRONG = (
    b"<html>login</html>",
    b"[1, 2]",
    b"null",
    b'{"custom_id": 7, "key": 7}',
    b'{"no": "id"}',
    b"\xff\xfe\x00",
    b'{"custom_id": "x", ' + b'"a":' * 5000,
)


def test_a_line_that_is_no_result_is_told_and_its_item_stays_to_be_fetched(
    batch: Batch, vendor: Vendor, tmp_path: Path
) -> None:
    vendor.edit = lambda lines: [lines[0], *WRONG, lines[2]]
    id_ = submitted(batch, vendor, *THREE)
    file = str(tmp_path / "out.jsonl")
    done = batch(vendor, "fetch", id_, "-O", file)
    assert done.status == 8, done.err
    assert "lines of the results are no results" in done.err
    assert "leave out 1 item: " in done.err
    assert len(Path(file).read_text().splitlines()) == 2
    vendor.edit = lambda lines: lines
    again = batch(vendor, "fetch", id_, "-O", file)
    assert again.status == 0, again.err
    assert [r["image"] for r in records(Path(file).read_text())] == [CAT, HORSE, CUP]


FOREIGN = ("nobody", "{id}-0-3", "{id}-0-03", "{id}-1-0", "{id}-0--1", "{id}-0-٣", "{id}-0-999999")


def test_results_that_are_not_ours_are_told(batch: Batch, vendor: Vendor) -> None:
    id_ = submitted(batch, vendor, *THREE)
    field = "key" if vendor.kind == "gemini" else "custom_id"
    names = [name.format(id=id_) for name in FOREIGN]

    def edit(lines: list[bytes]) -> list[bytes]:
        foreign = (json.loads(lines[0]) | {field: name} for name in names)
        return [*lines, *(json.dumps(line).encode() for line in foreign)]

    vendor.edit = edit
    done = batch(vendor, "fetch", id_)
    assert done.status == 0, done.err
    assert [record["answer"] for record in records(done.out)] == [
        f"about {id_}-0-{place}" for place in range(3)
    ]
    (told,) = [line for line in done.err.splitlines() if "that are not ours" in line]
    assert sum(name in told for name in names) >= 5
    assert told.endswith(" …")


def test_the_first_of_two_results_for_one_item_counts(batch: Batch, vendor: Vendor) -> None:
    vendor.edit = lambda lines: [*lines, *lines]
    found = fetched(batch, vendor, submitted(batch, vendor, *THREE), 0)
    assert len(found) == 3


def test_results_that_break_off_are_read_again_and_written_once(
    batch: Batch, vendor: Vendor
) -> None:
    id_ = submitted(batch, vendor, *THREE)
    vendor.faults["results"] = [Fault(heard=True, cut=True, after=600)]
    done = batch(vendor, "fetch", id_)
    assert done.status == 0, done.err
    assert [record["image"] for record in records(done.out)] == list(THREE)
    assert "again in" in done.err
    assert len(vendor.named("results")) == 2


def test_results_that_always_break_off_leave_what_was_read(
    batch: Batch, openai: Vendor, tmp_path: Path
) -> None:
    id_ = submitted(batch, openai, *THREE)
    cut = [Fault(heard=True, cut=True, after=600) for _ in range(3)]
    openai.faults["results"] = cut
    file = str(tmp_path / "out.jsonl")
    done = batch(openai, "fetch", id_, "-O", file)
    assert done.status == 7, done.err
    assert "hung up in the middle" in done.err
    before = Path(file).read_text()
    assert 0 < len(before.splitlines()) < 3
    again = batch(openai, "fetch", id_, "-O", file)
    assert again.status == 0, again.err
    after = Path(file).read_text()
    assert after.startswith(before)
    assert sorted(r["image"] for r in records(after)) == sorted(THREE)


def test_what_a_model_and_a_vendor_say_reaches_no_terminal_as_it_is(
    batch: Batch, vendor: Vendor
) -> None:
    evil = "\x1b]52;c;aGk=\x07\x9b31m\u202egnp.exe\r\n\x00"
    wire = "openai" if vendor.kind == "mistral" else vendor.kind

    def edit(lines: list[bytes]) -> list[bytes]:
        field = "key" if vendor.kind == "gemini" else "custom_id"
        return [*lines, json.dumps(json.loads(lines[0]) | {field: evil}).encode(), evil.encode()]

    vendor.said = lambda _: json.loads(vendors.plain(wire, evil))
    vendor.edit = edit
    id_ = submitted(batch, vendor, CAT)
    done = batch(vendor, "fetch", id_)
    assert done.status == 0, done.err
    assert done.out.isascii()
    assert records(done.out)[0]["answer"] == evil
    for text in (done.out, done.err):
        assert not any(c in text for c in "\x1b\x07\x9b\u202e\x00\r")


def test_a_refusal_and_a_cut_answer_keep_their_text(batch: Batch, openai: Vendor) -> None:
    def said(request: dict[str, Any]) -> Any:
        body = json.loads(vendors.plain("openai", "half an ans"))
        if request["custom_id"].endswith("-0"):
            body["choices"][0]["finish_reason"] = "length"
        else:
            body["choices"][0]["message"] |= {"content": None, "refusal": "I will not."}
        return body

    openai.said = said
    cut, refused = fetched(batch, openai, submitted(batch, openai, CAT, CUP), 11)
    assert (cut["answer"], cut["finish"], cut["error"]["exit"]) == ("half an ans", "length", 10)
    assert (refused["answer"], refused["error"]["exit"]) == ("I will not.", 9)


def test_it_costs_half_of_what_the_catalogue_says(batch: Batch, openai: Vendor) -> None:
    """85 tokens in and 9 out of gpt-4o, at 2.5 and 10 dollars a million."""
    (record,) = fetched(batch, openai, submitted(batch, openai, CAT), 0)
    assert record["cost_usd"] == pytest.approx((85 * 2.5 + 9 * 10) / 1e6 / 2)
