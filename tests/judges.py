"""Who judges what: provider by what can be asked of it, as a table in Markdown.

`python -m tests.judges` runs the tests that the cells stand for, and only what passed is named as
judged; it ends with 1 where a judge did not come to a verdict. A judge is a program or a model
that nobody here wrote. A cell without one says why; our own tests are no judges.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cache

import pytest

from tests.dialects.scenarios import MODELS, SCENARIOS
from tests.dialects.scenarios import target as wire
from tests.foreign.ways import AIMOCK, LLMOCK, Way
from tests.providers.places import NAMES, NONE, filled
from visioncli import dialects, providers
from visioncli.core.target import ModelRef, Target

# Columns that the types of a vendor judge, and the scenario they stand for.
TYPED = {
    "inline": "picture",
    "URL": "address",
    "two images": "two_pictures",
    "system": "system",
    "detail": "detail",
    "schema": "schema",
}
COLUMNS = ("inline", "URL", "two images", "system", "format", "detail", "schema", "stream", "error")
TYPES = {
    "anthropic": "anthropic types",
    "bedrock_converse": "botocore model",
    "bedrock_invoke": "anthropic types",
    "cohere": "cohere types",
    "gemini": "google-genai types",
    "ollama": "ollama types",
    "openai_chat": "openai types",
    "openai_responses": "openai types",
    "watsonx": "openai types",
}
# Wires that a packaged row speaks only for some of its models or files.
BESIDE = {
    "openai (Responses)": "openai_responses",
    "bedrock/invoke/…": "bedrock_invoke",
}
ORACLES = "tests/dialects/test_oracles.py"
BEDROCK = "tests/dialects/test_bedrock_oracles.py"
FORMATS = "tests/dialects/test_media_types.py"
LLAMA = "tests/llama/test_data_urls.py"
PROVIDER = "tests/providers/test_judged.py::test_what_is_sent_to_it_is_of_its_wire"


@dataclass(frozen=True)
class Cell:
    """judge and the test in which it judges; or the reason why there is none.

    lent: judged on the wire as its vendor has it, not on what this provider's row makes of it.
    """

    judge: str = ""
    test: str = ""
    reason: str = ""
    lent: bool = False


def read(dialect: str, ending: str = "sse") -> str:
    return f"{ORACLES}::test_we_read_what_the_vendors_sdk_reads[{dialect}-text.{ending}]"


STREAMS = {
    "anthropic": Cell("anthropic SDK", read("anthropic")),
    "bedrock_converse": Cell(
        "botocore", f"{BEDROCK}::test_we_read_of_a_stream_what_botocore_reads[text]"
    ),
    "bedrock_invoke": Cell(
        "anthropic SDK", f"{BEDROCK}::test_anthropics_client_reads_the_same_events_of_invoke[text]"
    ),
    "cohere": Cell("cohere SDK", read("cohere")),
    "gemini": Cell("google-genai SDK", read("gemini")),
    "ollama": Cell("ollama SDK", read("ollama", "ndjson")),
    "openai_chat": Cell("openai SDK", read("openai_chat")),
    "openai_responses": Cell("openai SDK", read("openai_responses")),
    "watsonx": Cell("openai SDK", read("watsonx")),
}
UNOPENED = Cell(reason="the media type stands in a data URL, which the vendor's types do not open")
MEDIA_TYPES = {
    "anthropic": Cell("anthropic types", f"{FORMATS}::test_anthropics_types_know_it[anthropic]"),
    "bedrock_converse": Cell("botocore model", f"{FORMATS}::test_botocores_model_knows_it"),
    "bedrock_invoke": Cell(
        "anthropic types", f"{FORMATS}::test_anthropics_types_know_it[bedrock_invoke]"
    ),
    "cohere": UNOPENED,
    "gemini": Cell(reason="the media type is any string to Google's types"),
    "ollama": Cell(reason="the wire has no media type"),
    "openai_chat": Cell("llama.cpp", f"{LLAMA}::test_it_reads_the_address_we_make[openai_chat]"),
    "openai_responses": Cell(
        "llama.cpp", f"{LLAMA}::test_it_reads_the_address_we_make[openai_responses]"
    ),
    "watsonx": UNOPENED,
}


def limited(mock: str, way: Way) -> Cell:
    name = {
        "aimock": "test_a_rate_limit_is_waited_for_and_then_told",
        "llmock": "test_a_limit_is_waited_for_as_long_as_it_says",
    }[mock]
    return Cell(mock, f"tests/foreign/test_{mock}.py::{name}[--stream-{way}]")


# By provider where a mock speaks as it, else by wire. aimock words the errors of Bedrock, Ollama
# and Cohere as their vendors do not: it judges none of these.
NOT_THEIRS = {"bedrock_converse", "bedrock_invoke", "ollama", "cohere"}
ERRORS = {
    **{way.provider: limited("aimock", way) for way in AIMOCK if way.dialect not in NOT_THEIRS},
    **{way.provider: limited("llmock", way) for way in LLMOCK},
}
WIRE_ERRORS = {
    **{way.dialect: limited("llmock", way) for way in reversed(LLMOCK)},
    "bedrock_converse": Cell(
        "botocore",
        f"{BEDROCK}::test_an_error_frame_has_the_name_and_words_that_botocore_reads[throttled]",
    ),
    "bedrock_invoke": Cell(
        "anthropic SDK",
        f"{BEDROCK}::test_anthropics_client_reads_the_same_events_of_invoke[throttled]",
    ),
    "ollama": Cell(
        reason="no mock words errors as Ollama does; ours are composed after its source"
    ),
    "watsonx": Cell(reason="no mock and no light SDK speaks watsonx"),
}


def cloud(judge: str, test: str) -> Cell:
    return Cell(judge, f"tests/providers/test_clouds_oracles.py::{test}")


VERTEX = "google-genai's Vertex client"
# The vendors' own clients, set up for this provider: they send the same to the same address.
CLIENTS = {
    ("azure", "inline"): cloud("openai.AzureOpenAI", "test_azure_openai[azure]"),
    ("azure_ai", "inline"): cloud(
        "azure-ai-inference", "test_the_model_inference_api_of_azure[azure_ai]"
    ),
    ("vertex_ai", "inline"): cloud(VERTEX, "test_gemini_at_vertex[vertex_gemini]"),
    ("vertex_ai", "URL"): cloud(VERTEX, "test_gemini_at_vertex[vertex_gemini_address]"),
    ("vertex_ai", "detail"): cloud(VERTEX, "test_gemini_at_vertex[vertex_gemini_detail]"),
    ("vertex_ai", "schema"): cloud(VERTEX, "test_gemini_at_vertex[vertex_gemini_schema]"),
}


def target(name: str) -> Target:
    if name in BESIDE:
        return wire(BESIDE[name])
    model = providers.provider(name, NONE).default_model or "m"
    return providers.resolve(ModelRef(name, model), NONE, env=filled(name))


def dialect_of(name: str) -> str:
    return BESIDE.get(name) or target(name).provider.dialect


def typed(name: str, column: str) -> Cell:
    at, dialect = target(name), dialect_of(name)
    if column == "URL" and "https" not in at.provider.urls:
        if dialect == "bedrock_converse":
            place = "test_a_place_in_s3_is_one_that_botocore_takes"
            return Cell("botocore model (s3://)", f"{BEDROCK}::{place}")
        return Cell(reason="it fetches no web addresses: we fetch, and then it is inline")
    sent = dialects.load(dialect).build(SCENARIOS[TYPED[column]], at)
    body = json.dumps(sent.body.readable(full=True))
    words = {"detail": ('"detail": "low"', "mediaResolution"), "schema": ("animal",)}.get(column)
    if words and not any(word in body for word in words):
        said = any(column in warning for warning in sent.warnings)
        assert said, f"{column} is left out silently for {name}"
        return Cell(reason=f"the wire has no {column}: left out, and a warning says so")
    test = f"{PROVIDER}[{name}]"
    if name in BESIDE:
        scenario = f"{dialect}-{TYPED[column]}"
        test = f"{ORACLES}::test_the_vendors_types_take_what_we_send[{scenario}]"
    return Cell(TYPES[dialect], test)


@cache
def row(name: str) -> tuple[Cell, ...]:
    """The cells of a provider, in the order of COLUMNS."""
    dialect = dialect_of(name)
    shared = {
        "format": MEDIA_TYPES[dialect],
        "stream": STREAMS[dialect],
        "error": WIRE_ERRORS[dialect],
    }
    if name not in BESIDE and name != MODELS[dialect].provider:
        shared = {column: replace(cell, lent=True) for column, cell in shared.items()}
    if name in ERRORS and name not in BESIDE:
        shared["error"] = ERRORS[name]
    return tuple(
        CLIENTS.get((name, column)) or shared.get(column) or typed(name, column)
        for column in COLUMNS
    )


ROWS = (*NAMES, *BESIDE)
assert set(TYPES) == set(STREAMS) == set(MEDIA_TYPES) == set(MODELS) == set(dialects.NAMES)


def needed() -> list[str]:
    """The tests that the cells stand for."""
    return sorted({cell.test for name in ROWS for cell in row(name) if cell.test})


def table(passed: set[str]) -> Iterator[str]:
    reasons: list[str] = []
    yield f"| provider | wire | {' | '.join(COLUMNS)} |"
    yield "|---" * (len(COLUMNS) + 2) + "|"
    for name in ROWS:
        words = []
        for cell in row(name):
            if cell.reason:
                if cell.reason not in reasons:
                    reasons.append(cell.reason)
                words.append(f"none ({reasons.index(cell.reason) + 1})")
            else:
                word = cell.judge if cell.test in passed else "NOT JUDGED"
                words.append(f"~{word}" if cell.lent else word)
        yield f"| {name} | {dialect_of(name)} | {' | '.join(words)} |"
    yield ""
    yield "~ judged on the wire as its vendor has it; this provider says that it speaks the same."
    yield "Types, models and clients judge what this provider's own row makes us send.\n"
    yield from (f"{number}. {reason}" for number, reason in enumerate(reasons, 1))


class Passed:
    """A plugin that takes down which tests passed."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.ids.add(report.nodeid)


if __name__ == "__main__":
    seen = Passed()
    with redirect_stdout(sys.stderr):
        status = pytest.main(["-q", *needed()], plugins=[seen])
    print("\n".join(table(seen.ids)))  # noqa: T201 - what the command is for
    sys.exit(1 if status or set(needed()) - seen.ids else 0)
