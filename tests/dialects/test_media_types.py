"""Media types as the vendors' own models list them: where these list any."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.dialects import bedrock_judge, test_oracles
from tests.dialects.scenarios import ASK, build, user
from visioncli.core.types import BytesBlob, ImagePart, Request

TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")


def asked(media_type: str) -> Request:
    return Request(messages=(user(ImagePart(media_type, BytesBlob(b"x")), ASK),))


def judged(dialect: str, media_type: str) -> None:
    test_oracles.judge(dialect, build(dialect, asked(media_type)).body.readable(full=True))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("dialect", ["anthropic", "bedrock_invoke"])
def test_anthropics_types_know_it(dialect: str) -> None:
    for media_type in TYPES:
        judged(dialect, media_type)
    with pytest.raises(ValidationError, match="image/webp"):  # what it would have taken
        judged(dialect, "image/tiff")


def test_botocores_model_knows_it() -> None:
    known = bedrock_judge.service().shape_for("ImageFormat").enum
    sent = [
        build("bedrock_converse", asked(media_type)).body.readable(full=True)
        for media_type in TYPES
    ]
    formats = [body["messages"][0]["content"][0]["image"]["format"] for body in sent]
    assert sorted(formats) == sorted(known)
