"""Peak memory while a picture is sent, by its size, beside others that send the same."""

from __future__ import annotations

from tests.mock import serving

from .figures import Figure, Topic
from .measure import Command, Run, in_turn, megabytes
from .setting import CLIENTS, NAMES, Setting
from .subjects import LOCAL, ask, large_jpeg

KEY = "memory"
SIZES = {"1 kB": 1000, "1 MB": 10**6, "10 MB": 10**7, "50 MB": 5 * 10**7, "200 MB": 2 * 10**8}
MOST = 5.0  # MB that a picture of 200 MB may take beyond one of 1 kB


def measure(setting: Setting) -> Topic:
    sizes = dict(list(SIZES.items())[:3]) if setting.quick else SIZES
    peaks: dict[tuple[str, str], list[Run]] = {}
    with serving() as mock:
        env = setting.towards(mock)
        for size, count in sizes.items():
            picture = large_jpeg(setting.folder / "large.jpg", count)
            commands = {"vision": Command(ask(picture, *LOCAL), env)}
            for name in setting.present():
                commands[name] = setting.peer_asks(name, mock.port, picture, stream=False)
            for name, runs in _peaks(commands, large=count > 10**7).items():
                peaks[name, size] = runs
            picture.unlink()
            mock.received.clear()  # it keeps what it was sent
    last = list(sizes)[-1]
    ours = {size: megabytes(peaks["vision", size]) for size in sizes}
    rows = [
        Figure(f"vision, {last} beyond 1 kB", ours[last] - ours["1 kB"], "MB", "", MOST),
        *(Figure(f"vision, {size}", peak, "MB") for size, peak in ours.items()),
    ]
    for name in setting.present():
        for size in sizes:
            runs = peaks[name, size]
            note = f"{megabytes(runs) / ours[size]:.1f} x ours"
            cell = f"{NAMES[name]}, {size}"
            rows.append(Figure(cell, megabytes(runs), "MB", note, beside=True))
    return Topic(
        KEY,
        "Memory",
        "Peak resident memory of a whole process that sends one picture of that size.",
        tuple(rows),
        setting.peers.missing(*CLIENTS),
    )


def _peaks(commands: dict[str, Command], *, large: bool) -> dict[str, list[Run]]:
    """Memory is steady: ours is measured three times, what takes a while once."""
    took = in_turn({"vision": commands["vision"]}, 3)
    others = {name: command for name, command in commands.items() if name != "vision"}
    if large:
        return took | {name: [command.run()] for name, command in others.items()}
    return took | in_turn(others, 1)
