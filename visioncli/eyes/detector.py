"""Objects: SSD-MobileNetV2 over the 80 COCO classes, its post-processing done here in numpy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .files import WEIGHTS, unusable
from .seen import Found
from .session import session
from .words import COCO_BY_SPARSE_ID

Floats = NDArray[np.float32]
MODEL, ANCHORS = "ssd2_w8.onnx", "ssd_anchors.npy"
SIDE = 300  # px
FLOOR = 0.30  # scores below it are noise
OVERLAP = 0.55  # two boxes of one class that overlap by this are one thing
SAME_THING = 0.80  # two boxes of two classes that overlap by this are one thing with two names


def detect(image: Image.Image) -> list[Found]:
    """image: RGB. Everything above FLOOR, surest first, boxes in px of `image`."""
    net = session(MODEL)
    pixels = resize_tf1(np.asarray(image), SIDE)[None] * np.float32(2 / 255) - 1
    # (1, 1917, 4) box codes, (1, 1917, 91) scores
    codes, scores = net.run(None, {net.get_inputs()[0].name: pixels})
    sides = np.array([image.width, image.height] * 2, np.float32)
    boxes = _boxes(codes[0], _anchors()) * sides
    return collect(boxes, scores[0], COCO_BY_SPARSE_ID)


def _anchors() -> Floats:
    """(1917, 4): y0, x0, y1, x1 in 0..1."""
    try:
        anchors: Floats = np.load(WEIGHTS / ANCHORS)
    except (OSError, ValueError, EOFError) as error:
        raise unusable(WEIGHTS / ANCHORS) from error
    return anchors


def _boxes(codes: Floats, anchors: Floats) -> Floats:
    """SSD's box coding with TensorFlow's variances. -> (n, 4): x0, y0, x1, y1 in 0..1."""
    high, wide = anchors[:, 2] - anchors[:, 0], anchors[:, 3] - anchors[:, 1]
    y = codes[:, 0] / 10 * high + anchors[:, 0] + high / 2
    x = codes[:, 1] / 10 * wide + anchors[:, 1] + wide / 2
    half_h, half_w = np.exp(codes[:, 2] / 5) * high / 2, np.exp(codes[:, 3] / 5) * wide / 2
    corners = np.stack([x - half_w, y - half_h, x + half_w, y + half_h], 1)
    clipped: Floats = np.clip(corners, 0, 1)
    return clipped


def collect(boxes: Floats, scores: Floats, names: Mapping[int, str]) -> list[Found]:
    """boxes (n, 4) px, scores (n, classes), names: column -> label. Suppressed, surest first."""
    found = []
    for column, name in names.items():
        hit = scores[:, column] > FLOOR
        if hit.any():
            near, score = boxes[hit], scores[hit, column]
            for i in suppress(near, score, OVERLAP):
                x0, y0, x1, y1 = (float(v) for v in near[i])
                found.append(Found(name, float(score[i]), (x0, y0, x1, y1)))
    if not found:
        return found
    found.sort(key=lambda f: -f.score)
    kept = suppress(
        np.array([f.box for f in found], np.float32),
        np.array([f.score for f in found], np.float32),
        SAME_THING,
    )
    return [found[i] for i in kept]


def suppress(boxes: Floats, scores: Floats, overlap: float) -> list[int]:
    """Non-maximum suppression: boxes (n, 4), scores (n,) -> the indices kept, best first."""
    order, keep = np.argsort(-scores, kind="stable"), []
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    area = sides[:, 0] * sides[:, 1]
    while len(order):
        best, rest = order[0], order[1:]
        keep.append(int(best))
        low = np.maximum(boxes[best, :2], boxes[rest, :2])
        high = np.minimum(boxes[best, 2:], boxes[rest, 2:])
        common = np.clip(high - low, 0, None).prod(1)
        order = rest[common / (area[best] + area[rest] - common + 1e-9) < overlap]
    return keep


def resize_tf1(pixels: NDArray[np.uint8], side: int) -> Floats:
    """(H, W, 3) -> (side, side, 3), bilinear without antialias, as TensorFlow 1 did.

    The model was trained on this; Pillow's bilinear costs it up to 10 points of score.
    """
    height, width = pixels.shape[:2]
    y, x = np.arange(side) * height / side, np.arange(side) * width / side
    y0, x0 = y.astype(int), x.astype(int)
    y1, x1 = np.minimum(y0 + 1, height - 1), np.minimum(x0 + 1, width - 1)
    fy, fx = (y - y0)[:, None, None], (x - x0)[None, :, None]
    top = pixels[y0][:, x0] * (1 - fx) + pixels[y0][:, x1] * fx
    low = pixels[y1][:, x0] * (1 - fx) + pixels[y1][:, x1] * fx
    mixed: Floats = (top * (1 - fy) + low * fy).astype(np.float32)
    return mixed
