"""What the pixels say without any model: colours, brightness, sharpness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .colours import colour_name
from .seen import Box, Pixels, Share

SMALL = 96  # px: enough for the shares of colours
LOOK = 640  # px: sharpness is measured at this size, so that figures compare
GREY = 6  # mean difference of the channels, 0..255, below which there is no colour
EDGE = 2  # Laplacian, in grey levels
CLUSTERS, ROUNDS = 6, 8


def measure(image: Image.Image) -> Pixels:
    """image: RGB."""
    small = np.asarray(image.resize((SMALL, SMALL)))
    size = (min(image.width, LOOK), min(image.height, LOOK))
    grey = np.asarray(image.convert("L").resize(size), np.float32)
    edges = _laplacian(grey)
    spread = small.max(-1).astype(int) - small.min(-1)
    return Pixels(
        brightness=float(grey.mean()),
        contrast=float(grey.std()),
        sharpness=float(edges.var()),
        flat=float((edges < EDGE).mean()),
        grey=bool(spread.mean() < GREY),
        colours=palette(small),
    )


def _laplacian(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Its absolute value."""
    if min(grey.shape) < 3:
        return np.zeros((1, 1), np.float32)
    middle = grey[1:-1, 1:-1]
    edges: NDArray[np.float32] = np.abs(
        4 * middle - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    )
    return edges


def palette(rgb: NDArray[np.uint8]) -> tuple[Share, ...]:
    """k-means over pixels, merged by name. rgb: (H, W, 3), keep it small. Largest share first."""
    points = rgb.reshape(-1, 3).astype(np.float32)
    centres = _apart(points)
    for _ in range(ROUNDS):
        nearest = ((points[:, None] - centres) ** 2).sum(-1).argmin(1)
        for j in range(CLUSTERS):
            if (nearest == j).any():
                centres[j] = points[nearest == j].mean(0)
    shares: dict[str, float] = {}
    for j in range(CLUSTERS):
        if share := float((nearest == j).mean()):
            r, g, b = (float(v) for v in centres[j])
            name = colour_name(r, g, b)
            shares[name] = shares.get(name, 0.0) + share
    return tuple(sorted(shares.items(), key=lambda item: -item[1]))


def _apart(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """CLUSTERS of the points: half spread from dark to light, half as far from all as can be.

    The same for the same picture. Small things of a strong colour get a centre of their own.
    """
    order = points.sum(1).argsort(kind="stable")
    spread = np.linspace(0, len(points) - 1, CLUSTERS // 2).astype(int)
    chosen = list(points[order[spread]])
    while len(chosen) < CLUSTERS:
        away = ((points[:, None] - np.array(chosen)) ** 2).sum(-1).min(1)
        chosen.append(points[away.argmax()])
    return np.array(chosen)


def region_colours(image: Image.Image, box: Box) -> tuple[Share, ...]:
    """Colours of the middle 60 % of a box in px of `image`: of what fills it, not of the thing."""
    x0, y0, x1, y1 = box
    dx, dy = (x1 - x0) * 0.2, (y1 - y0) * 0.2
    left, top = int(x0 + dx), int(y0 + dy)
    inner = (left, top, max(left + 1, int(x1 - dx)), max(top + 1, int(y1 - dy)))
    return palette(np.asarray(image.crop(inner).resize((SMALL // 2, SMALL // 2))))
