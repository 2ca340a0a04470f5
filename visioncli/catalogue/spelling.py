"""The ways in which one model's id may be spelled; never another model's. Nothing is imported.

A model is found under its exact spelling or under one from which only an address, a copy's name or
a snapshot's date was taken away. What merely resembles it is not tried.
"""

# What users and other tools call a provider, and what its rows are filed under.
ALIASES = {
    "alibaba": "dashscope",
    "alibaba_cn": "dashscope",
    "amazon_bedrock": "bedrock",
    "aws": "bedrock",
    "azure_cognitive_services": "azure_ai",
    "azure_openai": "azure",
    "azure_text": "azure",
    "bedrock_converse": "bedrock",
    "abliteration_ai": "abliteration",
    "claude": "anthropic",
    "cloudflare_workers_ai": "cloudflare",
    "cohere_chat": "cohere",
    "copilot": "github_copilot",
    "digitalocean": "gradient_ai",
    "fireworks": "fireworks_ai",
    "fireworks_ai_embedding_models": "fireworks_ai",
    "friendli": "friendliai",
    "github_models": "github",
    "gmicloud": "gmi",
    "google": "gemini",
    "google_vertex": "vertex_ai",
    "google_vertex_anthropic": "vertex_ai",
    "grok": "xai",
    "llama": "meta_llama",
    "lmstudio": "lm_studio",
    "minimax_cn": "minimax",
    "mistralai": "mistral",
    "moonshotai": "moonshot",
    "moonshotai_cn": "moonshot",
    "nova": "amazon_nova",
    "novita_ai": "novita",
    "nvidia": "nvidia_nim",
    "ollama_chat": "ollama",
    "ollama_cloud": "ollama",
    "perplexity_agent": "perplexity",
    "sap_ai_core": "sap",
    "scx": "scx-ai",
    "snowflake_cortex": "snowflake",
    "tencent_tokenhub": "tencent",
    "text_completion_codestral": "codestral",
    "text_completion_inception": "inception",
    "text_completion_openai": "openai",
    "together": "together_ai",
    "togetherai": "together_ai",
    "venice": "veniceai",
    "vercel": "vercel_ai_gateway",
    "vertex": "vertex_ai",
    "vertexai": "vertex_ai",
    "x_ai": "xai",
    "xiaomi": "xiaomi_mimo",
    "z.ai": "zai",
    "z_ai": "zai",
    "zhipuai": "bigmodel",
}

# Providers that serve the models they make: a bare name is looked for at these alone.
MAKERS = (
    "openai",
    "anthropic",
    "gemini",
    "xai",
    "mistral",
    "cohere",
    "deepseek",
    "moonshot",
    "zai",
    "dashscope",
    "perplexity",
    "meta_llama",
)

_ROUTES = ("converse/", "invoke/", "converse_like/")
_GEOGRAPHIES = tuple("us-gov us eu apac ap global jp au ca sa me af il mx".split())  # noqa: SIM905 - reads better
_SUFFIXES = tuple(
    f":{word}"
    for word in ("free", "nitro", "floor", "online", "beta", "exacto", "thinking", "extended")
)
_ON_THE_WIRE = {"fireworks_ai": "accounts/fireworks/models/", "clarifai": "https://clarifai.com/"}
_DIGITS = str.maketrans("123456789", "000000000")


def canonical(provider: str) -> tuple[str, ...]:
    """The names under which rows of what a user calls `provider` may be filed, likeliest first."""
    small = provider.lower()
    key = small.replace("-", "_")
    name = ALIASES.get(key) or ALIASES.get(small) or key
    return tuple(dict.fromkeys((name, small, name.replace("_", "-"))))


def spellings(provider: str, model: str) -> list[tuple[str, str]]:
    """(spelling, how it came about) from the one typed, whose reason is "", to the shortest."""
    found: dict[str, str] = {}

    def add(name: str, how: str) -> str:
        if name:
            found.setdefault(name, how)
        return name

    base = add(model, "")
    if provider == "bedrock":
        base = add(_without_route(base), "without its route or region")
        base = add(_without_geography(base), "without its geography")
        base = add(_without_size(base), "without its context size")
    elif provider in ("openai", "azure", "vertex_ai", "gemini") and copied(base):
        base = add(copied(base), "a fine-tuned copy of")
    elif provider in ("vertex_ai", "gemini"):
        publisher, name = _published(base)
        if publisher:
            add(f"{publisher}/{name}", "without its resource path")
        base = add(name, "without its resource path")
    elif provider == "fireworks_ai" and "/" not in base:
        base = add(f"accounts/fireworks/models/{base}", "in full")
    elif provider in _ON_THE_WIRE:
        base = add(base.removeprefix(_ON_THE_WIRE[provider]), "without its resource path")
    elif provider == "ollama":
        base = add(base.partition(":")[0], "without its tag")
    for suffix in _SUFFIXES:
        if base.endswith(suffix):
            base = add(base.removesuffix(suffix), "without the router's suffix")
            break
    for stem in _undated(base):
        for shorter in (stem, *_undated(stem)):  # two at most: claude-3-haiku-20240307-v1:0
            add(shorter, "a dated version of")
    return list(found.items())


def copied(model: str) -> str:
    """What a fine-tuned copy is made of: ft:BASE:ORGANISATION:NAME:ID; "" for what is no copy."""
    return model[3:].partition(":")[0] if model.startswith("ft:") else ""


def resource(model: str) -> tuple[str, str]:
    """(kind, name) of what an ARN of Bedrock's names, such as ("foundation-model", "…"); ("", "")
    where it is none.
    """
    parts = model.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or parts[2] != "bedrock":
        return "", ""
    kind, _, name = parts[5].partition("/")
    return (kind, name) if parts[1].startswith("aws") else ("", "")


def behind(provider: str, model: str) -> tuple[str, str]:
    """(maker, model) of what a router passes a request on to, ("", "") where that is not said."""
    if provider != "openrouter":
        return "", ""
    vendor, slash, name = model.partition("/")
    maker = canonical(vendor)[0]
    return (maker, name) if slash and maker in MAKERS else ("", "")


def _published(model: str) -> tuple[str, str]:
    """(publisher, name) out of Google's path of a resource; publisher "" where none is named.

    projects/P/locations/L/publishers/anthropic/models/claude-… and what may be left out in front.
    """
    parts = model.split("/")
    if parts[0] == "projects" and parts[2:3] == ["locations"]:
        parts = parts[4:]
    if len(parts) == 4 and parts[0] == "publishers" and parts[2] == "models":
        return parts[1], parts[3]
    return "", model.removeprefix("models/")


def _without_route(model: str) -> str:
    kind, name = resource(model)
    if kind in ("inference-profile", "foundation-model"):
        model = name
    for route in _ROUTES:
        model = model.removeprefix(route)
    region, slash, rest = model.partition("/")
    geography, dash, place = region.partition("-")
    if region.startswith("us-gov-"):
        geography, place = "us-gov", region.removeprefix("us-gov-")
    if (
        slash
        and dash
        and geography in _GEOGRAPHIES
        and place[-2:-1] == "-"
        and place[-1].isdecimal()
    ):
        return rest
    return model


def _without_geography(model: str) -> str:
    geography, dot, rest = model.partition(".")
    return rest if dot and geography in _GEOGRAPHIES else model


def _without_size(model: str) -> str:
    """anthropic.claude-3-haiku-20240307-v1:0:200k -> …-v1:0"""
    head, colon, size = model.rpartition(":")
    return head if colon and size.endswith("k") and size[:-1].isdecimal() else model


def _undated(model: str) -> list[str]:
    """`model` without an ending that names a snapshot, in each way that is possible."""
    found = []
    head, mark, version = model.rpartition("-v")
    if (
        mark
        and version.replace(":", "", 1).isdecimal()
        and version[0] != ":"
        and version[-1] != ":"
    ):
        found.append(head)
    shape = model.translate(_DIGITS)
    for ending, meant in _DATES:
        if shape.endswith(ending) and meant(model[-len(ending) :]):
            found.append(model[: -len(ending)])
    return found


def _any(_: str) -> bool:
    return True


_DATES = (
    ("-0000-00-00", _any),  # gpt-4o-2024-08-06
    ("-00000000", lambda end: end[1:3] == "20"),  # claude-sonnet-4-5-20250929
    ("@00000000", lambda end: end[1:3] == "20"),  # claude-sonnet-4-5@20250929
    ("-00-0000", lambda end: end[4:6] == "20"),  # command-a-03-2025
    ("-0000", lambda end: "01" <= end[1:3] <= "12" and end[3] <= "3"),  # grok-2-vision-1212
    ("-preview-00-00", _any),  # gemini-2.5-pro-preview-05-06
    ("-00-00", _any),
    ("-000", lambda end: end[1] == "0"),  # gemini-1.5-pro-002
    ("@000", lambda end: end[1] == "0"),
    ("-latest", _any),
)
