"""What other libraries take as arguments and we do not: never sent as a field, never ignored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock import serving
from visioncli import UsageError, completion

MESSAGES = [{"role": "user", "content": "hello"}]
ELSEWHERE: dict[str, Any] = {
    "base_url": "http://127.0.0.1:9/v1",
    "api_version": "2024-10-21",
    "aws_secret_access_key": "canary",
    "azure_ad_token": "canary",
    "vertex_credentials": "canary",
    "extra_headers": {"Authorization": "Bearer canary"},
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_an_argument_that_belongs_elsewhere_is_an_error_and_nothing_is_sent(name: str) -> None:
    with serving() as mock:
        with pytest.raises(UsageError, match=name) as caught:
            completion(
                "openai/gpt-4o",
                MESSAGES,
                api_base=f"{mock.url}/v1",
                api_key="sk-any-0123456789",
                **{name: ELSEWHERE[name]},
            )
        assert caught.value.hint
        assert not mock.received


def test_retries_by_the_name_that_litellm_gives_them() -> None:
    with serving() as mock:
        answer = completion(
            "openai/gpt-4o",
            MESSAGES,
            api_base=f"{mock.url}/v1",
            api_key="sk-any-0123456789",
            num_retries=0,
        )
        assert answer.choices[0].message.content == mock.text
        assert "num_retries" not in mock.posts[0].json
