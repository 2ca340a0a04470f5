"""What option values hold: --format IMAGE=TYPE, -o KEY=VALUE; and which exclude each other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from visioncli.core.errors import UsageError
from visioncli.images.sniff import canonical


def formats(values: Sequence[str], images: Sequence[str] | None) -> dict[str, str]:
    """Media type by image name; "" for all others. Raises UsageError for an image not named.

    images: None where they are not known yet, as those of a list.
    """
    found: dict[str, str] = {}
    for value in values:
        image, _, media_type = value.rpartition("=")
        if image and images is not None and image not in images:
            near = get_close_matches(image, images, 1, 0.5) or list(images[:1])
            raise UsageError(
                f"--format names {image!r}, which is none of the images",
                hint=f"--format {near[0]}={media_type}" if near else f"--format {media_type}",
            )
        found[image] = canonical(media_type)
    return found


def fields(values: Sequence[str]) -> dict[str, Any]:
    """Fields of the request body: JSON where it parses, else text."""
    found: dict[str, Any] = {}
    for value in values:
        key, equals, text = value.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"-o {value!r} is no KEY=VALUE", hint="for example -o top_p=0.9")
        found[key.strip()] = _json_or_text(text)
    return found


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return text


def _no_json(name: str) -> Any:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)


def check_sizes(*, no_prep: bool, max_side: int | None) -> None:
    if no_prep and max_side is not None:
        raise UsageError(
            "--no-prep leaves pictures as they are, and --max-side makes them smaller",
            hint="leave one of them out",
        )
