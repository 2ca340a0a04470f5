"""The old catalogue survives whatever a source, the disk or a signal does to a refresh."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bench.measure import once
from tests.catalogue_documents import litellm, models_dev
from tests.faults.peer import Faults
from tests.program import PROGRAM, environment, vision
from tests.registry import Answer, Asked, Registry, as_json

from .refreshing import EYES, NEW, Machine

# ------------------------------------------------------------------ what goes wrong

FAULTS = [
    ("fin", 7, "hung up without an answer"),
    ("rst", 7, "broke"),
    ("cut-body", 7, "in the middle of its answer"),
    ("drip-body", 7, "no complete answer"),
    ("stall-body", 7, "no complete answer"),
    ("stall-headers", 7, "no complete answer"),
    ("chunk-bad", 7, "broken"),
    ("garbage", 8, "does not speak HTTP"),
    ("html200", 8, "not JSON"),
    ("empty200", 8, "not JSON"),
    ("null200", 8, "not a list of models"),
    ("list200", 8, "not a list of models"),
    ("err200", 8, "not a list of models"),
    ("gzip-lie", 8, "says that it is gzip"),
    ("gzip-bomb", 8, "larger than 32 MB"),
    ("endless", 8, "larger than 32 MB"),
    ("hugeheader", 8, "headers"),
    ("status:404", 8, "answers HTTP 404"),
    ("status:503:3600", 8, "answers HTTP 503"),
    ("status:429:3600", 6, "answers HTTP 429"),
]


@pytest.mark.parametrize(("fault", "status", "says"), FAULTS, ids=[f for f, _, _ in FAULTS])
def test_the_old_catalogue_survives(
    refreshed: Machine, broken: Faults, fault: str, status: int, says: str
) -> None:
    before = refreshed.files
    hangs = says == "no complete answer"
    refreshed.reads(f"{broken.url}/f/{fault}/list.json", timeout=0.7 if hangs else 30)
    done = refreshed.refresh("--json")
    assert done.status == status, done.err
    first, *_ = done.err.splitlines()
    assert first.startswith(f"error: {broken.url}/f/{fault}/list.json: ")
    assert says in first
    assert "Traceback" not in done.err
    assert "--timeout" not in done.err  # there is no such option here
    assert (done.json["status"], done.json["error"]["exit"]) == ("failed", status)
    assert refreshed.files == before
    assert refreshed.knows(NEW)


def test_a_redirect_is_not_followed(refreshed: Machine, registry: Registry) -> None:
    before = refreshed.files
    there = registry.gives("/there.json", litellm())
    registry.answers["/l.json"] = lambda _: Answer(status=302, headers={"location": there})
    done = refreshed.refresh()
    assert done.status == 8
    assert f"sends the request on to {there}, which is not followed" in done.err
    assert registry.asked[-1].path == "/l.json"
    assert refreshed.files == before


def cut(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()[:-1000]


HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("cut", lambda: cut(litellm()), "not JSON"),
    ("deep", lambda: b'{"a":' * 200_000, "not read: nested too deeply"),
    ("digits", lambda: b'{"a": ' + b"9" * 10_000 + b"}", "not JSON"),
    ("few", lambda: json.dumps({NEW: EYES}).encode(), "less than 80%"),
    ("empty", lambda: b"{}", "not a list of models"),
    ("many", lambda: b'{"a": [' + b"[]," * 5_000_000 + b"[]]}", "more values than any list"),
    ("escapes", lambda: b"\x1b]0;owned\x07\x1b[2J", "not JSON"),
]


@pytest.mark.parametrize(("name", "make", "says"), HOSTILE, ids=[n for n, _, _ in HOSTILE])
def test_what_cannot_be_believed_is_not(
    refreshed: Machine, registry: Registry, name: str, make: Callable[[], bytes], says: str
) -> None:
    before, body = refreshed.files, make()
    registry.answers["/l.json"] = lambda _: Answer(body)
    done = refreshed.refresh()
    assert done.status == 8
    assert says in done.err
    assert "\x1b" not in done.err
    assert refreshed.files == before


def test_less_than_four_fifths_of_what_the_package_knows_is_refused(
    machine: Machine, registry: Registry
) -> None:
    document = litellm()
    fewer = dict(list(document.items())[: len(document) * 7 // 10])
    machine.reads(registry.gives("/l.json", fewer))
    done = machine.refresh()
    assert done.status == 8
    assert (
        f"it lists {len(fewer):,} of the {len(document):,} models that litellm listed" in done.err
    )
    assert machine.files == {}


def test_control_characters_reach_neither_the_files_nor_the_terminal(
    machine: Machine, registry: Registry
) -> None:
    evil = "\x1b]0;owned\x07\u202e\n\t"
    rows = {
        f"openai/{evil}": EYES,
        NEW: {**EYES, "mode": evil, "deprecation_date": f"2026-01-01{evil}", "x": evil},
        f"{evil}/m": {**EYES, "litellm_provider": evil},
        "openai/" + "x" * 5000: EYES,
        "#openai/first-line": EYES,
        "openai/list": {**EYES, "supports_vision": [evil], "max_tokens": -1},
        "openai/null": None,
    }
    machine.reads(registry.gives("/l.json", litellm(**rows)))
    done = machine.refresh()
    assert done.status == 0
    assert "of no use" in done.err
    for data in machine.files.values():
        assert not set(data) & {0x1B, 0x07, *range(0x80, 0x100)}
    assert machine.knows(NEW)
    assert "\x1b" not in vision("models", "--all", "--ids", env=machine.env).out


def test_one_that_fails_does_not_cost_the_others(
    machine: Machine, registry: Registry, broken: Faults
) -> None:
    fine = registry.gives("/l.json", litellm(**{NEW: EYES}))
    machine.reads(f"{broken.at('rst')}/m.json", fine, f"{broken.at('html200')}/x.json")
    done = machine.refresh("--json")
    assert done.status == 8  # the highest of 7 and 8
    assert [one["status"] for one in done.objects] == ["failed", "changed", "failed"]
    assert "2 of 3 failed: what they said before holds" in done.err
    assert machine.knows(NEW)


def test_1_gb_costs_no_memory(refreshed: Machine, broken: Faults, tmp_path: Path) -> None:
    command = [PROGRAM, "models", "--refresh"]
    refreshed.reads(f"{broken.at('html200')}/l.json")
    small = once(command, environment(refreshed.env))
    for fault in ("endless", "gzip-bomb"):
        refreshed.reads(f"{broken.at(fault)}/l.json")
        large = once(command, environment(refreshed.env))
        assert (small.status, large.status) == (8, 8)
        assert large.kilobytes - small.kilobytes < 64 << 10


def test_a_size_that_is_announced_is_not_waited_for(machine: Machine, registry: Registry) -> None:
    registry.answers["/l.json"] = lambda _: Answer(b"{", length=1 << 30)
    machine.reads(f"{registry.url}/l.json")
    done = machine.refresh()
    assert done.status == 8
    assert "larger than 32 MB: 1,073,741,824 bytes" in done.err


def test_unchanged_is_no_answer_where_it_was_not_asked(
    machine: Machine, registry: Registry
) -> None:
    registry.answers["/l.json"] = lambda _: Answer(status=304)
    machine.reads(f"{registry.url}/l.json")
    done = machine.refresh()
    assert done.status == 8
    assert "was not asked that" in done.err


# ------------------------------------------------------------------ the disk


def test_a_cache_that_is_no_folder(machine: Machine, registry: Registry) -> None:
    machine.reads(registry.gives("/l.json", litellm()))
    (machine.home / "cache").write_text("in the way")
    done = machine.refresh()
    assert done.status == 13
    assert done.err.startswith(f"error: the catalogue in {machine.folder} cannot be written: ")
    assert registry.asked == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_cache_that_is_read_only(refreshed: Machine) -> None:
    before = refreshed.files
    refreshed.folder.chmod(0o500)
    done = refreshed.refresh()
    refreshed.folder.chmod(0o700)
    assert done.status == 13
    assert refreshed.files == before


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@pytest.mark.needs_root
def test_a_file_system_that_is_read_only(refreshed: Machine, registry: Registry) -> None:
    before = refreshed.files

    def inside(*words: str) -> subprocess.CompletedProcess[str]:
        mounted = ["unshare", "-m", "sh", "-c", READ_ONLY, str(refreshed.folder), PROGRAM]
        env = environment(refreshed.env)
        return subprocess.run(
            [*mounted, *words], env=env, capture_output=True, text=True, check=False
        )

    done = inside("models", "--refresh")
    if "unshare failed" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no mounts of one's own here")
    assert done.returncode == 13
    assert "cannot be written: Read-only file system" in done.stderr
    assert registry.asked == []
    assert refreshed.files == before
    assert inside("check", "-q", NEW).returncode == 0  # it is read all the same


def test_a_full_disk(refreshed: Machine, registry: Registry) -> None:
    before = refreshed.files
    registry.gives("/l.json", litellm())
    done = subprocess.run(
        [PROGRAM, "models", "--refresh"],
        env=environment(refreshed.env),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, 1 << 19)),
    )
    assert done.returncode == 13
    assert "cannot be written: File too large" in done.stderr
    assert refreshed.files == before  # and nothing half-made beside it
    assert refreshed.knows(NEW)


KILLED = """
import os, signal, sys
from pathlib import Path
from visioncli.cli.main import main
left = int(sys.argv.pop(1))
def killing(move):
    def moved(self, target):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return move(self, target)
    return moved
Path.replace, Path.rename = killing(Path.replace), killing(Path.rename)
main()
"""
LATER = "openai/gpt-9-later"


@pytest.mark.parametrize("moves", [0, 1, 2, 3])
def test_killed_while_it_writes(refreshed: Machine, registry: Registry, moves: int) -> None:
    """What only the old one knew is there afterwards too."""
    registry.gives("/l.json", litellm(**{LATER: EYES}))
    command = [sys.executable, "-c", KILLED, str(moves), "models", "--refresh"]
    done = subprocess.run(command, env=environment(refreshed.env), capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert refreshed.knows(NEW)
    assert refreshed.knows(LATER) == (moves == 3)  # the index was moved by then
    assert vision("models", "openai/gpt-9*", "--json", env=refreshed.env).status == 0
    assert refreshed.refresh().status == 0
    assert refreshed.knows(NEW)
    assert refreshed.knows(LATER)
    assert refreshed.files.keys() == {"facts.tsv", "index.tsv", "state.json"}


def test_killed_while_it_reads(refreshed: Machine, broken: Faults) -> None:
    before = refreshed.files
    refreshed.reads(f"{broken.at('stall-body')}/l.json")
    running = subprocess.Popen([PROGRAM, "models", "--refresh"], env=environment(refreshed.env))
    while not broken.received:
        running.poll()
        assert running.returncode is None
        threading.Event().wait(0.01)
    running.kill()
    running.wait()
    assert refreshed.files == before


def test_two_at_once_lose_nothing(machine: Machine, registry: Registry) -> None:
    both = threading.Barrier(2, timeout=30)

    def at_the_same_time(document: dict[str, Any]) -> Callable[[Asked], Answer]:
        def give(_: Asked) -> Answer:
            both.wait()
            return as_json(document)

        return give

    registry.answers["/l.json"] = at_the_same_time(litellm(**{NEW: EYES}))
    sees = {"modalities": {"input": ["text", "image"], "output": ["text"]}}
    more = {"new_one": {"models": {"eyes": sees}}}
    registry.answers["/m.json"] = at_the_same_time(models_dev(**more))
    running = [
        subprocess.Popen(
            [PROGRAM, "models", "--refresh", "--source", f"{registry.url}{path}"],
            env=environment(machine.env),
            stderr=subprocess.PIPE,
        )
        for path in ("/l.json", "/m.json")
    ]
    ends = [(run.communicate(timeout=60)[1], run.returncode) for run in running]
    assert [status for _, status in ends] == [0, 0], ends
    assert machine.knows(NEW)
    assert machine.knows("new_one/eyes")
    state = json.loads(machine.files["state.json"])
    assert state["kinds"].keys() == {"litellm", "models.dev"}
