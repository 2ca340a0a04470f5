"""Providers of the user's own: tables of the configuration, read as the package's rows are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from visioncli import providers
from visioncli.config import Settings, load
from visioncli.core.errors import UsageError
from visioncli.core.target import ModelRef


def settings(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load({"VISION_CONFIG": str(file)})


MINE = """\
[providers.mine]
dialect = "openai_chat"
base_url = "http://localhost:8000/v1"
auth = "none"
urls = ["https"]
[providers.mine.quirks]
max_tokens_field = "max_completion_tokens"
[providers.mine.limits]
images_per_request = 2
[[providers.mine.routes]]
match = "old-*"
base_url = "http://localhost:9000/v1"
limits = { image_bytes = 5 }
"""


def test_a_private_provider_is_read_as_a_row(tmp_path: Path) -> None:
    mine = settings(tmp_path, MINE)
    target = providers.resolve(ModelRef("mine", "llava"), mine, env={})
    assert target.base_url == "http://localhost:8000/v1"
    assert target.provider.quirks == {"max_tokens_field": "max_completion_tokens"}
    assert target.provider.limits.images_per_request == 2
    assert "mine" in providers.names(mine)


def test_a_route_is_laid_over_it_key_by_key(tmp_path: Path) -> None:
    old = providers.resolve(ModelRef("mine", "old-1"), settings(tmp_path, MINE), env={})
    assert old.base_url == "http://localhost:9000/v1"
    assert old.provider.limits.image_bytes == 5
    assert old.provider.limits.images_per_request == 2


def test_a_private_table_comes_before_the_packages_row(tmp_path: Path) -> None:
    own = settings(tmp_path, '[providers.openai]\ndialect="ollama"\nbase_url="http://h.test"')
    assert providers.provider("openai", own).dialect == "ollama"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('dialekt = "x"', "'dialekt'"),
        ('dialect = "smoke_signals"', "'smoke_signals'"),
        ('dialect = "openai_chat"\nquirks = { max_token_field = "x" }', "max_token_field"),
        ('dialect = "openai_chat"\nlimits = { images = 3 }', "'limits.images'"),
        ('dialect = "openai_chat"\nurls = "https"', "'urls' must be a list"),
        ('dialect = "openai_chat"\nname = "x"', "not a provider's to set"),
        ('dialect = "openai_chat"\nfiles = "smoke_signals"', "'files' is 'smoke_signals'"),
        ('dialect = "openai_chat"\n[[providers.mine.routes]]\nbase_url = "x"', "no 'match'"),
        ('base_url = "http://x.test"', "'dialect' is missing"),
    ],
)
def test_a_mistake_in_a_private_provider_names_the_line(
    tmp_path: Path, table: str, words: str
) -> None:
    own = settings(tmp_path, f"[providers.mine]\n{table}")
    with pytest.raises(UsageError) as caught:
        providers.provider("mine", own)
    assert words in caught.value.message
    assert re.search(r"config\.toml, line [1-9]", caught.value.message)


def test_a_model_that_does_not_fit_its_rows_pattern(tmp_path: Path) -> None:
    own = settings(tmp_path, MINE.replace("urls =", 'wire_model = "{1}:{3}"\nurls ='))
    with pytest.raises(UsageError, match=r"the model 'llava' does not fit '\{1\}:\{3\}'"):
        providers.resolve(ModelRef("mine", "llava"), own, env={})
