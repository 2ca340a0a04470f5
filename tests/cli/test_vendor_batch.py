"""`vision batch …` as its users type it: words, options, exit statuses, what is printed."""

from __future__ import annotations

import io
import json
import os
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from PIL import Image
from pydantic import TypeAdapter

from tests.program import CAT, CUP, KEY, Done, vision
from tests.vendor_batches.server import serving
from tests.vendor_batches.vendor import Fault, Vendor
from visioncli.cli import vendor_batch
from visioncli.cli.vendor_batch_options import FetchOptions

Run = Callable[..., Done]
GPT = "openai/gpt-4o"
COMMANDS = ("submit", "status", "list", "fetch", "cancel", "export")


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with serving("openai") as server:
        yield server


@pytest.fixture
def batch(tmp_path: Path) -> Run:
    """`vision batch WORDS…` with data and cache of its own."""

    def run(*words: str, env: dict[str, str] | None = None, **more: Any) -> Done:
        own = {"XDG_DATA_HOME": str(tmp_path / "d"), "XDG_CACHE_HOME": str(tmp_path / "c")}
        return vision("batch", *words, env={**own, **(env or {})}, cwd=tmp_path, **more)

    return run


def test_it_has_six_commands(batch: Run) -> None:
    done = batch("--help")
    assert done.status == 0
    for command in COMMANDS:
        assert f"\n  {command} " in done.out
        assert batch(command, "--help").status == 0


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (("nope",), "No such command 'nope'", "vision batch --help"),
        (("fetch",), "Missing argument 'ID'", "vision batch fetch --help"),
        (("fetch", "nope"), "'nope' is not known here", "vision batch list"),
        (("status", "nope"), "'nope' is not known here", "vision batch list"),
        (("cancel", "nope"), "'nope' is not known here", "vision batch list"),
        (("submit", "-m", GPT), "there is no question", "vision batch submit"),
        (("submit", "-m", GPT, CAT), "there is no question", "vision batch submit"),
        (("submit", "-m", GPT, "--nope", CAT, "q"), "No such option", "vision batch submit --help"),
        (("submit", "-m", GPT, "--from", "gone", "q"), "the list gone cannot be read", ""),
        (("submit", "-m", GPT, "--from", "x", "-", "q"), "one list can be read", ""),
        (("submit", "-m", "local/eyes", CAT, "q"), "no model was named that takes batches", "-m"),
        (("submit", "-m", "groq/x", "--schema", "@gone", CAT, "q"), "cannot be read", ""),
        (("submit", "-m", GPT, "--no-prep", "--max-side", "64", CAT, "q"), "them smaller", ""),
        (("submit", "-m", "openrouter/a/b", CAT, "q"), "no batches are known of", "vision ask"),
        (("submit", "-m", "bedrock/x", CAT, "q"), "no batches are known of", "vision ask"),
        (("export", "-m", "anthropic/claude-sonnet-4-6", CAT, "q"), "is not asked as OpenAI's", ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    batch: Run, words: tuple[str, ...], said: str, hint: str
) -> None:
    keys = dict.fromkeys(("OPENAI_API_KEY", "GROQ_API_KEY"), KEY)
    keys |= {"AWS_REGION": "eu-west-1"}
    done = batch(*words, env=keys)
    assert done.status == 2, done.err
    assert said in done.err
    assert f"try: {hint}" in done.err or not hint
    assert done.out == ""


def test_the_configuration_bounds_pictures_here_too(batch: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[ask]\nmax_side = 64\n")
    env = {"OPENAI_API_KEY": KEY, "VISION_CONFIG": str(tmp_path / "config.toml")}
    done = batch("export", "-m", GPT, "--format", f"{CAT}=jpeg", CAT, "q", env=env)
    assert done.status == 0, done.err
    (part, _) = done.json["body"]["messages"][0]["content"]
    picture = b64decode(part["image_url"]["url"].partition(",")[2])
    assert max(Image.open(io.BytesIO(picture)).size) == 64


def test_without_a_key_nothing_is_kept(batch: Run, tmp_path: Path) -> None:
    done = batch("submit", "-m", GPT, CAT, "q")
    assert done.status == 4
    assert "OPENAI_API_KEY is not set" in done.err
    assert not list((tmp_path / "d").rglob("*.json"))


def test_a_picture_that_is_not_there_names_the_command_that_was_meant(batch: Run) -> None:
    done = batch("submit", "-m", GPT, "gone.png", "q", env={"OPENAI_API_KEY": KEY})
    assert done.status == 5
    assert 'try: vision batch submit IMAGE "q"' in done.err


def test_a_list_of_nothing_that_can_be_asked_leaves_no_run(
    batch: Run, vendor: Vendor, tmp_path: Path
) -> None:
    for text, status in (("gone.png\n", 5), ("", 2)):
        (tmp_path / "list").write_text(text)
        done = batch("submit", "-m", GPT, "--from", "list", "q", env=vendor.env)
        assert done.status == status, done.err
        assert batch("list").out == ""
    assert vendor.calls == []


@pytest.mark.parametrize("words", [("-",), ()], ids=["by name", "unnamed"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\0"])
def test_a_list_comes_on_stdin(
    batch: Run, vendor: Vendor, words: tuple[str, ...], end: bytes
) -> None:
    nul = ("-0",) if end == b"\0" else ()
    lines = end.join(os.fsencode(name) for name in (CAT, CUP))
    done = batch("submit", "-m", GPT, *nul, *words, "q", env=vendor.env, stdin=lines)
    assert done.status == 0, done.err
    assert len(vendor.requests) == 2


def test_a_folder_and_a_glob_are_a_request_for_each_picture(
    batch: Run, vendor: Vendor, tmp_path: Path
) -> None:
    (tmp_path / "p" / "deep").mkdir(parents=True)
    for name in ("p/b.jpg", "p/a.jpg", "p/deep/c.jpg"):
        (tmp_path / name).write_bytes(Path(CAT).read_bytes() + name.encode())
    for words, expected in (
        (("p",), ["p/a.jpg", "p/b.jpg"]),
        (("-r", "p"), ["p/a.jpg", "p/b.jpg", "p/deep/c.jpg"]),
        (("p/*/*.jpg", CUP), ["p/deep/c.jpg", CUP]),
    ):
        done = batch("submit", "-m", GPT, *words, "q", env=vendor.env)
        assert done.status == 0, done.err
        found = batch("fetch", done.out.strip(), env=vendor.env)
        assert [json.loads(line)["image"] for line in found.out.splitlines()] == expected


def test_the_options_of_a_question_are_in_every_request(batch: Run, vendor: Vendor) -> None:
    words = ("-s", "Be brief.", "--max-tokens", "64", "--temperature", "0.5", "-o", "seed=7")
    words += ("--detail", "low", "--schema", "animal")
    done = batch("submit", "-m", GPT, *words, CAT, CUP, "q", env=vendor.env)
    assert done.status == 0, done.err
    for request in vendor.requests:
        body = request["body"]
        assert body["messages"][0] == {"role": "system", "content": "Be brief."}
        assert (body["max_tokens"], body["temperature"], body["seed"]) == (64, 0.5, 7)
        assert body["messages"][1]["content"][0]["image_url"]["detail"] == "low"
        assert "animal" in body["response_format"]["json_schema"]["schema"]["properties"]
        assert "stream" not in body


def test_submit_and_list_and_status_and_cancel_have_a_json_of_their_own(
    batch: Run, vendor: Vendor
) -> None:
    vendor.at_once = False
    done = batch("submit", "--json", "-m", GPT, CAT, "q", "-O", "out.jsonl", env=vendor.env)
    made = done.json
    assert made.keys() == {
        *("id", "model", "created", "state", "items", "unasked", "output", "batches"),
    }
    assert (made["model"], made["state"], made["items"]) == (GPT, "working", 1)
    assert made["output"].endswith("/out.jsonl")
    assert made["batches"][0]["id"] == "batch_0"
    assert batch("list", "--json").json == made
    vendor.at_once = True
    seen = batch("status", "--json", env=vendor.env).json
    assert (seen["state"], seen["batches"][0]["done"]) == ("ended", 1)
    calls = len(vendor.calls)
    assert batch("status", "--json", env=vendor.env).json == seen
    assert len(vendor.calls) == calls  # what is over is not asked about
    failed = batch("fetch", "nope")
    assert failed.out == ""
    ended = batch("cancel", "--json", made["id"], env=vendor.env)
    assert ended.json["state"] == "ended"  # there was nothing left to cancel
    vendor.at_once = False
    other = batch("submit", "-m", GPT, CUP, "q", env=vendor.env).out.strip()
    assert batch("cancel", "--json", other, env=vendor.env).json["state"] == "cancelled"


def test_a_line_a_run_is_printed_for_people(batch: Run, vendor: Vendor) -> None:
    done = batch("submit", "-m", GPT, CAT, CUP, "q", env=vendor.env)
    id_ = done.out.strip()
    assert f"vision batch fetch {id_} -O FILE" in done.err
    assert batch("list").out.startswith(f"{id_}  {GPT}  ")
    assert batch("list").out.endswith("working: 0 of 2 done\n")
    assert batch("status", env=vendor.env).out.endswith("ended: 2 of 2 done\n")
    assert "no batch was submitted from here" in batch("list", env={"XDG_DATA_HOME": "/dev"}).err


def test_quiet_says_nothing_but_the_id(batch: Run, vendor: Vendor) -> None:
    done = batch("submit", "-q", "-m", GPT, CAT, "q", env=vendor.env)
    assert done.err == ""
    done = batch("fetch", "-q", done.out.strip(), env=vendor.env)
    assert (done.status, done.err) == (0, "")


def test_a_batch_that_goes_on_is_exit_10_and_may_be_waited_for(
    batch: Run, vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.at_once = False
    id_ = batch("submit", "-m", GPT, CAT, "q", env=vendor.env).out.strip()
    done = batch("fetch", id_, env=vendor.env)
    assert (done.status, done.out) == (10, "")
    assert "1 of 1 batches" in done.err
    for name, value in {**vendor.env, "XDG_DATA_HOME": str(tmp_path / "d")}.items():
        monkeypatch.setenv(name, value)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("VISION_CONFIG", os.devnull)
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            vendor.at_once = True

    out = str(tmp_path / "out.jsonl")
    options = FetchOptions(id_=id_, output=out, wait=True, quiet=True, debug=False)
    assert vendor_batch.fetch(options, sleep) == 0
    assert pauses == [5.0, 10.0, 20.0]
    assert json.loads(Path(out).read_text())["image"] == CAT


def test_results_that_cannot_be_written_are_exit_13(
    batch: Run, vendor: Vendor, tmp_path: Path
) -> None:
    id_ = batch("submit", "-m", GPT, CAT, "q", env=vendor.env).out.strip()
    (tmp_path / "foreign").write_text("not ours\n")
    for name in ("foreign", "no/such/folder", "."):
        done = batch("fetch", id_, "-O", name, env=vendor.env)
        assert done.status == 13, done.err
    assert (tmp_path / "foreign").read_text() == "not ours\n"


def test_where_nothing_can_be_kept_nothing_is_sent(batch: Run, vendor: Vendor) -> None:
    done = batch("submit", "-m", GPT, CAT, "q", env={**vendor.env, "XDG_DATA_HOME": "/dev/null"})
    assert done.status == 13, done.err
    assert vendor.calls == []


# --- export


def test_export_writes_openais_file_without_a_key_and_without_an_address(
    batch: Run, tmp_path: Path
) -> None:
    words = ("-m", "vllm/Qwen/Qwen3-VL-8B-Instruct", "--force", "-s", "Brief.", "-O", "in.jsonl")
    done = batch("export", *words, CAT, CUP, "alt text", env={"HTTP_PROXY": "http://127.0.0.1:9"})
    assert done.status == 0, done.err
    assert "2 requests in in.jsonl" in done.err
    lines = [json.loads(line) for line in (tmp_path / "in.jsonl").read_text().splitlines()]
    assert [line["custom_id"] for line in lines] == [
        f"1-{CAT.strip('/').replace('/', '_')[-40:].strip('_')}",
        f"2-{CUP.strip('/').replace('/', '_')[-40:].strip('_')}",
    ]
    judge: TypeAdapter[Any] = TypeAdapter(CompletionCreateParamsNonStreaming)
    for line in lines:
        assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
        assert line["body"]["model"] == "Qwen/Qwen3-VL-8B-Instruct"
        judge.validate_python(line["body"], extra="forbid")
        picture = line["body"]["messages"][1]["content"][0]["image_url"]["url"]
        assert picture.startswith("data:image/jpeg;base64,")
    again = batch("export", *words, CAT, CUP, "alt text")
    assert again.status == 13
    assert "in.jsonl exists" in again.err


def test_what_cannot_be_exported_is_left_out_and_told(batch: Run, tmp_path: Path) -> None:
    (tmp_path / "list").write_text(f"gone.png\n{CAT}\n")
    done = batch("export", "-m", GPT, "--from", "list", "q")
    assert done.status == 11
    assert "left out: no such file: gone.png" in done.err
    assert len(done.out.splitlines()) == 1
    (tmp_path / "list").write_text("gone.png\n")
    done = batch("export", "-m", GPT, "--from", "list", "-O", "out", "q")
    assert done.status == 5


def test_export_and_list_load_no_http_client(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom visioncli.cli.main import main\nmain(sys.argv[1:])\n"
        "print(sorted({'httpx', 'httpcore', 'aiohttp'} & set(sys.modules)), file=sys.stderr)"
    )
    env = {**os.environ, "VISION_CONFIG": os.devnull, "XDG_DATA_HOME": str(tmp_path)}
    for words in (("export", "-m", GPT, CAT, "q"), ("list",)):
        done = subprocess.run(
            [sys.executable, "-c", code, "batch", *words],
            capture_output=True,
            text=True,
            check=True,
            env=env,
            timeout=60,
        )
        assert done.stderr.splitlines()[-1] == "[]", done.stderr


def test_status_shows_every_run_whatever_is_wrong_with_one(batch: Run, vendor: Vendor) -> None:
    vendor.at_once = False
    first = batch("submit", "-m", GPT, CAT, "q", env=vendor.env).out.strip()
    second = batch("submit", "-m", GPT, CUP, "q", env=vendor.env).out.strip()
    vendor.batches["batch_1"].status = "ended"
    del vendor.batches["batch_0"]
    done = batch("status", "--json", env=vendor.env)
    assert done.status == 1
    assert "does not have it" in done.err
    states = [(shown["id"], shown["state"]) for shown in done.objects]
    assert states == [(first, "working"), (second, "ended")]
    assert batch("status", first, env=vendor.env).status == 1


def test_a_half_submitted_run_is_fetched_as_far_as_it_is(batch: Run, vendor: Vendor) -> None:
    vendor.faults["create"] = [Fault(status=401)]
    assert batch("submit", "-m", GPT, CAT, "q", env=vendor.env).status == 4
    id_ = batch("list", "--json").json["id"]
    for wait in ((), ("--wait",)):
        done = batch("fetch", *wait, id_, env=vendor.env)
        assert done.status == 10, done.err
        assert "half submitted" in done.err
