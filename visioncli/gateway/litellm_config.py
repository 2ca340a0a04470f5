"""LiteLLM's config.yaml, read: what a gateway needs of it.

https://docs.litellm.ai/docs/proxy/configs. What is not understood is named in a warning: a setting
that somebody relies on is never left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from visioncli.core.errors import UsageError
from visioncli.core.fields import preview

from .settings import Entry, Gateway, Loaded, check_prices, check_range

# Fields of a request that may stand among litellm_params, as defaults.
PARAMS = {
    *("temperature", "max_tokens", "max_completion_tokens", "top_p", "top_k", "seed", "stop"),
    *("presence_penalty", "frequency_penalty", "reasoning_effort", "response_format"),
    *("extra_body", "user", "service_tier"),
}
SELF_EVIDENT = ("custom_llm_provider",)  # said by the model's own name, where it agrees
# What LiteLLM has a field for and the providers a variable.
# https://docs.litellm.ai/docs/providers/azure, …/bedrock, …/vertex
VARIABLES = {
    "api_version": "OPENAI_API_VERSION",
    "aws_region_name": "AWS_REGION",
    "vertex_project": "VERTEXAI_PROJECT",
    "vertex_location": "VERTEXAI_LOCATION",
}
# Settings that ask for what is done in any case: a field that a provider has not is left out.
DONE: Mapping[str, Any] = {"litellm_settings.drop_params": True}
SETTINGS = {
    "general_settings": {"master_key": "master_key", "max_request_size_mb": "max_body"},
    "litellm_settings": {"request_timeout": "timeout", "num_retries": "retries"},
    "router_settings": {
        "timeout": "timeout",
        "num_retries": "retries",
        "cooldown_time": "cooldown",
    },
}
INFO = {
    "supports_vision": ("vision", bool),
    "max_input_tokens": ("context", int),
    "max_output_tokens": ("max_output", int),
    "mode": ("mode", str),
}
# US dollars for one token; they may stand in either place.
PRICES = {"input_cost_per_token": "usd_in", "output_cost_per_token": "usd_out"}


class Reading:
    """warnings: what was left out, by its place."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.warnings: list[str] = []

    def unused(self, place: str, why: str = "is not used") -> None:
        self.warnings.append(f"{place} {why}, {self._file}")

    def table(self, value: Any, place: str) -> Mapping[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise self.wrong(place, "a mapping", value)
        return value

    def typed(self, kind: type, value: Any, place: str) -> Any:
        if type(value) is not kind and not (kind is float and type(value) is int):
            names = {bool: "true or false", int: "a whole number", str: "text", float: "a number"}
            raise self.wrong(place, names[kind], value)
        return value

    def wrong(self, place: str, wanted: str, value: Any) -> UsageError:
        shown = preview(repr(value), 80)
        return UsageError(f"{place} must be {wanted}, not {shown}, {self._file}")

    @property
    def file(self) -> Path:
        return self._file


def read(text: str, file: Path) -> Loaded:
    """Raises UsageError (2)."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        words = " ".join(str(error).split())
        raise UsageError(f"the configuration {file} is not YAML: {preview(words, 300)}") from None
    reading = Reading(file)
    whole = reading.table(document, "the file")
    if not whole.get("model_list"):
        raise UsageError(
            f"model_list is missing, {file}",
            hint="model_list: [{model_name: NAME, litellm_params: {model: PROVIDER/MODEL}}]",
        )
    settings: dict[str, Any] = {}
    for name, value in whole.items():
        if name in SETTINGS:
            settings |= _settings(reading, name, value)
        elif name != "model_list":
            reading.unused(name)
    models = tuple(_entries(reading, whole["model_list"]))
    gateway = Gateway(models=models, **settings)
    check_prices(gateway, file)
    return Loaded(gateway, tuple(reading.warnings))


def _settings(reading: Reading, section: str, value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    known = SETTINGS[section]
    for name, said in reading.table(value, section).items():
        place = f"{section}.{name}"
        if name not in known:
            if DONE.get(place) is not said or said is None:
                reading.unused(place)
            continue
        if said is None:
            continue
        ours = known[name]
        kind: type = {"master_key": str, "retries": int}.get(ours, float)
        read_as = reading.typed(kind, said, place)
        if ours == "max_body":
            read_as = int(read_as * 1_000_000)
        check_range(ours, read_as, f"{place}, {reading.file}")
        found[ours] = read_as
    return found


def _entries(reading: Reading, given: Any) -> Iterator[Entry]:
    if not isinstance(given, list):
        raise reading.wrong("model_list", "a list", given)
    for at, item in enumerate(given):
        place = f"model_list[{at}]"
        table = reading.table(item, place)
        for other in table.keys() - {"model_name", "litellm_params", "model_info"}:
            reading.unused(f"{place}.{other}")
        name = table.get("model_name")
        if not isinstance(name, str) or not name:
            raise reading.wrong(f"{place}.model_name", "text", name)
        params = _params(reading, table.get("litellm_params"), f"{place}.litellm_params")
        info = _info(reading, table.get("model_info"), f"{place}.model_info")
        yield Entry(name=name, **{**params, **info})


def _params(reading: Reading, given: Any, place: str) -> dict[str, Any]:
    table = reading.table(given, place)
    found: dict[str, Any] = {}
    params: dict[str, Any] = {}
    env: dict[str, str] = {}
    own: Mapping[str, Callable[[Any], None]] = {
        "model": lambda v: found.update(model=reading.typed(str, v, f"{place}.model")),
        "api_base": lambda v: found.update(api_base=reading.typed(str, v, f"{place}.api_base")),
        "base_url": lambda v: found.update(api_base=reading.typed(str, v, f"{place}.base_url")),
        "api_key": lambda v: found.update(api_key=reading.typed(str, v, f"{place}.api_key")),
    }
    for name, value in table.items():
        if value is None:
            continue
        if name in own:
            own[name](value)
        elif name == "extra_body":
            params |= reading.table(value, f"{place}.extra_body")
        elif name in PARAMS:
            params[name] = value
        elif name in VARIABLES:
            env[VARIABLES[name]] = reading.typed(str, value, f"{place}.{name}")
        elif name in PRICES:
            found[PRICES[name]] = _per_million(reading, value, f"{place}.{name}")
        elif name in SELF_EVIDENT and str(table.get("model", "")).startswith(f"{value}/"):
            continue
        else:
            reading.unused(f"{place}.{name}")
    if "model" not in found:
        raise reading.wrong(f"{place}.model", "PROVIDER/MODEL", None)
    return {**found, "params": params, "env": env}


def _info(reading: Reading, given: Any, place: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in reading.table(given, place).items():
        if name in PRICES and value is not None:
            found[PRICES[name]] = _per_million(reading, value, f"{place}.{name}")
        elif name not in INFO:
            reading.unused(f"{place}.{name}")
        elif value is not None:
            field, kind = INFO[name]
            found[field] = reading.typed(kind, value, f"{place}.{name}")
    return found


def _per_million(reading: Reading, value: Any, place: str) -> float:
    """YAML reads 2e-06, which has no point, as text."""
    try:
        return float(Decimal(str(value)) * 1_000_000)
    except (ArithmeticError, ValueError):
        raise reading.wrong(place, "US dollars for one token", value) from None
