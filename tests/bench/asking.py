"""`ask` from its start to its end, beside others that ask the same of the same server."""

from __future__ import annotations

from statistics import median

from tests.mock import serving
from tests.program import CAT

from .figures import Figure, Topic
from .measure import BARE, Command, Run, in_turn, milliseconds, ratio
from .setting import CLIENTS, NAMES, Setting
from .subjects import ask

KEY = "ask"
OURS = "vision ask"
# How much of another's time ours may take.
GOALS = {"llm": 1 / 5, "litellm": 1 / 25}


def measure(setting: Setting) -> Topic:
    with serving() as mock:
        ours = Command(ask(CAT, "-m", "openai/gpt-4o"), setting.towards(mock))
        commands = {"bare": Command(BARE, setting.env()), OURS: ours}
        asks = {
            name: setting.peer_asks(name, mock.port, CAT, stream=True) for name in setting.present()
        }
        quick = {name: asks[name] for name in asks if name != "litellm"}
        slow = {name: asks[name] for name in asks if name == "litellm"}
        took = in_turn({**commands, **quick}, setting.runs(20, 4))
        late = in_turn({**commands, **slow}, setting.runs(6, 2)) if slow else {}
    rows = [_whole(OURS, took[OURS], took["bare"], beside=False)]
    for measured, names in ((took, quick), (late, slow)):
        for name in names:
            runs = measured[name]
            rows.append(_whole(NAMES[name], runs, measured["bare"], beside=True))
    for measured, names in ((took, quick), (late, slow)):
        for name in names:
            part = ratio(measured[OURS], measured[name])
            note = f"{1 / part:.1f} times as quick"
            rows.append(Figure(f"{OURS} / {NAMES[name]}", part, "x", note, GOALS.get(name)))
    return Topic(
        KEY,
        "Asking about a picture",
        "A photograph of 34 kB and a question to a server on this machine, the answer streamed: "
        "whole processes in turn, from start to end.",
        tuple(rows),
        setting.peers.missing(*CLIENTS),
    )


def _whole(name: str, runs: list[Run], bare: list[Run], *, beside: bool) -> Figure:
    cpu = median(run.cpu for run in runs) * 1000
    note = f"{ratio(runs, bare):.1f} x python3 -c pass, {cpu:.0f} ms of CPU"
    return Figure(name, milliseconds(runs), "ms", note, beside=beside)
