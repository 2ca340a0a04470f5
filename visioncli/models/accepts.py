"""Whether a provider takes a picture of the user's, as far as that is known without asking it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from visioncli import api, choice, providers
from visioncli.aim import Aim
from visioncli.config import Settings
from visioncli.core.errors import UsageError
from visioncli.core.target import ModelRef
from visioncli.core.types import ImagePart, Request
from visioncli.images.sources import Piped

NOWHERE = "http://127.0.0.1"  # nothing is sent: for rows whose address depends on the environment
QUESTION = "What does this picture show?"


def taken(
    image: str,
    ref: ModelRef,
    settings: Settings,
    *,
    stdin: Piped | None = None,
    env: Mapping[str, str] = os.environ,
) -> str:
    """What is taken, for people: "cat.jpg (image/jpeg, 34,142 bytes, 451x300)".

    Raises ImageProblem (5) where the provider's row says that it is not taken, UnknownModel (3) for
    a provider that is not known. Nothing is sent; an address stays where it is.
    """
    asked = api.Asked(
        request=Request(messages=api.question(QUESTION, [ImagePart(None, image)]), stream=False)
    )
    if ref.provider == choice.EYES.provider:
        call = api.prepare(asked, ref, settings, stdin=stdin, dry=True, env=env)
    else:
        try:
            target = providers.resolve(ref, settings, env=env)
        except UsageError:
            target = providers.resolve(ref, settings, address=NOWHERE, env=env)
        known_as = choice.known_as(ref, settings)
        aim = Aim(target=target, known_as=known_as, key=None, warnings=())
        call = api.call(aim, asked, stdin=stdin, fetch=False, began=time.monotonic())
    (picture,) = call.pictures
    facts = picture.found.facts()
    if facts.bytes is None:
        return f"the address {picture.shown}"
    size = f", {facts.width}x{facts.height}" if facts.width else ""
    return f"{picture.shown} ({picture.found.media_type}, {facts.bytes:,} bytes{size})"
