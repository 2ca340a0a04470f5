"""Every step may fail, be heard twice or never answered: nothing is lost and nothing is doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.program import CAT, CUP, HORSE, PROGRAM, environment

from .conftest import Batch
from .server import serving
from .test_way import QUESTION, records, submitted
from .vendor import Fault, Vendor

STEPS = {
    "openai": ("upload", "create"),
    "mistral": ("upload", "create"),
    "anthropic": ("create",),
    "gemini": ("start", "upload", "create"),
}
BUSY = Fault(status=429, body=b'{"error": {"message": "slow down"}}')


def runs(home: Path) -> list[Path]:
    return sorted((home / "data" / "visioncli" / "batches").glob("*.json"))


@pytest.mark.parametrize("status", [429, 503])
def test_a_step_that_is_refused_for_now_is_made_again(
    batch: Batch, vendor: Vendor, status: int
) -> None:
    for step in STEPS[vendor.kind]:
        vendor.faults[step] = [Fault(status=status), Fault(status=status)]
    submitted(batch, vendor, CAT, CUP)
    for step in STEPS[vendor.kind]:
        assert len(vendor.named(step)) >= 3
    assert len(vendor.requests) == 2
    assert len(vendor.batches) == 1


def test_so_is_every_later_call(batch: Batch, vendor: Vendor) -> None:
    vendor.at_once = False
    id_ = submitted(batch, vendor, CAT)
    for name in ("look", "results", "cancel"):
        vendor.faults[name] = [BUSY, Fault(status=503)]
    for command in ("status", "cancel", "fetch"):
        done = batch(vendor, command, id_)
        assert done.status == 0, done.err
        assert "again in" in done.err


@pytest.mark.parametrize(("status", "exit_"), [(401, 4), (429, 6), (500, 8), (404, 1), (413, 1)])
def test_a_step_that_stays_refused_ends_with_the_status_of_its_error(
    batch: Batch, vendor: Vendor, status: int, exit_: int
) -> None:
    vendor.faults["create"] = [Fault(status=status) for _ in range(3)]
    done = batch(vendor, "submit", "-m", vendor.model, CAT, QUESTION)
    assert done.status == exit_, done.err
    assert "half submitted" in done.err
    assert vendor.batches == {}
    vendor.faults.clear()
    again = batch(vendor, "submit", "-m", vendor.model, CAT, QUESTION)
    assert again.status == 0, again.err
    assert "going on" in again.err
    assert len(vendor.batches) == 1


def test_a_batch_that_was_created_without_an_answer_is_found_and_not_doubled(
    batch: Batch, vendor: Vendor
) -> None:
    vendor.faults["create"] = [Fault(heard=True, cut=True)]
    id_ = submitted(batch, vendor, CAT, CUP)
    assert len(vendor.batches) == 1
    assert vendor.named("list")
    assert batch(vendor, "fetch", id_).status == 0


def test_nor_is_one_that_was_answered_with_an_error_all_the_same(
    batch: Batch, vendor: Vendor
) -> None:
    vendor.faults["create"] = [Fault(status=503, heard=True)]
    submitted(batch, vendor, CAT, CUP)
    assert len(vendor.batches) == 1


def test_what_looks_for_it_may_fail_too_and_the_same_command_goes_on(
    batch: Batch, vendor: Vendor
) -> None:
    vendor.faults["create"] = [Fault(heard=True, cut=True)]
    vendor.faults["list"] = [Fault(status=500) for _ in range(9)]
    words = ("submit", "-m", vendor.model, CAT, CUP, QUESTION)
    done = batch(vendor, *words)
    assert done.status == 8, done.err
    vendor.faults.clear()
    again = batch(vendor, *words)
    assert again.status == 0, again.err
    assert len(vendor.batches) == 1
    assert len(vendor.requests) == 2


def test_an_upload_that_breaks_off_is_gone_on_with_by_googles_protocol(
    batch: Batch, home: Path
) -> None:
    with serving("gemini") as gemini:
        gemini.faults["upload"] = [Fault(cut=True, after=50_000)]
        submitted(batch, gemini, CAT, CUP)
        (content,) = gemini.files.values()
        assert len(content.splitlines()) == 2
        assert all(json.loads(line)["request"] for line in content.splitlines())
        (last,) = [call for call in gemini.named("upload") if call.body]
        assert int(last.headers["x-goog-upload-offset"]) == 50_000


@pytest.mark.parametrize("heard", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("kind", "step"), [(k, s) for k, steps in STEPS.items() for s in steps])
def test_a_process_that_is_killed_in_a_step_is_gone_on_with(
    batch: Batch, home: Path, tmp_path: Path, kind: str, step: str, heard: bool
) -> None:
    """kill -9 while the vendor has, or has not yet, done what it was told."""
    with serving(kind) as vendor:
        killed(batch, vendor, home, tmp_path, step, heard=heard)


def killed(
    batch: Batch, vendor: Vendor, home: Path, tmp_path: Path, step: str, *, heard: bool
) -> None:
    arrived, release = threading.Event(), threading.Event()
    vendor.faults[step] = [Fault(heard=heard, cut=True, arrived=arrived, release=release)]
    words = ("submit", "-m", vendor.model, CAT, CUP, HORSE, QUESTION)
    own = {"XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache")}
    with subprocess.Popen(
        [PROGRAM, "batch", *words],
        env=environment({**own, "HOME": str(home), **vendor.env}),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert arrived.wait(30)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
    release.set()
    assert len(runs(home)) == 1
    shown = batch(vendor, "list", "--json").json
    assert shown["state"] == "half_submitted"
    done = batch(vendor, *words)
    assert done.status == 0, done.err
    assert done.out.strip() == shown["id"]
    assert len(vendor.batches) == 1
    found = batch(vendor, "fetch", shown["id"])
    assert found.status == 0, found.err
    assert [record["image"] for record in records(found.out)] == [CAT, CUP, HORSE]


def test_a_half_submitted_run_can_be_given_up(batch: Batch, vendor: Vendor) -> None:
    """Also where its batch was created and nobody here knows."""
    vendor.faults["create"] = [Fault(heard=True, cut=True)]
    vendor.faults["list"] = [Fault(status=500) for _ in range(9)]
    words = ("submit", "-m", vendor.model, CAT, QUESTION)
    assert batch(vendor, *words).status == 8
    vendor.faults.clear()
    id_ = batch(vendor, "list", "--json").json["id"]
    done = batch(vendor, "cancel", id_)
    assert done.status == 0, done.err
    assert [made.status for made in vendor.batches.values()] == ["cancelled"]
    again = batch(vendor, *words)
    assert again.status == 0, again.err
    assert again.out.strip() != id_
    assert len(vendor.batches) == 2


def test_anthropics_batch_that_might_be_one_of_two_is_not_guessed(
    batch: Batch, anthropic: Vendor
) -> None:
    anthropic.faults["create"] = [Fault(heard=True, cut=True)]
    anthropic.faults["list"] = [Fault(status=500) for _ in range(9)]
    words = ("submit", "-m", anthropic.model, CAT, QUESTION)
    assert batch(anthropic, *words).status == 8
    anthropic.faults.clear()
    (one,) = anthropic.batches.values()
    anthropic.batches["msgbatch_9"] = type(one)("msgbatch_9", "", one.requests, one.created)
    done = batch(anthropic, *words)
    assert done.status == 8
    assert "which of" in done.err
    assert len(anthropic.batches) == 2


def test_a_redirect_is_not_followed(batch: Batch, vendor: Vendor) -> None:
    id_ = submitted(batch, vendor, CAT)
    calls = len(vendor.calls)
    where = {"location": f"{vendor.url}/elsewhere"}
    vendor.faults["look"] = [Fault(status=307, headers=where)]
    done = batch(vendor, "status", id_)
    assert done.status == 8, done.err
    assert len(vendor.calls) == calls + 1


def test_a_refusal_after_an_attempt_that_may_have_been_heard_settles_nothing(
    batch: Batch, vendor: Vendor
) -> None:
    """Created, not answered; not listed yet; then refused for good: it is still looked for."""
    vendor.faults["create"] = [Fault(heard=True, cut=True), Fault(status=401)]
    none = {"openai": b'{"data": []}', "gemini": b"{}"}
    empty = none.get(vendor.kind, b'{"data": []}')
    vendor.faults["list"] = [Fault(status=200, body=empty, headers={})]
    words = ("submit", "-m", vendor.model, CAT, QUESTION)
    assert batch(vendor, *words).status == 4
    assert len(vendor.batches) == 1
    again = batch(vendor, *words)
    assert again.status == 0, again.err
    assert len(vendor.batches) == 1


def test_status_does_not_disturb_a_run_that_is_being_submitted(
    batch: Batch, openai: Vendor, home: Path, tmp_path: Path
) -> None:
    arrived, release = threading.Event(), threading.Event()
    openai.faults["create"] = [Fault(heard=True, arrived=arrived, release=release, status=503)]
    own = {"XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache")}
    words = ("submit", "-m", openai.model, CAT, QUESTION)
    with subprocess.Popen(
        [PROGRAM, "batch", *words],
        env=environment({**own, "HOME": str(home), **openai.env}),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert arrived.wait(30)
        seen = batch(openai, "status", "--json")
        other = batch(openai, *words)
        release.set()
        out, _ = process.communicate(timeout=30)
    assert (seen.status, seen.json["state"]) == (0, "half_submitted")
    assert other.status == 13
    assert "another process works on" in other.err
    assert process.returncode == 0
    assert out.decode().strip() == seen.json["id"]
    assert len(openai.batches) == 1
