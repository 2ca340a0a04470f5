"""OpenAI's batches, and those of everybody who takes the same: a file of JSON Lines.

https://developers.openai.com/api/docs/guides/batch; the shapes are those of openai-python 3.57,
whose types judge them in the tests.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from visioncli.core.body import given
from visioncli.core.errors import BadAnswer, ProviderFailed, VisionError
from visioncli.core.fields import count, load_object, mapping, mappings, report, text, word
from visioncli.core.target import Target

from .spool import Spool, Upload
from .wire import Job, Result, State, Wanted

if TYPE_CHECKING:  # the HTTP client is for who sends
    from .calls import Calls

ENDPOINTS = {"openai_chat": "/v1/chat/completions", "openai_responses": "/v1/responses"}
STATES: Mapping[str, State] = {
    "completed": "ended",
    "failed": "failed",
    "expired": "expired",
    "cancelled": "cancelled",
}
UNMADE = {"batch_expired": "expired", "batch_cancelled": "cancelled"}
PAGE, PAGES = 100, 10  # batches that are looked through for one that may be ours
DAY = 86_400  # seconds
LOOKS, PAUSE = 120, 5.0  # how often, and seconds between: files are looked through in minutes


class OpenAI:
    uploads = True
    head, between, tail = b"", b"\n", b"\n"

    def line(self, custom_id: str, body: Mapping[str, Any], target: Target) -> dict[str, Any]:
        return {
            "custom_id": custom_id,
            "method": "POST",
            "url": endpoint(target),
            "body": dict(body),
        }

    def upload(self, calls: Calls, spool: Spool, name: str) -> str:
        return posted_file(calls, spool, name)

    def create(self, calls: Calls, wanted: Wanted, spool: Spool | None) -> Job:
        del spool
        batch = wanted.target.provider.batch
        asked = {
            "input_file_id": wanted.file,
            "endpoint": endpoint(wanted.target),
            "completion_window": batch.completion_window,
        }
        return _job(calls.json("POST", "/batches", asked, again=False).data)

    def find(self, calls: Calls, wanted: Wanted) -> Job | None:
        """A file is used for one batch."""
        after = None
        for _ in range(PAGES):
            path = f"/batches?limit={PAGE}" + (f"&after={quote(after)}" if after else "")
            data = calls.json("GET", path).data
            listed = mappings(data, "data")
            for batch in listed:
                if text(batch, "input_file_id") == wanted.file:
                    return _job(batch)
            times = [count(batch, "created_at") for batch in listed]
            older = [at for at in times if at is not None and at < wanted.since - DAY]
            if older or not listed or data.get("has_more") is not True:
                break
            after = text(listed[-1], "id")
        return None

    def look(self, calls: Calls, id_: str) -> Job:
        return _job(calls.json("GET", f"/batches/{quote(id_, safe='')}").data)

    def cancel(self, calls: Calls, id_: str) -> Job:
        return _job(calls.json("POST", f"/batches/{quote(id_, safe='')}/cancel").data)

    def results(self, calls: Calls, output: str) -> Iterator[bytes]:
        return calls.lines(f"/files/{quote(output, safe='')}/content")

    def result(self, line: bytes) -> Result:
        return result(line)


def endpoint(target: Target) -> str:
    row = target.provider
    return row.batch.endpoint or ENDPOINTS[row.dialect]


def posted_file(calls: Calls, spool: Spool, name: str) -> str:
    """The id of the file that the requests are now at the provider."""
    mark = f"visioncli-{os.urandom(16).hex()}"
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}.jsonl"\r\n'
        "Content-Type: application/jsonl\r\n\r\n"
    ).encode("ascii")
    tail = f"\r\n--{mark}--\r\n".encode("ascii")

    def chunks() -> Iterator[bytes]:
        yield head
        yield from spool.chunks()
        yield tail

    upload = Upload(chunks, len(head) + spool.size + len(tail))
    kind = {"content-type": f"multipart/form-data; boundary={mark}"}
    data = calls.send("POST", "/files", upload, kind, again=True).data
    if not (id_ := word(data, "id")):
        raise BadAnswer("the provider took the file and gave no id of it")
    return _looked_through(calls, id_, data)


def _looked_through(calls: Calls, id_: str, file: Mapping[str, Any]) -> str:
    """Azure looks a file through before it can be used; nobody else says that it is pending."""
    for _ in range(LOOKS):
        match (word(file, "status") or "").lower():
            case "pending" | "running":
                time.sleep(PAUSE)
                file = calls.json("GET", f"/files/{quote(id_, safe='')}").data
            case "error" | "failed":
                said = word(file, "status_details") or "without a reason"
                raise VisionError(f"the provider refuses the file: {said}", code="file")
            case _:
                return id_
    raise ProviderFailed("the provider does not come to look through the file", retry=False)


def _job(batch: Mapping[str, Any]) -> Job:
    id_, said = word(batch, "id"), word(batch, "status")
    if not id_ or not said:
        raise BadAnswer("the provider's answer is no batch: it has no id or no status")
    counts = report(batch, "request_counts")
    outputs = (word(batch, "output_file_id"), word(batch, "error_file_id"))
    errors = mappings(report(batch, "errors"), "data")
    return Job(
        id=id_,
        state=STATES.get(said.lower(), "working"),
        word=said,
        total=count(counts, "total"),
        done=count(counts, "completed"),
        failed=count(counts, "failed"),
        outputs=tuple(output for output in outputs if output),
        problem="; ".join(filter(None, (word(error, "message") for error in errors))) or None,
    )


def result(line: bytes) -> Result:
    """OpenAI's and Mistral's: {"custom_id", "response": {"status_code", "body"}, "error"}."""
    data = load_object(line)
    custom_id = word(data, "custom_id")
    if custom_id is None:
        raise BadAnswer("a line of the results has no custom_id")
    if response := mapping(data, "response"):
        status = count(response, "status_code")
        return Result(custom_id, 200 if status is None else status, response.get("body"))
    error = data.get("error")
    code = word(error, "code") if isinstance(error, dict) else None
    ended = UNMADE.get(code or "")
    return Result(custom_id, 200, given(error=error or {}), ended)  # type: ignore[arg-type]  # one of both
