"""What is known of a model beside its verdict: facts.tsv, sorted like index.tsv, read by bisection.

A line is fourteen cells between tabs, "" where nothing is known:

    id, heard, missing, context, max_output, usd_in, usd_out, usd_image, input, output, mode,
    released, knowledge, status

heard: every source's statements, oldest first: L2026-11-12+ is a key of index.SOURCES, the date,
and + takes pictures, - does not, ? is listed and it does not say. missing: keys of the sources
whose newest list no longer has the model. A figure is that of the first source of P, L, M and O
that heard names, else its key stands before it; a second one, with its key, is what another
source says. Modalities are their initials (text, image, audio, video, pdf, code). The first line
names the columns and the projects the facts come from; `merge` writes the file.

No dataclass: that would import re and inspect before `vision models` prints its first line, and a
row's cells are read only when they are asked for.
"""

from collections.abc import Iterator

from . import current, index

NAME = "facts.tsv"
CELLS = 14
MODALITIES = {"t": "text", "i": "image", "a": "audio", "v": "video", "p": "pdf", "c": "code"}
VISION = {"+": True, "-": False, "?": None}

Statement = tuple[str, str, bool | None]  # one of index.SOURCES' names, YYYY-MM-DD, vision


class Facts:
    """One model's row, frozen. None and () mean: not known. Tokens; US dollars a million tokens."""

    __slots__ = ("_cells",)
    _cells: list[str]

    def __init__(self, line: bytes) -> None:
        object.__setattr__(self, "_cells", line.decode("ascii").split("\t"))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name}")

    def __repr__(self) -> str:
        return f"Facts({self.model!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and self._cells == other._cells

    def __hash__(self) -> int:
        return hash(self.model)

    @property
    def model(self) -> str:
        return self._cells[0]

    @property
    def says(self) -> tuple[Statement, ...]:
        """Who said what, oldest first; None where it listed the model and did not say."""
        return tuple(
            (index.SOURCES[one[0]], one[1:11], VISION[one[11]]) for one in self._cells[1].split()
        )

    @property
    def missing_in(self) -> tuple[str, ...]:
        """The sources that listed the model once and no longer do."""
        return tuple(index.SOURCES[letter] for letter in self._cells[2])

    @property
    def context(self) -> int | None:
        """Tokens."""
        return _whole(_first(self._cells[3]))

    @property
    def context_other(self) -> int | None:
        """What another source says, where it differs by more than 5 %."""
        return _whole(_second(self._cells[3]))

    @property
    def max_output(self) -> int | None:
        """Tokens."""
        return _whole(_first(self._cells[4]))

    @property
    def usd_in(self) -> float | None:
        """US dollars per million tokens of input."""
        return _decimal(_first(self._cells[5]))

    @property
    def usd_in_other(self) -> float | None:
        """What another source says, where it differs by more than 2 %."""
        return _decimal(_second(self._cells[5]))

    @property
    def usd_out(self) -> float | None:
        """US dollars per million tokens of output."""
        return _decimal(_first(self._cells[6]))

    @property
    def usd_out_other(self) -> float | None:
        """What another source says, where it differs by more than 2 %."""
        return _decimal(_second(self._cells[6]))

    @property
    def usd_image(self) -> float | None:
        """US dollars per picture sent, beside or in place of its tokens."""
        return _decimal(self._cells[7])

    @property
    def input(self) -> tuple[str, ...]:
        """Modalities: text, image, audio, video, pdf."""
        return tuple(map(MODALITIES.__getitem__, _first(self._cells[8])))

    @property
    def output(self) -> tuple[str, ...]:
        """Modalities, where the answer is more or other than text; () is text or not known."""
        return tuple(map(MODALITIES.__getitem__, _first(self._cells[9])))

    @property
    def mode(self) -> str | None:
        """What it is for, where that is not chat: "embedding", "image_generation", …"""
        return self._cells[10] or None

    @property
    def released(self) -> str | None:
        """YYYY, YYYY-MM or YYYY-MM-DD."""
        return self._cells[11] or None

    @property
    def knowledge(self) -> str | None:
        """Until when it knows of the world: YYYY, YYYY-MM or YYYY-MM-DD."""
        return self._cells[12] or None

    @property
    def status(self) -> str | None:
        """deprecated | beta"""
        return self._cells[13] or None

    @property
    def differs(self) -> tuple[str, ...]:
        """In what the sources disagree: of vision, context, price."""
        newest = {source: vision for source, _, vision in self.says if vision is not None}
        found = ["vision"] if len(set(newest.values())) > 1 else []
        if " " in self._cells[3]:
            found.append("context")
        if " " in self._cells[5] or " " in self._cells[6]:
            found.append("price")
        return tuple(found)


def find(model: str, path: str = "") -> Facts | None:
    """The row of `model`, else of the id that differs from it in letter case alone, else None.

    path: "" reads the file in use, and the package's own where that one is damaged.
    """
    chosen = path or current.file(NAME)
    try:
        line = index.line(model, chosen)
        return None if line is None else Facts(_whole_line(line))
    except (OSError, ValueError):
        if chosen in (path, current.BUNDLED + NAME):
            raise
    return find(model, current.BUNDLED + NAME)


def all(path: str = "") -> Iterator[Facts]:  # noqa: A001 - read as facts.all()
    """Every row, in the order of index.rows(). path: as above."""
    chosen = path or current.file(NAME)
    try:
        with open(chosen, "rb") as file:  # noqa: PTH123 - pathlib costs as much as Python's own start
            lines = file.read().split(b"\n")[1:-1]
        for line in lines:
            _whole_line(line)
    except (OSError, ValueError):
        if chosen in (path, current.BUNDLED + NAME):
            raise
        return all(current.BUNDLED + NAME)
    return map(Facts, lines)


def _whole_line(line: bytes) -> bytes:
    if line.count(b"\t") != CELLS - 1 or not line.isascii():
        raise ValueError(line)
    return line


def _first(cell: str) -> str:
    figure = cell.partition(" ")[0]
    return figure[1:] if figure[:1].isupper() else figure


def _second(cell: str) -> str:
    return cell.partition(" ")[2][1:].partition(" ")[0]


def _whole(figure: str) -> int | None:
    return int(figure) if figure else None


def _decimal(figure: str) -> float | None:
    return float(figure) if figure else None
