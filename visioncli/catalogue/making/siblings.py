"""The same model elsewhere, for rows whose own sources are silent: the first that answers.

1. The same model at the same provider, without its date, region or geography: what holds there.
2. At its maker, under the same name or without its date.
3. At two or more other providers, where all that state it agree.
Same means the same name, the provider's or vendor's word before it left out. Nothing is concluded
from a name that resembles it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from operator import itemgetter

from visioncli.catalogue.spelling import spellings

from .known import Known
from .statements import Judged, judged, newness, silent

# Those who serve what they make and nothing else: the first that lists the model answers.
MAKERS = (
    *("openai", "anthropic", "gemini", "xai", "mistral", "deepseek", "moonshot", "zai"),
    *("perplexity", "meta_llama", "minimax"),
)
SAME = ("without its route or region", "without its geography", "a dated version of")
VENDORS = (
    *("ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "meta", "minimax", "mistral"),
    *("nvidia", "openai", "qwen", "writer", "zai"),
)
ROUTED = tuple(f":{way}" for way in ("free", "nitro", "floor", "online", "beta", "extended"))


def judge(rows: Mapping[str, Known]) -> dict[str, Judged]:
    """The verdict of every row."""
    return _Verdicts(rows).all()


class _Verdicts:
    def __init__(self, rows: Mapping[str, Known]) -> None:
        self._rows = rows
        self._found = {
            model: said for model, known in rows.items() if (said := judged(known)) is not None
        }
        self._named: dict[str, dict[str, list[Judged]]] = defaultdict(lambda: defaultdict(list))
        self._made: dict[tuple[str, str], str] = {}
        for model, said in sorted(self._found.items(), key=itemgetter(0)):
            provider, _, name = model.partition("/")
            if said.agreed:
                self._named[_plain(name)][provider].append(said)
            if provider in MAKERS and said.agreed is not None:
                self._made.setdefault((provider, name.lower()), model)

    def all(self) -> dict[str, Judged]:
        return {model: self._one(model) for model, known in self._rows.items() if known.heard}

    def _one(self, model: str) -> Judged:
        found = self._found.get(model)
        if found is None:
            found = self._here(model) or self._at_its_maker(model) or self._elsewhere(model)
            found = found or silent(self._rows[model])
            self._found[model] = found
        return found

    def _here(self, model: str) -> Judged | None:
        provider, _, name = model.partition("/")
        if name.startswith("ft:"):  # a copy that its owner trained may differ
            return None
        for spelling, how in spellings(provider, name):
            base = f"{provider}/{spelling}"
            if how in SAME and base in self._rows:
                return replace(self._one(base), why=f"same as {base}", agreed=None)
        return None

    def _at_its_maker(self, model: str) -> Judged | None:
        plain = _plain(model.partition("/")[2])
        if model.endswith(ROUTED):
            return None
        for name in (plain, *(spelling for spelling, how in spellings("", plain) if how in SAME)):
            for maker in MAKERS:
                made = self._made.get((maker, name))
                if made is None and maker == "meta_llama":
                    made = self._made.get((maker, name.removeprefix("meta-")))
                if made is not None:
                    why = f"same model at its maker: {made}"
                    return replace(self._found[made], why=why, agreed=None)
        return None

    def _elsewhere(self, model: str) -> Judged | None:
        provider, _, name = model.partition("/")
        others = {
            other: said for other, said in self._named[_plain(name)].items() if other != provider
        }
        said = [one for rows in others.values() for one in rows]
        if len(others) < 2 or len({one.verdict for one in said}) > 1:
            return None
        why = f"same model at {len(others)} other providers, all agree"
        return replace(max(said, key=newness), why=why, agreed=None)


def _plain(name: str) -> str:
    """accounts/fireworks/models/X, vendor/X:free, vendor.X-v1:0 -> x"""
    plain = name.rpartition("/")[2].lower()
    for routed in ROUTED:
        plain = plain.removesuffix(routed)
    vendor, dot, rest = plain.partition(".")
    if dot and vendor in VENDORS:
        plain = rest
    return _unversioned(plain)


def _unversioned(plain: str) -> str:
    """mistral-large-2407-v1:0 -> mistral-large-2407; what has no colon keeps its -v1"""
    head, mark, version = plain.rpartition("-v")
    return head if mark and ":" in version and version.replace(":", "", 1).isdecimal() else plain
