"""Stops what is done for a caller that went away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .body import Receive
from .ended import Gone


@asynccontextmanager
async def leaving(receive: Receive) -> AsyncIterator[None]:
    """Cancels what is done inside when the caller goes away, and raises Gone then."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - ASGI applications run in one
    is_gone = False

    async def watch() -> None:
        nonlocal is_gone
        while (await receive())["type"] != "http.disconnect":
            pass
        is_gone = True
        task.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not is_gone or task.uncancel():
            raise
        raise Gone from None
    except OSError:  # the server's word for a caller that is not there to be sent anything
        raise Gone from None
    finally:
        watching.cancel()
