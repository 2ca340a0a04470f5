"""Anthropic's message batches: the requests are the body, and nothing in a batch is ours to name.

https://platform.claude.com/docs/en/api/messages/batches (read 2026-11-24); the shapes are those of
anthropic 2.13, whose types judge them in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from visioncli.core.errors import BadAnswer, ProviderFailed
from visioncli.core.fields import count, load_object, mapping, mappings, report, text, word
from visioncli.core.target import Target
from visioncli.dialects.anthropic import VERSION

from .spool import Spool, Upload
from .wire import Job, Result, Wanted

if TYPE_CHECKING:  # the HTTP client is for who sends
    from .calls import Calls

PATH = "/v1/messages/batches"
COUNTS = ("processing", "succeeded", "errored", "canceled", "expired")
SKEW = 300.0  # seconds that the clocks of both sides may differ
HEADERS = {"anthropic-version": VERSION}


class Anthropic:
    uploads = False
    head, between, tail = b'{"requests":[', b",\n", b"]}"

    def line(self, custom_id: str, body: Mapping[str, Any], target: Target) -> dict[str, Any]:
        del target
        return {"custom_id": custom_id, "params": dict(body)}

    def upload(self, calls: Calls, spool: Spool, name: str) -> str:
        raise NotImplementedError  # uploads is False

    def create(self, calls: Calls, wanted: Wanted, spool: Spool | None) -> Job:
        assert spool is not None  # noqa: S101 - uploads is False
        body = Upload(spool.chunks, spool.size)
        headers = {"content-type": "application/json", **HEADERS, **wanted.headers}
        return _job(calls.send("POST", PATH, body, headers).data)

    def find(self, calls: Calls, wanted: Wanted) -> Job | None:
        """By its time and its number of requests: there is nothing else to know it by.

        Raises ProviderFailed where it might be one of several.
        """
        data = calls.send("GET", f"{PATH}?limit=100", None, HEADERS, again=True).data
        found = [
            batch
            for batch in mappings(data, "data")
            if text(batch, "id") not in wanted.known
            and _time(text(batch, "created_at")) >= wanted.since - SKEW
            and sum(_counts(batch).values()) == wanted.requests
        ]
        if len(found) > 1:
            ids = ", ".join(text(batch, "id") for batch in found)
            raise ProviderFailed(
                f"which of {ids} is the batch {wanted.name} cannot be told",
                hint="cancel the one too many in the provider's console",
                code="ambiguous",
                retry=False,
            )
        return _job(found[0]) if found else None

    def look(self, calls: Calls, id_: str) -> Job:
        return _job(calls.send("GET", _of(id_), None, HEADERS, again=True).data)

    def cancel(self, calls: Calls, id_: str) -> Job:
        return _job(calls.send("POST", f"{_of(id_)}/cancel", None, HEADERS, again=True).data)

    def results(self, calls: Calls, output: str) -> Iterator[bytes]:
        """By the batch's own id: the address in `results_url` is not followed."""
        return calls.lines(f"{_of(output)}/results", HEADERS)

    def result(self, line: bytes) -> Result:
        data = load_object(line)
        custom_id, result = word(data, "custom_id"), mapping(data, "result")
        if custom_id is None:
            raise BadAnswer("a line of the results has no custom_id")
        match text(result, "type"):
            case "succeeded":
                return Result(custom_id, body=result.get("message"))
            case "errored":
                return Result(custom_id, body=result.get("error"))
            case "expired":
                return Result(custom_id, ended="expired")
            case "canceled":
                return Result(custom_id, ended="cancelled")
        raise BadAnswer(f"a line of the results is of no known type: {text(result, 'type')!r}")


def _of(id_: str) -> str:
    return f"{PATH}/{quote(id_, safe='')}"


def _time(said: str) -> float:
    """Seconds since 1970; 0 for what is no time."""
    try:
        return datetime.fromisoformat(said).timestamp()
    except ValueError:
        return 0.0


def _counts(batch: Mapping[str, Any]) -> dict[str, int]:
    counts = report(batch, "request_counts")
    return {name: count(counts, name) or 0 for name in COUNTS}


def _job(batch: Mapping[str, Any]) -> Job:
    """Whether it ran to its end or was ended: each request's own result says that."""
    id_, said = word(batch, "id"), word(batch, "processing_status")
    if not id_ or not said:
        raise BadAnswer("the provider's answer is no batch: it has no id or no status")
    counts, over = _counts(batch), said == "ended"
    return Job(
        id=id_,
        state="ended" if over else "working",
        word=said,
        total=sum(counts.values()),
        done=counts["succeeded"] if over else None,
        failed=counts["errored"] + counts["canceled"] + counts["expired"] if over else None,
        outputs=(id_,) if over else (),
        problem="its results are not kept any more" if over and batch.get("archived_at") else None,
    )
