"""Start-up of every command, beside Python doing nothing and others doing the nearest thing."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from tests.mock import serving
from tests.program import CAT, PROGRAM
from visioncli.catalogue import index

from .figures import Figure, Topic
from .measure import BARE, Command, in_turn, milliseconds, once, ratio
from .setting import Setting
from .subjects import ask

KEY = "start-up"
LISTED = 10_000  # ids
DOOR = "from visioncli.__main__ import start; start()"
CHECK = ("check", "openai/gpt-4o")
GOALS = {"vision check M": 2.0, "vision check M, without its script": 1.3, "vision --help": 7.0}
GOALS |= {"vision models --ids": 3.0, "vision ask, to loopback": 11.0}
SEES = "import litellm; assert litellm.supports_vision('openai/gpt-4o')"
ASK, DRY = "vision ask, to loopback", "vision ask --dry-run"


def measure(setting: Setting) -> Topic:
    with serving() as mock:
        env = setting.towards(mock)
        ours = {
            "vision --version": Command([PROGRAM, "--version"], env),
            "vision check M": Command([PROGRAM, *CHECK], env),
            "vision check M, without its script": Command(
                [sys.executable, "-c", DOOR, *CHECK], env
            ),
            "vision check M, not known": Command([PROGRAM, "check", "nope/nothing"], env, 3),
            "vision models --ids": Command([PROGRAM, "models", "--ids"], env),
            "vision models gpt-4o": Command([PROGRAM, "models", "gpt-4o"], env),
            "vision --help": Command([PROGRAM, "--help"], env),
            "vision serve --help": Command([PROGRAM, "serve", "--help"], env),
            DRY: Command(ask(CAT, "--dry-run", "-m", "openai/gpt-4o"), env),
            ASK: Command(ask(CAT, "-m", "openai/gpt-4o"), env),
        }
        bare = {"bare": Command(BARE, env)}
        took = in_turn({**bare, **ours, **_quick_peers(setting, mock.port)}, setting.runs(20, 5))
        # What takes seconds is measured in fewer rounds.
        slow = in_turn({**bare, **_slow_peers(setting)}, setting.runs(5, 2))
        times = [once([PROGRAM, "check", "-"], env, _ids(setting.folder)) for _ in range(5)]
    rows = []
    for measured in (took, slow):
        for name, runs in measured.items():
            if name != "bare":
                note = f"{milliseconds(runs):.0f} ms"
                times_bare = ratio(runs, measured["bare"])
                beside = name not in ours
                goal = GOALS.get(name)
                rows.append(Figure(name, times_bare, "x", note, goal, beside))
    seconds = median(run.seconds for run in times)
    rows.append(Figure(f"vision check -, {LISTED:,} ids", seconds * 1e6 / LISTED, "µs an id"))
    return Topic(
        KEY,
        "Start-up",
        "Whole processes in turn, the script that pip writes included; x is the median ratio to "
        "`python3 -c pass` of the same round. openai 3 has no command line.",
        tuple(rows),
        setting.peers.missing("llm", "litellm", "openai"),
    )


def _quick_peers(setting: Setting, port: int) -> dict[str, Command]:
    commands = {}
    if "llm" in setting.peers:
        env, llm = setting.llm_env(port), setting.peers.program("llm")
        for word in ("--version", "--help", "models"):
            commands[f"llm {word}"] = Command([llm, word], env)
    if "openai" in setting.peers:
        words = [setting.peers.python, "-c", "import openai"]
        commands["import openai"] = Command(words, setting.env())
    return commands


def _slow_peers(setting: Setting) -> dict[str, Command]:
    if "litellm" not in setting.peers:
        return {}
    python, env = setting.peers.python, setting.env()
    return {"litellm.supports_vision(M)": Command([python, "-c", SEES], env)}


def _ids(folder: Path) -> Path:
    path = folder / "ids"
    path.write_text("".join(f"{row[0]}\n" for row in index.rows()[:LISTED]))
    return path
