"""The same readers, led by what of their code has been reached.

It wants atheris (`pip install atheris`, Linux and macOS), which is no dependency: a run has no end
of its own. Arguments are libFuzzer's, behind the name of a target:

    python -m tests.fuzz.coverage_guided answers -max_total_time=600
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["visioncli"]):
    from tests.fuzz import answers, lines, test_framing, test_pictures
    from tests.fuzz.changes import drawn
    from visioncli import dialects


def _answers(data: bytes) -> None:
    """The first bytes choose dialect, recording and changes; the rest is put into the stream."""
    chance = random.Random(data[:8])
    dialect, stream = chance.choice(dialects.NAMES), chance.random() < 0.7
    body = answers.made(
        dialect, chance.randrange(99), drawn(chance), chance.randrange(3), stream=stream
    )
    at = chance.randrange(len(body) + 1)
    ends = [chance.randrange(1 << 20) for _ in range(4)]
    for whole in (body[:at] + data[8:] + body[at:], data[8:]):
        answers.check_answer(dialect, whole, ends, stream=stream)


def _lists(data: bytes) -> None:
    lines.check_list(data[1:], [data[0] if data else 0], nul=bool(data and data[0] & 1))


def _framing(data: bytes) -> None:
    for made, _ in test_framing.STREAMS.values():
        told = test_framing.frames(made(), [data])
        assert test_framing.frames(made(), [bytes((byte,)) for byte in data]) == told


TARGETS: dict[str, Callable[[bytes], None]] = {
    "answers": _answers,
    "lists": _lists,
    "framing": _framing,
    "pictures": test_pictures.check,
}


def main() -> None:
    name, *rest = sys.argv[1:] or [""]
    if name not in TARGETS:
        sys.exit(f"which of {', '.join(TARGETS)}?")
    atheris.Setup([sys.argv[0], *rest], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
