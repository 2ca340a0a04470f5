"""The models that are known: the catalogue's rows with what the configuration adds to them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from visioncli import providers
from visioncli.catalogue import current, image_tokens, index, prices
from visioncli.catalogue.facts import NAME, Facts
from visioncli.catalogue.rule import VISION
from visioncli.catalogue.spelling import canonical
from visioncli.choice import EYES
from visioncli.config import Settings
from visioncli.core.errors import UnknownModel

from . import patterns
from .named import Named
from .readiness import Key, Readiness

SIDE = 1024  # px: a typical picture is a square of this
CELLS = 14  # of a line of facts
OWN = str(EYES)


class Known(NamedTuple):
    """One model. None: not known.

    retires: YYYY-MM-DD, announced or past; retired: the same once it is past, or since when no
    source lists it. facts: what the catalogue has beside the verdict. usd_in, usd_out: US dollars
    per million tokens. aliases: the configuration's. default: whether it answers where none is
    named. available: whether it could be asked now, as far as that can be told without a network.
    base_model: what it is by the configuration, whose facts and prices these are.
    """

    model: str
    vision: bool | None
    why: str
    source: str | None
    as_of: str | None
    retires: str | None
    retired: str | None
    facts: Facts | None
    usd_in: float | None
    usd_out: float | None
    aliases: tuple[str, ...]
    default: bool
    key: Key | None
    available: bool
    base_model: str | None

    @property
    def usd_picture(self) -> float | None:
        """US dollars for looking at a picture of SIDE x SIDE: by the count of tokens that its
        vendor publishes, else as a source states it for any picture. None, too, where it is blind.
        """
        if self.vision is False:
            return None
        if self.model == OWN:
            return 0.0
        if self.usd_in is not None:
            provider, _, name = (self.base_model or self.model).partition("/")
            tokens = image_tokens.tokens(provider, name, SIDE, SIDE)
            if tokens is not None:
                return tokens * self.usd_in / 1e6
        return (self.facts and self.facts.usd_image) or None

    @property
    def newness(self) -> str:
        """The date of its release or knowledge, else that of the statement about it: what only the
        newest lists have, without any date, is new.
        """
        said = self.facts and (self.facts.released or self.facts.knowledge)
        return said or self.as_of or ""


class Wanted(NamedTuple):
    """patterns: see `patterns.matcher`; an alias counts as a name of its model, and a pattern that
    is one means that model alone. provider: as the user wrote it. unseeing: also what cannot see,
    is not known to, or is no provider's of ours. retired: also what is gone. max_price: US dollars
    per million input tokens.
    """

    patterns: tuple[str, ...] = ()
    provider: str | None = None
    unseeing: bool = False
    retired: bool = False
    available: bool = False
    max_price: float | None = None


class Listing(NamedTuple):
    """unpriced: how many are left out since their price is not known. troubles: what is wrong with
    the names in the configuration.
    """

    models: tuple[Known, ...]
    unpriced: int
    troubles: tuple[str, ...]


def listed(
    wanted: Wanted,
    settings: Settings,
    env: Mapping[str, str] = os.environ,
    *,
    with_facts: bool = True,
    today: str | None = None,
) -> Listing:
    """By provider, and within it the newest first. today: YYYY-MM-DD, None for the machine's date.

    with_facts: False reads none where no price is asked for. Raises UnknownModel (3) where nobody
    knows the provider.
    """
    day = today or time.strftime("%Y-%m-%d")
    named = Named(settings, env)
    rows = _selected(wanted, settings, named, day)
    read = with_facts or wanted.max_price is not None
    known = _facts([named.bases.get(row[0], row[0]) for row in rows]) if read else {}
    readiness = Readiness(settings, env)
    models, unpriced = [], 0
    for row in rows:
        facts = known.get(named.bases.get(row[0], row[0]))
        model = _known(row, facts, named, readiness, day)
        if wanted.available and not model.available:
            continue
        if wanted.max_price is not None and model.usd_in is None:
            unpriced += 1
        elif wanted.max_price is None or (model.usd_in or 0) <= wanted.max_price:
            models.append(model)
    models.sort(key=lambda model: (model.newness, model.model), reverse=True)
    models.sort(key=lambda model: model.model.partition("/")[0])
    return Listing(tuple(models), unpriced, (*named.troubles, *readiness.troubles))


def _selected(wanted: Wanted, settings: Settings, named: Named, day: str) -> list[index.Row]:
    """What is to be shown as far as the catalogue's own row tells."""
    exact = {pattern for pattern in wanted.patterns if pattern in named.known}
    others = [pattern for pattern in wanted.patterns if pattern not in exact]
    fits = patterns.matcher(others) if others or not exact else lambda _: False
    ours = {name.lower().replace("-", "_") for name in providers.names(settings)} | {EYES.provider}
    scope = _scope(wanted.provider, settings)
    own = {row[0]: row for row in named.rows()}
    listed = (row for name in scope or ("",) for row in index.rows(name) if row[0] not in own)
    found = []
    for row in (*listed, *own.values()):
        model, verdict, _, _, retires, gone, _ = row
        if not wanted.unseeing:
            if verdict == "n" or (verdict == "u" and model not in named.models):
                continue
            if (gone or "" < retires <= day) and not (wanted.retired or model in named.models):
                continue
        provider = model.partition("/")[0]
        if (
            provider not in scope
            if scope
            else not (wanted.unseeing or provider in ours or model in named.stated)
        ):
            continue
        aliases = named.aliases.get(model, ())
        if fits(model) or any(map(fits, aliases)) or not exact.isdisjoint(aliases):
            found.append(row)
    return found


def _scope(provider: str | None, settings: Settings) -> tuple[str, ...]:
    """The names under which a provider's rows are filed; () for every provider."""
    if provider is None:
        return ()
    names = {name.lower().replace("-", "_"): None for name in providers.names(settings)}
    plain = provider.lower().replace("-", "_")
    if plain in names or plain == EYES.provider:
        return (plain,)
    if own := providers.owner(provider):
        return (own,)
    for name in canonical(provider):
        if index.knows(name):
            return (name,)
    near = get_close_matches(plain, [*names, *index.providers()], 3)
    raise UnknownModel(
        f"there is no provider {provider!r}",
        hint=f"did you mean {' or '.join(dict.fromkeys(near))}?" if near else "vision models --all",
        code="unknown_provider",
    )


def _known(
    row: index.Row, facts: Facts | None, named: Named, readiness: Readiness, day: str
) -> Known:
    model, verdict, source, as_of, retires, gone, why = row
    key, available = readiness.of(model)
    usd_in, usd_out = _prices(model, facts)
    return Known(
        model=model,
        vision=VISION[verdict],
        why=why,
        source=index.SOURCES.get(source, source) or None,
        as_of=as_of or None,
        retires=retires or None,
        retired=(retires if retires and retires <= day else gone) or None,
        facts=facts,
        usd_in=usd_in,
        usd_out=usd_out,
        aliases=named.aliases.get(model, ()),
        default=model == named.default,
        key=key,
        available=available,
        base_model=named.bases.get(model),
    )


def _prices(model: str, facts: Facts | None) -> tuple[float | None, float | None]:
    """In and out."""
    if model == OWN:
        return 0.0, 0.0  # nobody is paid
    return (None, None) if facts is None else prices.believed(facts)


def _facts(models: Sequence[str]) -> dict[str, Facts]:
    """The facts of these models. The file is read whole, and the lines of others stay unread.

    It is in the order of index.rows(), as most of `models` are: each search begins where the last
    one ended.
    """
    try:
        data = b"\n" + Path(current.file(NAME)).read_bytes()
    except OSError:
        return {}
    found, at = {}, 0
    for model in models:
        key = b"\n%s\t" % model.encode()
        start = data.find(key, at)
        if start < 0:
            start = data.find(key, 0, at)
        if start < 0:
            continue
        at = data.find(b"\n", start + 1)
        line = data[start + 1 : at]
        if line.count(b"\t") == CELLS - 1:
            found[model] = Facts(line)
    return found
