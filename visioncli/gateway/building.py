"""From a question to the request for one model: its pictures fetched, judged and made fit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from visioncli import api
from visioncli.aim import Aim
from visioncli.core.errors import UnknownModel
from visioncli.core.failure import CANNOT_SEE
from visioncli.core.stop import Stop
from visioncli.core.types import Request
from visioncli.images import names, reading
from visioncli.images.picture import Picture

from .member import Member
from .settings import Gateway

DECODERS = 2  # pictures whose pixels are decoded at once


class Building:
    """Lives in one event loop."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._decoding = asyncio.Semaphore(DECODERS)

    def asked(self, member: Member, request: Request, began: float, stop: Stop) -> api.Asked:
        own = self.gateway
        left = max(0.001, began + own.timeout - time.monotonic())
        return api.Asked(
            request=request,
            files=False,
            inline=own.inline,
            allow_private=own.allow_private,
            prep=own.prep,
            max_side=own.max_side if own.prep else None,
            base_url=member.entry.api_base,
            timeout=left,
            retries=0,
            stop=stop,
        )

    async def call(self, aim: Aim, asked: api.Asked, began: float) -> api.HttpCall:
        """What waits for others, or decodes pixels, is done in a thread."""
        provider = aim.target.provider
        images = [i.source for i in reading.images(asked.request) if isinstance(i.source, str)]
        if any(_is_fetched(i, provider.urls, asked.inline or provider.typed_urls) for i in images):
            pictures = await asyncio.to_thread(api.read, asked, provider)
        else:
            pictures = api.read(asked, provider)
        return await self._prepared(aim, asked, pictures, began)

    async def _prepared(
        self, aim: Aim, asked: api.Asked, pictures: tuple[Picture, ...], began: float
    ) -> api.HttpCall:
        if not asked.prep or not pictures:
            return api.built(aim, asked, pictures, began=began)
        todo = await asyncio.to_thread(api.plans, aim, asked, pictures)
        heavy = any(plan is not None and plan.is_heavy for plan in todo)
        make: Callable[[], api.HttpCall] = lambda: api.built(  # noqa: E731 - for either way
            aim, asked, pictures, began=began, todo=todo
        )
        if not heavy:
            return make()
        async with self._decoding:
            return await asyncio.to_thread(make)


def seen(member: Member, asked: api.Asked) -> tuple[str, ...]:
    """Raises UnknownModel (3) where a picture would go to a model that is known not to see."""
    if not reading.images(asked.request):
        return ()
    vision, why = member.sees()
    if vision is False:
        raise UnknownModel(
            f"{member.entry.name} cannot see pictures: {why}",
            hint="another model, or supports_vision: true where that is wrong",
            code=CANNOT_SEE,
        )
    return () if vision else (f"whether {member.ref} sees pictures is not known ({why})",)


def _is_fetched(image: str, passed: tuple[str, ...], inline: bool) -> bool:
    """Whether an address is downloaded here."""
    scheme = names.scheme(image)
    return scheme in ("http", "https") and (
        inline or scheme not in passed or names.split(image).path.lower().endswith(".pdf")
    )
