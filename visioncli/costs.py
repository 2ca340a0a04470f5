"""What a request will cost, and what an answer did: tokens and US dollars, or why not.

Nothing is guessed: a picture whose vendor publishes no formula, and a model that nobody gives a
price for, leave None and a reason. No tokenizer is at hand: the tokens of the text are estimated.
The catalogue knows one price a direction: cached input is counted at the full price, which is an
upper bound; above LONG tokens, where some vendors ask more, nothing is said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any

from visioncli.core.record import record

from .catalogue import image_tokens, prices
from .catalogue.image_formulas import Crops
from .choice import EYES
from .core.target import ModelRef
from .core.types import PDF, Request, TextPart, Unfetched, Usage
from .images import facts, reading
from .images.picture import Picture

BYTES_PER_TOKEN = 4  # of UTF-8: what OpenAI and Google give as a rule of thumb for English
LONG = 128_000  # tokens of input; the lowest bound from which a vendor is known to ask more
PLACES = 12  # decimals of a dollar that are looked at; the cheapest token costs a thousand of them

# Options that are paid apart, or that change what a token costs; and those that change the count.
PRICED = (
    *("tools", "web_search_options", "plugins", "service_tier", "serviceTier", "cache_control"),
    *("cachedContent", "models", "provider"),
)
CHANGING = (
    *PRICED,
    *("n", "candidateCount", "functions", "modalities", "generationConfig"),
    *("mediaResolution", "media_resolution"),
)
MOST_OUT = ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens")

REPORT_USD = ("openrouter",)  # whose own figure counts
# Where the tokens thought are not among those of the output, though they are paid alike:
# https://ai.google.dev/api/generate-content (UsageMetadata); xAI's page does not say it clearly.
THOUGHT_APART, THOUGHT_UNCLEAR = "gemini", "xai"


@record(kw_only=True)
class Estimate:
    """None: not known; `unknown` says why.

    text_tokens: an approximation, UTF-8 bytes divided by four, roles and wrapping aside.
    image_tokens: by the vendor's formula. max_output_tokens: as asked for. usd_input: at the price
    of fresh input. usd_output_at_most: if all of max_output_tokens come. usd_at_most: both
    together. priced_as: the model whose price it is. price_source, price_as_of: who says so, when.
    """

    model: str
    image_tokens: int | None
    text_tokens: int
    input_tokens: int | None
    max_output_tokens: int | None
    usd_input: float | None
    usd_output_at_most: float | None
    usd_at_most: float | None
    priced_as: str | None = None
    price_source: str | None = None
    price_as_of: str | None = None
    unknown: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "unknown": list(self.unknown)}


def estimate(
    ref: ModelRef, request: Request, pictures: Sequence[Picture], known_as: ModelRef | None = None
) -> Estimate:
    """pictures: as they would be sent. known_as: the catalogue's name of the model, if another."""
    if ref == EYES:  # nothing is sent
        return _nothing(ref)
    known_as = known_as or ref
    unknown: list[str] = list(_changing(request))
    seen = _image_tokens(known_as, request, pictures, unknown)
    said = _text_tokens(request)
    total = None if seen is None else seen + said
    price = prices.find(known_as)
    usd_in = price.usd_in if price else None
    usd_out = price.usd_out if price else None
    if usd_in is None:
        unknown.append(f"no price is known for {known_as}")
    elif total is not None and total > LONG:
        unknown.append(f"no price is known for more than {LONG:,} tokens of input")
        usd_in = usd_out = None
    if any(name in request.options.extra for name in CHANGING):
        usd_in = usd_out = None
    most = _most_out(request)
    if most is None:
        unknown.append("the length of the answer (no --max-tokens)")
    cost_in, cost_out = _usd(total, usd_in), _usd(most, usd_out)
    return Estimate(
        model=str(ref),
        image_tokens=seen,
        text_tokens=said,
        input_tokens=total,
        max_output_tokens=most,
        usd_input=_sum(cost_in),
        usd_output_at_most=_sum(cost_out),
        usd_at_most=_sum(cost_in, cost_out),
        priced_as=price.priced_as if price else None,
        price_source=price.source if price else None,
        price_as_of=price.as_of if price else None,
        unknown=tuple(unknown),
    )


def cost(
    ref: ModelRef,
    usage: Usage,
    *,
    wire: str = "",
    extra: Container[str] = (),
    known_as: ModelRef | None = None,
    find: Callable[[ModelRef], prices.Price | None] | None = None,
) -> float | None:
    """US dollars by the tokens that were reported, or as the provider itself reports them.

    wire: the dialect that was spoken. extra: names of the options that were asked for beside ours.
    find: looks prices up in place of the catalogue; for who asks a million times about one model.
    None: a count or a price is not known.
    """
    if ref == EYES:
        return 0.0
    if usage.cost is not None and ref.provider in REPORT_USD:
        return usage.cost
    if any(name in extra for name in PRICED):
        return None
    output = usage.output
    if output is not None and usage.reasoning:
        if wire == THOUGHT_APART:
            output += usage.reasoning
        elif ref.provider == THOUGHT_UNCLEAR:
            return None
    price = (find or prices.find)(known_as or ref)
    if price is None or usage.input is None or usage.input > LONG:
        return None
    if output is None or price.usd_in is None or price.usd_out is None:
        return None
    # As `_usd` and `_sum` have it, in whole numbers: this is asked a million times.
    a, b = _per_token(price.usd_in)
    c, d = _per_token(price.usd_out)
    return (usage.input * a * d + output * c * b) / (b * d)


def shown(usd: float) -> str:
    """For people: at least four decimals below a dollar, as many more as two digits take."""
    if usd >= 1 or usd == 0:
        return f"${usd:.2f}" if usd else "$0"
    text = f"{usd:.{PLACES}f}"
    zeros = len(text[2:]) - len(text[2:].lstrip("0"))
    return f"${usd:.{max(4, zeros + 2)}f}"


def _nothing(ref: ModelRef) -> Estimate:
    return Estimate(
        model=str(ref),
        image_tokens=0,
        text_tokens=0,
        input_tokens=0,
        max_output_tokens=0,
        usd_input=0.0,
        usd_output_at_most=0.0,
        usd_at_most=0.0,
    )


def _changing(request: Request) -> Iterator[str]:
    for name in CHANGING:
        if name in request.options.extra:
            yield f"what the option {name} does to the price"


def _image_tokens(
    ref: ModelRef, request: Request, pictures: Sequence[Picture], unknown: list[str]
) -> int | None:
    """The sum; what is missing of it is added to `unknown`."""
    if not pictures:
        return 0
    formula = image_tokens.formula(*ref)
    if formula is None:
        unknown.append(f"no formula is published for the pictures of {ref}")
        return None
    details = [image.detail for image in reading.images(request)]
    if isinstance(formula, Crops) and len(set(details)) > 1:
        unknown.append(f"{ref} looks at all pictures alike, and their details differ")
        return None
    counts = []
    for picture, detail in zip(pictures, details, strict=True):
        size = _size(picture)
        count = image_tokens.tokens(*ref, *size, detail) if size else None
        if size is None:
            what = "the pages" if picture.media_type == PDF else "the size"
            away = picture.blob is None or isinstance(picture.blob, Unfetched)
            where = ", which is not here" if away else ""
            unknown.append(f"{what} of {picture.shown}{where}")
        elif count is None:
            at = f" at detail {detail}" if detail else ""
            unknown.append(f"what {ref} makes of {size[0]}x{size[1]} pixels{at}")
        counts.append(count)
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _size(picture: Picture) -> tuple[int, int] | None:
    if picture.pixels is not None or picture.blob is None or isinstance(picture.blob, Unfetched):
        return picture.pixels
    return facts.size(picture.blob, picture.shown)


def _text_tokens(request: Request) -> int:
    texts = [part.text for m in request.messages for part in m.parts if isinstance(part, TextPart)]
    if request.options.schema is not None:
        texts.append(json.dumps(dict(request.options.schema), ensure_ascii=False))
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    return ceil(size / BYTES_PER_TOKEN)


def _most_out(request: Request) -> int | None:
    for name in MOST_OUT:
        value = request.options.extra.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return request.options.max_tokens


def _usd(tokens: int | None, per_million: float | None) -> Fraction | None:
    """Exact: the price is the decimal number that it is written as."""
    if tokens is None or per_million is None:
        return None
    numerator, denominator = _per_token(per_million)
    return Fraction(tokens * numerator, denominator)


@lru_cache(64)
def _per_token(per_million: float) -> tuple[int, int]:
    """The price of a token, as a fraction of two whole numbers."""
    return (Fraction(str(per_million)) / 1_000_000).as_integer_ratio()


def _sum(*amounts: Fraction | None) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return float(sum(known)) if len(known) == len(amounts) else None
