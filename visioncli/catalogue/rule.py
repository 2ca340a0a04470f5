"""Whether a model can see: the rule, from an id to a verdict. No network, no guess by likeness.

It imports no more than the index and the spellings, so that a door before the argument parser may
use it; `lookup` gives its result a name.
"""

import time

from . import index
from .spelling import MAKERS, behind, canonical, copied, resource, spellings

VISION = {"y": True, "n": False, "u": None}
# Whoever runs these servers chooses what is in them.
SERVERS = (
    *("vllm", "hosted_vllm", "lm_studio", "llamafile", "xinference", "lemonade"),
    *("docker_model_runner", "litellm_proxy"),
)

# vision, why, source, as of, retired
Judgement = tuple[bool | None, str, str | None, str | None, str | None]


def judge(provider: str, model: str, today: str | None = None) -> Judgement:
    """today: YYYY-MM-DD; None means the machine's date. provider: "" for a bare name."""
    if not provider:
        found = makers(model)
        if len(found) != 1:
            return _unknown("no provider in the id: write provider/model")
        return judge(found[0], model, today)
    names = canonical(provider)
    for name in names:
        for spelling, how in spellings(name, model):
            row = index.find(f"{name}/{spelling}")
            if row is not None:
                return _judgement(row, how, f"{provider}/{spelling}", today)
    maker, passed_on = behind(names[0], model)
    if maker:
        for spelling, _ in spellings(maker, passed_on):
            row = index.find(f"{maker}/{spelling}")
            if row is not None:
                return _judgement(row, f"{names[0]} passes it on to", "", today)
    return _unknown(_not_listed(provider, names, model))


def makers(bare: str) -> list[str]:
    """The makers that list a model of this very name, letter case included: it picks a receiver.

    Of several, the one that the package knows: a proxy at one maker's address may list the models
    of others, and what a name meant before a refresh it means after it. OpenAI's copies, ft:BASE:…,
    are its own where it lists what they are made of.
    """
    if (base := copied(bare)) and _lists("openai", base):
        return ["openai"]
    listed = [maker for maker in MAKERS if _lists(maker, bare)]
    if len(listed) < 2:
        return listed
    known = [maker for maker in listed if _lists(maker, bare, index.PATH)]
    return known if len(known) == 1 else listed


def _lists(maker: str, bare: str, path: str = "") -> bool:
    row = index.find(f"{maker}/{bare}", path)
    return row is not None and row[0] == f"{maker}/{bare}"


def _judgement(row: index.Row, how: str, typed: str, today: str | None) -> Judgement:
    """how: what was done to the id to find this row, "" for nothing but the provider's name."""
    model, verdict, source, as_of, retires, gone, why = row
    retired = None
    if not how:  # the dates of a row that was reached by shortening are not this id's
        past = retires and retires <= (today or time.strftime("%Y-%m-%d"))
        retired = (retires if past else gone) or None
        if model != typed:
            how = "letter case aside" if model.lower() == typed.lower() else "listed as"
    if how:
        why = (
            f"{how} {model} ({why})"
            if how.endswith((" of", " as", " to"))
            else f"{how}: {model} ({why})"
        )
    return VISION[verdict], why, index.SOURCES.get(source, source), as_of, retired


def _not_listed(provider: str, names: tuple[str, ...], model: str) -> str:
    """What is not known, and what would help where nothing can be listed."""
    if names[0] in SERVERS:
        return "whoever runs that server chooses its models; check --live asks it"
    if names[0] == "azure":
        return "a deployment may have any name: base_model in the configuration says what it is"
    kind, _ = resource(model)
    if names[0] == "bedrock" and kind not in ("", "inference-profile", "foundation-model"):
        return "an ARN of this kind does not say which model it is; check --live asks it"
    for name in names:
        if index.knows(name):
            live = "; check --live asks the server" if name == "ollama" else ""
            return f"not listed under {name}{live}"
    return f"nothing is listed under {provider!r}"


def _unknown(why: str) -> Judgement:
    return None, why, None, None, None
