"""Gemini's batches: a file of JSON Lines, uploaded by Google's resumable protocol.

https://ai.google.dev/gemini-api/docs/batch-mode, https://ai.google.dev/api/batch-mode (read
2026-11-24); the upload, the addresses and the names are those of google-genai 3.6, whose client is
asked for the same in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from visioncli.core.errors import BadAnswer, NetworkProblem, VisionError
from visioncli.core.fields import load_object, mappings, report, text, word
from visioncli.core.target import Target

from .spool import SHORT, SLOWEST, Spool, Upload
from .wire import Job, Result, State, Wanted

if TYPE_CHECKING:  # the HTTP client is for who sends
    from visioncli.transport.clock import Clock

    from .calls import Calls

VERSION = "/v1beta"
STATES: Mapping[str, State] = {
    "SUCCEEDED": "ended",
    "FAILED": "failed",
    "CANCELLED": "cancelled",
    "EXPIRED": "expired",
}
# google.rpc.Code -> HTTP, as its documentation has it: results tell the one, errors the other.
HTTP = {1: 499, 3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 9: 400, 13: 500, 14: 503, 16: 401}
PAGE = 100
NAME = re.compile(r"(batches|files)/[A-Za-z0-9_-]+")


class Gemini:
    uploads = True
    head, between, tail = b"", b"\n", b"\n"

    def line(self, custom_id: str, body: Mapping[str, Any], target: Target) -> dict[str, Any]:
        del target
        return {"key": custom_id, "request": dict(body)}

    def upload(self, calls: Calls, spool: Spool, name: str) -> str:
        """Where the connection breaks it goes on from what has arrived."""
        start = {
            "x-goog-upload-protocol": "resumable",
            "x-goog-upload-command": "start",
            "x-goog-upload-header-content-length": str(spool.size),
            "x-goog-upload-header-content-type": "application/jsonl",
        }
        path = _upload_path(calls, {"file": {"displayName": name}}, start)
        began = False

        def once(clock: Clock) -> dict[str, Any]:
            del clock  # each attempt has its own, by what is left to send
            nonlocal began
            offset = _arrived(calls, path) if began else 0
            began = True
            rest = Upload(lambda: spool.chunks(offset), spool.size - offset)
            headers = {
                "x-goog-upload-command": "upload, finalize",
                "x-goog-upload-offset": str(offset),
            }
            reply = calls.send("POST", path, rest, headers, signed=False)
            if reply.headers.get("x-goog-upload-status", "final") != "final":
                raise NetworkProblem("the provider has not taken the whole file", code="cut")
            return reply.data

        data = calls.repeated(once, 3 * (SHORT + spool.size / SLOWEST))
        if not (file := word(report(data, "file"), "name")):
            raise BadAnswer("the provider took the file and gave no name of it")
        return file

    def create(self, calls: Calls, wanted: Wanted, spool: Spool | None) -> Job:
        del spool
        model = quote(wanted.target.model.removeprefix("models/"), safe="")
        asked = {"batch": {"displayName": wanted.name, "inputConfig": {"fileName": wanted.file}}}
        path = f"{VERSION}/models/{model}:batchGenerateContent"
        return _job(calls.json("POST", path, asked, again=False).data)

    def find(self, calls: Calls, wanted: Wanted) -> Job | None:
        data = calls.json("GET", f"{VERSION}/batches?pageSize={PAGE}").data
        for operation in mappings(data, "operations"):
            if text(report(operation, "metadata"), "displayName") == wanted.name:
                return _job(operation)
        return None

    def look(self, calls: Calls, id_: str) -> Job:
        return _job(calls.json("GET", f"{VERSION}/{quote(id_)}").data)

    def cancel(self, calls: Calls, id_: str) -> Job:
        calls.json("POST", f"{VERSION}/{quote(id_)}:cancel", {})
        return self.look(calls, id_)

    def results(self, calls: Calls, output: str) -> Iterator[bytes]:
        return calls.lines(f"{VERSION}/{quote(output)}:download?alt=media")

    def result(self, line: bytes) -> Result:
        data = load_object(line)
        if (key := word(data, "key")) is None:
            raise BadAnswer("a line of the results has no key")
        error = data.get("error") or data.get("status")
        if not isinstance(error, dict):
            return Result(key, body=data.get("response"))
        status = HTTP.get(error.get("code") or 0)
        if status in (499, 504) and "response" not in data:
            return Result(key, ended="cancelled" if status == 499 else "expired")
        return Result(key, body={"error": {**error, "code": status or error.get("code")}})


def _upload_path(calls: Calls, file: dict[str, Any], start: Mapping[str, str]) -> str:
    """Where the bytes go: the address is the provider's own, whatever host it names for it."""
    reply = calls.json("POST", f"/upload{VERSION}/files", file, headers=start)
    address = urlsplit(reply.headers.get("x-goog-upload-url", ""))
    if not address.path.startswith("/"):
        raise BadAnswer("the provider does not say where the file is to be uploaded")
    return address.path + (f"?{address.query}" if address.query else "")


def _arrived(calls: Calls, path: str) -> int:
    """How many bytes of the file are at the provider."""
    query = {"x-goog-upload-command": "query"}
    try:
        reply = calls.send("POST", path, None, query, signed=False)
    except VisionError as error:
        if isinstance(error, NetworkProblem):
            raise
        return 0
    said = reply.headers.get("x-goog-upload-size-received", "0")
    return int(said) if said.isdecimal() else 0


def _job(operation: Mapping[str, Any]) -> Job:
    name, metadata = word(operation, "name"), report(operation, "metadata")
    said = text(metadata, "state")
    if not name or not NAME.fullmatch(name):
        raise BadAnswer("the provider's answer is no batch: it has no name")
    stats = report(metadata, "batchStats")
    output = report(metadata, "output") or report(operation, "response")
    file = word(output, "responsesFile") or ""
    error = report(operation, "error")
    state = STATES.get(said.rpartition("_STATE_")[2], "working")
    if error and state == "working" and operation.get("done") is True:
        state = "failed"
    return Job(
        id=name,
        state=state,
        word=said or "unknown",
        total=_number(stats, "requestCount"),
        done=_number(stats, "successfulRequestCount"),
        failed=_number(stats, "failedRequestCount"),
        outputs=(file,) if NAME.fullmatch(file) else (),
        problem=word(error, "message"),
    )


def _number(stats: Mapping[str, Any], name: str) -> int | None:
    """Google writes 64-bit numbers as text."""
    value = stats.get(name)
    if isinstance(value, str) and value.isdecimal():
        return int(value[:18])
    return value if isinstance(value, int) and not isinstance(value, bool) else None
