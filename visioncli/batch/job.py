"""What all items of a run have in common, and the key under which an answer is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from typing import Any

from visioncli.asked import Asked, question
from visioncli.core.record import record
from visioncli.core.target import ModelRef
from visioncli.core.types import Detail, ImagePart, Request
from visioncli.images.sources import Picture

from .item import Item

VERSION = 1  # of the key; another one asks everything anew


@record(kw_only=True)
class Job:
    """asked: its request holds the options and no messages. formats: source or "" -> media type."""

    ref: ModelRef
    asked: Asked
    question: str
    system: str | None = None
    formats: Mapping[str, str] = field(default_factory=dict)
    detail: Detail | None = None
    _common: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        common = {each.name: getattr(self.asked, each.name) for each in fields(self.asked)}
        object.__setattr__(self, "_common", common)

    def asked_for(self, item: Item) -> Asked:
        parts = [
            ImagePart(self.formats.get(image) or self.formats.get(""), image, self.detail)
            for image in item.images
        ]
        said = question(item.question or self.question, parts, system=self.system)
        common = self.asked.request
        request = Request(messages=said, options=common.options, stream=common.stream)
        return Asked(**{**self._common, "request": request})

    def common(self) -> bytes:
        """Everything but the pictures and the question that changes a request or a picture."""
        asked, options = self.asked, self.asked.request.options
        said: dict[str, Any] = {
            "version": VERSION,
            "model": str(self.ref),
            "base_url": asked.base_url,
            "system": self.system,
            "detail": self.detail,
            "inline": asked.inline,
            "prep": asked.prep,
            "max_side": asked.max_side,
            "max_tokens": options.max_tokens,
            "temperature": options.temperature,
            "top_p": options.top_p,
            "seed": options.seed,
            "stop": list(options.stop),
            "schema": options.schema,
            "extra": options.extra,
        }
        return _canonical(said)


class Keys:
    """Keys of one run: what is common to all is hashed once."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._common = hashlib.sha256(job.common())

    def of(self, item: Item, pictures: Sequence[str]) -> str:
        """pictures: what each of them is known by, see `known_by`, or `unread`."""
        machine = self._common.copy()
        types = [self._job.formats.get(i) or self._job.formats.get("") for i in item.images]
        machine.update(_canonical([item.question or self._job.question, list(pictures), types]))
        return machine.hexdigest()

    def unread(self, item: Item) -> str:
        """Of an item whose pictures cannot be read: by their names."""
        return self.of(item, [f"name:{image}" for image in item.images])


def known_by(picture: Picture, sha256: str | None) -> str:
    """Its bytes as found, or the address that is passed through."""
    return f"sha256:{sha256}" if sha256 else f"address:{picture.address}"


_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=dict).encode


def _canonical(value: Any) -> bytes:
    return _json(value).encode("ascii")
