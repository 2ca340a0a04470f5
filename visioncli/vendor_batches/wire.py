"""The contract between this folder and one vendor's way of taking batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from visioncli.core.record import record
from visioncli.core.target import Target

from .spool import Spool

if TYPE_CHECKING:  # the HTTP client is for who sends
    from .calls import Calls

State = Literal["working", "ended", "failed", "expired", "cancelled"]


@record(kw_only=True)
class Job:
    """A batch as its vendor sees it now.

    word: the vendor's own for the state. total, done, failed: requests, None where not reported.
    outputs: where the results are, for `results`; there may be some in every state but working.
    problem: why it failed, in the vendor's words.
    """

    id: str
    state: State
    word: str
    total: int | None = None
    done: int | None = None
    failed: int | None = None
    outputs: tuple[str, ...] = ()
    problem: str | None = None


@record
class Result:
    """One line of the results.

    status: of the HTTP answer that this one request got; 200 where the vendor tells none. body: the
    JSON of that answer. ended: why the request was not made at all.
    """

    custom_id: str
    status: int = 200
    body: Any = None
    ended: Literal["expired", "cancelled"] | None = None


@record(kw_only=True)
class Wanted:
    """A batch to be created. name: ours. file: the id of what was uploaded, None where nothing is.

    requests: how many. since: when this was first tried, seconds since 1970. known: ids of batches
    that are not it. headers: what its requests would have brought along.
    """

    name: str
    target: Target
    requests: int
    since: float
    file: str | None = None
    known: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)


class Wire(Protocol):
    """uploads: requests go into a file, and the batch is made of that; else they are its body.

    head, between, tail: bytes around the requests.
    """

    uploads: bool
    head: bytes
    between: bytes
    tail: bytes

    def line(self, custom_id: str, body: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """One request. body: as the dialect builds it for a single question."""
        ...

    def upload(self, calls: Calls, spool: Spool, name: str) -> str:
        """The id of the file. Raises a VisionError; what was uploaded then is of no use."""
        ...

    def create(self, calls: Calls, wanted: Wanted, spool: Spool | None) -> Job:
        """One attempt. Raises a VisionError, after which the batch may be there all the same."""
        ...

    def find(self, calls: Calls, wanted: Wanted) -> Job | None:
        """The batch that an attempt to create it may have left behind."""
        ...

    def look(self, calls: Calls, id_: str) -> Job: ...
    def cancel(self, calls: Calls, id_: str) -> Job: ...

    def results(self, calls: Calls, output: str) -> Iterator[bytes]:
        """The lines of one of a job's outputs, as they come."""
        ...

    def result(self, line: bytes) -> Result:
        """Raises BadAnswer for what is no line of results."""
        ...
