"""What is sent to each provider, over all rows: no picture is dropped, no other host is asked.

One run of the command asks all of them, without a key, and with no socket to be had.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import visioncli
from tests.program import CAT, HORSE, PICTURES, Done, vision

from .places import GIVEN, NAMES, filled, row

PACKAGE = Path(visioncli.__file__).parent
ADDRESS = "https://pictures.example.com/cat.png"
JPEG, PNG = (base64.b64encode(Path(file).read_bytes()).decode() for file in (CAT, HORSE))


def shown(folder: Path, *words: str) -> dict[str, Any]:
    """What the command shows for every provider, by the provider's name."""
    (folder / "sitecustomize.py").write_text("import sys\nsys.modules['socket'] = None\n")
    models = {name: f"{name}/{row(name).default_model or 'm'}" for name in NAMES}
    env = {variable: value for name in NAMES for variable, value in filled(name).items()}
    named = [word for model in models.values() for word in ("-m", model)]
    done: Done = vision(
        *("ask", "--dry-run", "--json", "--force", "-q", *words, *named),
        env={**env, "PYTHONPATH": f"{folder}{os.pathsep}{PACKAGE.parent}"},
    )
    assert (done.status, done.err) == (0, "")
    return dict(zip(NAMES, done.objects, strict=True))


@pytest.fixture(scope="module")
def inline(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return shown(tmp_path_factory.mktemp("inline"), "--full", CAT, HORSE, "what changed?")


@pytest.fixture(scope="module")
def by_address(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return shown(tmp_path_factory.mktemp("address"), ADDRESS, "what is it?")


@pytest.mark.parametrize("name", NAMES)
def test_both_pictures_are_in_the_request_before_the_question(
    inline: dict[str, Any], name: str
) -> None:
    body = json.dumps(inline[name]["body"])
    places = [body.find(what) for what in (JPEG, PNG, "what changed?")]
    if "images" in body and row(name).dialect == "ollama":  # beside the text, in a list
        places[2] = len(body)
    assert -1 < places[0] < places[1] < places[2]
    assert (body.count(JPEG), body.count(PNG)) == (1, 1)
    assert [image["media_type"] for image in inline[name]["images"]] == ["image/jpeg", "image/png"]


@pytest.mark.parametrize("name", NAMES)
def test_it_goes_to_the_providers_own_host(inline: dict[str, Any], name: str) -> None:
    address = row(name).base_url or GIVEN
    host, _, domain = urlsplit(address).netloc.rpartition("}")
    sent = urlsplit(inline[name]["url"])
    if name == "vertex_ai":  # the location "global" has a host without its name
        assert sent.netloc == "aiplatform.googleapis.com"
    elif host:
        assert sent.netloc.endswith(domain)
        assert "{" not in sent.netloc
    else:
        assert sent.netloc == domain
    assert inline[name]["method"] == "POST"
    assert "{" not in sent.path


@pytest.mark.parametrize("name", NAMES)
def test_the_key_stands_in_it_by_the_name_of_its_variable(
    inline: dict[str, Any], name: str
) -> None:
    own = row(name)
    values = " ".join(inline[name]["headers"].values())
    if not own.key_required:
        assert "$" not in values
    elif own.auth == "bearer" or own.auth.startswith("header:"):
        assert f"${own.key_env[0]}" in values
    else:
        assert "authorization" in inline[name]["headers"]


@pytest.mark.parametrize("name", NAMES)
def test_an_address_is_passed_on_or_fetched_as_the_row_says(
    by_address: dict[str, Any], name: str
) -> None:
    body = json.dumps(by_address[name]["body"])
    if "https" in row(name).urls:
        assert body.count(ADDRESS) == 1
        assert "base64" not in body
    else:
        assert body.count(f"<base64 of {ADDRESS}>") == 1


@pytest.mark.parametrize("name", [name for name in NAMES if row(name).base_url is None])
def test_nothing_is_sent_where_no_address_is_known(name: str) -> None:
    done = vision("ask", "--dry-run", "-m", f"{name}/m", str(PICTURES / "chelsea.jpg"), "q")
    assert done.status == 2
    assert f"error: {name} has no default address and none was given" in done.err
    assert done.out == ""
