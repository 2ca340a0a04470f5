"""Answers of providers: what came off the wire once, changed in any way, read by its dialect.

Shared by the tests and by `python -m tests.fuzz.coverage_guided`.
"""

from __future__ import annotations

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from functools import cache

from tests.aws_frames import event, exception
from tests.dialects.replay import WIRE, events, response
from visioncli import costs, dialects
from visioncli.batch.item import Item, Outcome, line
from visioncli.cli import expense
from visioncli.core import completion
from visioncli.core.answer import Fold, problem
from visioncli.core.chunks import Chunks
from visioncli.core.completion import Head
from visioncli.core.dialect import HttpError
from visioncli.core.errors import VisionError
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer, Event, ReasoningDelta, TextDelta, Usage, Warned

from .bounds import check_error, within
from .changes import Change, changed, pieces, rewritten

AWS = ("bedrock_converse", "bedrock_invoke")
STREAMS = (".sse", ".ndjson", ".eventstream", ".jsonl")
HEAD = Head(id="x", model="y", created=1)
MODELS = {"gemini": "gemini/gemini-2.5-flash", "anthropic": "anthropic/claude-sonnet-4-5"}
SECONDS = 10.0

Told = tuple[list[Event], VisionError | None]


@cache
def recorded(dialect: str, *, stream: bool) -> tuple[bytes, ...]:
    """The bodies in tests/wire, as they came."""
    found = []
    for file in sorted((WIRE / "answers" / dialect).iterdir()):
        if not file.name.endswith(".answer.json") and (file.suffix in STREAMS) == stream:
            found.append(file.read_bytes())  # noqa: PERF401
    assert found
    return tuple(found)


@cache
def refused(dialect: str) -> tuple[HttpError, ...]:
    files = sorted((WIRE / "errors" / dialect).glob("*.http"))
    return tuple(response(file.read_bytes()) for file in files)


# --------------------------------------------------------------------------- made of them


def reframed(dialect: str, data: bytes, hows: Sequence[Change]) -> bytes:
    """A stream with changes inside of its frames, the frames themselves whole."""
    if dialect in AWS:
        return _reframed_aws(data, hows)
    lines = data.split(b"\n")
    at = [n for n, text in enumerate(lines) if b"{" in text]
    for number, how in enumerate(hows):
        if at:
            place = at[how.where % len(at)]
            head, brace, rest = lines[place].partition(b"{")
            inner = Change(how.how, how.other, how.where, how.odd)
            lines[place] = head + rewritten(brace + rest, [inner, *hows[number + 1 :]][:2])
    return b"\n".join(lines)


def _reframed_aws(data: bytes, hows: Sequence[Change]) -> bytes:
    """Event by event; its payload may hold an answer of another wire in base64."""
    made, at = [], 0
    while at + 16 <= len(data):
        total, head = int.from_bytes(data[at : at + 4]), int.from_bytes(data[at + 4 : at + 8])
        payload = data[at + 12 + head : at + total - 4]
        name = data[at + 12 : at + 12 + head].partition(b"-type\x07")[2][2:].partition(b"\r:")[0]
        made.append((name.partition(b"\x0d")[0].decode("latin-1"), payload))
        at += max(total, 16)
    out = []
    for number, (name, payload) in enumerate(made):
        mine = [how for how in hows if how.where % len(made) == number]
        inner = [Change(how.how, how.other, how.where, how.odd) for how in mine]
        if inner:
            payload = _recoded(payload, inner)  # noqa: PLW2901 - the same, changed
        if any(how.odd % 11 == 0 for how in mine):
            out.append(exception(name, payload.decode("latin-1")))
        else:
            out.append(event(name, payload))
    return b"".join(out)


def _recoded(payload: bytes, hows: Sequence[Change]) -> bytes:
    try:
        coded = json.loads(payload)["bytes"]
        inside = rewritten(b64decode(coded), hows)
    except (ValueError, LookupError, TypeError):
        return rewritten(payload, hows)
    return json.dumps({"bytes": b64encode(inside).decode()}).encode()


def made(dialect: str, which: int, hows: Sequence[Change], way: int, *, stream: bool) -> bytes:
    """way: whether what is changed are the bytes, or the JSON in them, or both."""
    bodies = recorded(dialect, stream=stream)
    data = bodies[which % len(bodies)]
    if way % 3 != 0:
        data = reframed(dialect, data, hows) if stream else rewritten(data, hows)
    if way % 3 != 1:
        data = changed(data, hows, bodies)
    return data


# --------------------------------------------------------------------------- what holds


def told(dialect: str, chunks: Iterable[bytes], *, stream: bool) -> Told:
    """What its reader says; anything but an error of ours is raised."""
    found: list[Event] = []
    with within(SECONDS):
        try:
            for said in events(dialect, chunks, stream=stream):
                found.append(said)  # noqa: PERF402 - what came before an error counts
        except VisionError as error:
            return found, error
    return found, None


def check_answer(dialect: str, data: bytes, ends: Sequence[int], *, stream: bool) -> None:
    """However it comes the same is read, and what is read can be told, kept and counted."""
    found, error = told(dialect, [data], stream=stream)
    again, its_error = told(dialect, pieces(data, ends), stream=stream)
    assert _same(found, again)
    assert _words(error) == _words(its_error)
    if error is not None:
        check_error(error)
    folded, chunks, passed = Fold(), Chunks(HEAD, include_usage=True), []
    for said in found:
        _check_event(said)
        folded.add(said)
        passed += list(chunks.add(said))
    for piece in (*passed, *chunks.close()):
        json.loads(piece.model_dump_json())
    _check_outcome(dialect, folded.answer, error)


def check_refusal(dialect: str, answer: HttpError) -> None:
    with within(SECONDS):
        error = dialects.load(dialect).error(answer)
    check_error(error)
    assert error.status == answer.status


def _same(one: list[Event], other: list[Event]) -> bool:
    """NaN is not itself."""
    return one == other or repr(one) == repr(other)


def _words(error: VisionError | None) -> tuple[object, ...]:
    return (
        () if error is None else (type(error), error.message, error.hint, error.code, error.retry)
    )


def _check_event(said: Event) -> None:
    match said:
        case TextDelta(text) | ReasoningDelta(text):
            text.encode()  # whole characters
        case Warned(text):
            assert text.isprintable(), text
        case Usage():
            for count in (said.input, said.output, said.cached, said.reasoning):
                assert count is None or (type(count) is int and count >= 0)
            assert said.cost is None or (math.isfinite(said.cost) and said.cost >= 0)


def _check_outcome(dialect: str, answer: Answer, error: VisionError | None) -> None:
    """As it is printed with --json, kept in a journal, served, and paid for."""
    if wanting := problem(answer):
        check_error(wanting)
    ref = ModelRef(*MODELS.get(dialect, "openai/gpt-4o").split("/", 1))
    usd = costs.cost(ref, answer.usage, wire=dialect)
    assert usd is None or math.isfinite(usd)
    expense.usage_line(answer.usage, usd, 10)
    outcome = Outcome(
        item=Item(0, ("a.png",)), ref=ref, key="0" * 64, answer=answer, error=error, cost_usd=usd
    )
    json.loads(line(outcome.record()))
    json.loads(completion.whole(answer, HEAD).model_dump_json())
