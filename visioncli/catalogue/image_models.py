"""Which model turns a picture into tokens by which formula, as its vendor says.

Stored copies of the vendors' pages, read 2026-11-24:
- OpenAI, https://developers.openai.com/api/docs/guides/images-vision: copies of September and of
  October 2026 have the table of sizes and that of factors. The page marks gpt-5, gpt-5-mini,
  gpt-5-nano, gpt-4.1-nano, o1, o1-pro, o3 and o4-mini as deprecated and gives no sizes for
  four of them; theirs are those of a copy of July 2026. gpt-4.5-preview, gpt-5-chat-latest and
  computer-use-preview are in that copy alone. gpt-6-sol, gpt-6-luna and gpt-6.1-sol are in neither.
- Azure, https://learn.microsoft.com/azure/ai-services/openai/overview (image tokens; a copy of
  2025): the rule for gpt-4o, gpt-4o-mini and gpt-4-turbo. It names no others.
- Anthropic, https://platform.claude.com/docs/en/build-with-claude/vision (resolution and token
  cost) and …/vision-coordinates (the exact rule), copies of September 2026. The page is about
  Claude on every platform, names Bedrock and Google Cloud, and makes the rule depend on the model.
- Google, https://ai.google.dev/gemini-api/docs/generate-content/media-resolution (of 2026-09-19)
  and …/image-understanding (token calculation). For Vertex AI its own page names 1120 tokens, too:
  https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/image-understanding
- Mistral, https://docs.mistral.ai/capabilities/vision (FAQ), copies of 2025 and of 2026.

A vendor's page that says how large a tile is but not how tiles are laid (xAI), or that leaves a
limit to the reader (Qwen), gives no formula. Neither do hosts that do not say how they count.
"""

from __future__ import annotations

import re
from fractions import Fraction
from types import MappingProxyType

from .image_formulas import Area, Budget, Crops, Formula, Limit, Patches, Tiles, Visual

SMALL, LARGE, WHOLE = Limit(512), Limit(2048, 2500), Limit(6000, 10_000)
ALL_ALIKE = Limit(2048, 6144)
UNSCALED = Limit(65_535)
FACTOR = Fraction("1.2")


def _by_detail(
    low: Limit | None, high: Limit, auto: Limit, original: Limit | None = None
) -> MappingProxyType[str, Limit]:
    limits = {"low": low, "high": high, "auto": auto, "original": original}
    return MappingProxyType({word: limit for word, limit in limits.items() if limit is not None})


_ASTRA = Patches(FACTOR, _by_detail(SMALL, Limit(65_535, 2500), UNSCALED, UNSCALED))
_5_6 = Patches(FACTOR, _by_detail(SMALL, LARGE, UNSCALED, UNSCALED))
_5_4 = Patches(FACTOR, _by_detail(ALL_ALIKE, LARGE, LARGE, WHOLE))
_ALIKE = _by_detail(ALL_ALIKE, ALL_ALIKE, ALL_ALIKE)
_OLD = _by_detail(None, Limit(2048, 1536), Limit(2048, 1536))  # what low does is not said
_4O, _4O_MINI, _5, _O = Tiles(85, 170), Tiles(2833, 5667), Tiles(70, 140), Tiles(75, 150)

OPENAI: dict[str, Formula] = {
    "gpt-6-astra": _ASTRA,
    "gpt-5.6-sol": _5_6,
    "gpt-5.6-terra": _5_6,
    "gpt-5.6-luna": _5_6,
    "gpt-5.5": Patches(FACTOR, _by_detail(SMALL, LARGE, WHOLE, WHOLE)),
    "gpt-5.4": _5_4,
    "gpt-5.4-mini": _5_4,
    "gpt-5.4-nano": _5_4,
    "gpt-5.2": Patches(FACTOR, _ALIKE),
    "gpt-5.1": _5,
    "gpt-5": _5,
    "gpt-5-chat-latest": _5,
    "gpt-5-mini": Patches(FACTOR, _OLD),
    "gpt-5-nano": Patches(Fraction("1.5"), _OLD),
    "gpt-4.5-preview": _4O,
    "gpt-4.1": _4O,
    "gpt-4.1-mini": Patches(Fraction("1.62"), _ALIKE),
    "gpt-4.1-nano": Patches(Fraction("2.46"), _OLD),
    "gpt-4o": _4O,
    "gpt-4o-mini": _4O_MINI,
    "o1": _O,
    "o1-pro": _O,
    "o3": _O,
    "o4-mini": Patches(Fraction("1.72"), _OLD),
    "computer-use-preview": Tiles(65, 129),
}
AZURE: dict[str, Formula] = {"gpt-4o": _4O, "gpt-4o-mini": _4O_MINI, "gpt-4-turbo": _4O}

_STANDARD, _HIGH = Visual(1568, 1568), Visual(2576, 4784)
_NAMES = "opus|sonnet|haiku|fable|mythos"
CLAUDE = re.compile(rf"claude-(?:(?:{_NAMES})-(\d+)(?:[-.](\d))?|3-(?:5-|7-)?(?:{_NAMES}))")
FIRST_HIGH = (4, 7)


def claude(model: str) -> Formula | None:
    """Of "Claude 4.7 and later models", or of "all other models"."""
    found = CLAUDE.fullmatch(model)
    if found is None:
        return None
    version = (int(found[1] or 3), int(found[2] or 0))
    return _HIGH if version >= FIRST_HIGH else _STANDARD


# Not those that make pictures or talk, and not gemini-flash-latest, which names no generation.
GEMINI = re.compile(
    r"gemini-(\d+)(?:\.(\d+))?-(?:pro|flash|flash-lite)(?:-preview)?(?:-customtools)?"
)
_3 = Budget(MappingProxyType({"low": 280, "high": 1120, "auto": 1120, "original": 2240}))
GENERATIONS: dict[tuple[int, int], Formula] = {(2, 0): Crops(), (2, 5): Crops(low=64)}


def gemini(model: str) -> Formula | None:
    found = GEMINI.fullmatch(model)
    if found is None:
        return None
    generation = (int(found[1]), int(found[2] or 0))
    return _3 if generation[0] in (3, 4) else GENERATIONS.get(generation)


_FINE, _COARSE = Area(1024, 256), Area(1540, 784)
MISTRAL: dict[str, Formula] = {
    "pixtral-12b-2409": _FINE,
    "pixtral-large-2411": _FINE,
    "mistral-small-2503": _COARSE,  # Small 3.1
    "mistral-small-2506": _COARSE,  # Small 3.2
    "mistral-medium-2505": _COARSE,  # Medium 3
    "mistral-large-2512": _COARSE,  # Large 3
    "ministral-3b-2512": _COARSE,
    "ministral-8b-2512": _COARSE,
    "ministral-14b-2512": _COARSE,
    "magistral-small-2509": _COARSE,  # Small 1.2
    "magistral-medium-2509": _COARSE,  # Medium 1.2
}
