"""Where a request goes: a provider's row, resolved for one model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from .record import record


class ModelRef(NamedTuple):
    """ "groq/meta-llama/x" is provider "groq", model "meta-llama/x": split at the first slash."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"


@record(kw_only=True)
class Limits:
    """What a provider refuses, as its documentation says. None: not known, let the vendor refuse.

    image_bytes: the file. image_base64_bytes: its base64. request_bytes: the whole body.
    image_side, image_pixels: px.
    """

    images_per_request: int | None = None
    request_bytes: int | None = None
    image_bytes: int | None = None
    image_base64_bytes: int | None = None
    image_side: int | None = None
    image_pixels: int | None = None


@record(kw_only=True)
class Listing:
    """Where a provider lists its models.

    shape: one of visioncli.catalogue.refreshing.lists.SHAPES, or "none"; None: that of the row's
    dialect. path: behind the address; None: the shape's own. base_url, base_url_env: as a row's,
    where the list is at another address than the models.
    """

    shape: str | None = None
    path: str | None = None
    base_url: str | None = None
    base_url_env: tuple[str, ...] = ()


@record(kw_only=True)
class Batch:
    """How a provider takes many requests at once, and answers them within a day for less.

    kind: whose way of it. max_requests, max_bytes: of one batch; None: not known. endpoint: what
    every request is for, as the vendor names it; None: the one of the row's dialect. price: part of
    the usual price; None: not known.
    """

    kind: Literal["none", "openai", "anthropic", "gemini", "mistral"] = "none"
    max_requests: int | None = None
    max_bytes: int | None = None
    endpoint: str | None = None
    completion_window: str = "24h"
    price: float | None = None


@record(kw_only=True)
class Provider:
    """One row: a TOML file of the package, or a table [providers.NAME] of the user's.

    dialect: a module of visioncli.dialects. base_url: as the vendor's own SDK takes it; None where
    there is no default; {NAME} in it stands for what `variables` finds: the first of the listed
    environment variables that is set, or the last entry where that begins with "=". base_url_for:
    variable -> what it is -> the base_url to use then. default_port: for an address given without a
    scheme. auth: bearer | header:NAME | google | ibm | sigv4 | none. bearer_env: variables whose
    key goes as a bearer token whatever auth says.
    env_headers: header -> variable that holds its value. urls: schemes the provider fetches.
    typed_urls: an address must come with its type; where nothing tells it, it is fetched here.
    files: the dialect that says the id of a file which the provider has already; None: it takes no
    ids. wire_model: the model as the wire names it, {1}, {2}, … being the parts of its id between
    slashes, the last of them with all that follows; None: the id itself.
    media_types: what it takes inline; () means not known. default_model: what `ask` uses when only
    this provider's key is set. listing: how its list of models is had. batch: how it takes many
    requests at once.
    """

    name: str
    dialect: str
    aliases: tuple[str, ...] = ()
    base_url: str | None = None
    base_url_env: tuple[str, ...] = ()
    base_url_for: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    default_port: int | None = None
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    auth: str = "bearer"
    key_env: tuple[str, ...] = ()
    bearer_env: tuple[str, ...] = ()
    key_required: bool = True
    default_model: str | None = None
    urls: tuple[str, ...] = ()
    typed_urls: bool = False
    files: str | None = None
    wire_model: str | None = None
    media_types: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    env_headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    quirks: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    limits: Limits = field(default_factory=Limits)
    listing: Listing = field(default_factory=Listing)
    batch: Batch = field(default_factory=Batch)
    source: str = ""  # the file that says all this


@record(kw_only=True)
class Target:
    """A model reference resolved: the row that answers for this model, and the address to use.

    model: as the wire names it. base_url: without a trailing slash. values: what was found for the
    row's variables; one that nothing gives is not in it.
    """

    ref: ModelRef
    provider: Provider
    model: str
    base_url: str
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
