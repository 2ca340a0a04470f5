"""Several nodes on this machine, against a server that counts: killed, stopped, taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from tests.batch.server import Reply, Said, Server, serving
from tests.program import PROGRAM, environment, vision
from tests.ray import pictures
from tests.ray.conftest import Nodes, needs_ray, until

pytestmark = needs_ray
Start = Callable[[int], Nodes]
COUNT = int(os.environ.get("VISION_RAY_PICTURES", "300"))  # 10000: the run that SCALE.md shows
ASK = ("-m", "openai/gpt-4o", "what is this?")


def command(listed: Path, output: Path, nodes: Nodes, jobs: int, *more: str) -> list[str]:
    far = ["--engine", "ray", "--address", nodes.address, "-j", str(jobs)]
    return ["ask", "--from", str(listed), "-O", str(output), *far, *more, *ASK]


def begun(server: Server, words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PROGRAM, *words],
        env=environment(server.env()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str], seconds: float = 120) -> tuple[int, str]:
    """(its status, its stderr). What is kept in a file leaves stdout alone, whatever Ray says."""
    out, said = process.communicate(timeout=seconds)
    assert out == ""
    return process.returncode, said


def test_a_node_that_is_killed_loses_nothing(tmp_path: Path, started: Start) -> None:
    nodes, jobs = started(3), 48
    listed = pictures.written(tmp_path, COUNT)
    output = tmp_path / "answers"
    output.mkdir()
    with serving() as server:
        server.reply, server.delay = pictures.told, 0.1
        process = begun(server, command(listed, output, nodes, jobs))
        until(lambda: server.answered >= COUNT // 2)
        nodes.kill(2)
        status, said = ended(process, 60 + COUNT / 20)
        calls = server.calls
        assert (status, f"answered {COUNT}" in said.replace(",", "")) == (0, True), said
        print(f"{COUNT} pictures, {calls} calls, {jobs // 3} on their way on each node")  # noqa: T201
        assert COUNT <= calls <= COUNT + jobs // 3
        assert server.most <= jobs + jobs // 3  # those of the dead are still being answered
        assert len(list(output.glob("part-*.jsonl"))) == 16
        alone = tmp_path / "alone.jsonl"
        done = vision(
            *("ask", "--from", listed, "-O", alone, "-j", str(jobs), *ASK),
            env=server.env(),
            timeout=60 + COUNT / 20,
        )
        assert done.status == 0, done.err
        assert pictures.answers(output) == pictures.answers(alone)
        before = server.calls
        again = vision(*command(listed, output, nodes, jobs), env=server.env(), timeout=120)
        assert (again.status, server.calls) == (0, before)
        assert len(pictures.records(output)) == COUNT


def test_a_worker_that_is_killed_is_replaced(tmp_path: Path, started: Start) -> None:
    nodes, jobs, count = started(2), 8, 120
    listed = pictures.written(tmp_path, count)
    output = tmp_path / "answers.jsonl"
    with serving() as server:
        server.reply, server.delay = pictures.told, 0.1
        process = begun(server, command(listed, output, nodes, jobs))
        for part in (1, 2):
            until(lambda part=part: server.answered >= part * count // 4)
            os.kill(nodes.workers()[0], signal.SIGKILL)
        status, said = ended(process)
        assert status == 0, said
        assert "is gone, and others take its" in said
        assert count <= server.calls <= count + 2 * jobs
    assert len({r["image"] for r in pictures.records(output)}) == count
    assert len(pictures.records(output)) == count


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_the_same_command_goes_on(
    tmp_path: Path, started: Start, number: signal.Signals, status: int
) -> None:
    nodes, jobs, count = started(2), 8, 120
    listed = pictures.written(tmp_path, count)
    output = tmp_path / "answers"
    output.mkdir()
    with serving() as server:
        server.reply, server.delay = pictures.told, 0.1
        words = command(listed, output, nodes, jobs)
        process = begun(server, words)
        until(lambda: server.answered >= count // 2)
        process.send_signal(number)
        sent = monotonic()
        assert ended(process)[0] == status
        assert monotonic() - sent < 10
        kept = len(pictures.records(output))
        assert count // 2 - jobs <= kept < count
        until(lambda: not nodes.workers())
        again = vision(*words, env=server.env(), timeout=120)
        assert again.status == 0, again.err
        assert f"skipped {kept}" in again.err
        assert server.calls <= count + (jobs if number == signal.SIGKILL else 0)
    assert len(pictures.answers(output)) == len(set(pictures.answers(output))) == count


def test_limits_hold_for_all_nodes_together(tmp_path: Path, started: Start) -> None:
    nodes = started(3)
    listed = pictures.written(tmp_path, 60)
    with serving() as server:
        times: list[float] = []

        def timed(said: Said) -> Reply:
            times.append(monotonic())
            return pictures.told(said)

        server.reply = timed
        slow = command(listed, tmp_path / "slow.jsonl", nodes, 24, "--rpm", "600")
        assert vision(*slow, env=server.env(), timeout=120).status == 0
        assert len(times) == 60
        assert times[-1] - times[0] >= (60 - 1 - 10) / 10 - 0.1  # ten a second, ten at once
        server.calls, server.reply = 0, pictures.told
        cap = 0.0100
        capped = command(
            listed,
            tmp_path / "capped.jsonl",
            nodes,
            24,
            "--max-cost",
            f"{cap}",
            "--max-tokens",
            "9",
        )
        done = vision(*capped, env=server.env(), timeout=120)
        assert done.status == 12, done.err
        spent = sum(r["cost_usd"] for r in pictures.records(tmp_path / "capped.jsonl"))
        assert cap / 2 < spent <= cap
        assert len(pictures.records(tmp_path / "capped.jsonl")) == server.calls


def test_a_refusal_stops_all_nodes(tmp_path: Path, started: Start) -> None:
    nodes, count = started(2), 60
    listed = pictures.written(tmp_path, count)
    with serving() as server:
        times: list[float] = []

        def refusing(said: Said) -> Reply:
            times.append(monotonic())
            if said.number == 20:
                return Reply(429, b"{}", ("retry-after: 2",))
            return pictures.told(said)

        server.reply, server.delay = refusing, 0.05
        words = command(listed, tmp_path / "out.jsonl", nodes, 6)
        done = vision(*words, env=server.env(), timeout=120)
        assert done.status == 0, done.err
        longest = max(b - a for a, b in pairwise(times))
        assert longest > 1.8  # nobody asked meanwhile, on whatever node
        assert server.calls == count + 1


def test_the_same_picture_costs_one_call_on_whatever_node(tmp_path: Path, started: Start) -> None:
    nodes = started(2)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(80):
        (folder / f"{number}.png").write_bytes(pictures.png(number % 8))
    output = tmp_path / "out.jsonl"
    listed = tmp_path / "list"
    listed.write_text("".join(f"{folder}/{number}.png\n" for number in range(80)))
    with serving() as server:
        server.reply, server.delay = pictures.told, 0.1
        words = command(listed, output, nodes, 16)
        assert vision(*words, env=server.env(), timeout=120).status == 0
        assert server.calls == 8
    found = pictures.records(output)
    assert len({r["image"] for r in found}) == len(found) == 80
    assert sum(r["cost_usd"] > 0 for r in found) == 8


def test_a_picture_that_kills_is_found_out(tmp_path: Path, started: Start) -> None:
    nodes, count, deadly = started(2), 24, 13
    listed = pictures.written(tmp_path, count)
    output = tmp_path / "out.jsonl"
    name = pictures.seen_of(pictures.png(deadly))
    with serving() as server:

        def killing(said: Said) -> Reply:
            if pictures.seen(said) == name:
                for worker in nodes.workers():
                    os.kill(worker, signal.SIGKILL)
            return pictures.told(said)

        server.reply, server.delay = killing, 0.05
        process = begun(server, command(listed, output, nodes, 4))
        status, said = ended(process)
        assert status == 11, said
    found = pictures.records(output)
    failed = [r["image"] for r in found if "error" in r]
    assert failed == [str(tmp_path / f"{deadly}.png")]
    assert len(found) == count


def test_pictures_and_lists_of_other_file_systems(tmp_path: Path, started: Start) -> None:
    nodes = started(1)
    pictures.written(tmp_path, 5)
    listed = tmp_path / "far.txt"
    listed.write_text("".join(f"file://{tmp_path}/{number}.png\n" for number in range(6)))
    output = tmp_path / "out.jsonl"
    with serving() as server:
        server.reply = pictures.told
        words = command(Path("/"), output, nodes, 4)
        words[2] = f"file://{listed}"
        done = vision(*words, env=server.env(), timeout=120)
        assert done.status == 11, done.err
    found = {r["image"]: r for r in pictures.records(output)}
    missing = found.pop(f"file://{tmp_path}/5.png")
    assert (missing["error"]["exit"], missing["error"]["code"]) == (5, "image_missing")
    assert all("answer" in r for r in found.values()), found
    assert {r["answer"] for r in found.values()} == {
        pictures.seen_of(pictures.png(number)) for number in range(5)
    }


def test_no_cluster_there_is_said(tmp_path: Path) -> None:
    listed = pictures.written(tmp_path, 1)
    nodes = Nodes("127.0.0.1:1", ())
    with serving() as server:
        words = command(listed, tmp_path / "out.jsonl", nodes, 1)
        done = vision(*words, env=server.env(), timeout=120)
    assert done.status == 7
    assert "no Ray cluster at 127.0.0.1:1 can be joined" in done.err
