"""Which of the records that stood there when a run began have found their input in its list."""

from __future__ import annotations


class Given:
    """A bit a record. lines: how many records stood there."""

    def __init__(self, lines: int) -> None:
        self.lines = lines
        self._bits = bytearray((lines + 7) // 8)
        self._left: dict[int, int] = {}  # of inputs that have several records

    def take(self, line: int, count: int) -> bool:
        """line: the first record of the input, from 0. count: how many it has, which counts when
        it is first asked for.
        """
        if line >= self.lines:
            return False
        at, bit = line >> 3, 1 << (line & 7)
        if not self._bits[at] & bit:
            self._bits[at] |= bit
            if count > 1:
                self._left[line] = count - 1
            return True
        left = self._left.get(line, 0)
        if left:
            self._left[line] = left - 1
        return left > 0
