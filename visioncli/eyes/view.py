"""All that can be seen in one picture; each part is looked at only when somebody asks for it.

Pillow, numpy and the models are imported inside, by what needs them: a question about the size
needs no numpy, and where the extra `local` is not installed it is answered all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from visioncli.core.errors import VisionError

from .seen import Box, Found, Labels, Line, Pixels, Share
from .words import ANIMALS

if TYPE_CHECKING:
    from .picture import Picture

SURE, MAYBE = 0.65, 0.40  # a thing is said from SURE on, and mentioned as possible from MAYBE on
CONTRADICTS = 0.50  # an animal of this probability overrules another one that the detector found
FLAT = 0.6  # share of pixels without an edge; photographs have less
LINES, AREA = 4, 0.04  # a flat picture with so many lines, or so much text, is a document
COVERED = 0.2  # share of any picture that text fills where it is a page
PLAIN = 0.995  # share of one colour

Sort = Literal["document", "graphic", "photo"]


@contextmanager
def _installed() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("numpy", "onnxruntime"):
            raise
        raise VisionError(
            "local/eyes needs onnxruntime and numpy",
            hint="pip install 'visioncli[local]'",
            code="extra",
        ) from None


class View:
    """One picture, looked at lazily. Boxes are in px of `picture.image` until `file_box`."""

    def __init__(self, name: str, source: Path | bytes) -> None:
        """Errors: ImageProblem where the file's header cannot be read."""
        from .picture import Picture

        self.picture: Picture = Picture(name, source)

    @cached_property
    def pixels(self) -> Pixels:
        with _installed():
            from . import pixels
        return pixels.measure(self.picture.image)

    @cached_property
    def labels(self) -> Labels:
        with _installed():
            from . import classifier
        return classifier.classify(self.picture.image)

    @cached_property
    def objects(self) -> tuple[Found, ...]:
        """Surest first, MAYBE and above, less the animals that the classifier contradicts.

        A cheetah is no "bird (100 %)": where the classifier is sure of another animal, it is right.
        """
        with _installed():
            from . import detector
        found = [f for f in detector.detect(self.picture.image) if f.score >= MAYBE]
        if any(f.label in ANIMALS for f in found):
            name, chance = self.labels.top[0]
            kinds = self.labels.parents[name]
            if chance >= CONTRADICTS and "animal" in kinds:
                found = [f for f in found if f.label not in ANIMALS or f.label in kinds]
        return tuple(found)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        with _installed():
            from . import reading
        return tuple(reading.read_lines(self.picture.image))

    @cached_property
    def rows(self) -> tuple[str, ...]:
        with _installed():
            from . import rows
        return rows.rows(self.lines)

    @cached_property
    def title(self) -> str:
        """The line of the tallest letters, "" where there is no text."""
        with _installed():
            from . import rows
        return rows.tallest(self.lines).text if self.lines else ""

    @cached_property
    def sort(self) -> Sort:
        """Document: a flat surface with much text, so a scan, a screenshot or a chart as well."""
        area = sum(_area(line) for line in self.lines)
        covered = area / (self.picture.image.width * self.picture.image.height)
        flat = self.pixels.flat > FLAT
        if covered > COVERED or (flat and (len(self.lines) >= LINES or covered > AREA)):
            return "document"
        return "graphic" if flat else "photo"

    @property
    def plain(self) -> str:
        """The colour's name where the picture is nothing but one colour, else ""."""
        name, share = self.pixels.colours[0]
        return name if share > PLAIN and self.pixels.contrast < 1 else ""

    def sure(self, labels: Iterable[str] | None = None) -> list[Found]:
        return [f for f in self._among(labels) if f.score >= SURE]

    def maybe(self, labels: Iterable[str] | None = None) -> list[Found]:
        return [f for f in self._among(labels) if f.score < SURE]

    def _among(self, labels: Iterable[str] | None) -> list[Found]:
        wanted = None if labels is None else set(labels)
        return [f for f in self.objects if wanted is None or f.label in wanted]

    def colours_in(self, box: Box) -> tuple[Share, ...]:
        with _installed():
            from . import pixels
        return pixels.region_colours(self.picture.image, box)

    def place(self, box: Box) -> str:
        """'top left', 'right', 'middle', …: where the box's middle lies, in thirds."""
        x = (box[0] + box[2]) / 2 / self.picture.image.width
        y = (box[1] + box[3]) / 2 / self.picture.image.height
        down = "top" if y < 0.36 else "bottom" if y > 0.64 else ""
        across = "left" if x < 0.36 else "right" if x > 0.64 else ""
        return f"{down} {across}".strip() or "middle"

    def file_box(self, box: Box) -> list[int]:
        """x0, y0, x1, y1 in the file's own pixels."""
        return [round(v * self.picture.scale) for v in box]

    def evidence(self) -> dict[str, object]:
        """What was looked at so far, JSON-ready; null: not looked at."""
        seen = self.__dict__
        objects = labels = colours = None
        if "objects" in seen:
            objects = [
                {"label": f.label, "score": round(f.score, 3), "box": self.file_box(f.box)}
                for f in self.objects
            ]
        if "labels" in seen:
            labels = [{"label": n, "score": round(p, 3)} for n, p in self.labels.top]
        if "pixels" in seen:
            colours = [{"name": n, "share": round(s, 3)} for n, s in self.pixels.colours]
        return {
            "source": self.picture.name,
            "picture": seen.get("sort"),
            "objects": objects,
            "labels": labels,
            "text_lines": list(self.rows) if "lines" in seen else None,
            "colours": colours,
            "size": [self.picture.width, self.picture.height],
        }


def _area(line: Line) -> float:
    """px²: half the cross product of the diagonals."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = line.quad
    return abs((cx - ax) * (dy - by) - (dx - bx) * (cy - ay)) / 2
