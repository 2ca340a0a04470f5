"""The door answers plain `check NAME...` itself: to the byte what the whole program would say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import PROGRAM, environment, vision
from visioncli import door
from visioncli.catalogue import index

BOTH = """
import contextlib, io, os, sys
from visioncli import door
from visioncli.catalogue import index
from visioncli.cli.main import main as whole

def run(answer):
    index.use()
    sys.stdout.flush()
    found = []
    for number in (1, 2):
        kept, (reader, writer) = os.dup(number), os.pipe()
        os.dup2(writer, number), os.close(writer)
        found.append((number, kept, reader))
    status = answer()
    told = []
    for number, kept, reader in found:
        os.dup2(kept, number), os.close(kept)
        told.append(os.read(reader, 1 << 16)), os.close(reader)
    return status, told

answered = 0
for line in open(sys.argv[1], encoding="utf-8", errors="surrogateescape"):
    words = line.rstrip("\\n").split("\\t")
    quick = run(lambda: door.check(words))
    if quick[0] is None:
        assert quick[1] == [b"", b""], (words, quick)
        continue
    answered += 1
    full = run(lambda: whole(["check", *words]))
    assert quick == full, (words, quick, full)
print(answered)
"""
MADE = [
    "{}-2099-01-01", "{}-latest", "{}:free", "{}x", "{}@20990101", "{}-v1:0", "{}/", "x{}",
]  # fmt: skip
ODD = [
    "gpt-4o", "openai", "", "openai/", "/gpt-4o", "GPT-4o", "google/gemini-2.5-flash",
    "openai/gpt 4o", " openai/gpt-4o", 'a"b/c', "a\\b/c", "-x", "--", "--live", "-", "a/\x1b[2J",
    "caf\u00e9/x", "openai/ft:gpt-4o:o::i", "openrouter/x-ai/grok-2-vision-latest",
    "bedrock/arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0",
    "local/eyes", "LOCAL/eyes", "nope/nothing", "vllm/x", "azure/mine", "deepseek-r1",
]  # fmt: skip


def sample() -> list[list[str]]:
    models = [row[0] for row in index.rows(path=index.PATH)]
    words = [[model] for model in models[::41]]
    words += [[form.format(model)] for model in models[::301] for form in MADE]
    words += [[model.upper()] for model in models[::401]]
    words += [[name.swapcase()] for name in models[::501]]
    words += [[odd] for odd in ODD] + [["openai/gpt-4o", odd] for odd in ODD]
    words += [[option, *some] for some in words[::5] for option in ("-q", "--quiet", "--json")]
    words += [[*some, "--json", "-q"] for some in words[::50]]
    words += [models[n : n + 3] for n in range(0, 900, 30)] + [models[:60], []]
    return [some for some in words if not {"-", "--live"} & {*some}]


def test_the_door_says_what_the_whole_says(tmp_path: Path) -> None:
    listed = tmp_path / "words"
    lines = ["\t".join(words) for words in sample()]
    listed.write_text("\n".join(lines) + "\n", "utf-8", "surrogateescape")
    done = subprocess.run(
        [sys.executable, "-c", BOTH, str(listed)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > len(lines) / 2  # it did answer


@pytest.mark.parametrize(
    "words",
    [
        [], ["-"], ["--live", "openai/gpt-4o"], ["openai/gpt-4o", "--image", "x"], ["--help"],
        ["--jso", "openai/gpt-4o"], ["nope/nothing"], ["openai/gpt-4o", "nope/nothing"], [""],
        ["--", "openai/gpt-4o"], ["openai/gpt-4o", "-h"], ["openai/g\u00e4"], ["two words/x"],
    ],
)  # fmt: skip
def test_anything_unusual_is_for_the_whole(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISION_CONFIG", os.devnull)
    assert door.check(words) is None


def test_where_a_configuration_may_be_the_whole_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VISION_CONFIG", raising=False)
    assert door.check(["openai/gpt-4o"]) == 0
    monkeypatch.setenv("VISION_CONFIG", "")
    assert door.check(["openai/gpt-4o"]) == 0
    assert capfd.readouterr().out.startswith("yes      openai/gpt-4o  ")
    monkeypatch.setenv("VISION_CONFIG", str(tmp_path / "other.toml"))
    assert door.check(["openai/gpt-4o"]) is None
    monkeypatch.delenv("VISION_CONFIG")
    (tmp_path / "visioncli").mkdir()
    (tmp_path / "visioncli" / "config.toml").symlink_to("/no/such/file")
    assert door.check(["openai/gpt-4o"]) is None


def test_the_configuration_of_the_users_folder_is_heard(tmp_path: Path) -> None:
    (tmp_path / "visioncli").mkdir()
    (tmp_path / "visioncli" / "config.toml").write_text('[models."openai/gpt-4o"]\nvision=false\n')
    env = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path), "VISION_CONFIG": ""}
    done = vision("check", "openai/gpt-4o", env=env)
    assert done.status == 1
    assert "the configuration says so" in done.out


def test_a_reader_that_went_away_ends_it_silently() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen(
        [PROGRAM, "check", "openai/gpt-4o"],
        env=environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writer)
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(10) == 141


def test_a_closed_stdout_is_told_of_and_nothing_is_written_into_another_file() -> None:
    line = f'exec "{PROGRAM}" check openai/gpt-4o >&-'
    done = subprocess.run(
        ["/bin/sh", "-c", line], env=environment(), capture_output=True, check=False, timeout=30
    )
    assert done.returncode == 13
    assert b"stdout cannot be written" in done.stderr
