"""check(live=True): the model is asked."""

from __future__ import annotations

from visioncli import api
from visioncli.auth import keys
from visioncli.catalogue.lookup import Verdict
from visioncli.config import Settings
from visioncli.core.target import ModelRef
from visioncli.models import live

from . import calls


def looked(
    ref: ModelRef,
    known: Verdict,
    settings: Settings,
    *,
    api_base: str | None,
    api_key: str | None,
    timeout: float | None,
) -> Verdict:
    """known: what is said of it without asking."""
    looking = live.Looking(
        settings=settings,
        base_url=calls.said("api_base", api_base) if api_base else None,
        key=keys.given(calls.said("api_key", api_key), "api_key") if api_key else None,
        timeout=api.TIMEOUT if timeout is None else calls.seconds(timeout),
    )
    return looking.look(ref, known).verdict
