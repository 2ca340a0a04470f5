"""The picture as a whole: EfficientNet-Lite2 over ImageNet-1k, summed up the WordNet tree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .seen import Labels
from .session import session
from .wordnet import Names, names
from .words import DULL

MODEL = "efflite2_w8.onnx"
SIDE = 260  # px
MIDDLE = 0.89  # of the short side: the square the second look is taken at
SAY = 0.60  # below this a name is not asserted
HINT = 0.30
TOP = 5


def classify(image: Image.Image) -> Labels:
    """image: RGB."""
    known, chances = names(), probabilities(image)
    sums: dict[str, float] = {}
    for every, chance in zip(known.all, chances.tolist(), strict=True):
        for name in every:
            sums[name] = sums.get(name, 0.0) + chance
    best, hint = _sayable(known, sums)
    top = tuple((known.labels[i], float(chances[i])) for i in chances.argsort()[::-1][:TOP])
    return Labels(
        top=top,
        sums=sums,
        best=best,
        hint=hint,
        parents=known.parents,
        chances=dict(zip(known.labels, chances.tolist(), strict=True)),
    )


Named = tuple[str, float] | None


def _sayable(known: Names, sums: dict[str, float]) -> tuple[Named, Named]:
    """(the most specific name of SAY or more, or else None and the best of HINT or more)."""
    worth = {name: sums.get(name, 0.0) for name in known.depth if name not in DULL}
    sure = [(known.depth[name], name) for name, chance in worth.items() if chance >= SAY]
    if sure:
        name = max(sure)[1]
        return (known.spelling.get(name, name), sums[name]), None
    # Of names about as likely the more specific one: "cat" rather than "animal".
    weak = [
        (chance * (1 + 0.02 * known.depth[name]), name)
        for name, chance in worth.items()
        if chance >= HINT
    ]
    if weak:
        name = max(weak)[1]
        return None, (known.spelling.get(name, name), sums[name])
    return None, None


def probabilities(image: Image.Image) -> NDArray[np.float32]:
    """(1000,): the mean of two looks, at the whole picture stretched and at its central square."""
    net = session(MODEL)
    width, height = image.size
    side = max(1, int(min(width, height) * MIDDLE))
    left, top = (width - side) // 2, (height - side) // 2
    total = np.zeros(1000, np.float32)
    for view in (image, image.crop((left, top, left + side, top + side))):
        small = view.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        pixels = (np.asarray(small, np.float32) - 127) / 128
        batch = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
        out = net.run(None, {net.get_inputs()[0].name: batch})[0][0]
        out = np.exp(out - out.max())
        total += out / out.sum() / 2
    return total
