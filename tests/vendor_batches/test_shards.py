"""A list that is larger than a batch may be becomes several, and costs no memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import CAT, HORSE, KEY, environment

from .conftest import Batch
from .test_way import QUESTION, records
from .vendor import Answer, Call, Vendor

ROW = """
[providers.small]
dialect = "{dialect}"
base_url = "{url}"
auth = "{auth}"
key_env = ["SMALL_API_KEY"]
media_types = ["image/jpeg", "image/png"]
[providers.small.batch]
kind = "{kind}"
{caps}
"""
DIALECTS = {"anthropic": "anthropic", "gemini": "gemini"}
AUTH = {"anthropic": "header:x-api-key", "gemini": "header:x-goog-api-key"}
MODEL = "small/m"


def small(vendor: Vendor, folder: Path, caps: str) -> dict[str, str]:
    """The environment in which a vendor takes less at once. caps: lines of its table [batch]."""
    file = folder / "config.toml"
    ending = "/v1" if vendor.kind in ("openai", "mistral") else ""
    file.write_text(
        ROW.format(
            dialect=DIALECTS.get(vendor.kind, "openai_chat"),
            url=vendor.url + ending,
            auth=AUTH.get(vendor.kind, "bearer"),
            kind=vendor.kind,
            caps=caps,
        )
    )
    return {"VISION_CONFIG": str(file), "SMALL_API_KEY": KEY}


def pictures(folder: Path, count: int) -> list[str]:
    """As many small pictures, each another one."""
    folder.mkdir()
    data, made = Path(HORSE).read_bytes(), []
    for number in range(count):
        chunk = b"tEXt" + b"n\0" + str(number).encode()
        name = folder / f"{number:05}.png"
        name.write_bytes(data[:33] + _chunk(chunk) + data[33:])
        made.append(str(name))
    return made


def _chunk(body: bytes) -> bytes:
    import zlib

    return (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)


def test_a_batch_has_at_most_as_many_requests_as_its_vendor_takes(
    batch: Batch, vendor: Vendor, tmp_path: Path
) -> None:
    env = small(vendor, tmp_path, "max_requests = 2")
    made = pictures(tmp_path / "p", 5)
    done = batch(None, "submit", "-m", MODEL, "--force", str(tmp_path / "p"), QUESTION, env=env)
    assert done.status == 0, done.err
    id_ = done.out.strip()
    assert [len(b.requests) for b in vendor.batches.values()] == [2, 2, 1]
    found = batch(None, "fetch", id_, env=env)
    assert found.status == 0, found.err
    assert [record["image"] for record in records(found.out)] == made
    assert [record["answer"] for record in records(found.out)] == [
        f"about {id_}-{place // 2}-{place % 2}" for place in range(5)
    ]


def bodies(vendor: Vendor) -> list[int]:
    """Bytes of what each batch was made of."""
    if vendor.kind == "anthropic":
        return [len(call.body) for call in vendor.named("create")]
    return [len(content) for content in vendor.files.values()]


def test_a_batch_has_at_most_as_many_bytes_to_the_last_one(
    batch: Batch, vendor: Vendor, tmp_path: Path
) -> None:
    """Three requests fit exactly; with one byte less, two."""
    made = pictures(tmp_path / "p", 6)
    free = small(vendor, tmp_path, "")
    words = ("submit", "-m", MODEL, "--force", "--again", "--no-prep", *made[:3], QUESTION)
    assert batch(None, *words, env=free).status == 0
    (whole,) = bodies(vendor)
    for most, expected in ((whole, [3, 3]), (whole - 1, [2, 2, 2])):
        vendor.batches.clear()
        vendor.files.clear()
        vendor.calls.clear()
        env = small(vendor, tmp_path, f"max_bytes = {most}")
        words = ("submit", "-m", MODEL, "--force", "--again", "--no-prep", *made, QUESTION)
        done = batch(None, *words, env=env)
        assert done.status == 0, done.err
        assert [len(b.requests) for b in vendor.batches.values()] == expected
        assert max(bodies(vendor)) <= most


def test_a_request_larger_than_a_batch_is_a_failure_of_its_item(
    batch: Batch, openai: Vendor, tmp_path: Path
) -> None:
    small_one = pictures(tmp_path / "p", 1)[0]
    env = small(openai, tmp_path, f"max_bytes = {Path(small_one).stat().st_size * 2}")
    words = ("submit", "-m", MODEL, "--force", "--no-prep", CAT, small_one, QUESTION)
    done = batch(None, *words, env=env)
    assert done.status == 0, done.err
    assert "1 item cannot be asked" in done.err
    found = batch(None, "fetch", done.out.strip(), env=env)
    assert found.status == 11
    large, fits = records(found.out)
    assert (large["image"], large["error"]["exit"]) == (CAT, 5)
    assert fits["answer"]


def test_a_run_that_ends_between_two_batches_is_gone_on_with_there(
    batch: Batch, vendor: Vendor, tmp_path: Path
) -> None:
    """Items that could not be asked, and doubles, are not written down twice either."""
    env = small(vendor, tmp_path, "max_requests = 2")
    a, b, c, d = pictures(tmp_path / "p", 4)
    lines = (a, "missing-1.png", a, b, "missing-2.png", c, b, d, "missing-3.png")
    (tmp_path / "list").write_text("\n".join(lines))
    words = ("submit", "-m", MODEL, "--force", "--from", "list", QUESTION)
    step = "create" if vendor.kind == "anthropic" else "upload"
    second_is_refused(vendor, step)
    done = batch(None, *words, env=env)
    assert done.status == 4, done.err
    assert len(vendor.batches) == 1
    again = batch(None, *words, env=env)
    assert again.status == 0, again.err
    assert [len(made.requests) for made in vendor.batches.values()] == [2, 2]
    found = batch(None, "fetch", again.out.strip(), env=env)
    assert found.status == 11, found.err
    assert sorted(record["image"] for record in records(found.out)) == sorted(lines)
    failed = [record["image"] for record in records(found.out) if "error" in record]
    assert failed == ["missing-1.png", "missing-2.png", "missing-3.png"]


def second_is_refused(vendor: Vendor, step: str) -> None:
    """The second call of that step fails for good; it is asked for once."""
    answer, calls = vendor.answer, []

    def wrapped(call: Call) -> Answer:
        if call.name == step:
            calls.append(call)
            if len(calls) == 2:
                error = {"message": "no", "type": "authentication_error"}
                return Answer(json.dumps({"error": error}).encode(), {}, 401)
        return answer(call)

    vendor.answer = wrapped  # type: ignore[method-assign]


MEASURED = """
import sys
from visioncli.cli.main import main
status = main(sys.argv[1:])
with open("/proc/self/status") as said:  # rusage counts what the parent had when it forked
    (most,) = (line.split()[1] for line in said if line.startswith("VmHWM"))
print(most, file=sys.stderr)
sys.exit(status)
"""


def measured(env: dict[str, str], folder: Path, *words: str) -> tuple[str, int]:
    """(stdout, kB at most) of `vision WORDS`."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *words],
        capture_output=True,
        check=False,
        text=True,
        env=environment(env),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), int(done.stderr.splitlines()[-1])


@pytest.mark.skipif(sys.platform != "linux", reason="measured as Linux tells it")
def test_two_thousand_pictures_take_no_more_memory_than_twenty(
    openai: Vendor, tmp_path: Path
) -> None:
    """Handed in and fetched; their base64 is 42 MB."""
    openai.keep_bodies = False
    home = {"XDG_DATA_HOME": str(tmp_path / "d"), "XDG_CACHE_HOME": str(tmp_path / "c")}
    env = home | small(openai, tmp_path, "max_requests = 500")
    made = pictures(tmp_path / "p", 2000)
    peaks = []
    for count in (20, 2000):
        (tmp_path / "list").write_text("\n".join(made[:count]))
        words = ("-m", MODEL, "--force", "--no-prep", "--from", "list", "-q", QUESTION)
        id_, handed = measured(env, tmp_path, "batch", "submit", *words)
        _, fetched = measured(env, tmp_path, "batch", "fetch", "-q", id_, "-O", f"out-{count}")
        assert len((tmp_path / f"out-{count}").read_text().splitlines()) == count
        peaks.append((handed, fetched))
    (few_in, few_out), (many_in, many_out) = peaks
    assert many_in - few_in < 12_000
    assert many_out - few_out < 12_000
    assert len(openai.requests) == 2020
    assert os.path.getsize(HORSE) > 10_000  # noqa: PTH202 - or the figures would say nothing
