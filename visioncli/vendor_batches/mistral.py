"""Mistral's batches: OpenAI's files, under another name and with the model said once for all.

https://docs.mistral.ai/studio-api/batch-processing (read 2026-11-24); the shapes are those of
mistralai 3.7, whose types judge them in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from visioncli.core.errors import BadAnswer
from visioncli.core.fields import count, mappings, word
from visioncli.core.target import Target

from .openai import ENDPOINTS, PAGE, PAGES, posted_file, result
from .spool import Spool
from .wire import Job, Result, State, Wanted

if TYPE_CHECKING:  # the HTTP client is for who sends
    from .calls import Calls

HOURS = 24
STATES: Mapping[str, State] = {
    "SUCCESS": "ended",
    "FAILED": "failed",
    "TIMEOUT_EXCEEDED": "expired",
    "CANCELLED": "cancelled",
}


class Mistral:
    uploads = True
    head, between, tail = b"", b"\n", b"\n"

    def line(self, custom_id: str, body: Mapping[str, Any], target: Target) -> dict[str, Any]:
        del target
        return {"custom_id": custom_id, "body": dict(body)}

    def upload(self, calls: Calls, spool: Spool, name: str) -> str:
        return posted_file(calls, spool, name)

    def create(self, calls: Calls, wanted: Wanted, spool: Spool | None) -> Job:
        del spool
        asked = {
            "input_files": [wanted.file],
            "endpoint": ENDPOINTS["openai_chat"],
            "model": wanted.target.model,
            "timeout_hours": HOURS,
        }
        return _job(calls.json("POST", "/batch/jobs", asked, again=False).data)

    def find(self, calls: Calls, wanted: Wanted) -> Job | None:
        for page in range(PAGES):
            data = calls.json("GET", f"/batch/jobs?page={page}&page_size={PAGE}").data
            listed = mappings(data, "data")
            for job in listed:
                files = job.get("input_files")
                if isinstance(files, list) and wanted.file in files:
                    return _job(job)
            if len(listed) < PAGE:
                break
        return None

    def look(self, calls: Calls, id_: str) -> Job:
        return _job(calls.json("GET", f"/batch/jobs/{quote(id_, safe='')}").data)

    def cancel(self, calls: Calls, id_: str) -> Job:
        return _job(calls.json("POST", f"/batch/jobs/{quote(id_, safe='')}/cancel").data)

    def results(self, calls: Calls, output: str) -> Iterator[bytes]:
        return calls.lines(f"/files/{quote(output, safe='')}/content")

    def result(self, line: bytes) -> Result:
        return result(line)


def _job(job: Mapping[str, Any]) -> Job:
    id_, said = word(job, "id"), word(job, "status")
    if not id_ or not said:
        raise BadAnswer("the provider's answer is no batch: it has no id or no status")
    outputs = (word(job, "output_file"), word(job, "error_file"))
    errors = mappings(job, "errors")
    return Job(
        id=id_,
        state=STATES.get(said, "working"),
        word=said,
        total=count(job, "total_requests"),
        done=count(job, "succeeded_requests"),
        failed=count(job, "failed_requests"),
        outputs=tuple(output for output in outputs if output),
        problem="; ".join(filter(None, (word(error, "message") for error in errors))) or None,
    )
