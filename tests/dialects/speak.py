"""Says one answer on every wire, streamed and whole, as a provider would."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.aws_frames import event


@dataclass(frozen=True, kw_only=True)
class Speech:
    """pieces: (is it reasoning, text). full: the length limit was reached."""

    pieces: tuple[tuple[bool, str], ...]
    full: bool = False
    input: int | None = None
    output: int | None = None
    ascii: bool = True

    @property
    def text(self) -> str:
        return "".join(text for thought, text in self.pieces if not thought)

    @property
    def reasoning(self) -> str:
        return "".join(text for thought, text in self.pieces if thought)

    def dump(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=self.ascii)

    def frames(self, values: Iterable[Any]) -> bytes:
        return "".join(f"data: {self.dump(value)}\n\n" for value in values).encode()


def given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def openai_stream(said: Speech) -> bytes:
    def chunk(delta: Any, finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "c1", "model": "m", "choices": [choice]}

    counts = given(prompt_tokens=said.input, completion_tokens=said.output)
    pieces = [
        chunk({"reasoning_content" if thought else "content": text})
        for thought, text in said.pieces
    ]
    end = chunk({}, "length" if said.full else "stop")
    usage = {"id": "c1", "model": "m", "choices": [], "usage": counts}
    return said.frames([chunk({"role": "assistant"}), *pieces, end, usage]) + b"data: [DONE]\n\n"


def openai_whole(said: Speech) -> bytes:
    message = {"content": said.text or None, "reasoning_content": said.reasoning or None}
    choice = {"index": 0, "message": message, "finish_reason": "length" if said.full else "stop"}
    counts = given(prompt_tokens=said.input, completion_tokens=said.output)
    return said.dump({"id": "c1", "model": "m", "choices": [choice], "usage": counts}).encode()


def anthropic_events(said: Speech) -> list[dict[str, Any]]:
    message = {"id": "c1", "model": "m", "content": [], "usage": given(input_tokens=said.input)}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": message}]
    for thought, text in said.pieces:
        delta = (
            {"type": "thinking_delta", "thinking": text}
            if thought
            else {"type": "text_delta", "text": text}
        )
        events.append({"type": "content_block_delta", "index": 0, "delta": delta})
    stop = {"stop_reason": "max_tokens" if said.full else "end_turn"}
    events.append(
        {"type": "message_delta", "delta": stop, "usage": given(output_tokens=said.output)}
    )
    events.append({"type": "message_stop"})
    return events


def anthropic_stream(said: Speech) -> bytes:
    events = anthropic_events(said)
    return "".join(f"event: {e['type']}\ndata: {said.dump(e)}\n\n" for e in events).encode()


def invoke_stream(said: Speech) -> bytes:
    coded = (b64encode(said.dump(e).encode()).decode() for e in anthropic_events(said))
    return b"".join(event("chunk", {"bytes": data}) for data in coded)


def anthropic_whole(said: Speech) -> bytes:
    content = [
        {"type": "thinking", "thinking": text} if thought else {"type": "text", "text": text}
        for thought, text in said.pieces
    ]
    stop = "max_tokens" if said.full else "end_turn"
    usage = given(input_tokens=said.input, output_tokens=said.output)
    whole = {"id": "c1", "model": "m", "content": content, "stop_reason": stop, "usage": usage}
    return said.dump(whole).encode()


def bedrock_metadata(said: Speech) -> dict[str, Any]:
    counts = given(inputTokens=said.input, outputTokens=said.output)
    if len(counts) == 2:
        counts["totalTokens"] = sum(counts.values())
    return {"usage": counts, "trace": {"promptRouter": {"invokedModelId": "m"}}}


def bedrock_stop(said: Speech) -> dict[str, str]:
    return {"stopReason": "max_tokens" if said.full else "end_turn"}


def bedrock_stream(said: Speech) -> bytes:
    frames = [("messageStart", {"role": "assistant"})]
    for n, (thought, text) in enumerate(said.pieces):
        delta = {"reasoningContent": {"text": text}} if thought else {"text": text}
        frames.append(("contentBlockDelta", {"delta": delta, "contentBlockIndex": n}))
        frames.append(("contentBlockStop", {"contentBlockIndex": n}))
    frames += [("messageStop", bedrock_stop(said)), ("metadata", bedrock_metadata(said))]
    return b"".join(event(name, data, ascii_only=said.ascii) for name, data in frames)


def bedrock_whole(said: Speech) -> bytes:
    content = [
        {"reasoningContent": {"reasoningText": {"text": text}}} if thought else {"text": text}
        for thought, text in said.pieces
    ]
    message = {"role": "assistant", "content": content}
    answer = {"output": {"message": message}, **bedrock_stop(said), **bedrock_metadata(said)}
    return said.dump(answer).encode()


def cohere_end(said: Speech) -> dict[str, Any]:
    tokens = given(input_tokens=said.input, output_tokens=said.output)
    finish = "MAX_TOKENS" if said.full else "COMPLETE"
    return {"finish_reason": finish, "usage": {"billed_units": {}, "tokens": tokens}}


def cohere_stream(said: Speech) -> bytes:
    message = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": []}
    events: list[dict[str, Any]] = [
        {"type": "message-start", "id": "c1", "delta": {"message": message}}
    ]
    for n, (thought, text) in enumerate(said.pieces):
        kind = "thinking" if thought else "text"
        for name, content in [
            ("content-start", {"type": kind, kind: ""}),
            ("content-delta", {kind: text}),
        ]:
            delta = {"message": {"content": content}}
            events.append({"type": name, "index": n, "delta": delta})
        events.append({"type": "content-end", "index": n})
    events.append({"type": "message-end", "delta": cohere_end(said)})
    return "".join(f"event: {e['type']}\ndata: {said.dump(e)}\n\n" for e in events).encode()


def cohere_whole(said: Speech) -> bytes:
    content = [
        {"type": "thinking", "thinking": text} if thought else {"type": "text", "text": text}
        for thought, text in said.pieces
    ]
    message = {"role": "assistant", "content": content}
    return said.dump({"id": "c1", "message": message, **cohere_end(said)}).encode()


def gemini_response(said: Speech, parts: list[Any], *, last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if last:
        candidate["finishReason"] = "MAX_TOKENS" if said.full else "STOP"
    counts = given(promptTokenCount=said.input, candidatesTokenCount=said.output)
    known = {"responseId": "c1", "modelVersion": "m"}
    return {"candidates": [candidate], **known, **({"usageMetadata": counts} if last else {})}


def gemini_stream(said: Speech) -> bytes:
    parts = [{"text": text, **({"thought": True} if t else {})} for t, text in said.pieces]
    chunks = [gemini_response(said, [part], last=False) for part in parts]
    return said.frames([*chunks, gemini_response(said, [], last=True)])


def gemini_whole(said: Speech) -> bytes:
    parts = [{"text": text, **({"thought": True} if t else {})} for t, text in said.pieces]
    return said.dump(gemini_response(said, parts, last=True)).encode()


def ollama_line(said: Speech, *, content: str, thinking: str, done: bool) -> dict[str, Any]:
    line: dict[str, Any] = {"model": "m", "message": {"role": "assistant", "content": content}}
    if thinking:
        line["message"]["thinking"] = thinking
    line["done"] = done
    if done:
        line["done_reason"] = "length" if said.full else "stop"
        line |= given(prompt_eval_count=said.input, eval_count=said.output)
    return line


def ollama_stream(said: Speech) -> bytes:
    lines = [
        ollama_line(said, content="" if t else text, thinking=text if t else "", done=False)
        for t, text in said.pieces
    ]
    lines.append(ollama_line(said, content="", thinking="", done=True))
    return "".join(said.dump(line) + "\n" for line in lines).encode()


def ollama_whole(said: Speech) -> bytes:
    line = ollama_line(said, content=said.text, thinking=said.reasoning, done=True)
    return said.dump(line).encode()


def responses_object(said: Speech, *, output: list[Any], done: bool = True) -> dict[str, Any]:
    known = {"id": "c1", "object": "response", "model": "m", "output": output}
    if not done:
        return {**known, "status": "in_progress", "usage": None}
    counts = given(input_tokens=said.input, output_tokens=said.output)
    details = {"reason": "max_output_tokens"} if said.full else None
    status = "incomplete" if said.full else "completed"
    return {**known, "status": status, "incomplete_details": details, "usage": counts}


def responses_output(said: Speech) -> list[Any]:
    return [
        {"type": "reasoning", "id": f"r{n}", "summary": [{"type": "summary_text", "text": text}]}
        if thought
        else {
            "type": "message",
            "id": f"m{n}",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": text, "annotations": []}],
        }
        for n, (thought, text) in enumerate(said.pieces)
    ]


def responses_stream(said: Speech) -> bytes:
    begun = responses_object(said, output=[], done=False)
    end = responses_object(said, output=responses_output(said))
    events: list[dict[str, Any]] = [{"type": "response.created", "response": begun}]
    for n, (thought, text) in enumerate(said.pieces):
        name = "reasoning_summary_text" if thought else "output_text"
        item = f"{'r' if thought else 'm'}{n}"
        piece = {"item_id": item, "output_index": n, "content_index": 0}
        events.append({"type": f"response.{name}.delta", **piece, "delta": text})
        events.append({"type": f"response.{name}.done", **piece, "text": text})
    events.append({"type": f"response.{end['status']}", "response": end})
    numbered = [{**event, "sequence_number": n} for n, event in enumerate(events)]
    return "".join(f"event: {e['type']}\ndata: {said.dump(e)}\n\n" for e in numbered).encode()


def responses_whole(said: Speech) -> bytes:
    return said.dump(responses_object(said, output=responses_output(said))).encode()


def watsonx_stream(said: Speech) -> bytes:
    def item(delta: Any, finish: str | None = None, usage: Any = None) -> dict[str, Any]:
        choice = {"index": 0, "finish_reason": finish, "delta": delta}
        known = {"id": "c1", "model_id": "m", "created": 1, "choices": [choice]}
        return known if usage is None else {**known, "usage": usage}

    pieces = [
        item({"reasoning_content" if thought else "content": text}) for thought, text in said.pieces
    ]
    counts = given(prompt_tokens=said.input, completion_tokens=said.output)
    end = item({"content": ""}, "length" if said.full else "stop", counts)
    frames = [item({"role": "assistant", "content": ""}), *pieces, end]
    return "".join(
        f"id: {n}\nevent: message\ndata: {said.dump(frame)}\n\n"
        for n, frame in enumerate(frames, 1)
    ).encode()


def watsonx_whole(said: Speech) -> bytes:
    whole = json.loads(openai_whole(said))
    return said.dump({"model_id": whole.pop("model"), **whole}).encode()


Voice = Callable[[Speech], bytes]
WIRES: dict[str, tuple[Voice, Voice]] = {
    "anthropic": (anthropic_stream, anthropic_whole),
    "bedrock_converse": (bedrock_stream, bedrock_whole),
    "cohere": (cohere_stream, cohere_whole),
    "bedrock_invoke": (invoke_stream, anthropic_whole),
    "gemini": (gemini_stream, gemini_whole),
    "ollama": (ollama_stream, ollama_whole),
    "openai_chat": (openai_stream, openai_whole),
    "openai_responses": (responses_stream, responses_whole),
    "watsonx": (watsonx_stream, watsonx_whole),
}
