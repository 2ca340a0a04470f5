"""Streams that are cut, broken, odd, or say that something failed."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

from tests import vendors
from tests.aws_frames import event, exception
from tests.faults.peer import Peer, whole
from tests.matrix.rows import Row, error, remedy, warning

TWO = "".join(vendors.PIECES[:2]) + "\n"  # of three: what came before the fault
ONE = vendors.PIECES[0] + "\n"
SOON = {"deadlines": {"idle": 1.0}}
TWICE = ("--retries", "1")
CUT = error(r"the answer was cut off before its end.*")
AWS = "bedrock/us.amazon.nova-lite-v1:0"
TEXT = "contentBlockDelta"
FRAMES = [
    event("messageStart", {"role": "assistant"}),
    event(TEXT, {"contentBlockIndex": 0, "delta": {"text": "A **red**"}}),
]
STOP = event("messageStop", {"stopReason": "end_turn"})


def stream(change: Callable[[list[bytes]], list[bytes]], wire: str = "openai"):
    """The frames of a good answer, changed."""
    return lambda peer: peer.send(whole(b"".join(change(vendors.streamed(wire))), kind=peer.kind))


def data(value: Any) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


def choice(delta: dict[str, Any], reason: str | None = None) -> bytes:
    return data({"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})


def mixed(frames: list[bytes]) -> list[bytes]:
    """Comments, empty lines, unknown fields, and chunks without choices."""
    odd = [b": comment\n\n", b"\n\n\n", b"retry: 10\nid: 7\n\n", data({"id": "c", "choices": []})]
    return [piece for frame in frames for piece in (*odd, frame)]


def thinking(frames: list[bytes]) -> list[bytes]:
    return [choice({"reasoning_content": "I think"}), choice({}, "stop"), *frames[-1:]]


def aws(*frames: bytes) -> Callable[[Peer], None]:
    return lambda peer: peer.send(
        whole(b"".join(frames), kind="application/vnd.amazon.eventstream")
    )


def torn(frame: bytes) -> bytes:
    """A checksum that is not the message's."""
    (crc,) = struct.unpack(">I", frame[-4:])
    return frame[:-4] + struct.pack(">I", crc ^ 1)


def after_text(id_: str, exit_: int, case: str, answer: Any, *lines: str, **more: Any) -> Row:
    """What was shown stays, and nothing is asked again."""
    more = {"requests": 1, "out": TWO, "inside": SOON, **more}
    return Row(id=id_, case=case, exit=exit_, answer=answer, says=lines, **more)


def before_text(id_: str, exit_: int, case: str, answer: Any, *lines: str, **more: Any) -> Row:
    more = {"requests": 2, "again": 1, "options": TWICE, "inside": SOON, **more}
    return Row(id=id_, case=case, exit=exit_, answer=answer, says=lines, **more)


def same(id_: str, case: str, answer: Any, *lines: str, **more: Any) -> Row:
    """The answer is what it would have been."""
    return Row(id=id_, case=case, exit=0, requests=1, answer=answer, says=lines, **more)


CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "of-nobody",
    "AWS_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "none",
    "AWS_SHARED_CREDENTIALS_FILE": "none",
}


def bedrock(place):
    return place.ask(env={"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": place.base, **CREDENTIALS})


OF_AWS: dict[str, Any] = {"model": AWS, "act": bedrock}

ENDS = (
    after_text("48a", 10, "a clean end without a finish", "sse-truncate", CUT),
    after_text("48b", 10, "the same of Anthropic", "sse-truncate", CUT, wire="anthropic"),
    after_text("48c", 10, "the same of Gemini", "sse-truncate", CUT, wire="gemini"),
    after_text("48d", 10, "the same of Ollama", "sse-truncate", CUT, wire="ollama"),
    before_text(
        "48e",
        7,
        "a clean end without a finish and without text",
        ("sse-truncate", 0),
        error(r"the connection ended before the answer began"),
    ),
    after_text("49a", 10, "reset after text", "sse-rst", CUT),
    after_text("49b", 10, "a stall after text", "sse-stall", CUT, "  try: .+"),
    after_text("49c", 10, "cut within a chunk after text", "sse-cut", CUT),
    before_text(
        "49d",
        7,
        "reset before text",
        ("sse-rst", 0),
        error(r"the connection to SERVER broke: Connection reset by peer"),
    ),
    before_text(
        "49e",
        7,
        "a stall before text",
        ("sse-stall", 0),
        error(r"SERVER sent nothing for 1 s"),
        "  try: .+",
    ),
    Row(
        id="49f",
        case="reset before text, then well",
        exit=0,
        requests=2,
        again=1,
        answer=("flaky", 1, "sse-rst", 0),
        says=(warning(r"the request was sent 2 times, .+"),),
    ),
    after_text(
        "49g",
        10,
        "pings for ever after text",
        "sse-drip",
        CUT,
        "  try: .+",
        options=("--timeout", "3"),
    ),
    after_text(
        "50a",
        8,
        "an error event after text",
        "sse-error",
        error(r"openai failed: the engine broke"),
    ),
    before_text(
        "50b",
        8,
        "an error event before text",
        ("sse-error", 0),
        error(r"openai failed: the engine broke"),
    ),
    after_text(
        "50c",
        8,
        "Anthropic's overloaded_error after text",
        stream(
            lambda frames: [
                *frames[:5],
                b"event: error\n"
                + data({"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}}),
            ],
            "anthropic",
        ),
        error(r"anthropic failed: Busy"),
        wire="anthropic",
    ),
)
ODD = (
    same("51a", "each byte in a packet of its own", "sse-bytes"),
    same("51b", "CRLF", "sse-crlf"),
    same("51c", "pings", "sse-ping"),
    same("51d", "no [DONE]", "sse-nodone"),
    same("51e", "comments, fields of no use, chunks without choices", stream(mixed)),
    same("51f", "a connection that stays open behind the end", "sse-open"),
    same("51g", "cut behind the finish", "sse-late-cut"),
    same(
        "51h",
        "split UTF-8",
        lambda peer: peer.send(
            whole(
                b"".join(vendors.streamed("openai", ("caf\u00e9 \U0001f600",))).replace(
                    b"\\u00e9", "\u00e9".encode()
                ),
                kind=peer.kind,
            )
        ),
        out="caf\u00e9 \U0001f600\n",
    ),
    same(
        "51i",
        "a plain answer where a stream was asked for",
        lambda peer: peer.send(whole(vendors.plain("openai"))),
    ),
    after_text(
        "52a",
        8,
        "a line that is not JSON",
        "sse-badjson",
        error(r"openai's answer is not JSON: \{not json"),
    ),
    same("52b", "text behind the end", "sse-late"),
    same("52c", "the finish twice", stream(lambda f: [*f[:-2], *f[-3:]])),
    same("52d", "the usage before the finish", stream(lambda f: [*f[:-3], f[-2], f[-3], f[-1]])),
    same(
        "52e",
        "Anthropic's start event twice",
        stream(lambda f: [f[0], *f], "anthropic"),
        wire="anthropic",
    ),
    after_text(
        "52f",
        8,
        "a line of a thousand brackets",
        stream(lambda f: [*f[:3], b"data: " + b"[" * 100_000 + b"\n\n"]),
        error(r"openai.+"),
    ),
    after_text(
        "53a",
        8,
        "a frame with a wrong checksum",
        aws(*FRAMES, torn(STOP)),
        error(r".*checksum.*"),
        out="A **red**\n",
        **OF_AWS,
    ),
    after_text(
        "53b",
        8,
        "a throttling exception after text",
        aws(*FRAMES, exception("throttlingException", "Too many tokens")),
        error(r"bedrock's rate limit is reached: Too many tokens"),
        out="A **red**\n",
        **OF_AWS,
    ),
    before_text(
        "53c",
        6,
        "a throttling exception before text",
        aws(exception("throttlingException", "Too many tokens")),
        error(r"bedrock's rate limit is reached: Too many tokens"),
        **OF_AWS,
    ),
    after_text(
        "53d",
        10,
        "an end within a frame",
        aws(*FRAMES, STOP[:10]),
        CUT,
        out="A **red**\n",
        **OF_AWS,
    ),
    Row(
        id="54b",
        case="reasoning alone in a stream",
        exit=8,
        requests=1,
        answer=stream(thinking),
        says=(error(r"the model gave only its reasoning and no answer text"),),
    ),
    Row(
        id="54c",
        case="an empty stream with a finish",
        exit=8,
        requests=1,
        answer=stream(lambda f: f[:1] + f[-3:]),
        says=(error(r"the model gave an empty answer"),),
    ),
)
CLOCK = (
    Row(
        id="36f",
        case="AWS: a signature of another time",
        exit=4,
        requests=1,
        answer=lambda peer: peer.send(
            whole(
                b'{"message": "Signature expired: 20200101T000000Z is now earlier than it may be"}',
                403,
                x_amzn_errortype="InvalidSignatureException:http://internal.amazon.com/coral/",
            )
        ),
        says=(
            error(r"bedrock .*Signature expired: .+ \(HTTP 403\)"),
            remedy(r"check your clock: AWS takes no signature that is some minutes off"),
        ),
        **OF_AWS,
    ),
)
ROWS = (*ENDS, *ODD, *CLOCK)
