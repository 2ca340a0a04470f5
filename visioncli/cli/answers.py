"""One answer as the JSON object of `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from visioncli.api import EyesCall, HttpCall
from visioncli.core.errors import VisionError
from visioncli.core.types import Answer, FinishReason
from visioncli.images.facts import Facts
from visioncli.images.picture import Picture

from .report import error_json


def answer_json(
    call: HttpCall | EyesCall,
    answer: Answer,
    *,
    cost_usd: float | None,
    ms: int,
    warnings: Sequence[str],
    error: VisionError | None,
) -> dict[str, Any]:
    """The object of the contract; where there is no text, `{"error"}` alone says more."""
    if error and not answer.text:
        return {"error": error_json(error)}
    done: dict[str, Any] = {
        "model": str(call.ref),
        "answer": answer.text,
        "finish": answer.finish or FinishReason.INCOMPLETE,
        "usage": {
            "input": answer.usage.input,
            "output": answer.usage.output,
            "cached": answer.usage.cached,
            "reasoning": answer.usage.reasoning,
        },
        "cost_usd": cost_usd,
        "images": images_json(call.pictures),
        "id": answer.id,
        "ms": ms,
        "warnings": list(warnings),
    }
    if isinstance(call, EyesCall):
        done["eyes"] = _eyes(call)
    if error:
        done["error"] = error_json(error)
    return done


def images_json(pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    """One object a picture; what was passed through as an address was never seen here: null."""
    return [_image(picture) for picture in pictures]


def _image(picture: Picture) -> dict[str, Any]:
    found, facts = picture.found, picture.found.facts()
    return {
        "source": picture.source,
        **_seen(found, facts),
        "sha256": facts.sha256,
        "sent": _seen(picture, facts if picture is found else picture.facts()),
    }


def _seen(picture: Picture, facts: Facts) -> dict[str, Any]:
    return {
        "media_type": picture.media_type,
        "bytes": facts.bytes,
        "width": facts.width,
        "height": facts.height,
    }


def _eyes(call: EyesCall) -> dict[str, Any]:
    """One picture: its evidence itself. Several: a list of them."""
    if len(call.evidence) == 1:
        return {"reach": call.reach, **call.evidence[0]}
    return {"reach": call.reach, "pictures": list(call.evidence)}
