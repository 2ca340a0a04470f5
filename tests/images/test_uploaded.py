"""Files that a provider has already: their ids go to that provider, and to nobody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.program import Done, vision
from visioncli import providers
from visioncli.config import Settings
from visioncli.core.errors import ImageProblem

from .made import load, provider

NAMES = providers.names(Settings())
TAKES = [name for name in NAMES if providers.provider(name, Settings()).files]


def refused(image: str, **row: Any) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        load(image, provider(**row))
    assert told.value.exit == 5
    assert told.value.message.isprintable()
    return told.value


def test_an_id_of_the_provider_that_is_asked_is_all_that_is_sent() -> None:
    for image in ("acme:file-abc", "ACME:file-abc"):
        picture = load(image, provider(files="openai_chat"))
        assert (picture.source, picture.address, picture.blob) == (image, "file-abc", None)
        assert (picture.media_type, picture.is_id) == (None, True)
    told = load("acme:files/a_1-b", provider(files="gemini"), media_type="image/png")
    assert (told.address, told.media_type) == ("files/a_1-b", "image/png")


@pytest.mark.parametrize("image", ["https://h.test/x.png", "gs://b/x.png"])
def test_an_address_is_no_id(image: str) -> None:
    picture = load(image, provider(urls=("https", "gs"), files="openai_chat"))
    assert (picture.address, picture.is_id) == (image, False)


@pytest.mark.parametrize("name", NAMES)
def test_an_id_of_another_provider_is_refused_whatever_its_form(name: str) -> None:
    for image in (f"{name}:file-abc", f"{name}:files/abc", f"{name.upper()}:0b1c-22", f"{name}:"):
        told = refused(image, files="openai_chat")
        assert told.message == f"{image} is a file that is with {name}, and acme is asked"
        assert (told.hint or "").startswith(f"-m {name}/MODEL, ")
        assert told.code == "image_elsewhere"


@pytest.mark.parametrize("image", ["together:abc", "Lm-Studio:abc", "my-own:file-abc"])
def test_also_under_another_spelling_and_of_a_provider_of_the_users_own(image: str) -> None:
    assert "is a file that is with" in refused(image).message


def test_a_provider_that_takes_none() -> None:
    told = refused("acme:file-abc")
    assert told.message == "acme:file-abc: acme takes no ids of files"
    assert told.hint == "save it as a picture, and name the file"


@pytest.mark.parametrize("id_", ["", "a b", "../secret", "a\nb", "//x", "a?b=1", "é"])
def test_what_is_no_id(id_: str) -> None:
    assert "is no id of a file" in refused(f"acme:{id_}", files="openai_chat").message


def test_a_file_of_that_name_is_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("acme:file-abc").write_bytes(b"no picture")
    with pytest.raises(ImageProblem, match="is too small to be a picture"):
        load("acme:file-abc", provider(files="openai_chat"))


# --------------------------------------------------------------------------- on each wire


def asked(model: str, *images: str) -> Done:
    words = ("ask", "--dry-run", "--json", "--force", "-q", "-m", model, *images)
    return vision(*words, "what is it?")


GOOGLE = "https://generativelanguage.googleapis.com/v1beta"
SENT = {
    "anthropic/claude-sonnet-4-6": (
        "anthropic:file_011CNha8",
        {"type": "image", "source": {"type": "file", "file_id": "file_011CNha8"}},
    ),
    "mistral/mistral-small-latest": (
        "mistral:3b6a1c0e-22",
        {"type": "file", "file_id": "3b6a1c0e-22"},
    ),
    "moonshot/kimi-k2.6": (
        "moonshot:cpq1",
        {"type": "image_url", "image_url": {"url": "ms://cpq1"}},
    ),
    "gemini/gemini-flash-latest": (
        "gemini:files/abc-1",
        {"fileData": {"fileUri": f"{GOOGLE}/files/abc-1"}},
    ),
}


@pytest.mark.parametrize("model", SENT)
def test_the_id_in_the_words_of_its_wire(model: str) -> None:
    image, part = SENT[model]
    done = asked(model, image)
    assert (done.status, done.err) == (0, "")
    assert json.dumps(part) in json.dumps(done.json["body"])
    beta = done.json["headers"].get("anthropic-beta")
    assert beta == ("files-api-2025-04-14" if model.startswith("anthropic/") else None)


def test_the_wire_of_files_stands_beside_that_of_questions() -> None:
    """OpenAI's chat route takes no ids of pictures, its Responses do."""
    done = asked("openai/gpt-4o", "openai:file-abc")
    assert done.status == 0
    assert done.json["url"] == "https://api.openai.com/v1/responses"
    assert '"file_id": "file-abc"' in json.dumps(done.json["body"])


FORMS = {"anthropic": "file_a1", "gemini": "files/a1", "openai_responses": "file-a1"}


@pytest.mark.parametrize("name", TAKES)
def test_every_row_that_takes_ids_sends_them(name: str) -> None:
    row = providers.provider(name, Settings())
    id_ = FORMS.get(row.files or "", "a1")
    done = asked(f"{name}/{row.default_model or 'm'}", f"{name}:{id_}")
    assert (done.status, done.err) == (0, "")
    assert json.dumps(done.json["body"]).count(f'{id_}"') == 1


@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4-6", "gemini/gemini-flash-latest"])
def test_what_the_wire_cannot_be_told_is_refused(model: str) -> None:
    done = asked(model, f"{model.partition('/')[0]}:abc")
    assert done.status == 5
    assert "'abc' is no address that" in done.err


def test_a_request_without_ids_asks_for_no_beta() -> None:
    done = asked("anthropic/claude-sonnet-4-6", "https://h.test/x.png")
    assert "anthropic-beta" not in done.json["headers"]


def test_another_model_is_not_given_what_it_cannot_have() -> None:
    done = vision(
        *("ask", "--dry-run", "-q", "-m", "anthropic/claude-sonnet-4-6"),
        *("-m", "openai/gpt-4o", "anthropic:file_011CNha8", "what is it?"),
    )
    assert done.status == 5
    assert "is a file that is with anthropic, and openai is asked" in done.err


# ------------------------------------------------------------------------------- buckets


def test_a_bucket_of_google_goes_to_gemini_with_its_type() -> None:
    done = asked("gemini/gemini-flash-latest", "gs://bucket/cat.png")
    told = {"mimeType": "image/png", "fileUri": "gs://bucket/cat.png"}
    assert json.dumps({"fileData": told}) in json.dumps(done.json["body"])
    done = asked("gemini/gemini-flash-latest", "gs://bucket/cat")
    assert done.status == 2
    assert "nothing tells the type of gs://bucket/cat" in done.err
    assert "--format image/jpeg" in done.err


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["gs", "s3"])
def test_a_bucket_is_named_by_the_row_or_refused(name: str, kind: str) -> None:
    row = providers.provider(name, Settings())
    image = f"{kind}://bucket/cat.png"
    if kind in row.urls:
        assert load(image, row).address == image
    else:
        with pytest.raises(ImageProblem, match=f"{name} takes no {kind}:// addresses"):
            load(image, row)
