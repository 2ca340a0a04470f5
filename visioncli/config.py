"""The user's configuration: config.toml, read once, never written."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from visioncli.core.record import record

from .core.errors import UsageError
from .core.tables import Where, read
from .core.types import Detail
from .plain_config import RANGES

NOTHING: Mapping[str, Any] = MappingProxyType({})


@record(kw_only=True)
class KeySource:
    """[keys] openai = { cmd = ["pass", "show", "openai"] }"""

    cmd: tuple[str, ...]


@record(kw_only=True)
class ModelFacts:
    """[models."mine/llava"]: what the user knows of a model; it comes before the catalogue.

    base_model: what stands behind a name that tells nothing, such as the name of a deployment:

        [models."azure/my-deployment"]
        base_model = "azure/gpt-4o"

    The catalogue is asked about that one then, unless `vision` says it already.
    """

    vision: bool | None = None
    base_model: str | None = None


@record(kw_only=True)
class AskDefaults:
    """[ask]: what the options of `ask` are where they were not given. timeout: seconds. jobs, rpm,
    tpm: of a batch.
    """

    system: str | None = None
    detail: Detail | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    timeout: float | None = None
    retries: int | None = None
    stream: bool | None = None
    inline: bool = False
    prep: bool = True
    max_side: int | None = None
    usage: bool = False
    jobs: int | None = None
    rpm: float | None = None
    tpm: float | None = None


@record(kw_only=True)
class CatalogueDefaults:
    """[catalogue]: where `models --refresh` reads. sources: addresses or files in place of the two
    public registries; [] reads none of them. timeout: seconds for each source.
    """

    sources: tuple[str, ...] | None = None
    timeout: float | None = None


@record(kw_only=True)
class Settings:
    """providers: the raw tables; `visioncli.providers` reads them as it reads its own rows.
    key_store: whether keys are looked for in the user's key store, too: in what `load` makes.
    """

    default_model: str | None = None
    aliases: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    keys: Mapping[str, KeySource] = field(default_factory=lambda: NOTHING)
    ask: AskDefaults = field(default_factory=AskDefaults)
    catalogue: CatalogueDefaults = field(default_factory=CatalogueDefaults)
    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: NOTHING)
    models: Mapping[str, ModelFacts] = field(default_factory=lambda: NOTHING)
    file: Path | None = field(default=None, init=False)
    key_store: bool = field(default=False, init=False, compare=False)
    where: Where = field(default=lambda _: "the configuration", init=False, repr=False)


def load(env: Mapping[str, str] = os.environ) -> Settings:
    """$VISION_CONFIG, which must exist, or config.toml in the user's configuration directory."""
    settings = _loaded(env)
    object.__setattr__(settings, "key_store", True)
    return settings


def _loaded(env: Mapping[str, str]) -> Settings:
    named = env.get("VISION_CONFIG")
    file = Path(named) if named else default_file()
    try:
        text = file.read_text("utf-8-sig")  # Notepad begins a file with a byte order mark
    except FileNotFoundError:
        if named:
            raise UsageError(
                f"the configuration {file} does not exist", hint="correct or unset VISION_CONFIG"
            ) from None
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"the configuration {file} cannot be read: {reason}") from None
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of 5,000 digits
        raise UsageError(f"the configuration {file} is not TOML: {error}") from None

    def where(path: tuple[str, ...]) -> str:
        return f"{file}, line {line_of(text, path)}"

    _check_keys(table.get("keys"), where)
    settings = read(Settings, table, where)
    _check_models(settings.models, where)
    _check_ranges("ask", settings.ask, where)
    _check_ranges("catalogue", settings.catalogue, where)
    object.__setattr__(settings, "keys", {provider_name(k): v for k, v in settings.keys.items()})
    object.__setattr__(settings, "models", {model_id(k): v for k, v in settings.models.items()})
    object.__setattr__(settings, "file", file)
    object.__setattr__(settings, "where", where)
    return settings


def provider_name(text: str) -> str:
    """As a provider is filed: "My-Server" and "my_server" are one."""
    return text.lower().replace("-", "_")


def model_id(text: str) -> str:
    provider, slash, model = text.partition("/")
    return f"{provider_name(provider)}{slash}{model}"


def _check_keys(said: Any, where: Where) -> None:
    """What stands there in a wrong form may be a key: it is not repeated, as `read` would do."""
    path: tuple[str, ...]
    for name, source in said.items() if isinstance(said, dict) else ():
        if not isinstance(source, dict):
            path, kind = ("keys", name), "a table"
        elif not isinstance(source.get("cmd", []), list):
            path, kind = ("keys", name, "cmd"), "a list"
        else:
            continue
        raise UsageError(
            f"{'.'.join(path)!r} must be {kind}, {where(path)}",
            hint=f'{name} = {{ cmd = ["pass", "show", "{name}"] }}, or vision keys set {name}',
        )


def _check_models(models: Mapping[str, ModelFacts], where: Where) -> None:
    for name, facts in models.items():
        if facts.vision is None and facts.base_model is None:
            raise UsageError(
                f"nothing is said of the model {name!r}, {where(('models', name))}",
                hint='vision = true, or base_model = "PROVIDER/MODEL"',
            )


def _check_ranges(table: str, values: AskDefaults | CatalogueDefaults, where: Where) -> None:
    for name, (least, most) in RANGES.items():
        value = getattr(values, name, None)
        if value is not None and not least <= value <= most:  # NaN is not, either
            raise UsageError(
                f"'{table}.{name}' must be from {least:g} to {most:g}, not {value!r},"
                f" {where((table, name))}"
            )


def default_file() -> Path:
    import platformdirs  # only here: most runs of the tests and the gateway name their file

    return platformdirs.user_config_path("visioncli") / "config.toml"


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line (from 1) where the key at `path` stands, or that of its nearest parent."""
    best, best_depth = 1, 0
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        found: tuple[str, ...] = ()
        if line.lstrip().startswith("["):
            found = table = _names(line.split("#")[0].strip().replace("[[", "[").replace("]]", "]"))
        elif "=" in line:
            found = table + _names(line.split("=")[0] + "=0")
        depth = 0
        while depth < min(len(found), len(path)) and found[depth] == path[depth]:
            depth += 1
        if depth > best_depth and depth == len(found):
            best, best_depth = number, depth
    return best


def _names(line: str) -> tuple[str, ...]:
    """The dotted name that one line of TOML opens; () where it is no such line by itself."""
    try:
        table = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    inner: Any = table
    while isinstance(inner, dict) and len(inner) == 1:
        ((name, inner),) = inner.items()
        names.append(name)
    return tuple(names)
