"""A PDF as it is: on the wires that have a place for one, and refused on the others."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from tests.dialects import test_oracles
from tests.dialects.scenarios import ASK, PNG, build, target, user
from visioncli import dialects, providers
from visioncli.config import Settings
from visioncli.core.errors import ImageProblem
from visioncli.core.types import PDF, BytesBlob, ImagePart, Request

DOCUMENT = ImagePart(PDF, BytesBlob(b"%PDF-1.7 not really"))
DATA = b64encode(b"%PDF-1.7 not really").decode()
EXPECTED = {
    "anthropic": {
        "type": "document",
        "source": {"type": "base64", "media_type": PDF, "data": DATA},
    },
    "bedrock_invoke": {
        "type": "document",
        "source": {"type": "base64", "media_type": PDF, "data": DATA},
    },
    "bedrock_converse": {
        "document": {"format": "pdf", "name": "document 1", "source": {"bytes": DATA}}
    },
    "gemini": {"inlineData": {"mimeType": PDF, "data": DATA}},
    "openai_chat": {
        "type": "file",
        "file": {"filename": "document.pdf", "file_data": f"data:{PDF};base64,{DATA}"},
    },
    "openai_responses": {
        "type": "input_file",
        "filename": "document.pdf",
        "file_data": f"data:{PDF};base64,{DATA}",
    },
}
NONE = Settings()


def body(dialect: str, *parts: ImagePart) -> Any:
    return build(dialect, Request(messages=(user(*parts, ASK),))).body.readable(full=True)


def content(sent: Any) -> Any:
    (message,) = sent.get("messages") or sent.get("input") or sent.get("contents")
    return message.get("content") or message.get("parts")


@pytest.mark.parametrize("dialect", EXPECTED)
def test_it_has_a_place_of_its_own(dialect: str) -> None:
    sent = body(dialect, DOCUMENT, PNG)
    assert content(sent)[0] == EXPECTED[dialect]
    assert len(content(sent)) == 3


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("dialect", EXPECTED)
def test_the_vendors_own_types_know_it(dialect: str) -> None:
    test_oracles.judge(dialect, body(dialect, DOCUMENT))


@pytest.mark.parametrize("dialect", ["ollama", "cohere"])
def test_elsewhere_it_is_refused(dialect: str) -> None:
    with pytest.raises(ImageProblem, match=r"takes no PDF$") as told:
        body(dialect, DOCUMENT)
    assert told.value.hint == "FILE.pdf#1 shows a page as a picture"


def test_bedrock_tells_several_apart() -> None:
    blocks = content(body("bedrock_converse", DOCUMENT, PNG, DOCUMENT))
    assert [block["document"]["name"] for block in blocks if "document" in block] == [
        *("document 1", "document 2")
    ]


def test_addresses_of_one() -> None:
    there = ImagePart(PDF, "gs://bucket/a.pdf")
    assert content(body("gemini", there))[0] == {
        "fileData": {"mimeType": PDF, "fileUri": "gs://bucket/a.pdf"}
    }
    there = ImagePart(PDF, "s3://bucket/a.pdf")
    document = content(body("bedrock_converse", there))[0]["document"]
    assert document["source"] == {"s3Location": {"uri": "s3://bucket/a.pdf"}}
    with pytest.raises(ImageProblem, match="takes no address of a PDF"):
        body("openai_chat", there)


def test_what_has_no_detail_says_so() -> None:
    part = ImagePart(PDF, DOCUMENT.source, "high")
    request = Request(messages=(user(part, ASK),))
    warnings = dialects.load("openai_chat").build(request, target("openai_chat")).warnings
    assert warnings == ("openai knows no detail of a PDF; it was left out",)


def test_a_row_that_lists_it_speaks_a_wire_that_can_say_it() -> None:
    rows = [row for row in providers.rows(NONE) if PDF in row.media_types]
    assert {row.dialect for row in rows} <= set(EXPECTED)
    assert {row.name for row in rows} == {
        *("anthropic", "bedrock", "gemini", "openai", "vertex_ai")
    }


def test_every_wire_was_looked_at() -> None:
    """watsonx says what OpenAI's chat says, and its row does not list it."""
    assert set(dialects.NAMES) == {*EXPECTED, "ollama", "cohere", "watsonx"}
