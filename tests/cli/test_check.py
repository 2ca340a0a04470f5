"""`vision check`: verdicts, lists, exit statuses; nothing is sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.program import CAT, PROGRAM, environment, vision
from visioncli.catalogue import current, index

EXAMPLES = {
    "openai/gpt-4-vision-preview": "yes",
    "vertex_ai/gemini-1.0-pro-vision": "yes",
    "openai/gpt-3.5-turbo": "no",
    "xai/grok-2-vision-latest": "yes",
    "xai/grok-2-latest": "no",
    "nope/nothing": "unknown",
}
STATUS = {"yes": 0, "no": 1, "unknown": 3}
MEMBERS = ["model", "vision", "retired", "source", "as_of", "why"]
NO_NETWORK = """
import socket, sys
def refuse(*_, **__): raise AssertionError("the network was touched")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
sys.argv = ["vision", *sys.argv[1:]]
from visioncli.__main__ import main
sys.exit(main())
"""


def configured(tmp_path: Path, text: str) -> dict[str, str]:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return {"VISION_CONFIG": str(file)}


@pytest.mark.parametrize("model", EXAMPLES)
def test_the_examples_each_with_reason_source_and_date(model: str) -> None:
    done = vision("check", model)
    word = EXAMPLES[model]
    assert done.status == STATUS[word]
    assert done.out.split()[:2] == [word, model]
    if word != "unknown":
        assert "20" in done.out.rpartition("(")[2]
    told = vision("check", "--json", model).json
    assert list(told) == MEMBERS
    assert told["model"] == model
    assert told["vision"] is {"yes": True, "no": False, "unknown": None}[word]
    assert (told["source"] is None) == (told["as_of"] is None) == (word == "unknown")
    assert told["why"]


@pytest.mark.parametrize("words", [["openai/gpt-4o"], ["nope/nothing", "--json"], ["-q", "-"]])
def test_nothing_touches_the_network(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK, "check", *words],
        input=b"openai/gpt-4o\nopenai/gpt4o\n",
        capture_output=True,
        check=False,
        env=environment(),
        timeout=30,
    )
    assert done.returncode == (0 if words == ["openai/gpt-4o"] else 3), done
    assert b"network" not in done.stderr


def test_a_retired_model_keeps_its_verdict_and_says_since_when() -> None:
    done = vision("check", "xai/grok-2-vision-latest")
    since = vision("check", "--json", "xai/grok-2-vision-latest").json["retired"]
    assert done.status == 0
    assert done.out.endswith(f"; retired since {since}\n")


def test_the_worst_of_several_in_the_order_3_1_0() -> None:
    yes, no, unknown = "openai/gpt-4o", "xai/grok-2-latest", "nope/nothing"
    for models, status in (
        ((yes, yes), 0), ((yes, no), 1), ((no, yes), 1), ((unknown, no, yes), 3), ((no, unknown), 3)
    ):  # fmt: skip
        done = vision("check", *models)
        assert done.status == status
        assert [line.split()[1] for line in done.out.splitlines()] == list(models)
        assert vision("check", "-q", *models).out == ""
        assert vision("check", "-q", *models).status == status


def test_quiet_says_nothing_at_all() -> None:
    done = vision("check", "--quiet", "openai/gpt4o")
    assert (done.status, done.out, done.err) == (3, "", "")


def test_near_ids_are_told_on_stderr_and_never_used() -> None:
    done = vision("check", "openai/gpt4o")
    assert done.status == 3
    assert done.out == "unknown  openai/gpt4o  not listed under openai\n"
    assert done.err.startswith("openai/gpt4o: did you mean openai/gpt-4o")
    assert done.err.count("\n") == 1
    several = vision("check", *[f"openai/gpt4o{n}" for n in range(9)])
    assert several.err.count("did you mean") == 5  # each takes as long as a thousand verdicts
    assert len(several.out.splitlines()) == 9


def test_a_bare_name_and_what_it_is_short_for() -> None:
    assert "short for openai/gpt-4o: " in vision("check", "gpt-4o").out
    done = vision("check", "openai")  # its default model
    assert done.status == 0
    assert "short for openai/" in done.out


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("vllm/anything", "--live asks it"),
        ("lm_studio/anything", "--live asks it"),
        ("ollama/my-own", "--live asks the server"),
        ("azure/my-deployment", "base_model in the configuration"),
        ("bedrock/arn:aws:bedrock:us-east-1:1:application-inference-profile/a", "ARN"),
        ("bedrock/arn:aws:bedrock:us-east-1:1:imported-model/a", "ARN"),
        ("openai/", "no model id"),
        ("", "no one maker"),
        ("vllm", "no default model"),
    ],
)
def test_what_cannot_be_known_is_said_to_be_so(model: str, words: str) -> None:
    done = vision("check", model)
    assert done.status == 3
    assert done.out.startswith("unknown  ")
    assert words in done.out


def test_no_control_character_reaches_a_terminal() -> None:
    done = vision("check", "openai/\x1b]0;x\x07\x1b[2J", "a\u202eb/\nc", "--", "x/\x9b")
    assert done.status == 3
    assert len(done.out.splitlines()) == 3
    assert all(line.isprintable() for line in (done.out + done.err).splitlines())
    assert "\\x1b" in done.out
    told = vision("check", "--json", "openai/\x1b[2J")
    assert told.json["model"] == "openai/\x1b[2J"
    assert "\x1b" not in told.out


# -------------------------------------------------------------------------------------- lists


def test_a_list_on_stdin_in_its_order() -> None:
    text = "\ufeffopenai/gpt-4o\r\n\n  xai/grok-2-latest  \nnope/nothing"
    done = vision("check", "-", stdin=text.encode())
    assert done.status == 3
    assert [line.split()[0] for line in done.out.splitlines()] == ["yes", "no", "unknown"]
    assert done.err == ""  # no remedies for a list
    done = vision("check", "xai/grok-2-latest", "-", "gpt-4o", "--json", stdin=b"nope/x\n")
    assert [told["model"] for told in done.objects] == ["xai/grok-2-latest", "nope/x", "gpt-4o"]


@pytest.mark.parametrize("text", [b"", b"\n\n", None])
def test_an_empty_list_is_a_usage_error(text: bytes | None) -> None:
    done = vision("check", "-", stdin=text)
    assert done.status == 2
    assert "the list of models on stdin is empty" in done.err
    assert vision("check", "openai/gpt-4o", "-", stdin=text).status == 0


def test_stdin_is_read_once() -> None:
    for words in (("-", "-"), ("-", "--image", "-")):
        done = vision("check", *words, stdin=b"openai/gpt-4o\n")
        assert done.status == 2
        assert "asked for twice" in done.err


def test_what_has_no_lines_is_no_list() -> None:
    done = vision("check", "-", stdin=b"x" * 1_000_000)
    assert done.status == 2
    assert "no list of models" in done.err


def test_bytes_that_are_no_text_are_unknown_models() -> None:
    done = vision("check", "-", stdin=b"openai/\xff\xfe\x00\n")
    assert done.status == 3
    assert done.out.isprintable() or done.out.rstrip("\n").isprintable()


def test_each_verdict_comes_as_soon_as_its_model_is_there() -> None:
    with subprocess.Popen(
        [PROGRAM, "check", "-"],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(b"openai/gpt-4o\n")
            process.stdin.flush()
            assert process.stdout.readline().startswith(b"yes ")
        process.stdin.close()
        assert process.wait(10) == 0


def test_an_endless_list_ends_when_its_reader_goes_away() -> None:
    line = f"yes openai/gpt-4o | {PROGRAM} check - | head -3"
    done = subprocess.run(
        ["/bin/sh", "-c", line], env=environment(), capture_output=True, timeout=30, check=False
    )
    assert done.stdout.count(b"\n") == 3
    assert done.stderr == b""


def test_a_long_list_gives_what_single_names_give() -> None:
    models = [row[0] for row in index.rows(path=index.PATH)][::97]
    listed = vision("check", "-", stdin="\n".join(models).encode()).out.splitlines()
    named = vision("check", *models).out.splitlines()
    assert listed == named
    assert len(listed) == len(models) > 100


def test_ten_thousand_ids_cost_little_more_than_ten() -> None:
    models = [row[0] for row in index.rows(path=index.PATH)][:8000]
    models += [f"nope/model-{n}" for n in range(1000)] + [f"bare-{n}" for n in range(1000)]
    seconds = []
    for several in (models[:10], models):
        began = time.perf_counter()
        done = vision("check", "-", stdin="\n".join(several).encode())
        seconds.append(time.perf_counter() - began)
        assert len(done.out.splitlines()) == len(several)
    assert seconds[1] < 15 * seconds[0]  # by a search in the file each: 60 times


# ------------------------------------------------------------------------------ configuration


def test_the_configuration_comes_first_and_says_so(tmp_path: Path) -> None:
    env = configured(
        tmp_path,
        '[models."openai/llava-hf/llava-v1.6"]\nvision = true\n'
        '[models."google/gemini-2.5-flash"]\nvision = false\n',
    )
    done = vision("check", "openai/llava-hf/llava-v1.6", env=env)
    assert done.status == 0
    assert f"the configuration says so ({env['VISION_CONFIG']})" in done.out
    told = vision("check", "gemini/gemini-2.5-flash", "--json", env=env).json
    assert (told["vision"], told["source"], told["as_of"]) == (False, "configuration", None)


def test_a_deployment_is_what_the_configuration_says_it_is(tmp_path: Path) -> None:
    env = configured(
        tmp_path,
        '[models."azure/eyes"]\nbase_model = "azure/gpt-4o"\n'
        '[models."azure/deaf"]\nbase_model = "azure/nothing-known"\n'
        '[models."azure/own"]\nbase_model = "azure/gpt-4o"\nvision = false\n',
    )
    done = vision("check", "azure/eyes", env=env)
    assert done.status == 0
    assert "azure/gpt-4o by the configuration" in done.out
    assert vision("check", "azure/deaf", env=env).status == 3
    assert vision("check", "azure/own", env=env).status == 1
    wrong = configured(tmp_path, '[models."azure/eyes"]\n')
    assert vision("check", "azure/eyes", env=wrong).status == 2
    wrong = configured(tmp_path, '[models."azure/eyes"]\nbase_model = "nonsense"\n')
    done = vision("check", "azure/eyes", env=wrong)
    assert done.status == 2
    assert "the base_model of azure/eyes is no model" in done.err
    assert vision("check", "openai/gpt-4o", env=wrong).status == 0


def test_a_wrong_base_model_takes_no_other_answer_away(tmp_path: Path) -> None:
    env = configured(tmp_path, '[models."azure/eyes"]\nbase_model = "nonsense"\n')
    models = ("openai/gpt-4o", "azure/eyes", "xai/grok-2-latest")
    done = vision("check", *models, env=env)
    assert done.status == 2
    assert [line.split()[1] for line in done.out.splitlines()] == [models[0], models[2]]
    assert "the base_model of azure/eyes is no model" in done.err
    told = [
        json.loads(line) for line in vision("check", "--json", *models, env=env).out.splitlines()
    ]
    assert [one.get("vision") for one in told] == [True, None, False]
    assert told[1]["error"]["exit"] == 2


def test_a_provider_of_the_users_own_is_not_taken_for_another(tmp_path: Path) -> None:
    row = 'dialect = "openai_chat"\nbase_url = "http://127.0.0.1:9/v1"\nauth = "none"\n'
    env = configured(tmp_path, f"[providers.llama]\n{row}[providers.mine]\n{row}")
    for model in ("llama/Llama-4-Scout-17B-16E-Instruct-FP8", "mine/llava"):
        done = vision("check", model, env=env)
        assert done.status == 3
        assert "the configuration's own" in done.out


def test_an_alias_of_the_configuration(tmp_path: Path) -> None:
    env = configured(tmp_path, '[aliases]\nfast = "openai/gpt-4o"\n')
    done = vision("check", "fast", env=env)
    assert done.status == 0
    assert done.out.startswith("yes      fast  short for openai/gpt-4o: ")


def test_a_mistake_in_the_configuration_is_told(tmp_path: Path) -> None:
    assert vision("check", "openai/gpt-4o", env=configured(tmp_path, "nonsense")).status == 2
    assert vision("check", "openai/gpt-4o", env={"VISION_CONFIG": "/no/such"}).status == 2


def test_a_damaged_cache_is_told_of_and_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "visioncli" / "catalogue"
    folder.mkdir(parents=True)
    row = "openai/gpt-4o\tperhaps\n"
    (folder / "index.tsv").write_text(f"{current.head('2099-01-01', 'x', len(row))}\n{row}")
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    done = vision("check", "openai/gpt-4o", env=env)
    assert done.status == 0
    assert done.out == vision("check", "openai/gpt-4o").out
    assert "warning: the refreshed catalogue is damaged" in done.err
    assert vision("check", "-q", "openai/gpt-4o", env=env).err == ""


# -------------------------------------------------------------------------------------- --image


def test_a_picture_that_the_provider_takes_is_told_beside_the_verdict() -> None:
    done = vision("check", "openai/gpt-4o", "vllm/x", "local/eyes", "--image", CAT)
    assert done.status == 3
    size = Path(CAT).stat().st_size
    assert done.out.count(f"takes {CAT} (image/jpeg, {size:,} bytes, 451x300)") == 3


def test_a_picture_that_it_does_not_take_is_exit_5(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a picture at all, but text")
    done = vision("check", "openai/gpt-4o", "--image", text)
    assert done.status == 5
    assert done.out.startswith("yes      openai/gpt-4o  ")
    assert "is not an image" in done.err
    told = vision("check", "openai/gpt-4o", "--image", text, "--json").json
    assert list(told) == [*MEMBERS, "error"]
    assert told["error"]["exit"] == 5
    assert told["vision"] is True


# ---------------------------------------------------------------------------------------- usage


def test_help_and_usage() -> None:
    done = vision("check", "--help")
    assert done.status == 0
    assert "--live" in done.out
    assert vision("check").status == 2
    done = vision("check", "openai/gpt-4o", "--nope")
    assert done.status == 2
    assert "vision check --help" in done.err
    assert json.loads(vision("check", "--json", "--nope").out)["error"]["exit"] == 2


def test_a_full_disk_is_told() -> None:
    if not os.path.exists("/dev/full"):  # noqa: PTH110 - a device
        pytest.skip("no /dev/full")
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [PROGRAM, "check", "openai/gpt-4o"],
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 13
    assert b"stdout cannot be written: No space left" in done.stderr
