"""A call of the Python API, made ready: which model, with which key and deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from visioncli import api, choice, config, schema
from visioncli.auth import keys
from visioncli.core.answer import Fold
from visioncli.core.errors import Refused, UsageError, VisionError
from visioncli.core.stop import Stop
from visioncli.core.types import Answer, FinishReason, Request

OWN = {
    "retries": api.RETRIES,
    "inline": False,
    "allow_private": False,
    "force": False,
    "prep": True,
    "max_side": 0,  # px; none
}
NUMBERS = {"retries": "a number of attempts", "max_side": "a number of pixels"}


def ready(
    model: str | None,
    request: Request,
    *,
    api_base: str | None,
    api_key: str | None,
    timeout: float | None,
    own: Mapping[str, Any],
    files: bool,
    stop: Stop | None = None,
    dry: bool = False,
) -> tuple[api.HttpCall | api.EyesCall, tuple[str, ...]]:
    """(the call, warnings that are known before it is made). own: what `split` gave.

    model: None for the default one, as the command line has it. dry: as api.prepare's.
    """
    if request.options.schema is not None:
        options = replace(request.options, schema=schema.checked(request.options.schema))
        request = replace(request, options=options)
    settings = config.load()
    chosen = choice.choose([said("model", model)] if model is not None else [], settings)[0]
    asked = api.Asked(
        request=request,
        files=files,
        base_url=said("api_base", api_base) if api_base else None,
        key=keys.given(said("api_key", api_key), "api_key") if api_key else None,
        timeout=api.TIMEOUT if timeout is None else seconds(timeout),
        stop=stop,
        **own,
    )
    call = api.prepare(asked, chosen.ref, settings, dry=dry)
    named = (f"{chosen.ref} answers: {chosen.why}",) if chosen.why else ()
    return call, (*named, *call.warnings)


RENAMED = {"num_retries": "retries", "max_retries": "retries"}
ENVIRONMENT = "the provider's own environment variables, or the configuration"
ELSEWHERE = {
    "base_url": "api_base=…",
    "api_version": "OPENAI_API_VERSION, in the environment",
    "extra_headers": "headers of a provider's table, in the configuration",
    "headers": "headers of a provider's table, in the configuration",
    "custom_llm_provider": "model='PROVIDER/MODEL'",
    "organization": "OPENAI_ORG_ID, in the environment",
}  # what other libraries take here: sent as fields they would be ignored, or seen by the wrong eyes
CREDENTIALS = ("aws_", "azure_", "vertex_", "watsonx_", "oci_")


def split(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what is ours of the options of a call, what belongs to the request)."""
    options = {RENAMED.get(name, name): value for name, value in options.items()}
    for name in options:
        if name in ELSEWHERE or name.startswith(CREDENTIALS):
            raise UsageError(
                f"{name} is no field of a request", hint=ELSEWHERE.get(name, ENVIRONMENT)
            )
    own = {name: options.get(name, default) for name, default in OWN.items()}
    for name, value in own.items():
        if type(value) is not type(OWN[name]) or value < 0:
            wanted = NUMBERS.get(name, "true or false")
            raise UsageError(f"{name} must be {wanted}, not {value!r}")
    own["max_side"] = own["max_side"] or None
    return own, {name: value for name, value in options.items() if name not in OWN}


def answered(call: api.Call) -> Answer:
    """The whole answer, also one that was refused in words. An error has the text so far."""
    folded = Fold()
    try:
        for event in call.events():
            folded.add(event)
    except VisionError as error:
        error.text = folded.answer.text
        refused = folded.answer.finish is FinishReason.REFUSAL
        if not (refused and isinstance(error, Refused)):
            raise
    return folded.answer


def said(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{name} must be text, not {value!r}")
    return value


def seconds(timeout: object) -> float:
    good = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if not good or not timeout > 0:  # type: ignore[operator]  # a number, by then
        raise UsageError(f"timeout must be a number of seconds, not {timeout!r}")
    return float(timeout)  # type: ignore[arg-type]  # as above
