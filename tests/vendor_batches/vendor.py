"""A loopback server that takes batches as four vendors do, and breaks where a test says so."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests import vendors
from tests.program import KEY

MODELS = {
    "openai": "openai/gpt-4o",
    "anthropic": "anthropic/claude-sonnet-4-6",
    "gemini": "gemini/gemini-flash-latest",
    "mistral": "mistral/mistral-small-latest",
}
ADDRESSES = {**vendors.ADDRESS, "mistral": "MISTRAL_BASE_URL"}
KEYS = {**vendors.KEYS, "mistral": "MISTRAL_API_KEY"}
RETRY_NOW = {"retry-after-ms": "1"}


@dataclass(frozen=True)
class Call:
    """name: which of the API's calls it is. body: all of it. length: bytes."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Fault:
    """What happens to a call instead. heard: after it was done all the same. cut: the connection is
    closed without an answer; with `after`, once so many bytes of it, or of the question, are sent.
    arrived: is set when the call is there; release: is waited for before anything is answered.
    """

    status: int = 500
    body: bytes = b'{"error": {"message": "out of order", "type": "server_error"}}'
    headers: dict[str, str] = field(default_factory=lambda: dict(RETRY_NOW))
    heard: bool = False
    cut: bool = False
    after: int = 0
    arrived: threading.Event | None = None
    release: threading.Event | None = None


@dataclass
class Answer:
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass
class Batch:
    id: str
    file: str
    requests: list[dict[str, Any]]
    created: float
    name: str = ""
    status: str = "working"  # working | ended | failed | expired | cancelled
    cut_off: int | None = None  # so many of its requests were made


@dataclass
class Vendor:
    """kind: whose API it is. faults: by the name of a call, used up one by one. said: what a
    request is answered with. edit: what becomes of the lines of results. at_once: a batch is over
    when it is first looked at. elsewhere: the host that Google names for an upload.
    """

    kind: str
    port: int
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    said: Callable[[dict[str, Any]], Any] | None = None
    edit: Callable[[list[bytes]], list[bytes]] = field(default=lambda lines: lines)
    at_once: bool = True
    keep_bodies: bool = True
    elsewhere: str = "https://elsewhere.example"
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        ending = "/v1" if self.kind in ("openai", "mistral") else ""
        return {ADDRESSES[self.kind]: self.url + ending, KEYS[self.kind]: KEY}

    @property
    def model(self) -> str:
        return MODELS[self.kind]

    def named(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """All that is in batches."""
        return [request for batch in self.batches.values() for request in batch.requests]

    # -------------------------------------------------------------- what is answered

    def answer(self, call: Call) -> Answer:
        match call.name:
            case "upload" if self.kind == "gemini":
                return self._gemini_upload(call)
            case "start":
                where = f"{self.elsewhere}/upload/v1beta/files?upload_id={len(self.files)}"
                return Answer(b"{}", {"x-goog-upload-url": where, "x-goog-upload-status": "active"})
            case "upload":
                return self._posted(call)
            case "create":
                return self._created(call)
            case "list":
                return _json(self._listed())
            case "look":
                batch = self.batches.get(self._id(call))
                if batch is None:
                    error = {"message": "no such batch", "type": "not_found_error"}
                    return _json({"error": error}, 404)
                if batch.status == "working" and self.at_once:
                    batch.status = "ended"
                return _json(self._shown(batch))
            case "cancel":
                batch = self.batches[self._id(call)]
                batch.status = "cancelled"
                return _json({} if self.kind == "gemini" else self._shown(batch))
            case "results":
                return Answer(self._results(call))
        return _json({"error": {"message": f"no such call: {call.method} {call.path}"}}, 404)

    def _posted(self, call: Call) -> Answer:
        form = _form(call)
        assert form.get("purpose") == b"batch", form.keys()
        file = {"id": self._kept(form["file"]), "object": "file", "purpose": "batch"}
        file |= {"bytes": len(form["file"]), "created_at": 1, "filename": "x.jsonl"}
        if self.kind == "mistral":
            return _json(file | {"sample_type": "batch_request", "source": "upload"})
        return _json(file | {"status": "processed"})

    def _gemini_upload(self, call: Call) -> Answer:
        assert "x-goog-api-key" not in call.headers  # the address is the permission
        if call.headers["x-goog-upload-command"] == "query":
            received = str(len(self.files.get("partial", b"")))
            headers = {"x-goog-upload-size-received": received, "x-goog-upload-status": "active"}
            return Answer(b"", headers)
        assert call.headers["x-goog-upload-command"] == "upload, finalize"
        before = self.files.pop("partial", b"")
        assert int(call.headers["x-goog-upload-offset"]) == len(before)
        name = self._kept(before + call.body)
        file = {"name": name, "mimeType": "application/jsonl", "state": "ACTIVE"}
        return Answer(json.dumps({"file": file}).encode(), {"x-goog-upload-status": "final"})

    def _kept(self, content: bytes) -> str:
        prefix = {"openai": "file-", "mistral": "f0-", "gemini": "files/f"}[self.kind]
        id_ = f"{prefix}{len(self.files)}"
        self.files[id_] = content
        return id_

    def _created(self, call: Call) -> Answer:
        asked, name = call.json, ""
        match self.kind:
            case "openai":
                file = asked["input_file_id"]
            case "mistral":
                (file,) = asked["input_files"]
            case "gemini":
                file = asked["batch"]["inputConfig"]["fileName"]
                name = asked["batch"]["displayName"]
            case _:
                file = ""
        requests = asked["requests"] if not file else _lines(self.files[file])
        prefix = {"openai": "batch_", "mistral": "b0-", "gemini": "batches/b"}  # else Anthropic's
        id_ = f"{prefix.get(self.kind, 'msgbatch_')}{len(self.batches)}"
        self.batches[id_] = Batch(id_, file, requests, time.time(), name)
        return _json(self._shown(self.batches[id_]))

    def _id(self, call: Call) -> str:
        path = call.path.partition("?")[0]
        found = re.search(r"(batches/b\d+|msgbatch_\d+|batch_\d+|b0-\d+|none)", path)
        return found[1] if found else ""

    def _listed(self) -> Any:
        shown = [self._shown(batch) for batch in reversed(self.batches.values())]
        if self.kind == "gemini":
            return {"operations": shown}
        first, last = (shown[0]["id"], shown[-1]["id"]) if shown else (None, None)
        return {"data": shown, "has_more": False, "first_id": first, "last_id": last} | (
            {"object": "list", "total": len(shown)} if self.kind != "anthropic" else {}
        )

    def _shown(self, batch: Batch) -> dict[str, Any]:
        over = batch.status != "working"
        total = len(batch.requests)
        made = total if batch.cut_off is None else batch.cut_off
        created = int(batch.created)
        match self.kind:
            case "openai":
                words = {"working": "in_progress", "ended": "completed"}
                shown = {"id": batch.id, "object": "batch", "endpoint": "/v1/chat/completions"}
                shown |= {"input_file_id": batch.file, "completion_window": "24h"}
                shown |= {"status": words.get(batch.status, batch.status), "created_at": created}
                shown |= {"output_file_id": f"out-{batch.id}" if over else None}
                shown |= {"error_file_id": f"err-{batch.id}" if over and made < total else None}
                counts = {"total": total, "completed": made if over else 0, "failed": 0}
                return shown | {"request_counts": counts, "errors": self._errors(batch)}
            case "mistral":
                words = {"working": "RUNNING", "ended": "SUCCESS", "expired": "TIMEOUT_EXCEEDED"}
                shown = {"id": batch.id, "object": "batch", "endpoint": "/v1/chat/completions"}
                shown |= {"input_files": [batch.file], "errors": [], "created_at": created}
                shown |= {"status": words.get(batch.status, batch.status.upper())}
                shown |= {"output_file": f"out-{batch.id}" if over else None}
                shown |= {"error_file": f"err-{batch.id}" if over and made < total else None}
                shown |= {"total_requests": total, "completed_requests": made if over else 0}
                return shown | {"succeeded_requests": made if over else 0, "failed_requests": 0}
            case "anthropic":
                at = datetime.fromtimestamp(batch.created, UTC).isoformat().replace("+00:00", "Z")
                status = "ended" if over else "in_progress"
                shown = {"id": batch.id, "type": "message_batch", "processing_status": status}
                shown |= {"created_at": at, "expires_at": at, "ended_at": at if over else None}
                shown |= {"archived_at": None, "cancel_initiated_at": None}
                shown |= {"results_url": "https://elsewhere.example/results" if over else None}
                counts = dict.fromkeys(("canceled", "errored", "expired"), 0)
                counts |= {"processing": 0 if over else total, "succeeded": made if over else 0}
                counts["canceled"] = total - made if over else 0
                return shown | {"request_counts": counts}
        words = {"working": "RUNNING", "ended": "SUCCEEDED"}
        state = f"BATCH_STATE_{words.get(batch.status, batch.status.upper())}"
        stats = {"requestCount": str(total), "successfulRequestCount": str(made if over else 0)}
        metadata: dict[str, Any] = {"state": state, "displayName": batch.name, "batchStats": stats}
        if over:
            metadata["output"] = {"responsesFile": f"files/out-{batch.id.partition('/')[2]}"}
        return {"name": batch.id, "metadata": metadata, "done": over}

    def _errors(self, batch: Batch) -> Any:
        if batch.status != "failed":
            return None
        return {"object": "list", "data": [{"code": "bad", "message": "line 1 is wrong"}]}

    # -------------------------------------------------------------- results

    def _results(self, call: Call) -> bytes:
        match = re.search(r"(out|err)-(batch_\d+|b0-\d+|b\d+)", call.path)
        is_error = bool(match) and match[1] == "err"
        id_ = match[2] if match else self._id(call)
        batch = self.batches.get(id_) or self.batches[f"batches/{id_}"]
        made = len(batch.requests) if batch.cut_off is None else batch.cut_off
        lines = [self._result(r, made=True) for r in batch.requests[:made]]
        rest = [self._result(r, made=False, why=batch.status) for r in batch.requests[made:]]
        if self.kind in ("openai", "mistral"):
            lines = rest if is_error else lines
        else:
            lines += rest
        return b"".join(line + b"\n" for line in self.edit(lines))

    def _result(self, request: dict[str, Any], *, made: bool, why: str = "") -> bytes:
        """One line, in the vendor's shape."""
        id_ = request.get("custom_id") or request["key"]
        wire = "openai" if self.kind == "mistral" else self.kind
        body = self.said(request) if self.said and made else None
        body = body or json.loads(vendors.plain(wire, f"about {id_}"))
        status = body.pop("STATUS", 200)
        match self.kind:
            case "anthropic":
                result: dict[str, Any] = {"type": "succeeded", "message": body}
                if status != 200:
                    result = {"type": "errored", "error": body}
                if not made:
                    result = {"type": "expired" if why == "expired" else "canceled"}
                return json.dumps({"custom_id": id_, "result": result}).encode()
            case "gemini":
                if not made or status != 200:
                    code = 1 if why == "cancelled" else 4
                    error = body["error"] if made else {"code": code, "message": "over"}
                    return json.dumps({"key": id_, "error": error}).encode()
                return json.dumps({"key": id_, "response": body}).encode()
        response = {"status_code": status, "request_id": "req_1", "body": body}
        code = "batch_cancelled" if why == "cancelled" else "batch_expired"
        error = None if made else {"code": code, "message": "not executed in time"}
        return json.dumps(
            {"id": "r", "custom_id": id_, "response": response if made else None, "error": error}
        ).encode()


def _form(call: Call) -> dict[str, bytes]:
    """The fields of multipart/form-data."""
    mark = call.headers["content-type"].partition("boundary=")[2].strip('"').encode()
    _, *parts, end = call.body.split(b"--" + mark)
    assert end == b"--\r\n"
    form = {}
    for part in parts:
        head, _, content = part.partition(b"\r\n\r\n")
        named = re.search(rb'name="(\w+)"', head)
        assert named is not None
        form[named[1].decode()] = content.removesuffix(b"\r\n")
    return form


def _lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value).encode(), {"content-type": "application/json"}, status)
