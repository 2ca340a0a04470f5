"""What a picture costs in tokens, and how large a model looks at it; by each vendor's own formula.

`image_models` has the table and its sources. Where no formula is published there is no answer:
none is taken over from a model that resembles it, nor from the maker to a host that does not say it
counts alike.
"""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache

from visioncli.core.record import record

from .image_formulas import Formula, Size
from .image_models import AZURE, MISTRAL, OPENAI, claude, gemini
from .spelling import canonical, spellings

# Its counts are those of the model's own tokenizer, and it passes the maker's prices through:
# https://openrouter.ai/docs/use-cases/usage-accounting (a copy read 2026-11-24).
KEPT = 1024  # sizes whose fit is remembered: pictures of one camera have one
ROUTER = "openrouter"
MAKERS = {"openai": "openai", "anthropic": "anthropic", "google": "gemini", "mistralai": "mistral"}


@record
class Bound:
    """How large a model looks at a picture; what is beyond it is lost, and need not be uploaded."""

    formula: Formula
    detail: str
    fitted: dict[Size, Size] = field(default_factory=dict, repr=False, compare=False)

    def fit(self, width: int, height: int) -> Size:
        """The size to scale down to, in pixels: the picture's own where it is not too large.

        It costs as many tokens as the picture itself, which the vendor would scale alike.
        """
        if (found := self.fitted.get((width, height))) is None:
            found = self.formula.resized(width, height, self.detail) or (width, height)
            if len(self.fitted) < KEPT:
                self.fitted[width, height] = found
        return found


def tokens(
    provider: str, model: str, width: int, height: int, detail: str | None = None
) -> int | None:
    """The tokens of one picture. width, height: px. detail: low | high | auto | original | None.

    None: no formula is published for this model, or not for this detail, or the vendor would refuse
    the picture for its size.
    """
    found = formula(provider, model)
    if found is None or width < 1 or height < 1:
        return None
    return found.tokens(width, height, detail or "auto")


@lru_cache(16)  # a run asks one model about a million pictures
def used(provider: str, model: str, detail: str | None = None) -> Bound | None:
    """The largest size that the model uses of a picture; None where its vendor states none."""
    found = formula(provider, model)
    word = detail or "auto"
    if found is None or found.resized(1, 1, word) is None:
        return None
    return Bound(found, word)


def formula(provider: str, model: str) -> Formula | None:
    """By the id, or by one from which only an address or a snapshot's date was taken away."""
    if model.startswith("ft:"):  # nobody says that a fine-tuned copy counts alike
        return None
    for name in canonical(provider):
        for spelling, _ in spellings(name, model):
            if (found := _listed(name, spelling)) is not None:
                return found
    return None


def _listed(provider: str, model: str) -> Formula | None:
    match provider:
        case "openai":
            return OPENAI.get(model)
        case "azure":
            return AZURE.get(model)
        case "anthropic" | "azure_ai":
            return claude(model)
        case "bedrock":
            return claude(model.removeprefix("anthropic."))
        case "gemini":
            return gemini(model)
        case "vertex_ai":
            return gemini(model) or claude(model)
        case "mistral":
            return MISTRAL.get(model)
        case "openrouter":
            maker, slash, name = model.partition("/")
            return formula(MAKERS[maker], name) if slash and maker in MAKERS else None
    return None
