"""`--show`: a small preview of each picture on stderr, before the answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from visioncli.core.errors import OutputProblem, VisionError
from visioncli.images.picture import Picture
from visioncli.images.preview import Preview, preview

from . import render
from .graphics import blocks, iterm2, kitty, sixel
from .graphics.ways import Said, Way, decided, guessed, has_true_colour
from .options import Colour
from .terminal import Notes, Out, ReaderGone

if TYPE_CHECKING:
    from .graphics.asking import Asking

COLUMNS, ROWS = 40, 12  # of a preview at most
CELL = (10, 20)  # px of a character where the terminal does not tell: those of a VT340
COLOURS = 256  # of a sixel picture at most
NO = "no preview: "


class Screen(NamedTuple):
    """How this terminal shows pictures. cell: px of a character, None where it does not tell."""

    way: Way
    cell: tuple[int, int] | None
    columns: int
    rows: int
    colours: int
    true: bool


class Viewer:
    """Shows the pictures of one run, once, however many models are asked. close() must follow.

    -q leaves the previews, which were asked for, and silences only what is said of them.
    """

    def __init__(self, notes: Notes, colour: Colour, env: Mapping[str, str] = os.environ) -> None:
        self._notes, self._colour, self._env = notes, colour, env
        self._out = Out(sys.stderr)
        self._asking: Asking | None = None
        self._done = False

    def show(self, pictures: Sequence[Picture]) -> None:
        """Whatever stands in the way is a note; it costs nobody the answer."""
        if self._done or not pictures:
            return
        self._done = True
        screen = self._screen()
        if isinstance(screen, str):
            self._notes.note(f"{NO}{screen}")
            return
        for picture in pictures:
            try:
                pieces = drawn(preview(picture, _within(screen)), screen)
            except VisionError as error:
                self._notes.note(f"{NO}{error.message}")
                continue
            if len(pictures) > 1:
                self._notes.note(f"{picture.shown}:")
            try:
                self._out.write("".join(pieces))
            except (OutputProblem, ReaderGone):  # nobody looks
                return

    def close(self) -> None:
        if self._asking is not None:
            self._asking.close()

    def _screen(self) -> Screen | str:
        """A str: why there is none."""
        if not self._notes.is_terminal:
            return "stderr is not a terminal"
        look = render.look(self._colour, terminal=True, env=self._env)
        if not render.look(Colour.AUTO, terminal=True, env=self._env).markdown:
            return "this terminal shows text alone (TERM)"
        guess = guessed(self._env)
        said = None if guess.sure else self._asked()
        way = decided(guess, said, self._env)
        if way is Way.BLOCKS and not look.colour:
            return "colour is off, and this terminal has no other way to show a picture"
        columns, rows = self._out.size(self._env)
        return Screen(
            way=way,
            cell=self._cell(),
            columns=min(COLUMNS, columns),
            rows=max(1, min(ROWS, rows - 1)),
            colours=max(2, min(COLOURS, said.colours or COLOURS)) if said else COLOURS,
            true=has_true_colour(self._env),
        )

    def _asked(self) -> Said | None:
        if sys.platform == "win32":  # no such modes; a console understands half blocks
            return None
        from .graphics.asking import Asking  # its modules are not there on Windows

        self._asking = Asking(self._out)
        return self._asking.ask()

    def _cell(self) -> tuple[int, int] | None:
        if sys.platform == "win32":
            return None
        from .graphics.asking import cell  # as above

        return cell()


def _within(screen: Screen) -> tuple[int, int]:
    """Width and height in px of the largest preview."""
    wide, high = (1, 2) if screen.way is Way.BLOCKS else screen.cell or CELL
    return screen.columns * wide, screen.rows * high


def drawn(picture: Preview, screen: Screen) -> Iterable[str]:
    """The escape sequences of one preview; behind them the cursor stands at the start of a line."""
    wide, high = screen.cell or CELL
    cells = -(-picture.size[0] // wide), -(-picture.size[1] // high)
    match screen.way:
        case Way.KITTY:
            return kitty.drawn(picture.png(), None if screen.cell else cells)
        case Way.ITERM2:
            return (iterm2.drawn(picture.png(), cells),)
        case Way.SIXEL:
            few = picture.in_colours(screen.colours)
            return sixel.drawn(picture.size, few.colours, few.pixels)
        case Way.BLOCKS:
            return blocks.drawn(picture.size, picture.rgb(), true=screen.true)
