"""How vendors turn a picture into tokens: the arithmetic. `image_models` says who uses which.

Sizes are pixels. A formula is asked for the tokens of one picture, or for the size that the model
makes of it. None: the vendor does not say, or would refuse the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from math import ceil, floor, sqrt
from types import MappingProxyType
from typing import Protocol

from visioncli.core.record import record

Size = tuple[int, int]


class Formula(Protocol):
    def tokens(self, width: int, height: int, detail: str) -> int | None:
        """detail: low | high | auto | original."""
        ...

    def resized(self, width: int, height: int, detail: str) -> Size | None:
        """What the model makes of the picture, never larger than it. None: no limit is stated."""
        ...


@record
class Tiles:
    """OpenAI's tiles: `base`, and `each` for every square of 512 that is needed to cover it.

    The picture is scaled down to fit 2048 x 2048, then to 768 on its shorter side. At detail low it
    costs the base alone.
    """

    base: int
    each: int
    details: tuple[str, ...] = ("low", "high", "auto")

    def tokens(self, width: int, height: int, detail: str) -> int | None:
        if detail not in self.details:
            return None
        if detail == "low":
            return self.base
        across, down = self._scaled(width, height)
        return self.base + self.each * ceil(across / 512) * ceil(down / 512)

    def resized(self, width: int, height: int, detail: str) -> Size | None:
        if detail not in self.details:
            return None
        return fitted(width, height, 512) if detail == "low" else self._scaled(width, height)

    @staticmethod
    def _scaled(width: int, height: int) -> Size:
        """One step after the other would round twice; the shares are exact."""
        share = min(Fraction(1), Fraction(2048, max(width, height)))
        if share * min(width, height) > 768:
            share = Fraction(768, min(width, height))
        return max(1, floor(width * share)), max(1, floor(height * share))


@record
class Limit:
    """What one detail keeps of a picture: its longer side, and its patches. None: no limit."""

    side: int | None = None
    patches: int | None = None


REFUSED = 30_000  # patches of one picture, after it was scaled, that OpenAI takes


@record
class Patches:
    """OpenAI's patches: squares of 32 that cover the picture, times a factor, rounded up."""

    factor: Fraction
    limits: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))

    def tokens(self, width: int, height: int, detail: str) -> int | None:
        size = self._scaled(width, height, detail)
        if size is None or (count := patches(*size, 32)) > REFUSED:
            return None
        return ceil(count * self.factor)

    def resized(self, width: int, height: int, detail: str) -> Size | None:
        """Never more than is taken: what has too many patches is refused, not scaled down."""
        size = self._scaled(width, height, detail)
        return None if size is None else self._within(*size, REFUSED)

    def _scaled(self, width: int, height: int, detail: str) -> Size | None:
        limit = self.limits.get(detail)
        if limit is None:
            return None
        size = (width, height) if limit.side is None else fitted(width, height, limit.side)
        return size if limit.patches is None else self._within(*size, limit.patches)

    @staticmethod
    def _within(width: int, height: int, budget: int) -> Size:
        if patches(width, height, 32) <= budget:
            return width, height
        shrink = sqrt(32 * 32 * budget / (width * height))
        across, down = width * shrink / 32, height * shrink / 32
        # Sides shorter than one patch are one patch: there is nothing to round down to.
        shrink *= min(max(1, floor(across)) / across, max(1, floor(down)) / down, 1 / shrink)
        return max(1, floor(width * shrink)), max(1, floor(height * shrink))


@record
class Visual:
    """Claude's visual tokens: squares of 28 that cover the picture, after it was scaled down until
    neither its padded side nor their number is over the limit. Details make no difference.
    """

    side: int
    most: int

    def tokens(self, width: int, height: int, detail: str) -> int | None:
        return patches(*self.resized(width, height, detail), 28)

    def resized(self, width: int, height: int, detail: str) -> Size:
        if self._fits(width, height):
            return width, height
        if height > width:
            across, down = self.resized(height, width, detail)
            return down, across
        fits, too_wide = 1, width
        while too_wide - fits > 1:
            middle = (fits + too_wide) // 2
            if self._fits(middle, self._height(middle, width, height)):
                fits = middle
            else:
                too_wide = middle
        return fits, self._height(fits, width, height)

    def _fits(self, width: int, height: int) -> bool:
        padded = ceil(max(width, height) / 28) * 28
        return padded <= self.side and patches(width, height, 28) <= self.most

    @staticmethod
    def _height(across: int, width: int, height: int) -> int:
        return max(1, _nearest(across * height, width))


@record
class Crops:
    """Gemini 2's tiles of 258 tokens: one for a small picture; else as many as cover it when one is
    as large as two thirds of the shorter side.

    low: the tokens at media resolution low. Google calls the rule rough, and says elsewhere that
    it ends at about 2048 tokens: where it gives more than 8 tiles there is no answer.
    """

    low: int | None = None

    def tokens(self, width: int, height: int, detail: str) -> int | None:
        if detail == "low":
            return self.low
        if max(width, height) <= 384:
            return 258
        unit = max(1, floor(min(width, height) / 1.5))
        tiles = ceil(width / unit) * ceil(height / unit)
        return 258 * tiles if tiles <= 8 else None

    def resized(self, width: int, height: int, detail: str) -> Size | None:
        del width, height, detail  # no size is stated for the whole picture
        return None


@record
class Budget:
    """So many tokens at most for a picture of any size: Gemini 3 and later."""

    budgets: Mapping[str, int]

    def tokens(self, width: int, height: int, detail: str) -> int | None:
        del width, height
        return self.budgets.get(detail)

    def resized(self, width: int, height: int, detail: str) -> Size | None:
        del width, height, detail  # none is stated
        return None


@record
class Area:
    """Mistral's: the pixels divided by `each`, after the picture was scaled to fit `side`."""

    side: int
    each: int

    def tokens(self, width: int, height: int, detail: str) -> int | None:
        across, down = self.resized(width, height, detail)
        return ceil(across * down / self.each)

    def resized(self, width: int, height: int, detail: str) -> Size:
        del detail
        return fitted(width, height, self.side)


def patches(width: int, height: int, square: int) -> int:
    """How many squares cover a picture; the last ones of a row or column may reach beyond it."""
    return ceil(width / square) * ceil(height / square)


def fitted(width: int, height: int, side: int) -> Size:
    """Scaled down until the longer side is `side`; each side rounded to the nearest whole pixel."""
    longer = max(width, height)
    if longer <= side:
        return width, height
    return max(1, _nearest(width * side, longer)), max(1, _nearest(height * side, longer))


def _nearest(over: int, under: int) -> int:
    return (2 * over + under) // (2 * under)
