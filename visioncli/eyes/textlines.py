"""Where text stands: PP-OCRv6's probability map, cut into oriented boxes with numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from visioncli.core.record import record

from .session import session

MODEL = "ocr_det_w8.onnx"
Floats = NDArray[np.floating]
Ints = NDArray[np.int64]
SHORT_SIDE, LONG_SIDE = 736, 1280  # px: the short side is brought up, the long side down
STEP = 32  # px: the network's sides are multiples of it
FLOOR, MEAN_FLOOR = 0.3, 0.5  # of a pixel, and of a whole piece
SMALLEST = 12  # px: fewer are noise
GROW = 1.6  # the map holds the letters' core; the box grows by area * GROW / perimeter
UPRIGHT = 0.03  # radians: a slope below it is none


@record
class Runs:
    """A connected piece of a mask, as runs of pixels: row, first column, column after the last."""

    rows: Ints
    starts: Ints
    ends: Ints

    @property
    def area(self) -> int:
        return int((self.ends - self.starts).sum())

    @property
    def corners(self) -> Floats:
        """(4 n, 2): x, y of every run's corners."""
        x, y = (self.starts, self.ends, self.ends, self.starts), (0, 1, 0, 1)
        sides = [np.stack((column, self.rows + down), 1) for column, down in zip(x, y, strict=True)]
        return np.concatenate(sides).astype(np.float32)

    def mean(self, values: Floats) -> float:
        """The mean of `values` over all pixels of the piece."""
        pieces = zip(self.rows, self.starts, self.ends, strict=True)
        return float(sum(values[y, a:b].sum() for y, a, b in pieces)) / self.area


def find_lines(image: Image.Image) -> list[Floats]:
    """image: RGB. -> quads (4, 2) in px of `image`, clockwise from the text's top left."""
    net = session(MODEL)
    width, height = image.size
    k = min(max(1.0, SHORT_SIDE / min(width, height)), LONG_SIDE / max(width, height))
    w, h = (max(STEP, round(side * k / STEP) * STEP) for side in (width, height))
    bgr = np.asarray(image.resize((w, h), Image.Resampling.BILINEAR), np.float32)[..., ::-1]
    batch = np.ascontiguousarray((bgr / 127.5 - 1).transpose(2, 0, 1)[None])
    chance = net.run(None, {net.get_inputs()[0].name: batch})[0][0, 0]  # (h, w)
    quads: list[Floats] = []
    for piece in components(chance > FLOOR):
        if piece.area < SMALLEST or piece.mean(chance) < MEAN_FLOOR:
            continue
        quad = oriented_quad(piece.corners, piece.area)
        if quad is not None:
            quads.append(quad * [width / w, height / h])
    return quads


def components(mask: NDArray[np.bool_]) -> list[Runs]:
    """The 8-connected pieces of a (H, W) mask, by union-find over the runs of its rows."""
    height = mask.shape[0]
    step = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(step == 1)
    ends = np.nonzero(step == -1)[1]
    parent = list(range(len(rows)))

    def root(a: int) -> int:
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    first = np.searchsorted(rows, np.arange(height + 1))
    for y in range(1, height):
        i, j = int(first[y - 1]), int(first[y])
        above, here = j, int(first[y + 1])
        while i < above and j < here:
            if starts[i] <= ends[j] and starts[j] <= ends[i]:
                a, b = root(i), root(j)
                parent[max(a, b)] = min(a, b)
            if ends[i] < ends[j]:
                i += 1
            else:
                j += 1
    groups: dict[int, list[int]] = {}
    for k in range(len(rows)):
        groups.setdefault(root(k), []).append(k)
    return [Runs(rows[g], starts[g], ends[g]) for g in groups.values()]


def oriented_quad(points: Floats, area: int) -> Floats | None:
    """points (n, 2): the corners of a piece of `area` px. -> a box along it; None if too thin."""
    spread = np.ptp(points, axis=0)
    angle = 0.0
    if spread.max() > 3 * spread.min() or area < 0.6 * spread[0] * spread[1]:
        axis = np.linalg.svd(points - points.mean(0), full_matrices=False)[2][0]
        angle = (float(np.arctan2(axis[1], axis[0])) + np.pi / 2) % np.pi - np.pi / 2
        if abs(angle) < UPRIGHT or abs(abs(angle) - np.pi / 2) < UPRIGHT:
            angle = 0.0
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    turned = points @ turn.T
    low, high = turned.min(0), turned.max(0)
    w, h = high - low
    if min(w, h) < 3:
        return None
    grow = w * h * GROW / (2 * (w + h))
    (x0, y0), (x1, y1) = low - grow, high + grow
    quad: Floats = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) @ turn
    return quad
